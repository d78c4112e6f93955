"""exportJob and batchExportJobs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.mock import EXAMPLE_PROJECT, State, serve
from jobexport.spec.document import deref, media, request_body, schema_of
from jobexport.spec.editions import edition_ids, load_edition
from tests.drift.making.described import DESCRIBED
from tests.making.stored import stored
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from tests.mock.making.apis import Api

NOW = 1_700_000_000_000
ELSEWHERE = {"workspace": WORKSPACE}
MY_JOB = ["jobs/myJob.job", "scripts/CS_PROCESS_TRIP.script", "scripts/TRIP_RAW_STANDARD.script"]
SPARK = ["jobs/job_spark.job", "resources/trip-report.resource", "scripts/publish_report.script"]


def editions_with(schema: str, *, there: bool) -> pytest.MarkDecorator:
    """Return a mark that runs a test for the editions with a schema, or for those without it."""
    ids = [edition for edition in edition_ids() if (schema in load_edition(edition)["components"]["schemas"]) is there]
    return pytest.mark.parametrize("api", ids, indirect=True)


with_body = editions_with("ExportJobRequest", there=True)
without_body = editions_with("ExportJobRequest", there=False)
with_obs_path = editions_with("ExportJobToObsResponse", there=True)


def refused(api: Any, response: Any, operation: Any, name: Any) -> Any:
    assert (response.status_code, response.json()) == api.refusal(operation, name)
    assert response.headers["content-type"] == "application/json"
    return response.headers.get("x-mock-violation")


class TestExportJob:
    def test_zip_is_what_the_page_shows(self, api: Api, members: Any) -> None:
        """The example job's zip has the members of x-zip-example, in the document's media type."""
        response, media_type = api.job("myJob"), api.zip_type("exportJob")
        content = api.fields("exportJob")["responses"]["200"]["content"][media_type]
        name = content["x-zip-file-name"].format(job_name="myJob")
        assert response.status_code == 200
        assert list(members(response.content)) == content["x-zip-example"] == MY_JOB
        assert response.headers["content-type"] == media_type
        assert response.headers["content-length"] == str(len(response.content))
        assert response.headers["content-disposition"] == f'attachment; filename="{name}"'

    def test_a_chinese_name_is_in_the_extended_file_name(self) -> None:
        """Content-Disposition names a Chinese job by RFC 6266: `_` in `filename`, the name in `filename*`."""
        job = {f"{EXAMPLE_PROJECT}/workspaces/{WORKSPACE}/jobs/\u4f5c.job": {"name": "\u4f5c", "nodes": []}}
        with serve(DESCRIBED.documents["huaweicloud-cn-2020"], state=State.example().with_files(job)) as server:
            url = f"{server.url}/v1/{EXAMPLE_PROJECT}/jobs/\u4f5c/export"
            response = httpx.post(url, headers={"X-Auth-Token": server.token} | ELSEWHERE, trust_env=False)
        extended = "DLF_%E4%BD%9C.zip"
        assert (
            response.headers["content-disposition"]
            == f"attachment; filename=\"DLF__.zip\"; filename*=UTF-8''{extended}"
        )
        assert zipfile.ZipFile(io.BytesIO(response.content)).namelist() == ["jobs/\u4f5c.job"]

    def test_resources_come_too(self, api: Api, members: Any) -> None:
        """A resource that a node uses is added, found by its location."""
        assert list(members(api.job("job_spark").content)) == SPARK

    def test_members_are_indented_json(self, api: Api, members: Any) -> None:
        """Every member is the stored JSON, indented and in UTF-8."""
        for content in members(api.job("job_spark").content).values():
            assert json.loads(content)["name"]
            assert content.decode().startswith('{\n  "')
        assert "täglich" in members(api.job("job_spark").content)["scripts/publish_report.script"].decode()

    def test_same_job_gives_the_same_bytes(self, api: Api) -> None:
        """Two exports of a job are equal, byte for byte."""
        assert api.job("myJob").content == api.job("myJob").content

    @pytest.mark.parametrize("headers", [{"Content-Type": "application/json"}, {}], ids=["typed", "untyped"])
    def test_no_body_is_needed(self, api: Api, members: Any, headers: dict[str, Any]) -> None:
        """An empty body is fine, with and without a Content-Type."""
        assert list(members(api.job("myJob", content=b"", headers=headers).content)) == MY_JOB

    def test_depend_false_leaves_the_job_alone(self, api: Api, members: Any) -> None:
        """exportDepend false exports the job only, in editions with a body."""
        knows = "exportDepend" in api.body_fields("exportJob")
        names = list(members(api.job("myJob", {"exportDepend": False}).content))
        assert names == (["jobs/myJob.job"] if knows else MY_JOB)
        assert list(members(api.job("myJob", {"exportDepend": True}).content)) == MY_JOB

    @without_body
    def test_body_is_ignored_where_no_page_has_one(self, api: Api, members: Any) -> None:
        """An edition without a body table ignores the body, JSON or not."""
        for content in (b"{", b'{"exportDepend": 5}', b"\xff"):
            assert list(members(api.job("myJob", content=content).content)) == MY_JOB

    @with_body
    def test_depend_of_another_type_is_refused(self, api: Api) -> None:
        """exportDepend must have its type, a boolean in all editions that there were first, in editions with a body."""
        body = media(request_body(api.document, api.fields("exportJob")))
        kind = deref(api.document, schema_of(api.document, body)["properties"]["exportDepend"])["type"]
        right = {"string": "false", "integer": 0, "null": None}
        for value in (value for name, value in right.items() if name not in kind):
            reason = refused(api, api.job("myJob", {"exportDepend": value}), "exportJob", "invalid-request")
            assert reason.startswith("exportJob body#/exportDepend: ")

    def test_unknown_fields_do_nothing(self, api: Api, members: Any) -> None:
        """A field that the edition lacks is ignored: obsPath gets the zip, exportStatus the usual version."""
        known = api.body_fields("exportJob")
        fields = {"obsPath": "no path", "exportStatus": "SUBMIT", "other": 1}
        body = {name: value for name, value in fields.items() if name not in known}
        assert list(members(api.job("myJob", body).content)) == MY_JOB

    def test_unknown_job_is_refused(self, api: Api) -> None:
        """A name that no job has is job-not-found."""
        assert refused(api, api.job("myjob"), "exportJob", "job-not-found") is None

    @pytest.mark.parametrize(
        "name", ["my%20Job", "a%2Fb", "%00", "%FF", "j%C3%B6b", "a%0A", "%", "%zz", "a" * 129, "a%5Cb"]
    )
    def test_bad_job_name_is_refused(self, api: Api, name: Any) -> None:
        """A name that breaks the naming rule is job-name-invalid, however it is encoded."""
        response = api.raw(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export")
        assert (response.status, response.json()) == api.refusal("exportJob", "job-name-invalid")
        assert response.headers["x-mock-violation"].startswith("exportJob path#/job_name: ")

    @pytest.mark.parametrize("name", ["%2E%2E", "%2e", "a%2Eb", "a" * 128])
    def test_odd_legal_name_reaches_the_operation(self, api: Api, name: Any) -> None:
        """Encoded dots are a legal job name, not a step to another path."""
        response = api.raw(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export")
        assert (response.status, response.json()) == api.refusal("exportJob", "job-not-found")

    @with_obs_path
    def test_submitted_version(self, api: Api, members: Any) -> None:
        """exportStatus SUBMIT exports the submitted version with its scripts and resources; DEVELOP is the default."""
        submitted = members(api.job("myJob", {"exportStatus": "SUBMIT"}).content)
        assert list(submitted) == ["jobs/myJob.job", "scripts/TRIP_RAW_STANDARD.script"]
        assert json.loads(submitted["jobs/myJob.job"])["targetStatus"] == "SUBMITTED"
        assert api.job("myJob", {"exportStatus": "DEVELOP"}).content == api.job("myJob").content

    @with_obs_path
    def test_never_submitted(self, api: Api) -> None:
        """SUBMIT of a job that was never submitted exports the version in development."""
        assert api.job("job_spark", {"exportStatus": "SUBMIT"}).content == api.job("job_spark").content

    @with_obs_path
    def test_status_outside_the_list_is_refused(self, api: Api) -> None:
        """exportStatus has two values."""
        reason = refused(api, api.job("myJob", {"exportStatus": "submit"}), "exportJob", "invalid-request")
        assert reason.startswith("exportJob body#/exportStatus: ")

    @with_obs_path
    @pytest.mark.parametrize(
        ("path", "folder"),
        [
            ("obs://test_bucket/job_nodes/", "test_bucket/job_nodes"),
            ("obs://test_bucket", "test_bucket"),
            ("obs://b/deep/er", "b/deep/er"),
        ],
    )
    def test_obs_path_stores_the_zip(self, api: Api, path: str, folder: str) -> None:
        """With obsPath the response names a folder with {job_name}.zip, which has the bytes of the plain export."""
        response = api.job("myJob", {"obsPath": path})
        assert response.headers["content-type"] == "application/json"
        assert response.json() == {"obsPath": f"obs://{folder}/myJob/{NOW}"}
        assert stored(api.server)[f"{folder}/myJob/{NOW}/myJob.zip"] == api.job("myJob").content

    @with_obs_path
    @pytest.mark.parametrize(
        "path", ["", "test_bucket", "obs://", "obs:///x", "obs://b/../c", "obs://b//c", "OBS://b", "s3://b"]
    )
    def test_bad_obs_path_is_refused(self, api: Api, path: str) -> None:
        """An obsPath that is not obs://bucket[/path] is obs-path-invalid."""
        reason = refused(api, api.job("myJob", {"obsPath": path}), "exportJob", "obs-path-invalid")
        assert reason.startswith("exportJob body#/obsPath: ")


class TestBatchExportJobs:
    def test_zip_is_what_the_page_shows(self, api: Api, members: Any) -> None:
        """The example jobs' zip has a folder for each job, as x-zip-example has it, and is called jobs.zip."""
        response, media_type = api.batch("job_batch", "job_stream"), api.zip_type("batchExportJobs")
        content = api.fields("batchExportJobs")["responses"]["200"]["content"]
        assert response.status_code == 200
        assert list(members(response.content)) == content[media_type]["x-zip-example"]
        assert response.headers["content-type"] == media_type
        assert response.headers["content-length"] == str(len(response.content))
        assert response.headers["content-disposition"] == 'attachment; filename="jobs.zip"'

    def test_resources_lie_beside_their_job(self, api: Api, members: Any) -> None:
        """Scripts and resources are in the folder of the job that uses them."""
        assert list(members(api.batch("job_spark").content)) == [
            "jobs/job_spark/job_spark.job",
            "jobs/job_spark/publish_report.script",
            "jobs/job_spark/trip-report.resource",
        ]

    def test_depend_false_leaves_the_jobs_alone(self, api: Api, members: Any) -> None:
        """exportDepend false exports the jobs only, in every edition."""
        names = list(members(api.batch("job_spark", "myJob", exportDepend=False).content))
        assert names == ["jobs/job_spark/job_spark.job", "jobs/myJob/myJob.job"]

    def test_job_named_twice_comes_once(self, api: Api) -> None:
        """A repeated name and the order of names change nothing."""
        assert api.batch("myJob", "job_batch", "myJob").content == api.batch("job_batch", "myJob").content

    @pytest.mark.parametrize("names", [["missing"], ["myJob", "missing"], ["missing", "myJob"], [".."]])
    def test_one_unknown_job_refuses_all(self, api: Api, names: list[Any]) -> None:
        """One name that no job has refuses the whole export."""
        assert refused(api, api.batch(*names), "batchExportJobs", "job-not-found") is None

    def test_as_many_names_as_documented_and_no_more(self, api: Api) -> None:
        """The list takes the documented number of names, such as 100, and not one more."""
        most = api.document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["maxItems"]
        assert api.batch(*["myJob"] * most).status_code == 200
        reason = refused(api, api.batch(*["myJob"] * (most + 1)), "batchExportJobs", "invalid-request")
        assert reason.startswith("batchExportJobs body#/jobList: ")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, ""),
            ({"jobList": []}, "/jobList"),
            ({"jobList": "myJob"}, "/jobList"),
            ({"jobList": ["myJob", "a/b"]}, "/jobList/1"),
            ({"jobList": ["myJob\n"]}, "/jobList/0"),
            ({"jobList": [""]}, "/jobList/0"),
            ({"jobList": [1]}, "/jobList/0"),
            ({"jobList": ["myJob"], "exportDepend": "true"}, "/exportDepend"),
        ],
    )
    def test_body_that_breaks_the_schema_is_refused(self, api: Api, body: dict[str, Any], pointer: str) -> None:
        """A body that breaks the schema is an invalid request, and a header names the place."""
        response = api.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export", json=body)
        reason = refused(api, response, "batchExportJobs", "invalid-request")
        assert reason.startswith(f"batchExportJobs body#{pointer}: ")

    def test_body_is_needed(self, api: Api) -> None:
        """A request without a body is invalid, and the violation says that the body is missing."""
        response = api.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export")
        reason = refused(api, response, "batchExportJobs", "invalid-request")
        assert reason == "batchExportJobs body#: the body is missing"

    def test_obs_path_is_no_field_here(self, api: Api, members: Any) -> None:
        """batchExportJobs ignores obsPath and exportStatus, which no page documents for it."""
        response = api.batch("job_stream", obsPath="obs://b/", exportStatus="SUBMIT")
        assert list(members(response.content)) == ["jobs/job_stream/job_stream.job"]


@pytest.mark.parametrize("call", ["exportJob", "batchExportJobs"])
class TestWorkspace:
    @staticmethod
    def export(api: Any, call: Any, name: Any, headers: Any) -> Any:
        return api.job(name, headers=headers) if call == "exportJob" else api.batch(name, headers=headers)

    def test_header_chooses_the_workspace(self, api: Api, members: Any, call: Any) -> None:
        """The workspace header selects the workspace; without it the default workspace is used."""
        assert self.export(api, call, "orders_daily", ELSEWHERE).status_code == 200
        refused(api, self.export(api, call, "orders_daily", {}), call, "job-not-found")
        refused(api, self.export(api, call, "job_spark", ELSEWHERE), call, "job-not-found")

    def test_workspaces_have_jobs_of_one_name(self, api: Api, members: Any, call: Any) -> None:
        """Two workspaces may have a job of the same name, and each exports its own job."""
        here, there = (members(self.export(api, call, "job_batch", headers).content) for headers in ({}, ELSEWHERE))
        assert any(name.endswith("dws_sql.script") for name in here)
        assert not any(name.endswith(".script") for name in there)

    @pytest.mark.parametrize("workspace", ["other", "default", "..", b"\xff\xfe", "ä"])
    def test_unknown_workspace_is_refused(self, api: Api, call: Any, workspace: bytes | str) -> None:
        """A workspace that the project lacks gets no-permission; the default one has no id here."""
        value = workspace if isinstance(workspace, bytes) else workspace.encode()
        response = self.export(api, call, "myJob", [(b"workspace", value)])
        refused(api, response, call, "no-permission")

    def test_empty_workspace_is_the_default_one(self, api: Api, call: Any) -> None:
        """An empty workspace header is the same as a missing header."""
        assert self.export(api, call, "myJob", {"workspace": ""}).status_code == 200

    def test_unknown_project_comes_before_unknown_workspace(self, api: Api, call: Any) -> None:
        """A project that the state lacks gets no-permission too."""
        path = "jobs/myJob/export" if call == "exportJob" else "jobs/batch-export"
        response = api.client.post(f"/v1/other/{path}", json={"jobList": ["myJob"]}, headers=ELSEWHERE)
        refused(api, response, call, "no-permission")
