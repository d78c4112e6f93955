"""Names with their meanings in two columns, which fit a terminal of 80 columns."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

# No line is wrapped in a file or a pipe, where programs look for names.
_UNBOUNDED = 10_000
# A longer name has a line of its own.
_WIDEST_NAME = 34


def described(meanings: Mapping[str, str], *, indent: int = 0) -> str:
    """Return a line for each name with its meaning; on a terminal a long meaning goes on below itself."""
    wrapped = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if wrapped else _UNBOUNDED
    formatter = click.HelpFormatter(width=width)
    formatter.current_indent = indent
    formatter.write_dl(list(meanings.items()), col_max=_WIDEST_NAME if wrapped else _UNBOUNDED)
    return formatter.getvalue()
