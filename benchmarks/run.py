"""Runs the benchmarks whose figures are stored, each in a process of its own, and stores them.

python benchmarks/run.py [--corpus FOLDER] [PART …]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from stored import SKIPPED

# Part → its arguments. A backup of 1,000 jobs shows its limits as well as one of 10,000.
PARTS = {"client": [], "mock": [], "contract": [], "drift": [], "backup": ["1000"]}


def main(parts: list[str], corpus: str) -> int:
    """Run the parts; return 1 if one failed, and 2 if nothing was measured."""
    codes = []
    for part in parts:
        arguments = [*PARTS[part], *([corpus] if part == "drift" and corpus else ())]
        program = str(Path(__file__).with_name(f"{part}.py"))
        codes.append(
            subprocess.run([sys.executable, "-W", "ignore", program, *arguments, "--store"], check=False).returncode
        )
        if codes[-1] not in (0, SKIPPED):
            print(f"{part} failed with exit code {codes[-1]}; its stored figures stay", file=sys.stderr)
    if 0 not in codes:
        print("nothing was measured", file=sys.stderr)
        return 2
    return int(any(code not in (0, SKIPPED) for code in codes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure, and store the figures in benchmarks/results.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--corpus", default="", metavar="FOLDER", help="the folder whose docs/ drift reads, too")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    sys.exit(main(options.parts or list(PARTS), options.corpus))
