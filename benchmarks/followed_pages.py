"""Counts changed pages that `drift --write` follows: `python benchmarks/followed_pages.py [SINGLE] [MULTIPLE] [EACH]`.

For each page of the three operations, SINGLE (30) pages with one change and MULTIPLE (10) with two to five are written
into a copy of the sources. A change passes if drift finds nothing new afterwards, the sources are sound, every
statement of the register holds, and the other editions stay as they were; then the client is generated from the copy,
and the tests of facts pass in it. For one change of EACH (1) the tests of the client, of the generated package and of
the vendor's SDK run too; with EACH 0 only the sources are looked at. The counts are printed by kind of change.

`python benchmarks/followed_pages.py whole [COUNT]` draws COUNT (10) of these pages at random. In a clone of the last
commit each is written by `jobexport drift --write`, and `make generate lint-spec contract test` runs.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
sys.path.insert(0, str(CHECKOUT))

from jobexport.drift.write import follow_pages, left_lines, write_all  # noqa: E402  # the tests' helpers need the path
from jobexport.errors import JobexportError  # noqa: E402
from jobexport.spec.generate import main as generate  # noqa: E402
from jobexport.spec.statements.held import unheld  # noqa: E402
from tests.drift.making.described import DESCRIBED  # noqa: E402
from tests.drift.making.mutations import mutation  # noqa: E402
from tests.drift.making.pages import PAGES  # noqa: E402
from tests.drift.making.rendering import render  # noqa: E402
from tests.drift.test_write import facts_of, is_for_people, problems  # noqa: E402

SINGLE, MULTIPLE, EACH = 30, 10, 1
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
    if left := [item for item in written.left if not is_for_people(item.reason)]:
        return f"WRONG left {left[0].finding.kind} {left[0].finding.about}"
    lines = list(left_lines(written))
    # What is left to people must not break what was written.
    found = "" if written.problems or not tests else _tested(written, copy, *tests)
    return found or (lines[0] if lines else "")


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


@cache
def _copy() -> Path:
    """Return this process's copy of what the tests need of the checkout."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    for name in ("src", "tests", "generated", "openapi", "overlays"):
        shutil.copytree(CHECKOUT / name, Path(folder.name, name))
    shutil.copy(CHECKOUT / "pyproject.toml", folder.name)
    return Path(folder.name)


def numbered(page_number: int, number: int, single: int) -> tuple[Any, list[str]]:
    """Return the changed page with a number, and its changes; from the number `single` on they are two to five."""
    edition, operation, page = PAGES[page_number]
    rng = random.Random(f"followed {edition} {operation} {number}")  # noqa: S311  # no secrets
    return changed(page, 1 if number < single else rng.randrange(2, 6), rng)


def tried(page_number: int, number: int, single: int, each: int) -> tuple[list[str], str]:
    """Return the changes of a page and the outcome."""
    after, kinds = numbered(page_number, number, single)
    tests = (*_FACTS, *(_CLIENT if number % each == 0 else ())) if each else ()
    return kinds, outcome(after, PAGES[page_number][0], _copy(), *tests)


def main(single: int, multiple: int, each: int) -> None:
    """Print each change that is not right, and the counts."""
    counts: Counter[tuple[str, str]] = Counter()
    start = time.perf_counter()
    cases = [(page, number, single, each) for page in range(len(PAGES)) for number in range(single + multiple)]
    # The tests of the client wait for most of their time.
    workers = 2 * (os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for (page, number, *_), (kinds, found) in zip(cases, pool.map(tried, *zip(*cases, strict=True)), strict=True):
            result = found.partition(" ")[0].rstrip(":") or "right"
            counts["one change" if number < single else "two to five", result] += 1
            if number < single:
                counts[kinds[0].partition(" ")[0], result] += 1
            if found:
                print(f"{PAGES[page][0]} {PAGES[page][1]} {number}: {kinds}: {found}", flush=True)
    for kind in dict.fromkeys(kind for kind, _ in counts):
        print(f"{kind:50}", *(f"{result} {counts[kind, result]:4}" for result in ("right", "left", "WRONG")))
    print(f"{time.perf_counter() - start:.0f} s")


def whole(count: int) -> None:
    """Follow changed pages drawn at random as a maintainer does, each in a clone, and print how each step ends."""
    rng = random.Random(time.time_ns())  # noqa: S311  # no secrets
    cases = [(page, number) for page in range(len(PAGES)) for number in range(SINGLE + MULTIPLE)]
    drawn = 0
    for page, number in rng.sample(cases, len(cases)):
        if drawn == count:
            return
        after, kinds = numbered(page, number, SINGLE)
        # A page that people have to finish is not expected to pass.
        if outcome(after, PAGES[page][0], CHECKOUT):
            continue
        drawn += 1
        with tempfile.TemporaryDirectory() as folder:
            print(f"{PAGES[page][0]} {PAGES[page][1]} {number}: {kinds}", flush=True)
            _followed(after, PAGES[page][0], Path(folder))


def _followed(page: Any, edition: str, folder: Path) -> None:
    clone, source = folder / "clone", folder / "page.rst"
    source.write_text(render(page, "rst"), encoding="utf-8")
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)  # noqa: S607  # the caller's git
    drift = [".venv/bin/jobexport", "drift", str(source), "--edition", edition, "--write"]
    for command in (
        ["make", "install"],
        drift,
        ["make", "generate", "lint-spec"],
        ["make", "contract"],
        ["make", "test"],
    ):
        started = time.perf_counter()
        done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
        print(f"    {' '.join(command[:2]):22} {done.returncode} {time.perf_counter() - started:4.0f} s", flush=True)
        if done.returncode:
            lines = done.stdout.splitlines()
            failed = [line[:200] for line in lines if line.startswith(("FAILED", "ERROR", "E  "))] or lines[-15:]
            print(*failed, done.stderr[-500:], sep="\n        ", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["whole"]:
        whole(*[int(text) for text in sys.argv[2:]] or [10])
    else:
        given = [int(text) for text in sys.argv[1:]]
        main(*given, *(SINGLE, MULTIPLE, EACH)[len(given) :])
