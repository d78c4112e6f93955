"""The result of a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.backup.folder import layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobexport.errors import JobexportError

Key = tuple[str, str]
"""Kind and name of an item."""


@frozen
class BackupResult:
    """The result of a backup. The folder is whole whatever it says."""

    folder: Path
    complete: bool
    """True if every item of the service is in the backup with its last content."""
    counts: Mapping[str, int]
    """The items that the service has and the backup holds, by kind."""
    total: Mapping[str, int | None]
    """The service's own number of items, by kind; None if its list has no number."""
    added: tuple[Key, ...]
    changed: tuple[Key, ...]
    gone: tuple[Key, ...]
    """Items that are gone from the service since the last backup, each confirmed by a request of its own."""
    pruned: tuple[Key, ...]
    """Items that were removed from the backup, as they are gone from the service."""
    repaired: tuple[Key, ...]
    """Items whose files were damaged, and were written anew."""
    failures: Mapping[Key, JobexportError]
    """The errors of items whose last content could not be fetched; the backup keeps older content, if it has any."""
    problems: tuple[str, ...]
    """Other reasons why the backup is not complete, for people."""
    notes: tuple[str, ...]
    """Sentences for the user, such as on places that look like secrets."""
    ended_by: JobexportError | None = None
    """The error that ended the run early, such as `Unauthorized`; None if every item was asked for."""

    @property
    def unchanged(self) -> int:
        """The number of items that are as they were."""
        touched = {*self.added, *self.changed, *self.failures}
        return sum(self.counts.values()) - len(touched)

    def sentence(self) -> str:
        """Return the result as a sentence: `20 items in backup/: 3 new, 1 changed, 16 unchanged`."""
        parts = [
            f"{len(found)} {word}"
            for found, word in (
                (self.added, "new"),
                (self.changed, "changed"),
                (self.gone, "gone"),
                (self.pruned, "removed"),
                (self.repaired, "repaired"),
                (self.failures, "failed"),
            )
            if found
        ]
        whole = "" if self.complete else "; not complete"
        total = sum(self.counts.values())
        return f"{total} items in {self.folder}: {', '.join([*parts, f'{self.unchanged} unchanged'])}{whole}"


def labels(keys: tuple[Key, ...]) -> list[str]:
    """Return items as people read them: `["job nightly_load"]`."""
    return [layout.label(*key) for key in keys]
