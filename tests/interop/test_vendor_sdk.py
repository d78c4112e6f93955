"""The vendor's SDK, unmodified, signs with an access key and calls every edition's mock over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import io
import json
import socket
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from jobexport.mock import Server, serve
from jobexport.mock.requests.operations import read_operations
from jobexport.spec import load_edition
from jobexport.spec.document import media, operations_by_id, response, schema_of
from jobexport.spec.editions import edition_ids
from tests.making.stored import stored
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobexport.mock.state.values import DgcJob

JOBS = ["myJob", "job_batch"]


@frozen
class Sdk:
    """The SDK's modules, and the home folder at their import."""

    dli: Any
    dgc: Any
    core: Any
    home: Path

    def client(self, family: Any, server: Server, **changes: str) -> Any:
        """Return a client as in the SDK's guide, with project and endpoint, so that the SDK does not request them."""
        keys = {"ak": server.access_key, "sk": server.secret_key, "project_id": server.project_id} | changes
        builder = family.new_builder().with_credentials(self.core.BasicCredentials(**keys))
        return builder.with_endpoint(server.url).build()


@pytest.fixture(scope="module", autouse=True)
def only_loopback() -> Iterator[None]:
    """Raise a failure on any connection that leaves this machine, such as to the metadata service or to IAM."""
    with pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect

        def checked(self: socket.socket, address: Any) -> None:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] != "127.0.0.1":
                pytest.fail(f"the SDK wants to connect to {address}; only the mock may be called")
            connect(self, address)

        patch.setattr(socket.socket, "connect", checked)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
        for name in ("AK", "SK", "PROJECT_ID", "SECURITY_TOKEN"):
            patch.delenv(f"HUAWEICLOUD_SDK_{name}", raising=False)
        yield


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory, only_loopback: None) -> Iterator[Sdk]:
    """The SDK, imported with an empty home folder."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        names = ("huaweicloudsdkdli.v1", "huaweicloudsdkdgc.v1", "huaweicloudsdkcore.auth.credentials")
        dli, dgc, core = (importlib.import_module(name) for name in names)
        yield Sdk(dli, dgc, core, home)


def is_exported(member: bytes, job: DgcJob) -> bool:
    """Return True if a member is the definition of a job, with the kind that an edition's definitions must have."""
    found = json.loads(member)
    return bool(found | job.fields == found) and found.keys() - job.fields.keys() <= {"jobType"}


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[str], Server]]:
    """A function that returns the server of an edition."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(serve(edition)))


@pytest.fixture(params=edition_ids())
def server(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """The server of every edition in turn."""
    return servers(request.param)


@pytest.fixture
def dgc(sdk: Sdk, server: Server) -> Any:
    return sdk.client(sdk.dgc.DgcClient, server)


@pytest.fixture
def dli(sdk: Sdk, server: Server) -> Any:
    return sdk.client(sdk.dli.DliClient, server)


# The SDK still asks Python for the time in a way that Python 3.12 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:huaweicloudsdkcore")


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workspace(server: Server) -> Any:
    return server.state.projects[server.project_id].workspaces[WORKSPACE]


class TestExport:
    def test_job(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """`export_job` returns the zip only in `raw_content`, with the job of the server."""
        result = dgc.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE))
        assert (str(result), result.openapi_types) == ("{}", {})
        found = members(result.raw_content)
        assert is_exported(found["jobs/myJob.job"], workspace(server).jobs["myJob"])
        assert any(name.startswith("scripts/") for name in found)

    def test_job_with_a_body(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """`export_depend` takes effect in editions with a body of exportJob; other editions ignore it."""
        body = sdk.dgc.ExportJobReq(export_depend=False)
        found = members(
            dgc.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE, body=body)).raw_content
        )
        operation = server.core.document["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]
        assert (list(found) == ["jobs/myJob.job"]) is ("requestBody" in operation)

    def test_job_in_a_workspace(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """`workspace` is a signed header, and the job comes from that workspace."""
        (id_,) = server.state.projects[server.project_id].workspaces.keys() - {"default"}
        result = dgc.export_job(sdk.dgc.ExportJobRequest(job_name="orders_daily", workspace=id_))
        jobs = server.state.projects[server.project_id].workspaces[id_].jobs
        assert is_exported(members(result.raw_content)["jobs/orders_daily.job"], jobs["orders_daily"])

    def test_job_to_storage(self, sdk: Sdk, servers: Callable[[str], Server]) -> None:
        """With `obs_path` the server stores the zip; its path is only in `raw_content`."""
        server = servers("huaweicloud-cn-2025")
        body = sdk.dgc.ExportJobReq(obs_path="obs://bucket/jobs/")
        client = sdk.client(sdk.dgc.DgcClient, server)
        result = client.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE, body=body))
        assert (str(result), result.openapi_types) == ("{}", {})
        assert result.raw_content.startswith(b'{"obsPath": "obs://bucket/jobs/myJob/')
        (name,) = [name for name in stored(server) if name.startswith("bucket/jobs/")]
        assert "jobs/myJob.job" in members(stored(server)[name])

    def test_batch(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """`export_job_list` (batchExportJobs) returns one zip with each job of the server."""
        result = dgc.export_job_list(
            sdk.dgc.ExportJobListRequest(workspace=WORKSPACE, body=sdk.dgc.ExportJobsReq(job_list=JOBS))
        )
        found = members(result.raw_content)
        for name in JOBS:
            assert is_exported(found[f"jobs/{name}/{name}.job"], workspace(server).jobs[name])

    def test_zips_are_the_ones_of_a_token(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """A signed request gets the same zip, byte for byte, as a request with a token."""
        import httpx

        url = f"{server.url}/v1/{server.project_id}/jobs/myJob/export"
        headers = {"X-Auth-Token": server.token, "workspace": WORKSPACE}
        expected = httpx.post(url, headers=headers, trust_env=False, verify=False).content
        assert dgc.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)).raw_content == expected

    def test_flink(self, sdk: Sdk, server: Server, dli: Any) -> None:
        """`export_flink_jobs` stores zips; `is_success` becomes text; an array of another name is lost silently."""
        request = sdk.dli.ExportFlinkJobsRequest(
            body=sdk.dli.ExportFlinkJobsRequestBody(obs_dir="obs-sdk", is_selected=True, job_selected=[100])
        )
        result = dli.export_flink_jobs(request)
        response = server.core.document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
        # A boolean becomes Python's text for it: false would be 'False', which is truthy.
        assert result.is_success == ("true" if "string" in response["is_success"]["type"] else "True")
        names = [name for name in stored(server) if name.startswith("obs-sdk/")]
        assert names
        if "zip_file" in response:
            assert result.zip_file == names[-1:]
        else:
            assert result.zip_file is None
            assert names[-1] in result.raw_content.decode()
        content = asyncio.run(server.storage.get(names[-1]))
        job = server.state.projects[server.project_id].flink[100]
        assert content is not None
        (member,) = members(content).items()
        assert member[0] == f"{job.name}.json"
        assert json.loads(member[1]) == {"job_id": 100, **json.loads(job.content)}


class TestErrors:
    def test_wrong_secret(self, sdk: Sdk, server: Server) -> None:
        """A wrong secret or key raises the SDK's exception with the document's code, on every operation."""
        for changes in ({"sk": "other"}, {"ak": "OTHER"}):
            dgc = sdk.client(sdk.dgc.DgcClient, server, **changes)
            dli = sdk.client(sdk.dli.DliClient, server, **changes)
            calls = {
                "exportJob": functools.partial(
                    dgc.export_job, sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)
                ),
                "batchExportJobs": functools.partial(
                    dgc.export_job_list,
                    sdk.dgc.ExportJobListRequest(workspace=WORKSPACE, body=sdk.dgc.ExportJobsReq(job_list=JOBS)),
                ),
                "exportFlinkJobs": functools.partial(
                    dli.export_flink_jobs,
                    sdk.dli.ExportFlinkJobsRequest(sdk.dli.ExportFlinkJobsRequestBody("a", is_selected=False)),
                ),
            }
            for operation, call in calls.items():
                problem, expected = refused(call), error(server, operation, "unauthorized")
                assert problem.status_code == 401
                assert (problem.error_code, problem.error_msg) == (expected["error_code"], expected["error_msg"])

    def test_temporary_key(self, sdk: Sdk, server: Server) -> None:
        """A temporary key's `X-Security-Token` is refused, as the server has no temporary keys."""
        client = sdk.client(sdk.dgc.DgcClient, server)
        client.get_credentials().with_security_token("t")
        problem = refused(lambda: client.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)))
        assert problem.status_code == 401

    def test_another_project(self, sdk: Sdk, server: Server) -> None:
        """Another project is refused: the signature is right, but the project is unknown."""
        client = sdk.client(sdk.dgc.DgcClient, server, project_id="other")
        problem = refused(lambda: client.export_job(sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)))
        assert (problem.status_code, problem.error_code) == (400, "DLF.6888")

    def test_missing_job(self, sdk: Sdk, server: Server, dgc: Any) -> None:
        """A missing job raises the SDK's exception with code, message and request id."""
        problem = refused(lambda: dgc.export_job(sdk.dgc.ExportJobRequest(job_name="none", workspace=WORKSPACE)))
        expected = error(server, "exportJob", "job-not-found")
        operation = next(each for each in read_operations(server.core.document) if each.id == "exportJob")
        assert problem.status_code == operation.errors["job-not-found"].status
        assert (problem.error_code, problem.error_msg) == (expected["error_code"], expected["error_msg"])
        assert problem.request_id

    def test_missing_flink_job(self, sdk: Sdk, server: Server, dli: Any) -> None:
        """A missing Flink job raises the SDK's exception with code and message."""
        body = sdk.dli.ExportFlinkJobsRequestBody(obs_dir="a", is_selected=True, job_selected=[1])
        problem = refused(lambda: dli.export_flink_jobs(sdk.dli.ExportFlinkJobsRequest(body=body)))
        expected = error(server, "exportFlinkJobs", "job-not-found")
        assert (problem.error_code, problem.error_msg) == (expected["error_code"], expected["error_msg"])

    @pytest.mark.parametrize("name", ["a b", "a/b", "名"])
    def test_odd_names(self, sdk: Sdk, servers: Callable[[str], Server], name: str) -> None:
        """Names that need encoding reach the server with a right signature; only the name is refused."""
        client = sdk.client(sdk.dgc.DgcClient, servers("otc-2026"))
        problem = refused(lambda: client.export_job(sdk.dgc.ExportJobRequest(job_name=name)))
        assert (problem.status_code, problem.error_code) == (400, "DLF.3018")

    def test_name_of_two_dots(self, sdk: Sdk, servers: Callable[[str], Server]) -> None:
        """The legal job name `..` never reaches the server: the SDK posts to another path."""
        client = sdk.client(sdk.dgc.DgcClient, servers("otc-2026"))
        problem = refused(lambda: client.export_job(sdk.dgc.ExportJobRequest(job_name="..")))
        assert problem.status_code == 404


def test_loopback_only(sdk: Sdk) -> None:
    """The guard works: a connection elsewhere fails the test before a packet leaves."""
    with socket.socket() as outside, pytest.raises(pytest.fail.Exception, match=r"169\.254\.169\.254"):
        outside.connect(("169.254.169.254", 80))


def test_home_folder(sdk: Sdk, servers: Callable[[str], Server]) -> None:
    """At its import the SDK writes only an application id into the home folder."""
    sdk.client(sdk.dgc.DgcClient, servers("otc-2026")).export_job(
        sdk.dgc.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)
    )
    files = [str(path.relative_to(sdk.home)) for path in sdk.home.rglob("*") if path.is_file()]
    # Or nothing, if another test imported the SDK first.
    assert set(files) <= {str(Path(".huaweicloud/application_id"))}


def refused(call: Callable[[], Any]) -> Any:
    """Return the SDK's exception for a response of 4xx."""
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

    with pytest.raises(ClientRequestException) as caught:
        call()
    return caught.value


def error(server: Server, operation: str, name: str) -> dict[str, str]:
    """Return the document's error body for a name."""
    document = server.core.document
    fields = operations_by_id(document)[operation].fields
    shown = (media(response(document, fields, status)).get("examples", {}) for status in fields["responses"])
    body: dict[str, str] = next(examples[name]["value"] for examples in shown if name in examples)
    return body


def round_trip(sdk: Sdk, server: Server) -> dict[str, Callable[[], Any]]:
    """Return a call of the SDK for each operation of a round trip, in an order in which each finds what it needs."""
    dgc, dli = sdk.client(sdk.dgc.DgcClient, server), sdk.client(sdk.dli.DliClient, server)
    api, flink = sdk.dgc, sdk.dli
    properties = [
        api.ModelProperty(name="scriptName", value="dws_sql"),
        api.ModelProperty(name="connectionName", value="c"),
    ]
    node = api.Node(name="n", type="Shell", location=api.Location(x="1", y="1"), properties=properties)
    schedule = api.Schedule(type="EXECUTE_ONCE")
    job = api.JobInfo(name="sdk_job", process_type="BATCH", schedule=schedule, nodes=[node], log_path="obs://b/")
    script = api.ScriptInfo(name="sdk", type="Shell", content="echo", directory="/d", connection_name="c")
    resource = api.ResourceInfo(name="sdk", type="jar", location="obs://b/x.jar", directory="/d")
    selected = flink.ExportFlinkJobsRequestBody(obs_dir="sdk", is_selected=True, job_selected=[100])
    batch = api.ExportJobsReq(job_list=JOBS)
    found: dict[str, Any] = {}

    def export_jobs() -> Any:
        result = dgc.export_job_list(api.ExportJobListRequest(workspace=WORKSPACE, body=batch))
        stored(server)["b/sdk.zip"] = result.raw_content
        return result

    def create_resource() -> Any:
        result = dgc.create_resource(api.CreateResourceRequest(workspace=WORKSPACE, body=resource))
        found["resource"] = json.loads(result.raw_content)["resourceId"]
        return result

    def import_job() -> Any:
        body = api.ImportFileReq(path="obs://b/sdk.zip", same_name_policy="OVERWRITE")
        result = dgc.import_job(api.ImportJobRequest(workspace=WORKSPACE, body=body))
        found["task"] = result.task_id
        return result

    def import_flink() -> Any:
        name = next(name for name in stored(server) if name.startswith("sdk/"))
        body = flink.ImportFlinkJobsRequestBody(zip_file=name, is_cover=True)
        return dli.import_flink_jobs(flink.ImportFlinkJobsRequest(body=body))

    return {
        "createJob": lambda: dgc.create_job(api.CreateJobRequest(workspace=WORKSPACE, body=job)),
        "listJobs": lambda: dgc.list_jobs(
            api.ListJobsRequest(workspace=WORKSPACE, job_type="BATCH", limit=10, offset=0)
        ),
        "showJob": lambda: dgc.show_job(api.ShowJobRequest(workspace=WORKSPACE, job_name="myJob")),
        "exportJob": lambda: dgc.export_job(api.ExportJobRequest(job_name="myJob", workspace=WORKSPACE)),
        "batchExportJobs": export_jobs,
        "importJob": import_job,
        "showSystemTask": lambda: dgc.list_system_tasks(
            api.ListSystemTasksRequest(workspace=WORKSPACE, task_id=found["task"])
        ),
        "deleteJob": lambda: dgc.delete_job(api.DeleteJobRequest(workspace=WORKSPACE, job_name="myJob")),
        "createScript": lambda: dgc.create_script(api.CreateScriptRequest(workspace=WORKSPACE, body=script)),
        "listScripts": lambda: dgc.list_scripts(api.ListScriptsRequest(workspace=WORKSPACE, limit=10, offset=0)),
        "showScript": lambda: dgc.show_script(api.ShowScriptRequest(workspace=WORKSPACE, script_name="sdk")),
        "deleteScript": lambda: dgc.delete_script(api.DeleteScriptRequest(workspace=WORKSPACE, script_name="sdk")),
        "createResource": create_resource,
        "listResources": lambda: dgc.list_resources(api.ListResourcesRequest(workspace=WORKSPACE, limit=10, offset=0)),
        "deleteResource": lambda: dgc.delete_resource(
            api.DeleteResourceRequest(workspace=WORKSPACE, resource_id=found["resource"])
        ),
        "exportFlinkJobs": lambda: dli.export_flink_jobs(flink.ExportFlinkJobsRequest(body=selected)),
        "listFlinkJobs": lambda: dli.list_flink_jobs(flink.ListFlinkJobsRequest(limit=10, offset=0, show_detail=True)),
        "showFlinkJob": lambda: dli.show_flink_job(flink.ShowFlinkJobRequest(job_id=100)),
        "importFlinkJobs": import_flink,
        "deleteFlinkJob": lambda: dli.delete_flink_job(flink.DeleteFlinkJobRequest(job_id=101)),
    }


# The fields of every edition's responses that the SDK's models lack: the caller finds them in `raw_content` only.
LOST = {
    "createResource": {"resourceId"},
    "showSystemTask": {"projectId"},
}


@functools.cache
def common_fields(name: str) -> set[str]:
    """Return the top fields of an operation's response that every edition with the operation has."""
    found = []
    for document in map(load_edition, edition_ids()):
        for operation in operations_by_id(document).values():
            content = media(response(document, operation.fields, 200)) if operation.id == name else {}
            found += [{*schema_of(document, content).get("properties", {})}] if content else []
    return set.intersection(*found) if found else set()


def test_every_operation(sdk: Sdk, server: Server) -> None:
    """Each operation of the edition succeeds, signed, and the SDK's models lack no common field but those of `LOST`."""
    server.core.reset()
    calls, fields = round_trip(sdk, server), operations_by_id(server.core.document)
    assert calls.keys() >= fields.keys()
    required = set(server.core.document["components"]["schemas"]["JobDefinition"]["required"])
    sent = {*sdk.dgc.JobInfo.attribute_map.values()}
    for name, call in calls.items():
        if name == "createJob" and not required <= sent:
            # The oldest edition requires `jobType`, which the SDK's model of a job lacks.
            assert refused(call).status_code == 400
        elif name in fields:
            assert lost(call()) & common_fields(name) <= LOST.get(name, set()), name
    server.core.reset()


def lost(result: Any) -> set[str]:
    """Return the top fields of a JSON response that the SDK's model lacks."""
    content = result.raw_content
    if not content.startswith(b"{"):
        return set()
    return set(json.loads(content)) - set(result.attribute_map.values())
