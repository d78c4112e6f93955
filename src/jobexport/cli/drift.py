"""The drift command."""

from __future__ import annotations

import mimetypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from jobexport.cli.findings import Printer
from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.progress import Progress

    from jobexport.drift import PageReport

    _Result = TypeVar("_Result")

_LEVELS = ("error", "warning", "info")

# Media types of files in a folder of documentation that are not pages.
_NO_PAGES = ("image", "audio", "video", "font")


@click.command()
@click.argument("pages", nargs=-1, required=True, type=Place(), metavar="PAGE…")
@click.option(
    "--edition",
    help="The edition to compare the pages with.  [default: guessed, page by page]",
    shell_complete=complete_edition,
)
@click.option(
    "--against",
    type=Place(),
    metavar="OLD",
    help="An older page, or a folder of older pages, to compare with instead of the description.",
)
@click.option("--scaffold", is_flag=True, help="Print a first OpenAPI description of each page's operation.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="Text for people, JSON for programs, or annotations of a workflow run on GitHub.",
)
@click.option(
    "--fail-on",
    type=click.Choice(_LEVELS),
    default="error",
    show_default=True,
    help="The least level of a finding for exit code 1; known findings do not count.",
)
@sentences
def drift(
    pages: tuple[Path, ...], edition: str | None, against: Path | None, scaffold: bool, format_: str, fail_on: str
) -> None:
    """Compare pages of the vendor's documentation with the description.

    PAGE is a file, or a folder with all its files. A page may be HTML, Markdown, reStructuredText or text copied from a
    browser, in English or Chinese. Its facts are compared with the edition that the page belongs to. Each difference is
    printed with the line of the page, the file and line of the description, and the edits that resolve it. A difference
    that the register of inconsistencies has already is listed as known.
    """
    if against is not None and (edition is not None or scaffold):
        raise click.UsageError("--against compares two pages; leave out --edition and --scaffold")
    paths = list(_files(pages))
    if not paths:
        raise JobexportError(f"{', '.join(map(str, pages))}: the folder has no page; name files or another folder")
    if scaffold:
        texts: list[str] = []
        failed = _each(_scaffolds(paths), len(paths), texts.append)
        # `---` separates the documents of a YAML stream.
        click.echo("---\n".join(texts), nl=False)
    else:
        printer = Printer(format_)
        failed = _each(_reports(paths, pages, edition, against), len(paths), printer.add)
        printer.end(failed)
        if not failed and any(printer.totals.new[level] for level in _LEVELS[: _LEVELS.index(fail_on) + 1]):
            raise SystemExit(1)
        if not failed and not printer.totals.compared:
            # A check that read nothing must not look like a check that found nothing.
            raise JobexportError(
                "nothing was compared: no page says anything of an operation that the description has; "
                "is it a login form or an error page? --scaffold begins the description of another operation"
            )
    if failed:
        raise SystemExit(2)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the named files, and the pages in the named folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            kind = (mimetypes.guess_type(inner.name)[0] or "").partition("/")[0]
            if inner.is_file() and not hidden and kind not in _NO_PAGES:
                yield inner


def _each(results: Iterable[_Result | JobexportError], number: int, use: Callable[[_Result], None]) -> int:
    """Call `use` for each result, print each error, and return the number of errors."""
    failed = 0
    with _bar() as bar:
        for result in bar.track(results, total=number, description="pages"):
            if isinstance(result, JobexportError):
                failed += 1
                bar.console.print(str(result), markup=False, highlight=False, soft_wrap=True)
            else:
                use(result)
    return failed


def _bar() -> Progress:
    """Return a progress bar on standard error; it prints nothing unless that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    # The reports on a terminal are progress enough, and a bar would be drawn between their lines.
    hidden = not console.is_terminal or sys.stdout.isatty()
    return Progress(console=console, disable=hidden, transient=True, redirect_stdout=False)


def _reports(
    paths: Sequence[Path], pages: Sequence[Path], edition: str | None, against: Path | None
) -> Iterator[PageReport | JobexportError]:
    """Yield the report of each page, or its error."""
    from jobexport.drift import check_page, check_pages, load_described, read_page
    from jobexport.drift.trees import Trees, attempt, leaf_of

    described = load_described()
    if edition is not None:
        described.check_edition(edition)
    if against is not None and against.is_dir():
        roots = {path: page for page in pages if page.is_dir() for path in _files([page])}
        new = (leaf_of(path, roots.get(path)) for path in paths)
        old = (leaf_of(path, against) for path in _files([against]))
        yield from Trees(described, whole=bool(roots)).compare(old, new)
        return
    older = read_page(against) if against is not None else None

    def report(path: Path) -> PageReport:
        page = read_page(path)
        return check_page(page, described, edition) if older is None else check_pages(page, older, described)

    for path in paths:
        yield attempt(path, report)


def _scaffolds(paths: Sequence[Path]) -> Iterator[str | JobexportError]:
    from jobexport.drift import read_page, scaffold
    from jobexport.drift.trees import attempt

    for path in paths:
        yield attempt(path, lambda path: scaffold(read_page(path)))
