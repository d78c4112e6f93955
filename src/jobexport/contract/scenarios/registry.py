"""All scenarios, and the scenarios that can run for an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.data import changes, lacking
from jobexport.contract.scenarios import accepted as accepted
from jobexport.contract.scenarios import changes as changing
from jobexport.contract.scenarios import imports as imports
from jobexport.contract.scenarios import lists as lists
from jobexport.contract.scenarios import objects as objects
from jobexport.contract.scenarios import queries as queries
from jobexport.contract.scenarios import refused as refused
from jobexport.contract.scenarios import sandbox as sandbox
from jobexport.contract.scenarios import streaming as streaming
from jobexport.contract.scenarios import tasks as tasks
from jobexport.contract.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.data import Data
    from jobexport.spec.document import OperationObject

_DGC = ("exportJob", "batchExportJobs")
_EXPORTS = ("exportFlinkJobs", *_DGC)
_LISTS = ("listFlinkJobs", "listJobs", "listScripts", "listResources")
_SHOWS = ("showFlinkJob", "showJob", "showScript", "showSystemTask")
_CREATES = ("createJob", "createScript", "createResource")
_DELETES = ("deleteJob", "deleteScript", "deleteResource", "deleteFlinkJob")

ACCEPTED = (
    Scenario(
        "each_name",
        "Every known job can be exported, alone and with the others.",
        ("DLI-004", "DGC-101", "DGC-012"),
        _EXPORTS,
        accepted.each_name,
    ),
    Scenario(
        "accepted_forms",
        "A valid request is accepted in every form that the documentation shows or allows.",
        ("DGC-008", "DLI-014"),
        None,
        accepted.accepted_forms,
        requests=12,
    ),
    Scenario(
        "optional_fields",
        "An optional field may be left out, take its default, and take each of its values.",
        ("DGC-002", "DGC-004", "DGC-102"),
        None,
        accepted.optional_fields,
        requests=6,
    ),
    Scenario(
        "unknown_fields",
        "A request with an unknown field is not refused.",
        ("DGC-103", "DGC-003", "DLI-014"),
        None,
        accepted.unknown_fields,
        requests=1,
    ),
    Scenario(
        "longest_list",
        "A request may have as many jobs as the document allows.",
        ("DGC-101",),
        ("batchExportJobs",),
        accepted.longest_list,
        requests=1,
    ),
    Scenario(
        "exact_numbers",
        "Ids are exact 64-bit numbers.",
        ("DLI-005", "DLI-004"),
        ("exportFlinkJobs",),
        accepted.exact_numbers,
        requests=5,
    ),
    Scenario(
        "no_ids",
        "An empty list of ids exports no job.",
        ("DLI-004",),
        ("exportFlinkJobs",),
        accepted.no_ids,
        requests=1,
    ),
    Scenario(
        "same_twice",
        "The same request gets the same response, except for times.",
        ("DGC-010", "DLI-011", "DGC-104"),
        _EXPORTS,
        accepted.same_twice,
        requests=16,
    ),
    Scenario(
        "same_job_in_batch",
        "The export of a job is the same alone and in a batch.",
        ("DGC-104", "DGC-010"),
        ("batchExportJobs",),
        accepted.same_job_in_batch,
    ),
    Scenario(
        "workspaces",
        "The workspace header decides which workspace's jobs are exported.",
        ("DGC-006", "DGC-107"),
        _DGC,
        accepted.workspaces,
    ),
    Scenario(
        "submitted_version",
        "exportStatus decides which version of a job is exported.",
        ("DGC-004",),
        ("exportJob",),
        accepted.submitted_version,
        requests=6,
    ),
    Scenario(
        "dependencies",
        "exportDepend does not change the jobs in the zip.",
        ("DGC-002", "DGC-102"),
        _DGC,
        accepted.dependencies,
        requests=12,
    ),
    Scenario(
        "folders",
        "Any folder of object storage can be named.",
        ("DLI-013",),
        ("exportFlinkJobs",),
        accepted.folders,
        requests=6,
    ),
    Scenario(
        "legal_names",
        "Every legal name is accepted.",
        ("COM-006", "DGC-306"),
        (*_DGC, "showJob"),
        accepted.legal_names,
        requests=11,
    ),
    Scenario(
        "signature",
        "A request that is signed with the access key is accepted.",
        ("COM-004",),
        None,
        accepted.signature,
        requests=1,
    ),
    Scenario(
        "changed_job",
        "An export has the current version of the job.",
        ("DGC-004", "DGC-104"),
        _DGC,
        accepted.changed_job,
        requests=4,
    ),
    Scenario(
        "changed_script",
        "An export has the current version of the scripts.",
        ("DGC-011", "DGC-104"),
        _DGC,
        accepted.changed_script,
        requests=12,
    ),
    Scenario(
        "time_moves",
        "The time in a name is the time of the export.",
        ("DLI-013", "DGC-005"),
        ("exportFlinkJobs", "exportJob"),
        accepted.time_moves,
        requests=3,
    ),
    Scenario(
        "changed_flink_job",
        "An export has the current version of the Flink job.",
        ("COM-008",),
        ("exportFlinkJobs",),
        accepted.changed_flink_job,
        requests=3,
    ),
    Scenario(
        "stored",
        "The zips that a response names are in object storage.",
        ("COM-008", "DLI-013"),
        ("exportFlinkJobs",),
        accepted.stored,
        requests=7,
    ),
    Scenario(
        "stored_at_obs_path",
        "An export to obsPath appears in object storage, with the content of the direct export.",
        ("DGC-005", "DGC-003"),
        ("exportJob",),
        accepted.stored_at_obs_path,
        requests=8,
    ),
)
"""Scenarios of requests that must succeed."""

READS = (
    Scenario(
        "pages",
        "The pages of a list have each object once, in one order and with one total, whatever the limit is.",
        ("DGC-202", "DLI-111", "DLI-112", "DGC-803", "DGC-905"),
        _LISTS,
        lists.walk,
        requests=25,
    ),
    Scenario(
        "query_values",
        "An optional parameter of the query may be left out, take its default, and take each of its values.",
        ("DLI-106", "DLI-107", "DLI-108", "DLI-109", "DGC-201", "DGC-802", "DGC-905", "DGC-307"),
        (*_LISTS, "showJob"),
        queries.query_values,
        requests=35,
    ),
    Scenario(
        "filters",
        "A list that looks for a value has the objects with this value, and only these.",
        ("DGC-207", "DGC-203", "DGC-806", "DGC-909", "DLI-107", "DLI-108", "DLI-115"),
        _LISTS,
        lists.filters,
        requests=35,
    ),
    Scenario(
        "known_listed",
        "The list of a workspace has every object of the workspace, and no other.",
        ("DGC-205", "DGC-807", "DGC-901", "DLI-112"),
        _LISTS,
        lists.known_listed,
        requests=8,
    ),
    Scenario(
        "listed_as_shown",
        "An object in a list can be shown, and has the same fields there.",
        ("DLI-108", "DGC-206", "DGC-807"),
        _LISTS[:3],
        objects.listed_as_shown,
        requests=40,
    ),
    Scenario(
        "shown_as_exported",
        "A job is shown with all that its export has.",
        ("DGC-305", "DGC-401", "DGC-402"),
        ("showJob",),
        objects.shown_as_exported,
        requests=8,
    ),
    Scenario(
        "changed_object",
        "An object is shown as it is now.",
        ("DGC-305", "DGC-807", "DLI-203"),
        _SHOWS[:3],
        objects.changed_object,
        requests=8,
    ),
    Scenario(
        "same_name_elsewhere",
        "Two workspaces can have objects of one name, and each shows its own.",
        ("DGC-415", "DGC-810", "DGC-305"),
        ("showJob", "showScript"),
        objects.same_name_elsewhere,
        requests=8,
    ),
    Scenario(
        "shown_version",
        "`version` decides which version of a job is shown.",
        ("DGC-302",),
        ("showJob",),
        objects.shown_version,
        requests=2,
    ),
)
"""Scenarios of requests that read lists and objects."""

CHANGES = (
    Scenario(
        "created",
        "An object that was created is listed, shown and exported with all that was sent, and nothing else changes.",
        ("DGC-401", "DGC-406", "DGC-807", "DGC-804", "DGC-901", "DGC-907"),
        _CREATES,
        changing.created,
        requests=300,
    ),
    Scenario(
        "name_taken",
        "A second object of one name is refused, and the first object stays as it is.",
        ("DGC-413", "DGC-813", "DGC-908"),
        _CREATES,
        changing.name_taken,
        requests=60,
    ),
    Scenario(
        "deleted",
        "A deleted object is gone everywhere, and no other object changes.",
        ("DGC-502", "DGC-812", "DGC-910", "DGC-901", "DLI-401"),
        _DELETES,
        changing.deleted,
        requests=300,
    ),
    Scenario(
        "deleted_by_other_names",
        "A deletion by a name or an id that no object has is refused, and nothing is deleted.",
        ("DGC-502", "DGC-812", "DGC-908", "COM-002"),
        _DELETES,
        changing.deleted_by_other_names,
        requests=60,
    ),
    Scenario(
        "imported",
        "What was imported is listed, shown and exported as it is in the zip; sameNamePolicy decides about names that "
        "are taken, and nothing else changes.",
        ("DGC-603", "DGC-604", "DGC-606"),
        ("importJob",),
        imports.imported,
        requests=400,
    ),
    Scenario(
        "import_of_running_job",
        "An import does not replace a job that is running, and its task does not succeed.",
        ("DGC-607",),
        ("importJob",),
        imports.running_job,
        requests=60,
    ),
    Scenario(
        "import_values",
        "Imported jobs have the parameters, the user and the connections that the request names.",
        ("DGC-602", "DGC-609"),
        ("importJob",),
        imports.values,
        requests=40,
    ),
    Scenario(
        "import_submits",
        "An import submits each job as a new version.",
        ("DGC-601",),
        ("importJob",),
        imports.submitted,
        requests=10,
    ),
    Scenario(
        "import_refused",
        "An object that is not a readable zip is refused, and nothing changes.",
        ("DGC-605", "DGC-607", "DGC-608", "DLI-304", "DLI-306"),
        ("importJob", "importFlinkJobs"),
        imports.unreadable,
        requests=60,
    ),
    Scenario(
        "one_import_at_a_time",
        "An import is refused while another import of the workspace runs.",
        ("DGC-607", "DGC-608"),
        ("importJob",),
        imports.one_at_a_time,
        requests=120,
    ),
    Scenario(
        "flink_jobs_brought_back",
        "Flink jobs that were exported, deleted and imported are the same jobs, under the ids of the mapping.",
        ("COM-008", "DLI-301", "DLI-303", "DLI-305"),
        ("importFlinkJobs",),
        streaming.brought_back,
        requests=160,
    ),
    Scenario(
        "flink_jobs_covered",
        "is_cover decides whether an import replaces a Flink job of the same name; a replaced job is a draft.",
        ("COM-008", "DLI-309"),
        ("importFlinkJobs",),
        streaming.covered,
        requests=160,
    ),
    Scenario(
        "task_after_its_end",
        "The task of an import has a part for each job, and stays as it is after its end.",
        ("DGC-703", "DGC-705", "DGC-706", "DGC-709", "DGC-710"),
        ("showSystemTask",),
        tasks.after_its_end,
        requests=20,
    ),
    Scenario(
        "task_on_its_way",
        "A task and its parts only go on, from RUNNING to their ends.",
        ("DGC-703", "DGC-705"),
        ("showSystemTask",),
        tasks.on_its_way,
        requests=60,
    ),
    Scenario(
        "task_of_a_failure",
        "A task does not succeed if a part of it has failed.",
        ("DGC-703", "DGC-709"),
        ("showSystemTask",),
        tasks.of_a_failure,
        requests=10,
    ),
)
"""Scenarios that change what the server holds, and read it before and after."""

REFUSED = (
    Scenario(
        "authentication",
        "A request without a token, with a wrong token or with a wrong signature gets 401 or 403.",
        ("COM-003", "COM-004"),
        None,
        refused.authentication,
        requests=14,
        about="caller",
    ),
    Scenario(
        "another_project",
        "Credentials for a project are refused in every other project.",
        ("DLI-016", "COM-010"),
        None,
        refused.another_project,
        requests=3,
        about="project",
    ),
    Scenario(
        "unknown_job",
        "An unknown job is refused with the documented status and code, alone and beside a known job.",
        ("DGC-014", "COM-002", "DGC-108"),
        _EXPORTS,
        refused.unknown_job,
        requests=1,
        about="unknown name",
    ),
    Scenario(
        "near_names",
        "A job is found by its exact name only.",
        ("COM-006",),
        _DGC,
        refused.near_names,
        requests=4,
        about="unknown name",
    ),
    Scenario(
        "unknown_object",
        "A name or an id that no object of the workspace has is refused with the documented status and code.",
        ("DGC-306", "DGC-812", "DGC-707", "DLI-205"),
        _SHOWS,
        objects.unknown_object,
        requests=15,
        about="unknown name",
    ),
    Scenario(
        "unknown_workspace",
        "An unknown workspace is refused.",
        ("DGC-006", "DGC-107", "DGC-207", "DGC-306", "DGC-415", "DGC-502", "DGC-603", "DGC-707", "DGC-810", "DGC-906"),
        (*_DGC, *_LISTS[1:], *_SHOWS[1:], *_CREATES, *_DELETES[:3], "importJob"),
        refused.unknown_workspace,
        requests=1,
        about="workspace",
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
        None,
        refused.broken_body,
        requests=80,
        negative=True,
        about="invalid request",
    ),
    Scenario(
        "broken_parameters",
        "A value that breaks the schema of a parameter is refused as invalid.",
        ("DLI-106", "DLI-111", "DLI-201", "DGC-201", "DGC-302", "DGC-802", "DGC-806", "DGC-905"),
        (*_LISTS, *_SHOWS[:3]),
        queries.broken_parameters,
        requests=50,
        negative=True,
        about="invalid request",
    ),
    Scenario(
        "broken_json",
        "A body that is not a JSON object is refused.",
        ("DGC-008", "DLI-014"),
        None,
        refused.broken_json,
        requests=16,
        negative=True,
    ),
    Scenario(
        "media_type",
        "A body whose Content-Type is not JSON is refused.",
        ("DGC-008", "DLI-014"),
        None,
        refused.media_type,
        requests=4,
        negative=True,
    ),
    Scenario(
        "large_body",
        "A body of more than 12 MB is refused.",
        ("COM-005",),
        None,
        refused.large_body,
        requests=1,
        negative=True,
    ),
    Scenario(
        "odd_names",
        "A name that breaks the naming rule is refused, however it is encoded.",
        ("COM-006", "DGC-306"),
        ("exportJob", "showJob"),
        refused.odd_names,
        requests=19,
        negative=True,
    ),
    Scenario(
        "dots",
        "`.` and `..` are names of jobs, not steps of the path.",
        ("COM-006", "DGC-306"),
        ("exportJob", "showJob"),
        refused.dots,
        requests=3,
    ),
    Scenario(
        "other_methods",
        "A request with an undocumented method gets 404 or 405.",
        ("COM-001",),
        None,
        refused.other_methods,
        requests=4,
        negative=True,
        about="method",
    ),
    Scenario(
        "bad_obs_dir",
        "An obs_dir that is not a folder of object storage is refused.",
        ("DLI-013", "DLI-016"),
        ("exportFlinkJobs",),
        refused.bad_obs_dir,
        requests=8,
        negative=True,
    ),
    Scenario(
        "bad_obs_path",
        "An obsPath that is not an OBS path is refused.",
        ("DGC-003",),
        ("exportJob",),
        refused.bad_obs_path,
        requests=6,
        negative=True,
    ),
)
"""Scenarios of requests that must be refused."""

SANDBOX = (
    Scenario(
        "sandbox_created",
        "An object that was created is listed, shown and exported as it was sent, and its name is taken.",
        ("DGC-413", "DGC-813", "DGC-908"),
        ("createScript", "createResource", "createJob"),
        sandbox.created,
    ),
    Scenario(
        "sandbox_imported",
        "Imported jobs are there as the zip has them; SKIP leaves them, OVERWRITE replaces them.",
        ("DGC-608", "DGC-703"),
        ("importJob",),
        sandbox.imported,
    ),
    Scenario(
        "sandbox_deleted",
        "An object that was deleted is in no list, and is not shown or exported.",
        ("DGC-501",),
        ("deleteJob", "deleteScript", "deleteResource"),
        sandbox.deleted,
    ),
)
"""The scenarios that create, import and delete on a server in use, in their order and that of their operations."""

SCENARIOS = (*ACCEPTED, *READS, *CHANGES, *REFUSED)


def scenarios_for(
    document: Mapping[str, Any], operation: OperationObject, data: Data, *, restores: bool = False
) -> list[Scenario]:
    """Return the scenarios that can run for an operation; an empty list if a name that it needs is not known.

    Args:
        document: the resolved document.
        operation: the operation.
        data: names that exist on the server.
        restores: True if the server undoes changes, so that a request that changes something can be sent again.
    """
    if lacking(document, operation, data) is not None:
        return []
    found = SCENARIOS if restores or not changes(document, operation.fields, operation.method) else REFUSED
    return [scenario for scenario in found if scenario.operations is None or operation.id in scenario.operations]
