"""What an export holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class JobArchive:
    """A zip of jobs."""

    path: Path | None
    sha256: str = field(kw_only=True)
    size: int = field(kw_only=True)
