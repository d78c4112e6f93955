from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from jobexport_api.api.dgc import batch_export_jobs, export_job
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.models import BatchExportJobsRequest, ExportFlinkJobsRequest, ExportJobRequest

if TYPE_CHECKING:
    from jobexport_api import AuthenticatedClient

    from tests.generated.making.server import Server


@pytest.mark.parametrize(
    ("job_name", "segment"),
    [
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "..."),
        ("a.b", "a.b"),
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("%2E%2E", "%252E%252E"),
        ("作业", "%E4%BD%9C%E4%B8%9A"),
    ],
)
def test_a_job_name_is_one_segment_of_the_path(
    server: Server, client: AuthenticatedClient, job_name: str, segment: str
) -> None:
    """Whatever a job's name is, it goes over the wire as one segment of the path."""
    with client:
        export_job.sync_detailed("p", job_name, client=client)
    assert server.received[0].target == f"/v1/p/jobs/{segment}/export"


def test_a_project_id_is_one_segment_of_the_path(server: Server, client: AuthenticatedClient) -> None:
    """A project id can't lead a request to another path either."""
    with client:
        batch_export_jobs.sync_detailed("..", client=client, body=BatchExportJobsRequest(["j"]))
    assert server.received[0].target == "/v1/%2E%2E/jobs/batch-export"


def test_export_job_sends_only_what_was_given(server: Server, client: AuthenticatedClient) -> None:
    """Neither exportDepend nor exportStatus is sent by exportJob unless it was given."""
    with client:
        export_job.sync_detailed("p", "j", client=client, body=ExportJobRequest(obs_path="obs://b/"))
    assert server.received[0].json() == {"obsPath": "obs://b/"}


def test_batch_export_jobs_sends_only_what_was_given(server: Server, client: AuthenticatedClient) -> None:
    """No exportDepend is sent by batchExportJobs unless it was given."""
    with client:
        batch_export_jobs.sync_detailed("p", client=client, body=BatchExportJobsRequest(["j"]))
    assert server.received[0].json() == {"jobList": ["j"]}


def test_export_job_can_send_no_body(server: Server, client: AuthenticatedClient) -> None:
    """Without a body exportJob sends none, and yet the Content-Type that the common page makes mandatory."""
    with client:
        export_job.sync_detailed("p", "j", client=client)
    assert server.received[0].body == b""
    assert server.received[0].headers["Content-Type"] == "application/json"


def test_false_is_sent(server: Server, client: AuthenticatedClient) -> None:
    """An exportDepend of false is sent."""
    with client:
        export_job.sync_detailed("p", "j", client=client, body=ExportJobRequest(export_depend=False))
    assert server.received[0].json() == {"exportDepend": False}


def test_an_enum_value_is_sent_as_written(server: Server, client: AuthenticatedClient) -> None:
    """The plain string of an exportStatus is sent."""
    with client:
        export_job.sync_detailed("p", "j", client=client, body=ExportJobRequest(export_status="SUBMIT"))
    assert server.received[0].json() == {"exportStatus": "SUBMIT"}


def test_int64_ids_survive(server: Server, client: AuthenticatedClient) -> None:
    """Ids at both ends of 64 bits are sent digit for digit."""
    ids = [-(2**63), 2**53 + 1, 2**63 - 1]
    with client:
        export_flink_jobs.sync_detailed(
            "p", client=client, body=ExportFlinkJobsRequest("obs-test", is_selected=True, job_selected=ids)
        )
    assert server.received[0].json() == {"obs_dir": "obs-test", "is_selected": True, "job_selected": ids}


def test_workspace_is_a_header_when_given(server: Server, client: AuthenticatedClient) -> None:
    """The workspace header is sent when given, and only then."""
    with client:
        export_job.sync_detailed("p", "j", client=client, workspace="w")
        export_job.sync_detailed("p", "j", client=client)
    assert [request.headers.get("workspace") for request in server.received] == ["w", None]


def test_a_token_is_all_that_a_client_needs(server: Server, client: AuthenticatedClient, token: str) -> None:
    """AuthenticatedClient sends the bare token in X-Auth-Token, and no Authorization."""
    with client:
        export_job.sync_detailed("p", "j", client=client)
    assert server.received[0].headers["X-Auth-Token"] == token
    assert "Authorization" not in server.received[0].headers


def test_another_scheme_can_be_chosen(server: Server, client: AuthenticatedClient, token: str) -> None:
    """A prefix and a header name of one's own are respected."""
    other = evolve(client, prefix="Bearer", auth_header_name="Authorization")
    with other:
        export_job.sync_detailed("p", "j", client=other)
    assert server.received[0].headers["Authorization"] == f"Bearer {token}"
    assert "X-Auth-Token" not in server.received[0].headers


def test_with_headers_keeps_the_token(server: Server, client: AuthenticatedClient, token: str) -> None:
    """with_headers adds a header and keeps the token."""
    more = client.with_headers({"X-Language": "en_us"})
    with more:
        export_job.sync_detailed("p", "j", client=more)
    assert server.received[0].headers["X-Language"] == "en_us"
    assert server.received[0].headers["X-Auth-Token"] == token


def test_evolve_changes_the_token_of_the_new_client_only(
    server: Server, client: AuthenticatedClient, token: str
) -> None:
    """Evolving a used client gives one with its own token and leaves the first as it was."""
    with client:
        export_job.sync_detailed("p", "j", client=client)
        with evolve(client, token="another") as other:
            export_job.sync_detailed("p", "j", client=other)
        export_job.sync_detailed("p", "j", client=client)
    assert [request.headers["X-Auth-Token"] for request in server.received] == [token, "another", token]
