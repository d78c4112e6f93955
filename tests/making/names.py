"""Names of fields that tests need and that editions call differently."""

from __future__ import annotations

from typing import Any

from jobexport_api.types import ROLES

ZIP_PATHS = tuple(ROLES["ExportFlinkJobsResponse"]["zip-paths"])
"""The names of the array of zips, in all editions."""


def zips_of(value: dict[str, Any]) -> list[str]:
    """Return the zips that a response of exportFlinkJobs names, whatever its edition calls the array."""
    (found,) = [value[name] for name in ZIP_PATHS if name in value]
    return list(found)


def array_of(document: Any) -> str:
    """Return the name of the array of zips in an edition's document."""
    properties = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
    return next(name for name in ZIP_PATHS if name in properties)
