"""Counts changed pages that `drift --write` follows: `python benchmarks/followed_pages.py [SINGLE] [MULTIPLE] [EACH]`.

For each page of the three operations, SINGLE (30) pages with one change and MULTIPLE (10) with two to five are written
into a copy of the sources. A change passes if drift finds nothing new afterwards, the sources are sound, every
statement of the register holds, and the other editions stay as they were; then the client is generated from the copy,
and the tests of facts pass in it. For one change of EACH (5) the tests of the client, of the generated package and of
the vendor's SDK run too; with EACH 0 only the sources are looked at. The counts are printed by kind of change.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
sys.path.insert(0, str(CHECKOUT))

from jobexport.drift.edits.advise import LEFT_TO_PEOPLE  # noqa: E402  # the tests' helpers need the path
from jobexport.drift.write import follow_pages, left_lines, write_all  # noqa: E402
from jobexport.errors import JobexportError  # noqa: E402
from jobexport.spec.generate import main as generate  # noqa: E402
from jobexport.spec.statements.held import unheld  # noqa: E402
from tests.drift.making.described import DESCRIBED  # noqa: E402
from tests.drift.making.mutations import mutation  # noqa: E402
from tests.drift.making.pages import PAGES  # noqa: E402
from tests.drift.test_write import facts_of, problems  # noqa: E402

_FACTS = ("tests/spec/statements", "tests/spec/test_facts.py")
_EXPORTS = (f"tests/client/test_{name}.py" for name in ("arguments", "flink", "job", "jobs"))
_CLIENT = ("tests/generated", *_EXPORTS, "tests/interop/test_vendor_sdk.py::test_every_operation")


def changed(page: Any, changes: int, rng: random.Random) -> tuple[Any, list[str]]:
    """Return a page with several changes, and their kinds with the subjects."""
    kinds = []
    for _ in range(changes):
        change = mutation(page, rng)
        page = change.page
        kinds.append(f"{'/'.join(sorted(change.kinds))} {change.about}")
    return page, kinds


def outcome(page: Any, edition: str, copy: Path, *tests: str) -> str:
    """Return what is wrong after a page was followed, `left` if people have to edit, or an empty text.

    Without tests nothing is generated.
    """
    wrong = problems(page, edition)
    if wrong:
        return f"WRONG {wrong[0]}"
    try:
        written = follow_pages([facts_of(page)], DESCRIBED, edition)
    except JobexportError:
        return "left: a page of no operation"
    after = written.described
    for item in unheld(after.register, after.union or {}, after.documents):
        return f"WRONG unheld {item.entry} {item.edition} {item.statement}"
    if left := [item for item in written.left if item.reason not in LEFT_TO_PEOPLE.values()]:
        return f"WRONG left {left[0].finding.kind} {left[0].finding.about}"
    lines = list(left_lines(written))
    # What is left to people must not break what was written.
    found = "" if written.problems or not tests else _tested(written, copy, *tests)
    return found or (f"left: {lines[0]}" if lines else "")


def _tested(written: Any, copy: Path, *tests: str) -> str:
    """Generate from the written sources in a copy of the checkout, and run tests there."""
    for name in ("openapi", "overlays"):
        shutil.rmtree(copy / name, ignore_errors=True)
        shutil.copytree(CHECKOUT / name, copy / name)
    write_all({copy / path.relative_to(CHECKOUT): text for path, text in written.texts.items()})
    if code := generate(["--root", str(copy)]):
        return f"WRONG generate ends with {code}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy / "generated")])}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return f"WRONG tests: {' '.join(done.stdout.split())[-300:]}" if done.returncode else ""


def main(single: int, multiple: int, each: int) -> None:
    """Print each change that is not right, and the counts."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("src", "tests", "generated", "openapi", "overlays"):
            shutil.copytree(CHECKOUT / name, Path(folder, name))
        shutil.copy(CHECKOUT / "pyproject.toml", folder)
        _count(single, multiple, each, Path(folder))


def _count(single: int, multiple: int, each: int, copy: Path) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    start = time.perf_counter()
    for edition, operation, page in PAGES:
        for number in range(single + multiple):
            rng = random.Random(f"followed {edition} {operation} {number}")  # noqa: S311  # no secrets
            after, kinds = changed(page, 1 if number < single else rng.randrange(2, 6), rng)
            tests = (*_FACTS, *(_CLIENT if number % each == 0 else ())) if each else ()
            found = outcome(after, edition, copy, *tests)
            result = found.partition(" ")[0].rstrip(":") or "right"
            counts["one change" if number < single else "two to five", result] += 1
            if number < single:
                counts[kinds[0].partition(" ")[0], result] += 1
            if found:
                print(f"{edition} {operation} {number}: {kinds}: {found}", flush=True)
    for kind in dict.fromkeys(kind for kind, _ in counts):
        print(f"{kind:50}", *(f"{result} {counts[kind, result]:4}" for result in ("right", "left", "WRONG")))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given, *(30, 10, 5)[len(given) :])
