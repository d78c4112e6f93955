"""The end of a run before or after any step that changes the disk."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.core.disk.folders import OpenFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEPS = ("create", "put", "remove", "make", "sync", "sync_files")
"""The methods of an open folder that change the disk: nothing else of a backup does."""


class Killed(BaseException):
    """The end of a run, as by SIGKILL: whatever the run would still do to the disk does not happen."""


@contextlib.contextmanager
def killed_at(number: int | None, *, after: bool = False) -> Iterator[list[str]]:
    """Yield the list of steps; the step of this number is the last: it happens if `after`, and else does not."""
    steps: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(OpenFolder, name, _counted(name, getattr(OpenFolder, name), steps, number, after))
        yield steps


def _counted(
    name: str, method: Callable[..., Any], steps: list[str], number: int | None, after: bool
) -> Callable[..., Any]:
    def counted(*args: Any, **options: Any) -> Any:
        steps.append(name)
        if number is not None and len(steps) >= number + after:
            raise Killed
        done = method(*args, **options)
        if after and len(steps) == number:
            if name == "create":
                done.close()
            raise Killed
        return done

    return counted
