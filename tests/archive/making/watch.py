"""A watch on all paths that are written."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watch:
    """Paths that the interpreter was about to write, make, rename or remove while the watch was on."""

    def __init__(self) -> None:
        self.on = False
        self.touched: set[str] = set()
        self.links: set[str] = set()

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        # A handle was opened by its path before.
        if (
            event == "open"
            and not isinstance(args[0], int)
            and isinstance(args[2], int)
            and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        ):
            self.touched.add(os.fspath(args[0]))
        elif event in {"os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.truncate", "os.rename"}:
            self.touched |= {os.fspath(path) for path in args[:2] if isinstance(path, (str, os.PathLike))}
        elif event in {"os.symlink", "os.link"}:
            self.links.add(os.fspath(args[1]))

    @contextlib.contextmanager
    def watching(self) -> Iterator[Watch]:
        self.touched, self.links, self.on = set(), set(), True
        try:
            yield self
        finally:
            self.on = False

    def outside(self, folder: Path) -> list[str]:
        # Other names are relative to the handle of a folder that was opened by its path before.
        touched = {Path(path) for path in self.touched}
        absolute = {path for path in touched if path.is_absolute()}
        climbing = [str(path) for path in touched - absolute if ".." in path.parts]
        return climbing + [str(path) for path in absolute if folder not in path.resolve().parents]


WATCH = Watch()
sys.addaudithook(WATCH)  # an audit hook stays for good, so it is switched instead
