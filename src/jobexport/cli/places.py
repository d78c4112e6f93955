"""Options and arguments that are files or folders: an empty text and `-` are refused where they would be file names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class Place(click.Path):
    """A file or a folder, as a `Path`. `-` is a place only with `allow_dash`: the command then reads or writes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or fail if the text is empty, as an unset variable leaves it, or `-`."""
        if not str(value):
            self.fail("it is empty; is a variable not set?", param, ctx)
        if str(value) == "-" and not self.allow_dash:
            self.fail(
                "- is neither standard input nor output here; name a file, or ./- for a file called -", param, ctx
            )
        found: Any = super().convert(value, param, ctx)
        # Without its folder a file of this name would be taken for standard input or output.
        return found.absolute() if str(found) == "-" != str(value) else found
