"""The registry of all faults.

This module has the faults for testing clients. The faults for testing contract checks are in `defects/`, one module for
each group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.errors import JobexportError
from jobexport.mock.behaviour.zips import pack
from jobexport.mock.faults import bad_zips
from jobexport.mock.faults import client_responses as responses
from jobexport.mock.faults import client_wire as wire
from jobexport.mock.faults.defects import (
    accepted,
    archives,
    callers,
    changes,
    errors,
    flink_imports,
    imports,
    lists,
    pages,
    refused,
    shown,
    state,
    tasks,
)
from jobexport.mock.faults.defects import responses as wrong_responses
from jobexport.mock.faults.fault import ANY, FIELDS, LISTS, VERDICT, WORKSPACE, ZIP, Argument, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from jobexport.mock.faults.call import Call


def _status(status: int) -> Callable[[Call], Response]:
    return lambda call: responses.status_response(call.operation, status)


def _throttled(call: Call) -> Response:
    return responses.status_response(call.operation, 429, {"Retry-After": f"{call.number:.0f}"})


_LIST = (
    Fault(
        "latency",
        "The response comes this much later.",
        ANY,
        Argument("seconds", 1, 0, 600, whole=False),
        deliver=wire.late,
        chaos=False,
    ),
    Fault(
        "slow-drip",
        "The body comes a few bytes at a time.",
        ANY,
        Argument("bytes-per-second", 200, 1, 10**9),
        deliver=wire.slow,
        chaos=False,
    ),
    Fault(
        "status-429",
        "Too many requests, with Retry-After.",
        ANY,
        Argument("retry-after", 1, 0, 86400),
        instead=_throttled,
    ),
    Fault("status-500", "The service failed.", ANY, instead=_status(500)),
    Fault("status-502", "The gateway got no response from the service.", ANY, instead=_status(502)),
    Fault("status-503", "The service is not available.", ANY, instead=_status(503)),
    Fault("status-418", "A status of HTTP that no document has.", ANY, instead=_status(418)),
    Fault("status-520", "A status that HTTP itself does not have.", ANY, instead=_status(520)),
    Fault(
        "needs-project-header",
        "Without an X-Project-Id every workspace is unknown.",
        WORKSPACE,
        refuse=lambda call: None if "x-project-id" in call.headers else "no-permission",
        chaos=False,
    ),
    Fault(
        "reset-before",
        "The connection is reset before the response.",
        ANY,
        instead=_status(500),
        deliver=wire.reset_at_once,
    ),
    Fault("reset-mid-body", "The connection is reset in the middle of the body.", ANY, deliver=wire.reset_mid_body),
    Fault("truncated", "Half of the body, with the Content-Length of that half.", ANY, alter=responses.half),
    Fault(
        "truncated-lying",
        "Half of the body, with the Content-Length of the whole body.",
        ANY,
        deliver=wire.end_mid_body,
    ),
    Fault(
        "zip-bad-crc",
        "The first member of the zip has a wrong checksum.",
        ZIP,
        alter=responses.zipped(bad_zips.bad_crc),
    ),
    Fault(
        "zip-bad-directory",
        "The central directory of the zip is damaged.",
        ZIP,
        alter=responses.zipped(bad_zips.bad_directory),
    ),
    Fault("zip-empty", "The zip has 0 bytes.", ZIP, alter=responses.zipped(lambda _: b"")),
    Fault("zip-no-members", "The zip is valid and has no members.", ZIP, alter=responses.zipped(lambda _: pack({}))),
    Fault(
        "zip-traversal",
        "The zip has members that lead out of the folder: ../outside.txt.",
        ZIP,
        alter=responses.zipped(bad_zips.traversal),
    ),
    Fault(
        "zip-bomb",
        "The zip is small and unpacks to this size.",
        ZIP,
        Argument("MiB", 256, 1, 4096),
        alter=responses.zip_bomb,
        chaos=False,
    ),
    Fault("html-instead-of-json", "The body is an HTML page, whatever the status.", ANY, alter=responses.page),
    Fault("error-body-on-200", "Status 200 with the body of an error.", ANY, alter=responses.error_body),
    Fault(
        "is-success-false",
        "The export failed: is_success is false, in the edition's type.",
        VERDICT,
        alter=responses.is_success(lambda text: "false" if text else False),
    ),
    Fault(
        "is-success-string-false",
        'The export failed: is_success is the text "false".',
        VERDICT,
        alter=responses.is_success(lambda _: "false"),
    ),
    Fault(
        "is-success-upper-false",
        'The export failed: is_success is the text "FALSE".',
        VERDICT,
        alter=responses.is_success(lambda _: "FALSE"),
    ),
    Fault(
        "missing-field",
        "The first field of the response is missing.",
        FIELDS,
        alter=responses.fields(responses.without_first),
    ),
    Fault(
        "extra-field",
        "The response has a field that no document has.",
        FIELDS,
        alter=responses.fields(responses.with_another),
    ),
    Fault(
        "wrong-type",
        "Each field has a type that the document does not allow.",
        FIELDS,
        alter=responses.fields(responses.of_wrong_type),
    ),
    Fault("wrong-content-type", "The Content-Type says text/plain.", ANY, alter=responses.plain_text),
    Fault(
        "scalar-instead-of-list",
        "A single value replaces each list.",
        LISTS,
        alter=responses.fields(responses.with_scalars),
    ),
)

_DEFECTS = (
    *accepted.DEFECTS,
    *refused.DEFECTS,
    *wrong_responses.DEFECTS,
    *archives.DEFECTS,
    *errors.DEFECTS,
    *callers.DEFECTS,
    *state.DEFECTS,
    *pages.DEFECTS,
    *lists.DEFECTS,
    *shown.DEFECTS,
    *changes.DEFECTS,
    *imports.DEFECTS,
    *flink_imports.DEFECTS,
    *tasks.DEFECTS,
)

FAULTS = {fault.id: fault for fault in (*_LIST, *_DEFECTS)}
"""Every fault by id: the faults for testing clients, then the groups for testing contract checks."""


def find_fault(name: str) -> Fault:
    """Return the fault of an id.

    Raises:
        JobexportError: no fault has this id.
    """
    if name not in FAULTS:
        raise JobexportError(f"no fault {name!r}; jobexport mock --list-faults lists them")
    return FAULTS[name]
