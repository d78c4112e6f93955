"""Builds the documentation site, `python -m docs._site.build`: stages the pages, runs Sphinx, checks every link.

Sphinx reads a folder that the first step writes anew: the guides as they stand in the checkout, at the same places, so
that their links hold, and beside them the pages that are made from the code. A warning of Sphinx is an error.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from sphinx.cmd.build import build_main

from docs._site import links, staging

SITE = Path(__file__).parent
CHECKOUT = SITE.parents[1]
OUTPUT = CHECKOUT / "reports/site"


def build(output: Path, stage: Path) -> list[str]:
    """Build the site into `output`; return what is wrong with it, a sentence for each problem.

    Args:
        output: the folder of the site; its former content is removed.
        stage: a folder for the sources of the pages; its former content is removed.
    """
    for folder in (output, stage):
        shutil.rmtree(folder, ignore_errors=True)
    staging.write(CHECKOUT, stage)
    options = ["--builder", "html", "--fail-on-warning", "--keep-going", "--quiet", "--conf-dir", str(SITE)]
    if build_main([*options, "--doctree-dir", str(stage / ".doctrees"), str(stage), str(output)]):
        return [f"Sphinx has warnings, see above; its sources are in {stage}"]
    return list(links.problems(output))


def main() -> int:
    """Build; return 0 if the site is sound, 1 if not."""
    started = time.monotonic()
    found = build(OUTPUT, CHECKOUT / ".cache/site")
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    pages = len(list(OUTPUT.rglob("*.html")))
    print(f"{OUTPUT / 'index.html'}: {pages} pages ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
