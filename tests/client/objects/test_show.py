"""One job, one script, one Flink job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport import errors
from jobexport.core import strict_json
from jobexport.spec.editions import edition_ids
from tests.client.making.scripted import ScriptedResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted


@pytest.mark.parametrize("edition", edition_ids())
def test_an_object_of_every_edition_is_shown(caller: Caller, started: Callable[[str], Server], edition: str) -> None:
    """The JSON has what is stored, whatever the edition adds."""
    server = started(edition)
    server.core.reset()
    workspace = server.state.projects[server.project_id].workspaces["default"]
    job = caller.call("dgc", "show_job", server, "myJob")
    assert job["nodes"] == workspace.jobs["myJob"].fields["nodes"]
    assert caller.call("dgc", "show_script", server, "dws_sql")["content"]
    assert caller.call("dli", "show_flink_job", server, 100)["name"] == "aggregate"


@pytest.mark.parametrize(
    ("service", "method", "key", "kind"),
    [
        ("dgc", "show_job", "gone", errors.JobNotFound),
        ("dgc", "show_script", "gone", errors.ScriptNotFound),
        ("dli", "show_flink_job", 5, errors.JobNotFound),
    ],
)
def test_a_missing_object_is_an_error_of_its_own(
    caller: Caller, mock: Server, service: str, method: str, key: Any, kind: type[errors.ApiError]
) -> None:
    """Whether an object is gone can be told from any other refusal."""
    with pytest.raises(kind):
        caller.call(service, method, mock, key)


def test_names_of_any_letters_are_asked_for(caller: Caller, scripted: Scripted) -> None:
    """A name may be Chinese in one edition, or `..`, which no path may shorten."""
    for name, sent in [("作业", "%E4%BD%9C%E4%B8%9A"), ("..", "%2E%2E"), ("a/b", "a%2Fb")]:
        scripted.respond(ScriptedResponse.json({"name": name}))
        assert caller.call("dgc", "show_script", scripted, name) == {"name": name}
        assert scripted.received[-1].path.endswith(f"/scripts/{sent}")


def test_the_version_is_sent(caller: Caller, scripted: Scripted) -> None:
    """A version is a number of the query; without one the newest is meant."""
    scripted.respond(ScriptedResponse.json({"name": "j"}))
    caller.call("dgc", "show_job", scripted, "j", version=3, workspace="w")
    assert scripted.received[-1].path.endswith("/jobs/j?version=3")
    assert scripted.received[-1].headers["workspace"] == "w"
    with pytest.raises(ValueError, match="version 0 must be an integer from 1 on"):
        caller.call("dgc", "show_job", scripted, "j", version=0)


def test_an_object_of_another_name_is_an_error(caller: Caller, scripted: Scripted) -> None:
    """A response about another object would be stored under a wrong name."""
    scripted.respond(ScriptedResponse.json({"name": "other"}))
    with pytest.raises(errors.UnexpectedResponse, match="should be about mine, but its name is 'other'"):
        caller.call("dgc", "show_script", scripted, "mine")


def test_numbers_keep_their_digits(caller: Caller, scripted: Scripted) -> None:
    """The details of a Flink job are the server's JSON, digit for digit."""
    scripted.respond(ScriptedResponse(b'{"is_success": true, "job_detail": {"name": "f", "cpu": 1.50}}'))
    assert '"cpu": 1.50' in strict_json.write(caller.call("dli", "show_flink_job", scripted, 1))


@pytest.mark.parametrize(
    ("body", "kind"),
    [({"is_success": False, "message": "No."}, errors.ApiError), ({"is_success": True}, errors.UnexpectedResponse)],
)
def test_a_response_without_the_job_is_an_error(
    caller: Caller, scripted: Scripted, body: dict[str, Any], kind: type[errors.JobexportError]
) -> None:
    """A false flag and a missing job are errors, although the status is 200."""
    scripted.respond(ScriptedResponse.json(body))
    with pytest.raises(kind, match="showFlinkJob"):
        caller.call("dli", "show_flink_job", scripted, 1)
