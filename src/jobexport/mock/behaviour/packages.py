"""Exported zips, read for an import."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.archive.job_archive import JobArchive
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.inflate import chunks
from jobexport.archive.zip.policy import LONGEST_JSON
from jobexport.archive.zip.source import opened
from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.mock.behaviour.zips import obs_folder
from jobexport.mock.requests.request import Refused, violation
from jobexport.mock.storage.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.storage.storage import Storage

Fields = dict[str, Any]


@frozen
class Package:
    """The definitions in a zip of DGC; scripts and resources as JSON by name."""

    jobs: tuple[Fields, ...]
    scripts: Mapping[str, bytes]
    resources: Mapping[str, bytes]


def read_package(content: bytes) -> Package:
    """Return the definitions in a zip of exportJob or batchExportJobs; the suffix of a member tells its kind.

    Raises:
        JobexportError: the content is not such a zip.
    """
    archive = JobArchive.open(io.BytesIO(content))
    named = [{**job.as_json(), "name": job.name} for job in archive.jobs]
    scripts = {found.name: _json({**found.as_json(), "name": found.name}) for found in archive.scripts}
    resources = {found.name: _json({**found.as_json(), "name": found.name}) for found in archive.resources}
    # A job that is there twice counts once, as a later file would replace it.
    jobs = {fields["name"]: fields for fields in named}
    if not (jobs or scripts or resources):
        raise JobexportError("the zip holds no job, script or resource")
    return Package(tuple(jobs.values()), scripts, resources)


def read_flink_package(content: bytes) -> list[Fields]:
    """Return the definitions of the Flink jobs in a zip: its JSON objects with a `name`.

    No page documents the content of such a zip; here it is what this server exports.

    Raises:
        JobexportError: the content is not such a zip.
    """
    with opened(None, io.BytesIO(content)) as source:
        found = []
        for member in read_directory(source).files:
            if member.size > LONGEST_JSON or not member.name.endswith(".json"):
                continue
            try:
                value = strict_json.parse(b"".join(chunks(source, member)), file=True, exact=True)
            except ValueError as problem:
                raise JobexportError(f"{member}: {problem}") from None
            if isinstance(value, dict) and isinstance(value.get("name"), str) and value["name"]:
                found.append(value)
    if not found:
        raise JobexportError("the zip holds no Flink job")
    return found


def _json(fields: Fields) -> bytes:
    return strict_json.write(fields).encode("utf-8")


def stored_name(operation: Operation, path: Any, field: str, *, scheme: bool) -> str:
    """Return the name of an object from its OBS path: `obs://b/a.zip` → `b/a.zip`.

    Raises:
        Refused: the value is not an OBS path.
    """
    name = obs_folder(path, scheme=scheme)
    if name is None:
        raise unreadable(operation, field, "the value is not an OBS path")
    return name


async def fetched(storage: Storage, operation: Operation, name: str, field: str) -> bytes | None:
    """Return an object of the storage, or None if it does not exist.

    Raises:
        Refused: no object can have this name.
        StorageUnavailable: the storage fails.
    """
    try:
        return await storage.get(name)
    except StorageError as problem:
        raise unreadable(operation, field, str(problem)) from None


def unreadable(operation: Operation, field: str, reason: str) -> Refused:
    """Return the refusal of a path that leads to no zip of an export."""
    told = violation(operation, "body", f"/{field}", reason)
    return Refused("zip-path-invalid", "obs-file-unreadable", "obs-object-missing", violation=told)
