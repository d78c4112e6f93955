"""The message for a missing module that the command itself needs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from jobexport.core.extras import needing
from jobexport.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def needing_cli() -> Iterator[None]:
    """Raise MissingExtra for a missing module of the command; the rooms of jobexport name an extra of their own."""
    try:
        yield
    except MissingExtra:
        raise
    except ModuleNotFoundError as missing:
        with needing("cli", "the jobexport command"):
            raise missing from None
