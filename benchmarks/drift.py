"""The pages a second that drift reads on one core, beside the parser of each form alone.

The pages are made up, one in each form and language, and those of CORPUS/docs if a folder is named; each of these pages
is printed with its time. Without a folder the stored figures of the corpus stay.

    python benchmarks/drift.py [CORPUS] [--store]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docutils.core import publish_doctree
from justhtml import JustHTML
from markdown_it import MarkdownIt
from stored import Clock, Comparison, Result, SkippedError, compared, run, versions

from jobexport.drift import check_page, load_described, read_page
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[1]
ROUNDS = 5
READ, COMPARED = "jobexport drift, read", "jobexport drift, read and compared"
# Form → its name, its parser, and a call of the parser alone.
PARSERS: dict[str, tuple[str, str, Callable[[str], object]]] = {
    "html": ("HTML", "justhtml", JustHTML),
    "markdown": ("Markdown", "markdown-it-py", MarkdownIt("commonmark").enable("table").parse),
    "rst": ("reStructuredText", "docutils", lambda text: publish_doctree(text, settings_overrides={"report_level": 5})),
}


def made_up() -> dict[str, bytes]:
    """Return the usual made-up page in each form and language, by name."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.drift.making.rendering import FORMS, render
    from tests.drift.making.samples import USUAL, translated

    pages = {"en": USUAL, "zh": translated(USUAL, "zh")}
    return {f"{form} {language}": render(page, form).encode() for form in FORMS for language, page in pages.items()}


def corpus(folder: Path) -> dict[str, bytes]:
    """Return the pages of a folder, by path; other files are left out."""
    found = {}
    for path in sorted(each for each in folder.glob("*/**/*") if each.is_file()):
        try:
            read_page(path)
        except JobexportError as problem:
            print(problem, file=sys.stderr)
        else:
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def seconds(use: Callable[[], object]) -> float:
    """Return the seconds of the processor that a use takes."""
    start = time.process_time()
    use()
    return time.process_time() - start


def comparisons(pages: dict[str, bytes]) -> Iterator[Comparison]:
    """Compare the reading of the pages of each form with its parser."""
    described = load_described()
    forms: dict[str, dict[str, bytes]] = {}
    for name, content in pages.items():
        forms.setdefault(str(read_page(content, name).form), {})[name] = content
    for form, chosen in sorted(forms.items()):
        title, parser, parse = PARSERS.get(form, ("Text", "", str))
        alone = f"{parser} alone"
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in chosen}
        for _ in range(ROUNDS):
            for name, content in chosen.items():
                uses: dict[str, Callable[[], object]] = {
                    alone: lambda content=content, parse=parse: parse(content.decode()),  # type: ignore[misc]
                    READ: lambda content=content, name=name: read_page(content, name),  # type: ignore[misc]
                    COMPARED: lambda content=content, name=name: check_page(read_page(content, name), described),  # type: ignore[misc]
                }
                if not parser:
                    del uses[alone]
                taken[name].append({use: seconds(call) for use, call in uses.items()})
        for name, content in chosen.items():
            best = min(each[READ] for each in taken[name])
            print(f"{name:70} {len(content) / 1024:6.1f} KiB {best * 1000:7.1f} ms")
        rounds = [
            {use: len(chosen) / sum(taken[name][at][use] for name in chosen) for use in taken[next(iter(chosen))][at]}
            for at in range(ROUNDS)
        ]
        size = sum(map(len, chosen.values())) / 1024 / len(chosen)
        noun, average = ("page", "") if len(chosen) == 1 else ("pages", " on average")
        text = f"{title}: {len(chosen)} {noun} of {size:.0f} KiB{average}"
        yield compared(form, text, "pages/s", rounds, ours={READ, COMPARED}, better="more")


def measure(folders: list[str]) -> Iterator[Result]:
    """Measure made-up pages, and those of a corpus."""
    used = versions("justhtml", "markdown-it-py", "docutils")
    clock = Clock()
    yield clock.result("drift", used, *comparisons(made_up()))
    for folder in (Path(each, "docs") for each in folders):
        if not folder.is_dir():
            raise SkippedError(
                f"no pages of a corpus: {folder} is not a folder; name it: make benchmarks CORPUS=../shared"
            )
        clock = Clock()
        yield clock.result("drift-corpus", used, *comparisons(corpus(folder)))


if __name__ == "__main__":
    sys.exit(run(measure))
