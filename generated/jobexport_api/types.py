"""Contains some shared types for properties"""

from collections.abc import Mapping, MutableMapping
from json import loads
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Generic, Literal, TypeVar
from urllib.parse import quote

from attrs import define

if TYPE_CHECKING:
    import httpx


class Unset:
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Unset = Unset()

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


def path_segment(value: object) -> str:
    """Return `value` percent-encoded as exactly one segment of a path, `.` and `..` included"""
    segment = quote(str(value), safe="")
    return segment.replace(".", "%2E") if segment in {".", ".."} else segment


def json_value(response: "httpx.Response") -> Any:
    """Return the JSON of a response, in the charset that its media type declares or in a form of Unicode"""
    if response.charset_encoding is None:
        try:
            return response.json()
        except UnicodeDecodeError:
            pass
    return loads(response.text.removeprefix("\ufeff"))


ROLES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "ExportFlinkJobsResponse": {
        "success": {
            "is_success": "is_success",
        },
        "message": {
            "message": "message",
        },
        "zip-paths": {
            "zip_file": "zip_file",
            "zip_files": "zip_files",
        },
    },
    "ListFlinkJobsResponse": {
        "success": {
            "is_success": "is_success",
        },
        "message": {
            "message": "message",
        },
        "page": {
            "job_list": "job_list",
        },
    },
    "FlinkJobList": {
        "total": {
            "total_count": "total_count",
        },
        "items": {
            "jobs": "jobs",
        },
    },
    "ShowFlinkJobResponse": {
        "success": {
            "is_success": "is_success",
        },
        "message": {
            "message": "message",
        },
    },
    "DeleteFlinkJobResponse": {
        "success": {
            "is_success": "is_success",
        },
        "message": {
            "message": "message",
        },
    },
    "ImportFlinkJobsResponse": {
        "success": {
            "is_success": "is_success",
        },
        "message": {
            "message": "message",
        },
        "mapping": {
            "job_mapping": "job_mapping",
            "jobs_mapping": "jobs_mapping",
        },
    },
    "ExportJobToObsResponse": {
        "obs-path": {
            "obsPath": "obs_path",
        },
    },
    "ImportJobResponse": {
        "task-id": {
            "taskId": "task_id",
        },
    },
    "ListScriptsResponse": {
        "total": {
            "total": "total",
        },
        "items": {
            "scripts": "scripts",
        },
    },
    "ListResourcesResponse": {
        "total": {
            "total": "total",
        },
        "items": {
            "resources": "resources",
        },
    },
    "ListJobsResponse": {
        "total": {
            "total": "total",
        },
        "items": {
            "jobs": "jobs",
        },
    },
    "ErrorResponse": {
        "error-code": {
            "error_code": "error_code",
        },
        "error-message": {
            "error_msg": "error_msg",
        },
    },
}
""" The fields of responses that the OpenAPI description marks with a role (`x-role`): model, role, the field's name in
JSON, and the model's attribute. """

ERRORS: Mapping[str, tuple[str, ...]] = {
    "APIGW.0101": ("not-found",),
    "APIGW.0201": ("body-too-large", "unsupported-media-type"),
    "APIGW.0301": ("unauthorized",),
    "APIGW.0302": ("forbidden",),
    "APIGW.0308": ("throttled",),
    "APIGW.0601": ("server-error", "unavailable"),
    "DLF.0100": ("job-not-found",),
    "DLF.0102": ("job-exists",),
    "DLF.0202": ("script-exists",),
    "DLF.0803": ("obs-path-invalid",),
    "DLF.0810": ("task-not-found",),
    "DLF.0815": ("obs-file-unreadable", "zip-too-large"),
    "DLF.20810": ("task-id-not-found",),
    "DLF.3018": ("job-name-invalid",),
    "DLF.3051": ("import-running", "invalid-request"),
    "DLF.6201": ("script-not-found",),
    "DLF.6241": ("resource-not-found",),
    "DLF.6247": ("script-type-missing",),
    "DLF.6253": ("script-quota-reached",),
    "DLF.6259": ("resource-exists",),
    "DLF.6263": ("resource-type-invalid",),
    "DLF.6264": ("obs-path-invalid",),
    "DLF.6265": ("resource-description-invalid",),
    "DLF.6322": ("connection-not-found",),
    "DLF.6888": ("no-permission",),
    "DLI.0001": ("invalid-request",),
    "DLI.0002": ("obs-file-unreadable", "obs-object-missing"),
    "DLI.0006": ("job-exists",),
    "DLI.0013": ("unauthorized",),
    "DLI.0016": ("no-permission",),
    "DLI.0023": ("not-found",),
    "DLI.0999": ("server-fault",),
    "DLI.11003": ("draft-quota-reached",),
    "DLI.11004": ("job-name-taken",),
    "DLI.16001": ("job-not-found",),
    "DLI.23001": ("offset-negative",),
    "DLI.29001": ("obs-path-invalid",),
    "DLI.29002": ("zip-path-invalid",),
}
""" The names of the errors (`job-not-found`) that have an error code in an edition, by code. """

__all__ = [
    "ERRORS",
    "ROLES",
    "UNSET",
    "File",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
    "json_value",
    "path_segment",
]
