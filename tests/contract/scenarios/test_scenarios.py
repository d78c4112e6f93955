"""Each scenario passes on the mock and fails on a mock with its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data, mock_tools
from jobexport.contract import Data
from jobexport.contract.scenarios.registry import READS, SCENARIOS, scenarios_for
from jobexport.contract.scenarios.run import ScenarioRun
from jobexport.contract.sending.session import open_session
from jobexport.spec import load_edition, load_register
from jobexport.spec.document import operations, operations_by_id
from tests.making.names import array_of
from tests.making.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The edition with most fields.
EDITION = "huaweicloud-intl-2026"
DLI, JOB, BATCH = "exportFlinkJobs", "exportJob", "batchExportJobs"

FAULTS = {
    "each_name": (BATCH, "refuses-single-job"),
    "accepted_forms": (JOB, "refuses-charset"),
    "optional_fields": (BATCH, "refuses-depend-false"),
    "unknown_fields": (JOB, "refuses-unknown-field"),
    "longest_list": (BATCH, "refuses-100-jobs"),
    "exact_numbers": (DLI, "refuses-large-ids"),
    "no_ids": (DLI, "ignores-selection"),
    "same_twice": (JOB, "refuses-now-and-then"),
    "same_job_in_batch": (BATCH, "zip-scripts-swapped"),
    "workspaces": (JOB, "refuses-workspace"),
    "submitted_version": (JOB, "ignores-status"),
    "dependencies": (JOB, "refuses-depend-false"),
    "folders": (DLI, "refuses-subfolders"),
    "legal_names": (JOB, "refuses-128-characters"),
    "signature": (DLI, "refuses-signatures"),
    "changed_job": (BATCH, "stale-export"),
    "changed_script": (JOB, "stale-scripts"),
    "time_moves": (DLI, "time-stands-still"),
    "changed_flink_job": (DLI, "stale-export"),
    "stored": (DLI, "stores-other-job"),
    "stored_at_obs_path": (JOB, "stores-empty"),
    "created": ("createScript", "create-trims-content"),
    "name_taken": ("createResource", "create-overwrites"),
    "deleted": ("deleteJob", "delete-everywhere"),
    "deleted_by_other_names": ("deleteScript", "delete-in-any-case"),
    "imported": ("importJob", "import-swaps-jobs"),
    "import_of_running_job": ("importJob", "import-overwrites-running"),
    "import_values": ("importJob", "import-ignores-job-params"),
    "import_submits": ("importJob", "import-submits-nothing"),
    "import_refused": ("importFlinkJobs", "import-unchecked"),
    "one_import_at_a_time": ("importJob", "errors-as-200"),
    "flink_jobs_brought_back": ("importFlinkJobs", "flink-mapping-old-id-lost"),
    "flink_jobs_covered": ("importFlinkJobs", "flink-cover-moves"),
    "task_after_its_end": ("showSystemTask", "task-forgotten"),
    "task_on_its_way": ("showSystemTask", "task-start-moves"),
    "task_of_a_failure": ("showSystemTask", "task-always-successful"),
    "pages": ("listJobs", "list-border-twice"),
    "query_values": ("listJobs", "list-real-time-by-default"),
    "filters": ("listScripts", "list-name-ignored"),
    "known_listed": ("listJobs", "list-name-cut"),
    "listed_as_shown": ("listFlinkJobs", "list-ids-as-doubles"),
    "shown_as_exported": ("showJob", "show-without-nodes"),
    "changed_object": ("showScript", "show-first-seen"),
    "same_name_elsewhere": ("showScript", "mixes-up-workspaces"),
    "shown_version": ("showJob", "show-version-ignored"),
    "unknown_object": ("showScript", "show-of-any-workspace"),
    "authentication": (BATCH, "admits-beginning"),
    "another_project": (DLI, "accepts-any-project"),
    "unknown_job": (BATCH, "accepts-missing-jobs"),
    "near_names": (JOB, "accepts-other-case"),
    "unknown_workspace": (JOB, "accepts-any-workspace"),
    "job_elsewhere": (BATCH, "ignores-workspace"),
    "broken_body": (DLI, "accepts-text-ids"),
    "broken_parameters": ("showJob", "invalid-as-missing"),
    "broken_json": (BATCH, "accepts-sloppy-json"),
    "media_type": (DLI, "accepts-any-media-type"),
    "large_body": (JOB, "errors-as-200"),
    "odd_names": (JOB, "accepts-odd-name"),
    "dots": (JOB, "refuses-dots"),
    "other_methods": (DLI, "responds-to-put"),
    "bad_obs_dir": (DLI, "accepts-any-obs-dir"),
    "bad_obs_path": (JOB, "accepts-obs-path-without-scheme"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Yield a function that runs a scenario on the mock with these faults and returns the ids of the broken rules."""
    document, folder = load_edition(EDITION), tmp_path_factory.mktemp("journals")
    with mock.serve(document) as server:

        def run(scenario: Any, operation: Any, *faults: Any) -> set[Any]:
            server.core.reset()
            stored(server).clear()
            server.core.set_faults(*faults)
            journal = folder / f"{scenario.id} {faults}"
            with open_session(server.url, data := mock_data(server), None, journal) as session:
                session.scenario = scenario.id
                run = ScenarioRun(document, operation, data, session, mock_tools(server))
                scenario.run(run)
                assert session.wire.sent <= scenario.requests + sum(map(len, (data.jobs, data.flink_jobs)))
                return {broken.check for broken in run.broken_claims}

        yield run


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.id for scenario in SCENARIOS])
def test_a_scenario_passes_on_a_sound_server_and_fails_on_one_with_its_fault(
    scenario: Any, found: Callable[..., Any]
) -> None:
    """On the mock without faults no rule is broken; with the fault the scenario's own rule is broken."""
    operation, fault = FAULTS[scenario.id]
    assert found(scenario, operation) == set()
    assert scenario.id in found(scenario, operation, f"{fault}@{operation}")


def suited(scenario: Any) -> set[str]:
    """Return the operations that a scenario is about; none for a scenario of every operation."""
    return set() if scenario.subject is None else set(scenario.subject.ids(load_edition(EDITION)))


@pytest.mark.parametrize("id_", sorted(set().union(*map(suited, READS))))
def test_a_scenario_that_reads_needs_no_other_operation(id_: str, tmp_path: Path) -> None:
    """On the mock of a document with one operation, no rule is broken: other operations are asked if they are there."""
    document = load_edition(EDITION)
    own = operations_by_id(document)[id_]
    alone = {
        **document,
        "paths": {own.path: {name: own.item[name] for name in own.item if name in (own.method, "parameters")}},
    }
    with (
        mock.serve(alone) as server,
        open_session(server.url, data := mock_data(server), None, tmp_path / "journal") as session,
    ):
        for scenario in (each for each in SCENARIOS if id_ in suited(each)):
            session.scenario = scenario.id
            run = ScenarioRun(alone, id_, data, session, mock_tools(server))
            scenario.run(run)
            assert run.broken_claims == []


@pytest.mark.parametrize(
    ("id_", "operation", "fault"),
    [
        ("authentication", "listScripts", "admits-known-signature"),
        ("deleted", "deleteScript", "refuses-workspace"),
        ("legal_names", "deleteJob", "refuses-escapes"),
        ("broken_parameters", "deleteJob", "accepts-long-name"),
        ("odd_names", "deleteJob", "accepts-odd-name"),
    ],
)
def test_a_scenario_sees_a_fault_of_another_operation_too(
    id_: str, operation: str, fault: str, found: Callable[..., Any]
) -> None:
    """What a scenario sees of one operation it sees of its other operations, and a replayed signature of any."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.id == id_)
    document = load_edition(EDITION)
    assert scenario.suits(document, operations_by_id(document)[operation])
    assert found(scenario, operation) == set()
    assert found(scenario, operation, f"{fault}@{operation}") & {id_, "known_request_refused"}


def test_a_word_of_another_path_is_no_object(found: Callable[..., Any]) -> None:
    """A GET for `/jobs/export`, which is a path of `/jobs/{job_id}` too, must not export."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.id == "unknown_object")
    assert "unknown_object" in found(scenario, "showFlinkJob", f"responds-to-get@{DLI}")


OTHER_STATUS = {"job-not-found": "404", "no-permission": "403", "invalid-request": "417", "obs-path-invalid": "410"}


def with_other_statuses(document: Any) -> None:
    for operation in operations(document):
        responses = operation.fields["responses"]
        old = responses["400"]["content"]["application/json"]
        for name in OTHER_STATUS.keys() & old["examples"].keys():
            media = {"schema": old["schema"], "examples": {name: old["examples"].pop(name)}}
            responses[OTHER_STATUS[name]] = {"description": name, "content": {"application/json": media}}


def with_required_workspace(document: Any) -> None:
    document["components"]["parameters"]["Workspace"]["required"] = True


def with_another_array(document: Any) -> None:
    properties = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
    properties["archives"] = properties[array_of(document)]


@pytest.mark.parametrize("id_", ["same_job_in_batch", "shown_as_exported"])
def test_no_operation_beside_is_called_without_its_workspace(id_: str, tmp_path: Path) -> None:
    """If exports of a job must name a workspace and no workspace is known, no scenario of another operation exports."""
    document = load_edition(EDITION)
    with_required_workspace(document)
    scenario = next(each for each in SCENARIOS if each.id == id_)
    with mock.serve(document) as server:
        data = evolve(mock_data(server), workspaces=(), workspace_jobs={})
        with open_session(server.url, data, None, tmp_path / "journal") as session:
            session.scenario = id_
            run = ScenarioRun(document, FAULTS[id_][0], data, session, mock_tools(server))
            scenario.run(run)
        sent = [request.operation for request in server.core.requests]
    assert (run.broken_claims, "exportJob" in sent) == ([], False)


@pytest.mark.parametrize("change", [with_other_statuses, with_required_workspace, with_another_array])
def test_scenarios_keep_to_a_document_of_the_users_own(change: Callable[[Any], None], tmp_path: Path) -> None:
    """On the mock of a document with other statuses, a required header or two arrays of zips, no rule is broken."""
    document, broken = load_edition(EDITION), set()
    change(document)
    with (
        mock.serve(document) as server,
        open_session(server.url, data := mock_data(server), None, tmp_path / "journal") as session,
    ):
        for scenario in SCENARIOS:
            session.scenario = scenario.id
            run = ScenarioRun(document, FAULTS[scenario.id][0], data, session, mock_tools(server))
            scenario.run(run)
            broken |= {(scenario.id, claim.check, claim.message) for claim in run.broken_claims}
    assert broken == set()


@pytest.mark.parametrize(
    ("id_", "fault"),
    [
        ("stored", "response-other-array"),
        ("changed_flink_job", "response-other-array"),
        ("time_moves", "response-no-time"),
    ],
)
def test_a_scenario_that_reads_no_name_has_found_a_fault(id_: str, fault: str, found: Callable[..., Any]) -> None:
    """A response without the names that a scenario compares breaks the scenario's own rule."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.id == id_)
    assert id_ in found(scenario, DLI, f"{fault}@{DLI}")


@pytest.mark.parametrize("fault", ["reset-mid-body", "reset-before"])
def test_a_response_that_breaks_off_is_found(fault: str, found: Callable[..., Any]) -> None:
    """A connection that ends before the response breaks the rule whole_response and does not end the run."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.id == "each_name")
    assert "whole_response" in found(scenario, JOB, f"{fault}@{JOB}")


def test_a_scenario_ends_at_a_response_that_it_cannot_read(found: Callable[..., Any]) -> None:
    """A response of a wrong form, which a check reports, ends the scenario and not the run."""
    scenario, operation = next(each for each in SCENARIOS if each.id == "task_on_its_way"), "showSystemTask"
    assert "documented_response" in found(scenario, operation, f"task-parts-as-names@{operation}")


def test_a_scenario_says_what_it_rests_on() -> None:
    """Each scenario has a sentence and known entries, and for each operation that it names an entry about it."""
    register = load_register()
    for scenario in SCENARIOS:
        assert scenario.sentence.endswith(".")
        entries = [register.entry(id_) for id_ in scenario.rests_on]
        for operation in suited(scenario):
            assert any(operation in entry.operations for entry in entries), (scenario.id, operation)


def test_without_names_there_are_no_scenarios() -> None:
    """Without a known job no scenario can run for DGC."""
    document, nothing = load_edition(EDITION), Data(project="p", jobs=(), flink_jobs=())
    assert scenarios_for(document, operations_by_id(document)[JOB], nothing) == []
