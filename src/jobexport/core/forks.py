"""Renewal of connections and locks in a child of `os.fork`, which must not use the connections and locks of its parent.

The child has copies of them. It would receive the responses to the parent's requests, and a lock that another thread
of the parent held at the fork would never be released.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forked(Protocol):
    """A value that a child of `os.fork` has a copy of."""

    def forked(self) -> None:
        """Replace what belongs to the parent; called in the child, before it has other threads."""


_values: weakref.WeakSet[Forked] = weakref.WeakSet()


def renew_in_children(value: Forked) -> None:
    """Call the value's `forked` in every child, as long as the value exists."""
    _values.add(value)


def _renew() -> None:
    for value in list(_values):
        value.forked()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew)
