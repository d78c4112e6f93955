"""The surroundings of a command that calls a service: its end by signals, errors of usage, and its log."""

from __future__ import annotations

import contextlib
import logging
import signal
from typing import TYPE_CHECKING

import click

from jobexport.cli.sentences import shown
from jobexport.cli.signals import Signalled
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def running(interrupted: str, *, verbose: bool) -> Iterator[None]:
    """Surround the work of a command.

    Args:
        interrupted: a sentence on what a signal leaves behind, and what to do then.
        verbose: True to log each request.
    """
    with _ended_by_signals(interrupted), _usage_errors(), _logged(verbose):
        yield


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    """Raise an error of usage, with the names of the options, for an argument that the client refuses."""
    try:
        yield
    except JobexportError:  # among them an environment that can't be used, which is a ValueError too
        raise
    except ValueError as problem:
        raise click.UsageError(str(problem).replace("base_url", "--url").replace("obs_dir", "--obs-dir")) from None


@contextlib.contextmanager
def _ended_by_signals(sentence: str) -> Iterator[None]:
    """Add a sentence on the export to the end by Ctrl-C or another signal."""
    try:
        yield
    except (KeyboardInterrupt, Signalled) as end:
        click.echo(f"Error: interrupted; {sentence}", err=True)
        raise (end if isinstance(end, Signalled) else Signalled(signal.SIGINT)) from None


@contextlib.contextmanager
def _logged(verbose: bool) -> Iterator[None]:
    if not verbose:
        # The error has the same message, or a later attempt succeeded.
        logging.getLogger("jobexport.client").addHandler(logging.NullHandler())
        yield
        return
    with shown("jobexport.client", logging.INFO, "%(asctime)s %(message)s"):
        yield
