"""Every scenario there is, and which of them a run can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.scenarios import accepted as promised
from jobexport.contract.scenarios import refused as refused
from jobexport.contract.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from jobexport.contract.data import Data

_DGC = ("exportJob", "batchExportJobs")
_ALL = ("exportFlinkJobs", *_DGC)

# What must go through.
_PROMISED = (
    Scenario(
        "each_name",
        "What is there can be exported, alone and together.",
        ("DLI-004", "DGC-101", "DGC-012"),
        _ALL,
        promised.each_name,
    ),
    Scenario(
        "accepted_forms",
        "A right request is taken in every form that the documentation shows or allows.",
        ("DGC-008", "DLI-014"),
        _ALL,
        promised.accepted_forms,
        requests=12,
    ),
    Scenario(
        "optional_fields",
        "An optional field may be left out, take its default, and take each of its values.",
        ("DGC-002", "DGC-004", "DGC-102"),
        _DGC,
        promised.optional_fields,
        requests=6,
    ),
    Scenario(
        "unknown_fields",
        "A field more in the request is not refused.",
        ("DGC-103", "DGC-003", "DLI-014"),
        _ALL,
        promised.unknown_fields,
        requests=1,
    ),
    Scenario(
        "longest_list",
        "As many jobs as are allowed go through at once.",
        ("DGC-101",),
        ("batchExportJobs",),
        promised.longest_list,
        requests=1,
    ),
    Scenario(
        "exact_numbers",
        "Ids are 64-bit numbers, to the last digit.",
        ("DLI-005", "DLI-004"),
        ("exportFlinkJobs",),
        promised.exact_numbers,
        requests=5,
    ),
    Scenario(
        "no_ids",
        "An empty list of ids asks for nothing.",
        ("DLI-004",),
        ("exportFlinkJobs",),
        promised.no_ids,
        requests=1,
    ),
    Scenario(
        "same_twice",
        "The same request gives the same answer, up to times.",
        ("DGC-010", "DLI-011", "DGC-104"),
        _ALL,
        promised.same_twice,
        requests=16,
    ),
    Scenario(
        "same_job_in_batch",
        "A job comes out the same alone and in a batch.",
        ("DGC-104", "DGC-010"),
        ("batchExportJobs",),
        promised.same_job_in_batch,
    ),
    Scenario(
        "workspaces",
        "The workspace header decides where jobs are looked for.",
        ("DGC-006", "DGC-107"),
        _DGC,
        promised.workspaces,
    ),
    Scenario(
        "submitted_version",
        "exportStatus decides which version of a job is exported.",
        ("DGC-004",),
        ("exportJob",),
        promised.submitted_version,
        requests=6,
    ),
    Scenario(
        "dependencies",
        "exportDepend changes nothing about the jobs themselves.",
        ("DGC-002", "DGC-102"),
        _DGC,
        promised.dependencies,
        requests=12,
    ),
    Scenario(
        "folders",
        "Any folder of object storage can be named.",
        ("DLI-013",),
        ("exportFlinkJobs",),
        promised.folders,
        requests=6,
    ),
    Scenario("legal_names", "Every legal name is taken.", ("COM-006",), _DGC, promised.legal_names, requests=9),
    Scenario(
        "signature",
        "A request signed with the access key is let in.",
        ("COM-004",),
        _ALL,
        promised.signature,
        requests=1,
    ),
    Scenario(
        "changed_job",
        "An export holds the job as it is now.",
        ("DGC-004", "DGC-104"),
        _DGC,
        promised.changed_job,
        requests=4,
    ),
    Scenario(
        "changed_script",
        "An export holds the scripts as they are now.",
        ("DGC-011", "DGC-104"),
        _DGC,
        promised.changed_script,
        requests=12,
    ),
    Scenario(
        "time_moves",
        "The times in names are those of the exports.",
        ("DLI-013", "DGC-005"),
        ("exportFlinkJobs", "exportJob"),
        promised.time_moves,
        requests=3,
    ),
    Scenario(
        "changed_flink_job",
        "An export holds the Flink job as it is now.",
        ("COM-008",),
        ("exportFlinkJobs",),
        promised.changed_flink_job,
        requests=3,
    ),
    Scenario(
        "stored",
        "The zips that an answer names are in object storage.",
        ("COM-008", "DLI-013"),
        ("exportFlinkJobs",),
        promised.stored,
        requests=7,
    ),
    Scenario(
        "stored_at_obs_path",
        "An export to obsPath appears there, with the same content.",
        ("DGC-005", "DGC-003"),
        ("exportJob",),
        promised.stored_at_obs_path,
        requests=8,
    ),
)

# What must not.
_REFUSED = (
    Scenario(
        "authentication",
        "No token, a wrong token and a wrong signature are answered 401 or 403.",
        ("COM-003", "COM-004"),
        _ALL,
        refused.authentication,
        requests=14,
    ),
    Scenario(
        "another_project",
        "Credentials for one project do not open another.",
        ("DLI-016", "COM-010"),
        _ALL,
        refused.another_project,
        requests=3,
    ),
    Scenario(
        "unknown_job",
        "A job that is not there is refused with 400 and the documented code, also in the company of one that is.",
        ("DGC-014", "COM-002", "DGC-108"),
        _ALL,
        refused.unknown_job,
        requests=1,
    ),
    Scenario(
        "near_names", "A job is found by its whole name only.", ("COM-006",), _DGC, refused.near_names, requests=4
    ),
    Scenario(
        "unknown_workspace",
        "A workspace that is not there is refused.",
        ("DGC-006", "DGC-107"),
        _DGC,
        refused.unknown_workspace,
        requests=1,
    ),
    Scenario(
        "job_elsewhere",
        "A job is found in its own workspace only.",
        ("DGC-006", "DGC-107"),
        _DGC,
        refused.job_elsewhere,
        requests=4,
    ),
    Scenario(
        "broken_body",
        "A body that breaks the schema in one place is refused as invalid.",
        ("DLI-004", "DGC-101", "DGC-102", "DGC-002"),
        _ALL,
        refused.broken_body,
        requests=80,
        negative=True,
    ),
    Scenario(
        "broken_json",
        "A body that is no JSON object is refused.",
        ("DGC-008", "DLI-014"),
        _ALL,
        refused.broken_json,
        requests=16,
        negative=True,
    ),
    Scenario(
        "media_type",
        "A body that does not say that it is JSON is refused.",
        ("DGC-008", "DLI-014"),
        _ALL,
        refused.media_type,
        requests=4,
        negative=True,
    ),
    Scenario(
        "large_body",
        "A body of more than 12 MB is refused.",
        ("COM-005",),
        _ALL,
        refused.large_body,
        requests=1,
        negative=True,
    ),
    Scenario(
        "odd_names",
        "A name that breaks the naming rule is refused, however it is encoded.",
        ("COM-006",),
        ("exportJob",),
        refused.odd_names,
        requests=18,
        negative=True,
    ),
    Scenario("dots", "`.` and `..` are names, not steps.", ("COM-006",), ("exportJob",), refused.dots, requests=3),
    Scenario(
        "other_methods",
        "Other methods are not answered.",
        ("COM-001",),
        _ALL,
        refused.other_methods,
        requests=4,
        negative=True,
    ),
    Scenario(
        "bad_obs_dir",
        "An export to what is no place in object storage is refused.",
        ("DLI-013", "DLI-016"),
        ("exportFlinkJobs",),
        refused.bad_obs_dir,
        requests=8,
        negative=True,
    ),
    Scenario(
        "bad_obs_path",
        "An export to what is no OBS path is refused.",
        ("DGC-003",),
        ("exportJob",),
        refused.bad_obs_path,
        requests=6,
        negative=True,
    ),
)

SCENARIOS = (*_PROMISED, *_REFUSED)


def scenarios_for(operation: str, data: Data) -> list[Scenario]:
    """Give the scenarios that can run for an operation.

    Args:
        operation: operationId.
        data: what the server holds; without a name to ask for there are none.
    """
    enough = data.obs_dirs and data.flink_jobs if operation == "exportFlinkJobs" else data.jobs
    if not enough:
        return []
    return [scenario for scenario in SCENARIOS if operation in scenario.operations]
