"""All checks, such as the tree of a zip, fields of another edition, a valid request that is refused.

A check looks at one exchange and raises `Violation` if the server broke the contract. It reads the facts of the edition
from the document, so all editions have the same checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.contract.checks import archives as archives
from jobexport.contract.checks import definitions as definitions
from jobexport.contract.checks import lists as lists
from jobexport.contract.checks import names as names
from jobexport.contract.checks import responses as responses
from jobexport.contract.checks import round_trip as round_trip

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.contract.checks.exchange import CheckedExchange


@frozen
class Check:
    """One rule of the contract."""

    id: str
    sentence: str
    """The duty of the server, in one sentence."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    function: Callable[[CheckedExchange], None] = field(repr=False)
    about: str = ""
    """The subject, if other rules have the same subject: their failures may have one cause."""


CHECKS = (
    Check(
        "documented_response",
        "Status, media type and body of a response are documented for the operation.",
        ("DLI-011", "DGC-012", "DGC-108", "COM-010"),
        responses.documented_response,
    ),
    Check(
        "undocumented_field",
        "A JSON response has no field that the edition does not document.",
        ("DLI-001", "DGC-005", "COM-001"),
        responses.undocumented_field,
    ),
    Check(
        "missing_field",
        "A JSON response has every field of the documentation's example.",
        ("DLI-008", "DLI-001", "DGC-005"),
        responses.missing_field,
    ),
    Check(
        "error_in_success",
        "The body of a success is not an error.",
        ("COM-001",),
        responses.error_in_success,
    ),
    Check(
        "error_body",
        "An error is a JSON object whose error_code and error_msg are non-empty strings.",
        ("COM-001",),
        responses.error_body,
    ),
    Check(
        "error_code",
        "The code of an error is documented for the operation's API and the status.",
        ("COM-001", "COM-002", "COM-010"),
        responses.error_code,
    ),
    Check(
        "valid_request_refused",
        "A request that keeps to the document is not called invalid.",
        ("DLI-004", "DGC-101", "COM-006"),
        names.valid_request_refused,
    ),
    Check(
        "known_request_refused",
        "A request that keeps to the document and has only known names succeeds.",
        ("DLI-011", "DGC-012", "DGC-108"),
        names.known_request_refused,
    ),
    Check(
        "unknown_name",
        "A job, workspace or project that the server does not hold is refused with the documented code.",
        ("DGC-014", "COM-002", "DLI-016", "DGC-108"),
        names.unknown_name,
        about="unknown name",
    ),
    Check(
        "taken_name",
        "Creating an object is refused as documented if its name is taken, and not for a name that is free.",
        ("DGC-413", "DGC-813", "DGC-908"),
        names.taken_name,
        about="taken name",
    ),
    Check(
        "export_succeeded",
        "is_success of a 200 says that the export succeeded, as text or boolean as documented.",
        ("DLI-002", "DLI-003"),
        names.export_succeeded,
    ),
    Check(
        "object_names",
        "Objects that a response names are in the requested folder, and their names end in the time of the export.",
        ("DLI-013", "DGC-005"),
        names.object_names,
    ),
    Check(
        "flink_jobs",
        "The response names a zip if a Flink job was requested, no more zips than jobs, and no zip of another job.",
        ("DLI-004", "DLI-001"),
        names.flink_jobs,
    ),
    Check(
        "obs_path_response",
        "With obsPath the response is JSON; without obsPath it is a zip.",
        ("DGC-003", "DGC-005"),
        responses.obs_path_response,
    ),
    Check(
        "file_name",
        "The file name in Content-Disposition is the documented name.",
        ("DGC-009", "DGC-104"),
        archives.file_name,
    ),
    Check(
        "archive_intact",
        "An exported zip is complete and its checksums are right.",
        ("DGC-007", "DGC-106"),
        archives.archive_intact,
    ),
    Check(
        "archive_layout",
        "A zip has the documented tree and exactly the requested jobs.",
        ("DGC-010", "DGC-104"),
        archives.archive_layout,
    ),
    Check(
        "member_content",
        "Each member of a zip is a JSON object with the name of the member's file; a job has a list of nodes.",
        ("DGC-011", "COM-007"),
        archives.member_content,
    ),
    Check(
        "member_schema",
        "Each job, script and resource in a zip has the fields, types and values of the request that creates it.",
        ("DGC-011", "COM-007"),
        definitions.member_schema,
    ),
    Check(
        "export_depend",
        "With exportDepend false a zip has jobs only; otherwise it also has the scripts and resources that they use.",
        ("DGC-002", "DGC-102"),
        archives.export_depend,
    ),
    Check(
        "list_pages",
        "A page of a list has as many items as limit, offset and total give.",
        ("DGC-202", "DLI-111", "DLI-112", "DGC-803", "DGC-905"),
        lists.list_pages,
    ),
    Check(
        "list_items",
        "A page has no item twice, only items that the request looks for, and Flink jobs in the order of their times.",
        ("DGC-207", "DLI-107", "DLI-108"),
        lists.list_items,
    ),
    Check(
        "shown_when",
        "A list has the fields that depend on the request if it asks for them, and only then.",
        ("DLI-105",),
        lists.shown_when,
    ),
    Check(
        "shown_object",
        "An object or task that is shown has the name or id of the path.",
        ("DGC-301", "DLI-201", "DGC-709"),
        round_trip.shown_object,
    ),
    Check(
        "epoch_milliseconds",
        "Times of objects and tasks are milliseconds since 1970.",
        ("DGC-205", "DGC-705", "DLI-203"),
        round_trip.epoch_milliseconds,
    ),
    Check(
        "task_state",
        "The state and the times of a task agree with those of its subtasks.",
        ("DGC-703", "DGC-705", "DGC-706"),
        round_trip.task_state,
    ),
    Check(
        "id_mapping",
        "An import of Flink jobs maps each job to a new id of its own, and to -1 only without is_cover.",
        ("DLI-301", "DLI-303"),
        round_trip.id_mapping,
    ),
)

SCHEMATHESIS = {
    "not_a_server_error": "A request never gets a status from 500 on.",
    "status_code_conformance": "The status of a response is documented for the operation.",
    "content_type_conformance": "The media type of a response is documented for its status.",
    "response_headers_conformance": "A response has the documented headers, with values of the documented form.",
    "response_schema_conformance": "The body of a response keeps to its schema.",
    "negative_data_rejection": "A request that breaks the document is refused.",
    "missing_required_header": "A request without a required header is refused.",
    "unsupported_method": "A method that the document lacks is refused with 405 and the header Allow.",
    "allow_header_conformance": "The header Allow of a response to OPTIONS has the methods of the path.",
    "use_after_free": "An object that was deleted is not found any more.",
    "ensure_resource_availability": "An object that was created is found.",
    "linked_object_missing": "An object that a response names is found along the document's link to it.",
    "ignored_auth": "A request without credentials, or with wrong credentials, is refused.",
    "object_level_authorization": "An object of one caller can't be read by another caller.",
}
"""The duty of the server, in one sentence, by the id of a check that schemathesis brings, or that needs its links."""
