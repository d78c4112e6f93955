"""Scripts, resources and Flink jobs that are created or imported, and changes whose response is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport import Retries, errors
from jobexport.core import strict_json
from jobexport.spec.editions import edition_ids
from tests.client.making.scripted import ScriptedResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

SCRIPT = {"name": "new", "type": "Shell", "content": "date", "connectionName": "host"}
RESOURCE = {"name": "new", "type": "jar", "location": "obs://b/x.jar"}
CALLS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "create_script": ("dgc", (SCRIPT,), {}),
    "create_resource": ("dgc", (RESOURCE,), {}),
    "import_jobs": ("dgc", ("obs://b/j.zip",), {"policy": "OVERWRITE"}),
    "import_flink_jobs": ("dli", ("b/f.zip",), {"is_cover": True}),
}
QUICK = Retries(times=2, first_wait=0.001, longest_wait=0.001, repeat_writes=True)


@pytest.mark.parametrize("edition", edition_ids())
def test_scripts_and_resources_are_created(caller: Caller, started: Callable[[str], Server], edition: str) -> None:
    """What was created is in the lists, in every edition."""
    server = started(edition)
    server.core.reset()
    assert caller.call("dgc", "create_script", server, SCRIPT) is None
    assert caller.call("dgc", "create_resource", server, RESOURCE) is None
    assert "new" in caller.listed("dgc", "scripts", server).names
    assert "new" in caller.listed("dgc", "resources", server).names
    with pytest.raises(errors.ApiError, match="createScript"):
        caller.call("dgc", "create_script", server, SCRIPT)


def test_a_definition_is_sent_digit_for_digit(caller: Caller, scripted: Scripted) -> None:
    """A number that was read from a list or a file is sent as it was."""
    scripted.respond(ScriptedResponse(b"", 204))
    text = b'{"name": "a", "x": 1.50}'
    caller.call("dgc", "create_script", scripted, strict_json.parse(text, exact=True), workspace="w")
    assert b" ".join(scripted.received[-1].body.split()) == text.replace(b"{", b"{ ").replace(b"}", b" }")
    assert scripted.received[-1].headers["Content-Type"] == "application/json"
    assert scripted.received[-1].headers["workspace"] == "w"


@pytest.mark.parametrize("definition", [{}, {"name": ""}, [], {"name": "a", "x": object()}])
def test_what_is_no_definition_is_refused(caller: Caller, scripted: Scripted, definition: Any) -> None:
    """A definition is JSON with a name; nothing else is sent."""
    with pytest.raises(ValueError, match="definition"):
        caller.call("dgc", "create_resource", scripted, definition)
    assert scripted.received == []


@pytest.mark.parametrize("edition", edition_ids())
def test_flink_jobs_are_imported(caller: Caller, started: Callable[[str], Server], edition: str) -> None:
    """The new ids come in every edition's form, and a job that stays although the call succeeds is ImportFailed."""
    server = started(edition)
    server.core.reset()
    (archive,) = caller.dli(server, "flink", [100]).archives
    done = caller.call("dli", "import_flink_jobs", server, archive, is_cover=True)
    assert [(job.old_id, job.new_id) for job in done.jobs] == [(100, 100)]
    assert done.ids == {100: 100}
    with pytest.raises(errors.ImportFailed, match=r"did not import 1 of 1 jobs \(job 100: .+\)") as raised:
        caller.call("dli", "import_flink_jobs", server, archive, is_cover=False)
    assert [id_ for id_, _ in raised.value.failed] == [100]


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ({"is_success": True, "job_mapping": [{"old_job_id": "1", "new_job_id": "2"}]}, {1: 2}),
        ({"is_success": "true", "jobs_mapping": [{"old_job_id": 1, "new_job_id": 2, "remark": "x"}]}, {1: 2}),
        ({"jobs_mapping": {"old_job_id": 1, "new_job_id": 2}}, {1: 2}),
        ({"is_success": True, "job_mapping": [{"new_job_id": 2}]}, {}),
    ],
)
def test_every_form_of_a_mapping_is_read(
    caller: Caller, scripted: Scripted, fields: dict[str, Any], ids: dict[int, int]
) -> None:
    """Ids may be texts, the list may have either name, and one table types it as one object."""
    scripted.respond(ScriptedResponse.json(fields))
    assert caller.call("dli", "import_flink_jobs", scripted, "b/f.zip", is_cover=True).ids == ids
    assert scripted.received[-1].json() == {"zip_file": "b/f.zip", "is_cover": True}


@pytest.mark.parametrize(
    ("fields", "failed", "imported"),
    [
        ({"is_success": "false", "message": "No."}, (), ()),
        (
            {
                "is_success": True,
                "message": "No.",
                "job_mapping": [
                    {"old_job_id": "1", "new_job_id": "-1", "remark": "taken"},
                    {"old_job_id": 3, "new_job_id": 4},
                ],
            },
            ((1, "taken"),),
            ((3, 4),),
        ),
    ],
)
def test_a_job_that_was_not_imported_is_a_failure(
    caller: Caller, scripted: Scripted, fields: dict[str, Any], failed: object, imported: object
) -> None:
    """A false flag, or the new id -1, is ImportFailed with both kinds of jobs."""
    scripted.respond(ScriptedResponse.json(fields))
    with pytest.raises(errors.ImportFailed, match=r"and says: No\.") as raised:
        caller.call("dli", "import_flink_jobs", scripted, "b/f.zip", is_cover=False)
    assert (raised.value.failed, raised.value.imported) == (failed, imported)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"is_success": true, "job_mapping": []}', b'{"job_mapping": [{"new_job_id": "x"}]}']
)
def test_an_import_that_names_no_job_has_no_known_outcome(caller: Caller, scripted: Scripted, body: bytes) -> None:
    """A success without a job would pass for a complete one."""
    scripted.respond(ScriptedResponse(body))
    with pytest.raises(errors.OutcomeUnknown, match="importFlinkJobs: it may have happened"):
        caller.call("dli", "import_flink_jobs", scripted, "b/f.zip", is_cover=False)


@pytest.mark.parametrize("method", [*CALLS])
@pytest.mark.parametrize(
    ("response", "requests", "unknown"),
    [
        (ScriptedResponse(b"", 200, {"Content-Length": "9"}), 1, True),
        (ScriptedResponse.error(502, "APIGW.0601"), 1, True),
        (ScriptedResponse.error(500, "DLI.0999"), 1, True),
        (ScriptedResponse(b"{}", 202), 1, True),
        (ScriptedResponse.error(200, "DLF.3051"), 1, True),
        (ScriptedResponse.error(503, "APIGW.0601"), 3, False),
        (ScriptedResponse.error(429, "APIG.0308"), 3, False),
        (ScriptedResponse.error(400, "APIG.0308"), 3, False),
        (ScriptedResponse.error(400, "DLF.3051"), 1, False),
        (ScriptedResponse(b"", 302), 1, False),
    ],
)
def test_a_change_is_never_repeated_blindly(
    caller: Caller, scripted: Scripted, method: str, response: ScriptedResponse, requests: int, unknown: bool
) -> None:
    """A lost response, a failed server and an odd success are OutcomeUnknown at once, whatever `Retries` says."""
    scripted.respond(response)
    service, args, kwargs = CALLS[method]
    with pytest.raises(errors.JobexportError) as raised:
        caller.with_options(retries=QUICK).call(service, method, scripted, *args, **kwargs)
    assert isinstance(raised.value, errors.OutcomeUnknown) is unknown
    assert (raised.value.__cause__ is not None) is unknown
    assert len(scripted.received) == requests


@pytest.mark.parametrize(
    "form", [{"errors": [{"error_code": "DLF.6201", "error_msg": "No."}]}, {"errorCode": "DLF.6201"}]
)
def test_every_form_of_an_error_is_read(caller: Caller, scripted: Scripted, form: dict[str, Any]) -> None:
    """Clients of the service met errors in a list, and names without underscores."""
    scripted.respond(ScriptedResponse.json(form, 400))
    with pytest.raises(errors.ScriptNotFound):
        caller.call("dgc", "show_script", scripted, "gone")


def test_the_project_is_sent_with_a_token(caller: Caller, scripted: Scripted) -> None:
    """Without `X-Project-Id` the service may respond that the workspace does not exist."""
    scripted.respond(ScriptedResponse(b"", 204))
    caller.call("dgc", "create_script", scripted, SCRIPT)
    assert scripted.received[-1].headers["X-Project-Id"] == scripted.project_id
