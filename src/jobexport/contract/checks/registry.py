"""What shape checks can't see: the archive's tree, another edition's fields, a valid request that is refused.

A check looks at one exchange and raises `Violation` when the server broke the edition's contract. What it needs to know
of the edition it reads from the edition's document, so there is one list for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.contract.checks import archives as archives
from jobexport.contract.checks import names as names
from jobexport.contract.checks import responses as answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.contract.checks.exchange import Exchange


@frozen
class Check:
    """One rule of the contract."""

    id: str
    sentence: str
    """What a server must do."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    function: Callable[[Exchange], None] = field(repr=False)


CHECKS = (
    Check(
        "documented_answer",
        "Status, media type and body of an answer are documented for the operation.",
        ("DLI-011", "DGC-012", "DGC-108", "COM-010"),
        answers.documented_answer,
    ),
    Check(
        "undocumented_field",
        "A JSON answer has no field that the edition does not document.",
        ("DLI-001", "DGC-005", "COM-001"),
        answers.undocumented_field,
    ),
    Check(
        "missing_field",
        "A JSON answer has every field that the documentation's example has.",
        ("DLI-008", "DLI-001", "DGC-005"),
        answers.missing_field,
    ),
    Check(
        "error_in_success",
        "A success carries no error body.",
        ("COM-001",),
        answers.error_in_success,
    ),
    Check(
        "error_body",
        "An error is a JSON object whose error_code and error_msg are texts that say something.",
        ("COM-001",),
        answers.error_body,
    ),
    Check(
        "error_code",
        "The code of an error is one that is documented for the operation's API and the status.",
        ("COM-001", "COM-002", "COM-010"),
        answers.error_code,
    ),
    Check(
        "valid_request_refused",
        "A request that keeps to the document is not called invalid.",
        ("DLI-004", "DGC-101", "COM-006"),
        names.valid_request_refused,
    ),
    Check(
        "known_request_refused",
        "A request that keeps to the document and names only what the server holds succeeds.",
        ("DLI-011", "DGC-012", "DGC-108"),
        names.known_request_refused,
    ),
    Check(
        "unknown_name",
        "A job, workspace or project that the server does not hold is refused with the documented code.",
        ("DGC-014", "COM-002", "DLI-016", "DGC-108"),
        names.unknown_name,
    ),
    Check(
        "export_succeeded",
        "A 200 says with is_success that the export succeeded, as text or boolean as documented.",
        ("DLI-002", "DLI-003"),
        names.export_succeeded,
    ),
    Check(
        "object_names",
        "Objects that an answer names lie in the folder that was asked for and end in the time of the export.",
        ("DLI-013", "DGC-005"),
        names.object_names,
    ),
    Check(
        "flink_jobs",
        "The answer names one zip for each Flink job that was asked for, and no other.",
        ("DLI-004", "DLI-001"),
        names.flink_jobs,
    ),
    Check(
        "obs_path_answer",
        "With obsPath the answer is JSON, without it a zip.",
        ("DGC-003", "DGC-005"),
        answers.obs_path_answer,
    ),
    Check(
        "file_name",
        "Where the answer names the zip's file, it is the documented name.",
        ("DGC-009", "DGC-104"),
        archives.file_name,
    ),
    Check(
        "archive_intact",
        "An exported zip is complete and its CRCs hold.",
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
        "Each member of a zip is a JSON object that has the name of the member's file; a job has a list of nodes.",
        ("DGC-011", "COM-007"),
        archives.member_content,
    ),
    Check(
        "export_depend",
        "With exportDepend false a zip has jobs only, else also the scripts and resources that their nodes use.",
        ("DGC-002", "DGC-102"),
        archives.export_depend,
    ),
)
