"""What a behaviour gives back: the answer, and the objects that the request leaves in storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response


@frozen
class Outcome:
    """An answer and its effect. Nothing is stored until the application does it."""

    response: Response
    objects: Mapping[str, bytes] = {}
    """Content by name."""
    later: bool = False
    """Whether the objects may appear after the answer, as with `obsPath`."""
