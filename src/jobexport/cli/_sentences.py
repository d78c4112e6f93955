"""What every command shares: what can't be done is one sentence and exit code 2."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from jobexport.cli import missing_tools
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "JOBEXPORT_TOKEN"  # noqa: S105  # the variable's name, not a token


class _Failure(click.ClickException):
    """One sentence on standard error, exit code 2."""

    exit_code = 2


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what could not be done into one sentence and exit code 2."""

    @functools.wraps(command)
    def wrapper(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except JobexportError as problem:
            raise _Failure(str(problem)) from None
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("jobexport"):
                raise
            raise _Failure(missing_tools(missing)) from None

    return wrapper
