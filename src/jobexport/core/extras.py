"""The sentence for a module that is not installed: it names the extra of jobexport that has it."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from typing import TYPE_CHECKING

from jobexport.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

_OURS = ("jobexport", "jobexport_api")


@contextlib.contextmanager
def needing(extra: str, user: str | None = None) -> Iterator[None]:
    """Raise MissingExtra instead of the error for a module that the block can't import.

    Of nested blocks the outermost counts: `jobexport.mock` imports `jobexport.spec`, and its extra has both. The error
    for a missing module of jobexport or of Python itself is not replaced: that is a fault of the installation.

    Args:
        extra: the extra of pyproject.toml that has every module that the block imports.
        user: the feature that needs the module, for the sentence; the package of the extra's name if None, such as
            `jobexport.mock`.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        module = (missing.name or "").partition(".")[0]
        if not module or module in _OURS or module in sys.stdlib_module_names:
            raise
        raise MissingExtra(user or f"jobexport.{extra}", module, extra) from None


def find(module: str, extra: str, user: str | None = None) -> ModuleSpec:
    """Return where a module is, without importing it.

    Raises:
        MissingExtra: the module is not installed.
    """
    found = importlib.util.find_spec(module)
    if found is None:
        raise MissingExtra(user or f"jobexport.{extra}", module, extra)
    return found
