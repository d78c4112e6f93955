"""The drift command."""

from __future__ import annotations

import importlib.util
import mimetypes
import sys
from typing import TYPE_CHECKING, TypeVar

import click

from jobexport.cli.findings import Printer
from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.progress import Progress

    from jobexport.drift import PageReport
    from jobexport.drift.write import Written

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
@click.option("--write", is_flag=True, help="Edit union, overlays and register in place, all files or none.")
@click.option("--diff", is_flag=True, help="Print what --write would change as a unified diff, and write nothing.")
@click.option(
    "--scaffold",
    is_flag=True,
    help="Print a first OpenAPI description of the page's operation, or of all operations of a folder.",
)
@click.option(
    "-o",
    "--output",
    type=Place(),
    metavar="FILE",
    help="With --scaffold: the file to write the description to.  [default: standard output]",
)
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
    pages: tuple[Path, ...],
    edition: str | None,
    against: Path | None,
    write: bool,
    diff: bool,
    scaffold: bool,
    output: Path | None,
    format_: str,
    fail_on: str,
) -> None:
    """Compare pages of the vendor's documentation with the description.

    PAGE is a file, or a folder with all its files. A page may be HTML, Markdown, reStructuredText or text copied from a
    browser, in English or Chinese. Its facts are compared with the edition that the page belongs to. Each difference is
    printed with the line of the page, the file and line of the description, and the edits that resolve it. A difference
    that the register of inconsistencies has already is listed as known.

    --write makes the edits in a checkout. What can't be decided is listed with its line, and the exit code is 1.
    """
    if (write or diff) and (against is not None or scaffold):
        raise click.UsageError("--write and --diff edit the description; leave out --against and --scaffold")
    if against is not None and (edition is not None or scaffold):
        raise click.UsageError("--against compares two pages; leave out --edition and --scaffold")
    if output is not None and not scaffold:
        raise click.UsageError("--output is the file of --scaffold; add --scaffold")
    paths = list(_files(pages))
    if not paths:
        raise JobexportError(f"{', '.join(map(str, pages))}: the folder has no page; name files or another folder")
    if write or diff:
        _write(paths, edition, write)
        return
    if scaffold:
        failed = _scaffold(paths, pages, output)
    else:
        failed = _compare(paths, pages, edition, against, Printer(format_), fail_on)
    if failed:
        raise SystemExit(2)


@click.command("new")
@click.argument("id_", metavar="ID")
@click.argument("pages", nargs=-1, required=True, type=Place(), metavar="PAGE…")
@click.option("--like", required=True, help="The edition to begin from.", shell_complete=complete_edition)
@click.option("--diff", is_flag=True, help="Print what would be written as a unified diff, and write nothing.")
@sentences
def new_edition(id_: str, pages: tuple[Path, ...], like: str, diff: bool) -> None:
    """Begin an edition in a checkout: overlay, pages and claims of another one, then the edits for its own pages.

    ID is the name of the new edition, such as otc-2027. PAGE is a page of it, or a folder of pages.
    """
    from jobexport import drift

    _check_tools()
    from jobexport.drift.new_edition import begin_edition

    read = [drift.read_page(path) for path in _files(pages)]
    _keep(begin_edition(id_, like, read, drift.load_described()), write=not diff)


def _check_tools() -> None:
    """Raise JobexportError if the linter of the description, which only a checkout has, can't run."""
    if importlib.util.find_spec("openapi_spec_validator") is None:
        raise JobexportError(
            "edits are made and checked in a checkout; run `make install` there, then .venv/bin/jobexport"
        )


def _write(paths: Sequence[Path], edition: str | None, write: bool) -> None:
    from jobexport.drift import load_described, read_page

    _check_tools()
    from jobexport.drift.write import follow_pages

    described = load_described()
    if edition is not None:
        described.check_edition(edition)
    _keep(follow_pages([read_page(path) for path in paths], described, edition), write=write)


def _keep(written: Written, *, write: bool) -> None:
    """Write the new sources, or print them as a diff; list what is left to people, and exit with 1 if there is any."""
    from jobexport.drift.write import diff, left_lines, write_all

    described = written.described
    if write:
        write_all(written.texts)
        for path in written.texts:
            click.echo(f"written: {path.relative_to(described.root)}")
        left = len(written.left) + len(written.problems)
        click.echo(f"{written.resolved} findings resolved, {left} left; run make generate, then git diff")
    else:
        click.echo(diff(written.texts, described.root), nl=False)
    for line in left_lines(written):
        click.echo(line, err=not write)
    if written.left or written.problems:
        raise SystemExit(1)


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


def _roots(pages: Iterable[Path]) -> dict[Path, Path]:
    """Return the folder, among the arguments, of each page that was not named itself."""
    return {path: page for page in pages if page.is_dir() for path in _files([page])}


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


def _compare(
    paths: Sequence[Path],
    pages: Sequence[Path],
    edition: str | None,
    against: Path | None,
    printer: Printer,
    fail_on: str,
) -> int:
    """Print the report of each page, and return the number of pages that could not be read.

    Raises:
        JobexportError: nothing was compared, in all or of a page that was named itself.
        SystemExit: with 1, if there is a new finding of the level `fail_on` or above.
    """
    named = {str(page) for page in pages if not page.is_dir()}
    idle: list[str] = []

    def use(report: PageReport) -> None:
        printer.add(report)
        if not report.compared and report.page.source in named:
            idle.append(report.page.source)

    failed = _each(_reports(paths, pages, edition, against), len(paths), use)
    printer.end(failed)
    if not failed and (idle or not printer.totals.compared):
        # A check that read nothing must not look like a check that found nothing; a folder has pages of other kinds.
        files = f" of {', '.join(idle)}" if idle else ""
        raise JobexportError(
            f"nothing was compared{files}: no page says anything of an operation that the description has; "
            "is it a login form or an error page? --scaffold begins the description of another operation"
        )
    if not failed and any(printer.totals.new[level] for level in _LEVELS[: _LEVELS.index(fail_on) + 1]):
        raise SystemExit(1)
    return failed


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
        roots = _roots(pages)
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


def _scaffold(paths: Sequence[Path], pages: Sequence[Path], output: Path | None) -> int:
    """Write the description of a page, or of several pages as one document; return the number of unusable pages."""
    from jobexport.core.disk.files import write_text
    from jobexport.drift import read_page, scaffold
    from jobexport.drift.scaffold import FolderScaffold
    from jobexport.drift.trees import attempt

    failed = 0
    if len(paths) == 1 and not pages[0].is_dir():
        text = scaffold(read_page(paths[0]))
    else:
        folder = FolderScaffold(pages[0].resolve().name if len(pages) == 1 else f"{len(pages)} files and folders")
        roots = _roots(pages)

        def add(path: Path) -> None:
            folder.add(read_page(path), path.relative_to(roots.get(path, path.parent)).as_posix())

        failed = _each((attempt(path, add) for path in paths), len(paths), lambda _: None)
        text = folder.text()
        click.echo(folder.summary, err=True)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
    return failed
