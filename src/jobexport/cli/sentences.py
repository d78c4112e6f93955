"""Shared parts of the commands: an error as one sentence, logs on standard error, completion of editions."""

from __future__ import annotations

import contextlib
import functools
import logging
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from jobexport.cli.missing import needing_cli
from jobexport.core.environment import secrets
from jobexport.core.redact import known, line, printable, remember
from jobexport.errors import BackupRefused, FolderInUse, JobexportError, MissingExtra, OutcomeUnknown, RestoreRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_EXIT_CODES = {BackupRefused: 3, RestoreRefused: 3, OutcomeUnknown: 4, FolderInUse: 11}
"""The exit codes of errors that a program may want to tell from others; any other error has 2."""


class _Failure(click.ClickException):
    """An error that is shown as one sentence on standard error."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it for the class, and reads the instance


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a JobexportError of a command into one sentence and an exit code, 2 for most."""

    @functools.wraps(command)
    def wrapper(*args: Any, **options: Any) -> None:
        # Before anything is read: a file or an argument may have a secret by mistake, and an error shows it.
        remember(*secrets())
        try:
            with needing_cli():
                command(*args, **options)
        except JobexportError as problem:
            # A note lists the work that was done all the same.
            sentence = line("; ".join([str(problem), *getattr(problem, "__notes__", ())]))
            raise _Failure(sentence, _exit_code(problem)) from None

    return wrapper


def _exit_code(problem: JobexportError) -> int:
    return next((code for kind, code in _EXIT_CODES.items() if isinstance(problem, kind)), 2)


class _Lines(logging.Formatter):
    """The form of log lines, each one line of a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line; a traceback keeps its lines."""
        return printable(known().text(super().format(record)), "\n" if record.exc_info else "")


def complete_edition(
    context: click.Context, _parameter: click.Parameter, beginning: str
) -> list[str] | list[CompletionItem]:
    """Complete an edition's id for a shell, or the path of a file; `contract` also takes `all` and `auto`."""
    try:
        from jobexport.spec.editions import resolved_ids
    except MissingExtra:
        # A shell shows nothing but completions.
        return []
    words = [*resolved_ids(), *(("all", "auto") if context.command.name == "contract" else ())]
    found = [word for word in words if word.startswith(beginning)]
    if found or context.command.name == "drift":
        # drift edits the overlays of editions, so it takes no other file.
        return found
    # A shell shows either words or its own completion of paths.
    return [CompletionItem(beginning, type="file")]


@contextlib.contextmanager
def shown(name: str, level: int = logging.NOTSET, form: str = "%(message)s") -> Iterator[None]:
    """Show a logger's lines on standard error."""
    logger, handler = logging.getLogger(name), logging.StreamHandler()
    handler.setFormatter(_Lines(form))
    before = logger.level
    logger.addHandler(handler)
    if level:
        logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
