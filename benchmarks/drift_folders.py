"""Measures drift on folders of pages.

`python benchmarks/drift_folders.py FOLDER…` makes one document of each folder and prints its numbers. Without FOLDER it
prints, for 250 and for 1,000 made-up pages, the pages a second and the memory of each use of a folder.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

from jobexport.drift import check_page, load_described, read_page
from jobexport.drift.scaffold import FolderScaffold
from jobexport.drift.trees import Trees, attempt, leaf_of
from jobexport.errors import JobexportError

sys.path.insert(0, str(Path(__file__).parents[1]))


def files(folder: Path) -> list[Path]:
    """Return the files of a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def describe(folder: Path) -> None:
    """Make one document of a folder; print its numbers, what was done about collisions, and what tools make of it."""
    from tests.drift.making.clients import generates, loaded

    made = FolderScaffold(folder.resolve().name)
    for path in files(folder):
        page = attempt(path, read_page)
        if isinstance(page, JobexportError):
            print(page)
        else:
            made.add(page, path.relative_to(folder).as_posix())
    with tempfile.TemporaryDirectory() as place:
        document = generates(made.text(), Path(place))
        print(f"{made.title}: {made.summary}")
        print(f"  valid; a client is generated without a warning; schemathesis loads {loaded(document)} operations")
    for note in made.notes:
        if not note.startswith("Not understood") and "no request line" not in note:
            print(f"  {note}")


def write(folder: Path, number: int) -> None:
    """Write made-up pages of as many operations, with tables of 30 rows, of which some have the same shape."""
    from attrs import evolve

    from tests.drift.making.rendering import Field, render
    from tests.drift.making.samples import NESTED, USUAL

    rows = tuple(Field(f"field{at}") for at in range(20))
    for at in range(number):
        sample = USUAL if at % 3 else NESTED
        page = evolve(sample, path=f"/v1/{{project_id}}/things{at}/{{thing_id}}", title=f"Changing Thing {at}")
        text = render(evolve(page, body=(*page.body, *rows[: at % 20])), "rst")
        (folder / f"page{at}.rst").write_text(text, encoding="utf-8")


def read_all(folder: Path) -> None:
    """Read each page."""
    for path in files(folder):
        read_page(path)


def check_all(folder: Path) -> None:
    """Compare each page with the description."""
    described = load_described()
    for path in files(folder):
        check_page(read_page(path), described)


def against_itself(folder: Path) -> None:
    """Compare the folder with itself."""
    leaves = [leaf_of(path, folder) for path in files(folder)]
    for report in Trees(load_described(), whole=True).compare(leaves, leaves):
        if isinstance(report, JobexportError):
            raise report


def document(folder: Path) -> None:
    """Make one document of all pages."""
    made = FolderScaffold("made up")
    for path in files(folder):
        made.add(read_page(path), path.name)
    made.text()


def measured(use: str, folder: Path) -> None:
    """Print the pages a second and the most memory of one use; runs in a process of its own."""
    start = time.process_time()
    {"read": read_all, "check": check_all, "against": against_itself, "document": document}[use](folder)
    taken = time.process_time() - start
    number = len(files(folder))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{use:10} {number:5} pages {number / taken:6.0f} pages/s {memory:6.0f} MiB")


def main() -> None:
    """Print the numbers of the folders that were named, or those of made-up pages."""
    for name in sys.argv[1:]:
        describe(Path(name))
    if not sys.argv[1:]:
        with tempfile.TemporaryDirectory() as place:
            for number in (250, 1000):
                folder = Path(place) / str(number)
                folder.mkdir()
                write(folder, number)
                for use in ("read", "check", "against", "document"):
                    process = multiprocessing.get_context("spawn").Process(target=measured, args=(use, folder))
                    process.start()
                    process.join()


if __name__ == "__main__":
    main()
