"""Reads members as jobs, scripts and resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.archive.values import Job, Resource, Script
from jobexport.archive.zip.inflate import chunks
from jobexport.archive.zip.policy import LONGEST_JSON, MOST_JSON, MOST_VALUES
from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource

_KINDS: dict[str, type[Job | Script | Resource]] = {"job": Job, "script": Script, "resource": Resource}


@frozen
class Content:
    """Content of an archive, in the archive's order."""

    jobs: tuple[Job, ...]
    scripts: tuple[Script, ...]
    resources: tuple[Resource, ...]
    others: tuple[str, ...]


def read_content(source: ZipFileSource, files: Sequence[ZipMember]) -> Content:
    """Read all jobs, scripts and resources among members that are files.

    Raises:
        ArchiveCorrupt: a member is damaged, or a job is not a JSON object.
        ArchiveUnsafe: together the members have more than 64 MiB, or too many values of JSON.
        JobexportError: the source can't be read.
    """
    total = sum(member.size for member in files if _kind(member))
    if total > MOST_JSON:
        raise source.unsafe(f"its jobs and scripts have {total} bytes, at most {MOST_JSON} are held in memory")
    values, held = [], 0
    for member in files:
        value, count = _read(source, member)
        values.append((member, value))
        held += count
        if held > MOST_VALUES:
            raise source.unsafe(f"its jobs and scripts have more than {MOST_VALUES} values")
    return Content(
        tuple(value for _, value in values if isinstance(value, Job)),
        tuple(value for _, value in values if isinstance(value, Script)),
        tuple(value for _, value in values if isinstance(value, Resource)),
        tuple(member.name for member, value in values if value is None),
    )


def typed(source: ZipFileSource, member: ZipMember) -> Job | Script | Resource | None:
    """Read a member by its suffix, in any folder: `"a/b.job" → Job`. Return None for any other member.

    So one rule reads both documented trees, the printed tree that mixes them, and a tree that no page prints.

    Raises:
        ArchiveCorrupt: the member is damaged, or is a job but not a JSON object.
        ArchiveUnsafe: the member is larger than any job or script, or has too many values.
        JobexportError: the source can't be read.
    """
    return _read(source, member)[0]


def _read(source: ZipFileSource, member: ZipMember) -> tuple[Job | Script | Resource | None, int]:
    """Return the result of `typed`, and the number of JSON values that it holds, at most."""
    kind = _kind(member)
    if kind is None:
        return None, 0
    if member.size > LONGEST_JSON:
        raise source.unsafe(f"{member} has {member.size} bytes, a job has at most {LONGEST_JSON}")
    content = b"".join(chunks(source, member))
    try:
        return kind(member.name, _object(content)), strict_json.count_values(content)
    except strict_json.TooManyValues as problem:
        raise source.unsafe(f"{member} has {problem}, as no job has") from None
    except ValueError as problem:
        if kind is not Job:
            return None, 0
        raise source.corrupt(f"{member} is not a JSON object: {problem}") from None


def _kind(member: ZipMember) -> type[Job | Script | Resource] | None:
    """Return the class for the suffix. The pages describe jobs only: a `.resource` may be a large file itself."""
    kind = _KINDS.get(member.name.rpartition("/")[2].rpartition(".")[2])
    return kind if kind is Job or member.size <= LONGEST_JSON else None


def _object(content: bytes) -> dict[str, Any]:
    """Return the object of a JSON text; raise ValueError for another value, or a text that is not strict JSON."""
    value = strict_json.parse(content, file=True, exact=True)
    if not isinstance(value, dict):
        raise ValueError("it holds another kind of value")
    return value
