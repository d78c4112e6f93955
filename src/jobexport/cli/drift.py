"""The drift command."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.progress import Progress

    from jobexport.drift import PageFacts, PageReport
    from jobexport.drift.write import Written

_STYLES = {"error": "red", "warning": "yellow", "info": "cyan", "known": "green", "dim": "dim", "head": "bold"}
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
    pages: tuple[Path, ...],
    edition: str | None,
    against: Path | None,
    write: bool,
    diff: bool,
    scaffold: bool,
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
    paths = list(_files(pages))
    if not paths:
        raise JobexportError(f"{', '.join(map(str, pages))}: the folder has no page; name files or another folder")
    if write or diff:
        _write(paths, edition, write)
        return
    if scaffold:
        failed = _each(paths, _scaffolder())
    else:
        reports: list[PageReport] = []
        failed = _each(paths, _checker(reports, edition, against))
        _show(reports, failed, format_)
        reached = {finding.level for report in reports for finding in report.new}
        if not failed and reached.intersection(_LEVELS[: _LEVELS.index(fail_on) + 1]):
            raise SystemExit(1)
        if not failed and not any(report.compared for report in reports):
            # A check that read nothing must not look like a check that found nothing.
            raise JobexportError(
                "nothing was compared: no page says anything of an operation that the description has; "
                "is it a login form or an error page? --scaffold begins the description of another operation"
            )
    if failed:
        raise SystemExit(2)


@click.command("new")
@click.argument("id_", metavar="ID")
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAGE…")
@click.option("--like", required=True, help="The edition to begin from.", shell_complete=complete_edition)
@click.option("--diff", is_flag=True, help="Print what would be written as a unified diff, and write nothing.")
@sentences
def new_edition(id_: str, pages: tuple[Path, ...], like: str, diff: bool) -> None:
    """Begin an edition in a checkout: overlay, pages and claims of another one, then the edits for its own pages.

    ID is the name of the new edition, such as otc-2027. PAGE is a page of it, or a folder of pages.
    """
    from jobexport import drift
    from jobexport.drift.new_edition import begin_edition

    read = [drift.read_page(path) for path in _files(pages)]
    _keep(begin_edition(id_, like, read, drift.load_described()), write=not diff)


def _write(paths: Sequence[Path], edition: str | None, write: bool) -> None:
    from jobexport.drift import load_described, read_page
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


def _each(paths: Sequence[Path], work: Callable[[Path], None]) -> int:
    """Call `work` for each page, print the error of each unusable page, and return the number of errors."""
    failed = 0
    with _bar() as bar:
        for path in bar.track(paths, description="pages"):
            try:
                work(path)
            except JobexportError as problem:
                failed += 1
                bar.console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    return failed


def _bar() -> Progress:
    """Return a progress bar on standard error; it prints nothing unless that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, disable=not console.is_terminal, transient=True)


def _checker(reports: list[PageReport], edition: str | None, against: Path | None) -> Callable[[Path], None]:
    from jobexport.drift import check_page, check_pages, load_described, read_page

    described = load_described()
    if edition is not None:
        described.check_edition(edition)
    older = list(_older(against)) if against is not None else []

    def check(path: Path) -> None:
        page = read_page(path)
        if against is None:
            reports.append(check_page(page, described, edition))
        else:
            reports.append(check_pages(page, _counterpart(page, older, against), described))

    return check


def _older(against: Path) -> Iterator[PageFacts]:
    from jobexport.drift import read_page

    for path in _files([against]):
        try:
            yield read_page(path)
        except JobexportError:
            # A folder may have other files than pages; for a named file the error is of interest.
            if not against.is_dir():
                raise


def _counterpart(page: PageFacts, older: Sequence[PageFacts], against: Path) -> PageFacts:
    """Return the older page of the same operation, else of the same file name."""
    if not against.is_dir():
        return older[0]
    for other in older:
        if page.endpoint and other.endpoint and page.endpoint.path == other.endpoint.path:
            return other
    for other in older:
        if Path(other.source).stem == Path(page.source).stem:
            return other
    raise JobexportError(f"{page.source}: {against} has no page of the same operation or name; name the older page")


def _scaffolder() -> Callable[[Path], None]:
    from jobexport.drift import read_page, scaffold

    written: list[Path] = []

    def write(path: Path) -> None:
        text = scaffold(read_page(path))
        # `---` separates the documents of a YAML stream.
        click.echo(f"---\n{text}" if written else text, nl=False)
        written.append(path)

    return write


def _show(reports: Sequence[PageReport], failed: int, format_: str) -> None:
    from jobexport.drift import report as written

    if format_ == "json":
        click.echo(json.dumps([written.as_plain(report) for report in reports], indent=2, ensure_ascii=False))
        return
    if format_ == "github":
        for report in reports:
            for line in written.github_lines(report):
                click.echo(line)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for report in reports:
        for line, style in written.text_lines(report):
            console.print(Text(line, style=_STYLES.get(style, "")), soft_wrap=True)
    console.print(Text(written.summary(reports, failed)), soft_wrap=True)
