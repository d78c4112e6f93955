"""Makes the pages of the command line from each command's own help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docs._site.escaping import code, plain
from jobexport.cli.commands import cli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PROGRAM = "jobexport"


def pages() -> dict[str, str]:
    """Return a page for each command of the program, and the page that leads to them, by file name."""
    program = click.Context(cli, info_name=_PROGRAM, **cli.context_settings)
    found = {f"commands/{inner.info_name}.md": "\n".join(_sections(inner, 1)) for inner in _inner(program)}
    names = "\n".join(str(inner.info_name) for inner in _inner(program))
    menu = f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    return {"commands/index.md": f"# The command line\n\n{_help(program)}\n{menu}", **found}


def _inner(context: click.Context) -> list[click.Context]:
    commands = context.command.commands if isinstance(context.command, click.Group) else {}
    return [click.Context(command, parent=context, info_name=name) for name, command in sorted(commands.items())]


def _sections(context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}\n\n{_help(context)}"
    for inner in _inner(context):
        yield from _sections(inner, level + 1)


def _help(context: click.Context) -> str:
    formatter = _Markdown(context.command_path)
    context.command.format_help(context, formatter)
    return formatter.getvalue()


class _Markdown(click.HelpFormatter):
    """A formatter that writes a command's help as Markdown."""

    def __init__(self, path: str) -> None:
        # As wide as it gets: the short help of a command is not cut.
        super().__init__(width=10_000)
        self.path = path
        self.heading = ""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        del prefix
        self.write(f"```text\n{prog} {args}\n```\n")

    def write_heading(self, heading: str) -> None:
        self.heading = heading
        self.write(f"\n**{plain(heading)}**\n")

    def write_text(self, text: str) -> None:
        for paragraph in text.replace("\b\n", "").split("\n\n"):
            self.write(f"\n{plain(paragraph)}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        del col_max, col_spacing
        for name, meaning in rows:
            self.write(f"\n{self._term(name)}\n: {plain(meaning) or '–'}\n")

    def _term(self, name: str) -> str:
        if self.heading != "Commands":
            return code(name)
        if self.path == _PROGRAM:
            return f"[{code(name)}]({name}.md)"
        return f"[{code(name)}](#{f'{self.path} {name}'.replace(' ', '-')})"
