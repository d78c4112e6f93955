"""Reads what servers of any edition answer: a value, or one of the tree's errors."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import frozen
from jobexport_api.models.error_response import ErrorResponse
from jobexport_api.models.export_flink_jobs_response import ExportFlinkJobsResponse
from jobexport_api.models.export_job_to_obs_response import ExportJobToObsResponse
from jobexport_api.types import ROLES, Unset

from jobexport.client.auth import secrets_of
from jobexport.core.retry_after import read_retry_after
from jobexport.errors import (
    ApiError,
    ExportFailed,
    InvalidRequest,
    JobNotFound,
    ObsPathInvalid,
    PermissionDenied,
    ServerFault,
    Throttled,
    Unauthorized,
    UnexpectedResponse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobexport.client.steps import Opened

CLASSES: Mapping[str, type[ApiError]] = {
    "DLF.0100": JobNotFound,
    "DLI.16001": JobNotFound,
    "DLF.3004": InvalidRequest,
    "DLF.3018": InvalidRequest,
    "DLF.3051": InvalidRequest,
    "DLF.0802": InvalidRequest,
    "DLI.0001": InvalidRequest,
    "DLF.0803": ObsPathInvalid,
    "DLF.0815": ObsPathInvalid,
    "DLF.1242": ObsPathInvalid,
    "DLI.29001": ObsPathInvalid,
    "DLF.6888": PermissionDenied,
    "DLI.0003": PermissionDenied,
    "DLI.0011": PermissionDenied,
    "DLI.0016": PermissionDenied,
    "DLI.0013": Unauthorized,
    "DLI.0014": Unauthorized,
    "DLI.0015": Unauthorized,
    "DLI.0999": ServerFault,
}
"""The class of an error by its code, where a page says what the code means."""
_BY_STATUS: Mapping[int, type[ApiError]] = {
    401: Unauthorized,
    403: PermissionDenied,
    413: InvalidRequest,
    415: InvalidRequest,
    429: Throttled,
}
# The gateway's codes are not verified (register entry COM-010), so these statuses count for more than any code.
_STATUS_DECIDES = {401, 403, 429}
_LONGEST_SHOWN = 300
# A token that the answer repeats must be seen whole to be taken out.
_LONGEST_SEARCHED = 65536
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\s]+")
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


@frozen
class FlinkExport:
    """How an export of Flink jobs went."""

    succeeded: bool
    """True: an export that failed raises ExportFailed instead."""
    message: str
    """A word from the service to people; may be empty."""
    archives: tuple[str, ...]
    """Names of the zips in OBS, bucket first, without a scheme: `bucket/folder/name_1582677879475.zip`."""
    files: tuple[Path, ...] = ()
    """Where they were downloaded to, in the same order; empty without `download_to`."""


@frozen
class ObsExport:
    """Where in OBS the export of a job appears, some seconds after the answer."""

    folder: str
    """Such as `obs://bucket/folder/myJob/1700000000000`."""
    archive: str
    """The zip in it, `obs://bucket/folder/myJob/1700000000000/myJob.zip`."""


def is_zip(beginning: bytes) -> bool:
    """Whether a body that begins like this is a zip. The media type does not tell: documents disagree about it."""
    return beginning.startswith(_ZIP_SIGNATURES)


def raise_error(opened: Opened, content: bytes) -> NoReturn:
    """Raise what an answer with another status than 200 stands for."""
    status, headers = opened.status, opened.response.headers
    if status < 400:
        unexpected(opened, f"an answer of {len(content)} bytes that no document has")
    error = _error(opened, _json(content))
    if error is None:
        kind = ServerFault if status >= 500 else _BY_STATUS.get(status, ApiError)
        error = kind(status, None, _shown(opened, content), _request_id(opened), opened.operation)
    if isinstance(error, Throttled | ServerFault):
        error.retry_after = read_retry_after(headers.get("Retry-After"), headers.get("Date"))
    raise error


def read_flink_export(opened: Opened, content: bytes, *, named: bool = False) -> FlinkExport:
    """Read the answer of exportFlinkJobs with status 200; `named` if the request named jobs, each of which has a zip.

    Raises:
        ApiError: it is an error all the same.
        ExportFailed: it says that the export failed.
        UnexpectedResponse: no edition allows it, it does not say whether the export succeeded, or it has no field for
            the names of the zips, though there must be zips.
    """
    fields = _fields(opened, content)
    answer = ExportFlinkJobsResponse.from_dict(fields)
    succeeded = _value(answer, "success")
    if isinstance(succeeded, str):
        succeeded = {"true": True, "false": False}.get(succeeded.strip().lower(), succeeded)
    if not isinstance(succeeded, bool):
        names = _in_words(ExportFlinkJobsResponse, "success")
        unexpected(opened, f"the answer does not say in {names} whether the export succeeded")
    lists = _by_role(answer, "zip-paths")
    archives = tuple(dict.fromkeys(path for name, value in lists.items() for path in _names(opened, name, value)))
    message = _value(answer, "message")
    message = _clean(opened, message) if isinstance(message, str) else ""
    if not succeeded:
        raise ExportFailed(opened.operation, message, archives)
    has_unknown_list = any(value and isinstance(value, list) for value in answer.additional_properties.values())
    if not lists and (named or has_unknown_list):
        # An empty success would pass for a complete one.
        names = _in_words(ExportFlinkJobsResponse, "zip-paths")
        came = _clean(opened, ", ".join(fields))
        unexpected(opened, f"the export succeeded, but the response has no {names} with the zips; it has {came}")
    return FlinkExport(succeeded, message, archives)


def read_obs_export(opened: Opened, content: bytes, name: str) -> ObsExport:
    """Read the answer of exportJob with status 200 when `obsPath` was sent.

    Raises:
        ApiError: it is an error all the same.
        UnexpectedResponse: it is anything else, such as the zip from a server whose edition has no `obsPath`.
    """
    if is_zip(content):
        unexpected(opened, "the server ignored obs_path and answered with the zip; export to a file with `to`")
    fields = _fields(opened, content)
    came = _has(ExportJobToObsResponse, "obs-path", fields)
    folder = _value(ExportJobToObsResponse.from_dict(fields), "obs-path") if came else None
    if not isinstance(folder, str) or not folder:
        names = _in_words(ExportJobToObsResponse, "obs-path")
        unexpected(opened, f"the answer does not say in {names} where the zip will be")
    return ObsExport(folder, f"{folder.rstrip('/')}/{name}.zip")


def raise_not_a_zip(opened: Opened, content: bytes) -> NoReturn:
    """Raise what an answer stands for that has status 200, but is no zip."""
    error = _error(opened, _json(content))
    if error is not None:
        raise error
    what = f"the answer is no zip but {_shown(opened, content)}" if content else "the answer is empty instead of a zip"
    unexpected(opened, what)


def unexpected(opened: Opened, problem: str) -> NoReturn:
    """Raise UnexpectedResponse for an answer."""
    raise UnexpectedResponse(opened.operation, opened.status, problem)


def _fields(opened: Opened, content: bytes) -> dict[str, Any]:
    answer = _json(content)
    error = _error(opened, answer)
    if error is not None:
        raise error
    if not isinstance(answer, dict):
        unexpected(opened, f"the answer is no JSON object but {_shown(opened, content)}" if content else "no answer")
    return answer


def _json(content: bytes) -> Any:
    """Parse a body; give None where it is no JSON, which `null` is not worth telling from."""
    try:
        return json.loads(content)
    # Deep nesting ends in the second.
    except (ValueError, RecursionError):
        return None


def _error(opened: Opened, answer: Any) -> ApiError | None:
    """Give the error that a body is; None where it is none."""
    if not isinstance(answer, dict):
        return None
    if not (_has(ErrorResponse, "error-code", answer) and _has(ErrorResponse, "error-message", answer)):
        return None
    found = ErrorResponse.from_dict(answer)
    code, message = _value(found, "error-code"), _value(found, "error-message")
    if not isinstance(code, str):
        return None
    status = opened.status
    kind = _BY_STATUS[status] if status in _STATUS_DECIDES else CLASSES.get(code)
    if kind is None:
        kind = ServerFault if status >= 500 else _BY_STATUS.get(status, ApiError)
    code, message = _clean(opened, code), _clean(opened, message) if isinstance(message, str) else ""
    return kind(status, code, message, _request_id(opened), opened.operation)


def _request_id(opened: Opened) -> str | None:
    return _clean(opened, opened.response.headers.get("X-Request-Id", "")) or None


def _by_role(answer: object, role: str) -> dict[str, Any]:
    """Return the fields that the description marks with a role, by their names in JSON; those only that came."""
    fields = {name: getattr(answer, attribute) for name, attribute in ROLES[type(answer).__name__][role].items()}
    return {name: value for name, value in fields.items() if not isinstance(value, Unset)}


def _value(answer: object, role: str) -> Any:
    """Return the first field with a role that came, or None."""
    return next(iter(_by_role(answer, role).values()), None)


def _has(model: type, role: str, fields: Mapping[str, Any]) -> bool:
    """Return whether a field with a role is among those of a body."""
    return not ROLES[model.__name__][role].keys().isdisjoint(fields)


def _in_words(model: type, role: str) -> str:
    return " or ".join(ROLES[model.__name__][role])


def _names(opened: Opened, field: str, value: Any) -> list[str]:
    if value is None:
        return []
    # A scalar has been seen in the place of a list of one; an empty one in that of an empty list.
    names = [value] if isinstance(value, str) and value else value
    if names == "":
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        unexpected(opened, f"{field} is no list of names")
    return names


def _clean(opened: Opened, text: str) -> str:
    """Make a text of the server fit for a line, and take out what the request had that is secret."""
    for secret in secrets_of(opened.response.request):
        text = text.replace(secret, "[redacted]")
    text = _CONTROLS.sub(" ", text).strip()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _shown(opened: Opened, content: bytes) -> str:
    """Show the beginning of a body that is not what it should be."""
    if not content:
        return "no body"
    beginning = _clean(opened, content[:_LONGEST_SEARCHED].decode("utf-8", "replace"))[:80]
    return f"{len(content)} bytes that begin with {beginning!r}"
