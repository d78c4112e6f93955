"""exportFlinkJobs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import EXAMPLE_PROJECT
from jobexport.spec.editions import edition_ids
from jobexport.spec.register import load_register
from tests.making.stored import stored

if TYPE_CHECKING:
    from tests.mock.making.apis import Api

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
NOW = 1_700_000_000_000
LARGEST_ID = 2**63 - 1


def zips(api: Any, response: Any) -> Any:
    assert response.status_code == 200, response.text
    [array] = api.zip_arrays()
    return response.json()[array]


def claimed(entry: str, edition: str, name: str = "") -> Any:
    """Return the first value that the register states for an edition, at places that end in a name; None without."""
    said = load_register().entry(entry).claim(edition).says
    return next((statement.value for statement in said if statement.at.endswith(name)), None)


@pytest.mark.parametrize("api", edition_ids(), indirect=True)
def test_response_has_the_editions_fields(api: Api) -> None:
    """The array's name and the type of is_success are as the register states for the edition's page."""
    response = api.flink(job_selected=[100]).json()
    array, type_ = claimed("DLI-001", api.edition), claimed("DLI-002", api.edition, "/is_success")
    assert response == {
        "is_success": True if type_ == "boolean" else "true",
        "message": "Exported 1 job.",
        array: [f"obs-test/aggregate_{NOW}.zip"],
    }


def test_response_is_json_and_has_a_request_id(api: Api) -> None:
    """The response is application/json with an X-Request-Id that differs each time."""
    first, second = api.flink(job_selected=[100]), api.flink(job_selected=[100])
    assert first.headers["content-type"] == "application/json"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_selected_jobs_come_once_and_in_order(api: Api) -> None:
    """The ids of job_selected are exported once each, in the order in which they were sent."""
    response = api.flink(job_selected=[LARGEST_ID, 100, LARGEST_ID, 100])
    assert zips(api, response) == [f"obs-test/last-id_{NOW}.zip", f"obs-test/aggregate_{NOW}.zip"]
    assert response.json()["message"] == "Exported 2 jobs."


def test_not_selected_means_all_jobs(api: Api) -> None:
    """is_selected false exports every job of the project, whatever job_selected holds."""
    expected = [f"obs-test/{name}_{NOW}.zip" for name in ("aggregate", "detour_alarm", "last-id")]
    assert zips(api, api.flink(is_selected=False)) == expected
    assert zips(api, api.flink(is_selected=False, job_selected=[7])) == expected


def test_empty_selection_exports_nothing(api: Api) -> None:
    """An empty job_selected succeeds with an empty array."""
    response = api.flink(job_selected=[])
    assert zips(api, response) == []
    assert response.json()["message"] == "Exported 0 jobs."


def test_whole_float_is_an_id(api: Api) -> None:
    """100.0 is the id 100, as JSON Schema has it, and the same job as 100."""
    assert len(zips(api, api.flink(job_selected=[100.0, 100]))) == 1


def test_zip_holds_the_stored_job(api: Api, members: Any) -> None:
    """A zip holds the job as the state has it, in one indented JSON member."""
    [name] = zips(api, api.flink(job_selected=[101], obs_dir="content"))
    [(member, content)] = members(stored(api.server)[name]).items()
    assert member == "detour_alarm.json"
    assert json.loads(content)["name"] == "detour_alarm"
    assert "\n  " in content.decode()
    assert "Übersteigt" in content.decode()


@pytest.mark.parametrize(
    ("obs_dir", "folder"),
    [
        ("obs-test", "obs-test"),
        ("obs://obs-test", "obs-test"),
        ("obs-test/deep/er//", "obs-test/deep/er"),
        ("obs://obs-test/", "obs-test"),
        ("obs-test/...", "obs-test/..."),
        ("обс/ファイル {job_name}", "обс/ファイル {job_name}"),
    ],
)
def test_obs_dir_loses_scheme_and_trailing_slashes(api: Api, obs_dir: str, folder: str) -> None:
    """obs_dir may begin with obs:// and end with slashes; the zips' names have neither."""
    assert zips(api, api.flink(obs_dir=obs_dir, job_selected=[100])) == [f"{folder}/aggregate_{NOW}.zip"]


@pytest.mark.parametrize(
    "obs_dir",
    ["/", "//", "obs://", "/a", "a//b", "..", "a/../b", "a/.", "a\\b", "a\0b", "a\nb", "a\x85", "x://y", "a" * 1024],
)
def test_bad_obs_dir_is_refused(api: Api, obs_dir: Any) -> None:
    """An obs_dir that is not an OBS path gets the edition's error for it, and nothing is stored."""
    before = len(stored(api.server))
    response = api.flink(obs_dir=obs_dir, job_selected=[100])
    refusals = api.refusals("exportFlinkJobs")
    name = "obs-path-invalid" if "obs-path-invalid" in refusals else "obs-object-missing"
    assert (response.status_code, response.json()) == refusals[name]
    assert response.headers["x-mock-violation"].startswith("exportFlinkJobs body#/obs_dir: ")
    assert len(stored(api.server)) == before


@pytest.mark.parametrize("ids", [[7], [100, 7], [-(2**63)], [9.2e18]])
def test_unknown_id_is_refused(api: Api, ids: list[Any]) -> None:
    """One id that no job has refuses the whole export."""
    response = api.flink(job_selected=ids)
    assert (response.status_code, response.json()) == api.refusal("exportFlinkJobs", "job-not-found")
    assert "x-mock-violation" not in response.headers


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"obs_dir": "a"}, ""),
        ({"is_selected": False}, ""),
        ({"obs_dir": "a", "is_selected": True}, ""),
        ({"obs_dir": "", "is_selected": False}, "/obs_dir"),
        ({"obs_dir": 5, "is_selected": False}, "/obs_dir"),
        ({"obs_dir": "a", "is_selected": "true", "job_selected": [100]}, "/is_selected"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": "100"}, "/job_selected"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": [100, "100"]}, "/job_selected/1"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": [100.5]}, "/job_selected/0"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": [True]}, "/job_selected/0"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": [2**63]}, "/job_selected/0"),
        ({"obs_dir": "a", "is_selected": True, "job_selected": [-(2**63) - 1]}, "/job_selected/0"),
        ([], ""),
        (None, ""),
        ("text", ""),
    ],
)
def test_body_that_breaks_the_schema_is_refused(api: Api, body: Any, pointer: str) -> None:
    """A body that breaks the schema is an invalid request, and a header names the place."""
    response = api.client.post(FLINK, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()) == api.refusal("exportFlinkJobs", "invalid-request")
    assert response.headers["x-mock-violation"].startswith(f"exportFlinkJobs body#{pointer}: ")


def test_unknown_project_is_refused(api: Api) -> None:
    """A project that the state lacks gets no-permission, but only once the request is valid."""
    path = FLINK.replace(EXAMPLE_PROJECT, "other")
    response = api.client.post(path, json={"obs_dir": "a", "is_selected": False})
    assert (response.status_code, response.json()) == api.refusal("exportFlinkJobs", "no-permission")
    assert api.client.post(path, json={}).json() == api.refusal("exportFlinkJobs", "invalid-request")[1]
