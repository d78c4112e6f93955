"""The zips of a restore: jobs with the scripts they use, in the layout of a batch export, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from jobexport.archive.names import segment
from jobexport.backup.content import limits, references
from jobexport.backup.folder import layout
from jobexport.client.calls import MOST_JOBS
from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from jobexport.backup.restore.source import RestoreSource
    from jobexport.backup.results import Key


def groups(source: RestoreSource, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the jobs of each zip in the order of `names`: at most 9.5 MiB, and as many as a batch export reads back."""
    group: list[str] = []
    total = 0
    for name in names:
        size = source.packed_size(source.chosen[layout.JOB, name])
        if group and (len(group) == MOST_JOBS or total + size > limits.SAFE_ZIP):
            yield tuple(group)
            group, total = [], 0
        group.append(name)
        total += size
    if group:
        yield tuple(group)


def ordered(names: Iterable[str], refs: Mapping[Key, tuple[str, ...]]) -> list[str]:
    """Return jobs sorted by name, but each after the jobs that it needs; those of a circle stay in their order."""
    wanted = sorted(names)
    known, found, seen = set(wanted), dict[str, None](), set[str]()
    for first in wanted:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            before = [
                other for other in _jobs(refs.get((layout.JOB, name), ())) if other in known and other not in seen
            ]
            if name in seen or not before:
                waiting.pop()
                seen.add(name)
                found.setdefault(name)
            else:
                seen.add(name)
                waiting += reversed(before)
    return list(found)


def _jobs(refs: Iterable[str]) -> Iterator[str]:
    return (name for kind, name in map(references.split, refs) if kind == layout.JOB)


def pack(source: RestoreSource, names: Iterable[str], scripts: Mapping[str, Collection[str]]) -> bytes:
    """Return the zip of jobs with the scripts that they use.

    Args:
        source: the backup.
        names: the jobs.
        scripts: the scripts that go with each job.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, key in sorted(_members(names, scripts)):
            info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whatever this runs on
            info.external_attr = 0o644 << 16
            archive.writestr(info, strict_json.write(source.fields(key)).encode())
    return buffer.getvalue()


def _members(names: Iterable[str], scripts: Mapping[str, Collection[str]]) -> Iterator[tuple[str, Key]]:
    for name in names:
        folder = f"jobs/{segment(name)}"
        yield f"{folder}/{segment(name)}.job", (layout.JOB, name)
        for used in scripts.get(name, ()):
            yield f"{folder}/{segment(used)}.script", (layout.SCRIPT, used)
