from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pytest
from attrs import evolve
from jobexport_api import Client
from jobexport_api.api.dgc import export_job
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.errors import UnexpectedStatus
from jobexport_api.models import ErrorResponse, ExportFlinkJobsRequest, ExportFlinkJobsResponse
from jobexport_api.types import UNSET, File, Response

if TYPE_CHECKING:
    from jobexport_api import AuthenticatedClient

    from tests.generated.making.server import Server

ALL_JOBS = ExportFlinkJobsRequest("obs-test", is_selected=False)
ERROR = {"error_code": "DLI.0999", "error_msg": "Server-side errors occur."}


def flink(client: AuthenticatedClient) -> ExportFlinkJobsResponse:
    """Send exportFlinkJobs and return its success."""
    with client:
        parsed = export_flink_jobs.sync("p", client=client, body=ALL_JOBS)
    assert isinstance(parsed, ExportFlinkJobsResponse)
    return parsed


@pytest.mark.parametrize("value", [True, False, "true", "false"])
def test_is_success_survives_as_it_came(server: Server, client: AuthenticatedClient, value: bool | str) -> None:
    """is_success is neither turned into a boolean nor into a string."""
    server.respond_json({"is_success": value})
    parsed = flink(client)
    assert parsed.is_success == value
    assert type(parsed.is_success) is type(value)


def test_zip_file_is_understood(server: Server, client: AuthenticatedClient) -> None:
    """The array's name in most editions is understood."""
    server.respond_json({"zip_file": ["obs-test/a_1582677879475.zip"]})
    parsed = flink(client)
    assert (parsed.zip_file, parsed.zip_files) == (["obs-test/a_1582677879475.zip"], UNSET)


def test_zip_files_is_understood(server: Server, client: AuthenticatedClient) -> None:
    """The array's name in the oldest edition is understood."""
    server.respond_json({"zip_files": ["obs-test/a_1582677879475.zip"]})
    parsed = flink(client)
    assert (parsed.zip_file, parsed.zip_files) == (UNSET, ["obs-test/a_1582677879475.zip"])


@pytest.mark.parametrize(
    ("charset", "declared", "text"),
    [
        ("gbk", "; charset=GBK", "\u4f5c\u4e1a"),
        ("latin-1", "; charset=iso-8859-1", "gr\u00f6\u00dfe"),
        ("utf-16", "", "\u4f5c\u4e1a"),
        ("gbk", "", None),
        ("gbk", "; charset=utf-8", None),
    ],
)
def test_an_error_is_read_in_its_charset(charset: str, declared: str, text: str | None) -> None:
    """The declared charset is read; without a charset that fits, the code is read all the same."""
    body = json.dumps(ERROR | {"error_msg": text or "\u4f5c\u4e1a"}, ensure_ascii=False).encode(charset)
    response = httpx.Response(400, headers={"Content-Type": f"application/json{declared}"}, content=body)
    with Client("http://x", httpx_args={"transport": httpx.MockTransport(lambda _: response)}) as client:
        parsed = export_flink_jobs.sync("p", client=client, body=ALL_JOBS)
    assert isinstance(parsed, ErrorResponse)
    assert parsed.error_code == ERROR["error_code"]
    assert text is None or parsed.error_msg == text


def test_unknown_fields_are_kept(server: Server, client: AuthenticatedClient) -> None:
    """A field that no edition documents stands in additional_properties, and in to_dict."""
    server.respond_json({"is_success": True, "trace": {"id": 2**63}})
    parsed = flink(client)
    assert parsed.additional_properties == {"trace": {"id": 2**63}}
    assert parsed.to_dict() == {"is_success": True, "trace": {"id": 2**63}}


def test_a_zip_is_a_file(server: Server, client: AuthenticatedClient) -> None:
    """The functions that do not stream give the zip as a File."""
    server.respond([b"PK\x03\x04"])
    with client:
        parsed = export_job.sync("p", "j", client=client)
    assert isinstance(parsed, File)
    assert parsed.payload.read() == b"PK\x03\x04"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 429, 500, 503])
def test_a_documented_failure_is_an_error_response(server: Server, client: AuthenticatedClient, status: int) -> None:
    """A documented failure becomes an ErrorResponse."""
    server.respond_json(ERROR, status=status)
    with client:
        response = export_job.sync_detailed("p", "j", client=client)
    assert response.parsed == ErrorResponse("DLI.0999", "Server-side errors occur.")


@pytest.mark.parametrize("status", [299, 499, 520, 599])
def test_a_status_that_python_does_not_know_is_passed_on(
    server: Server, client: AuthenticatedClient, status: int
) -> None:
    """A status outside http.HTTPStatus raises nothing and keeps its body."""
    server.respond([b"odd"], status=status)
    with client:
        response = export_job.sync_detailed("p", "j", client=client)
    assert response == Response(status_code=status, content=b"odd", headers=response.headers, parsed=None)


def test_a_status_that_python_does_not_know_is_passed_on_to_asyncio(
    server: Server, client: AuthenticatedClient
) -> None:
    """The same holds for asyncio_detailed."""

    async def send() -> int:
        async with client:
            return (await export_job.asyncio_detailed("p", "j", client=client)).status_code

    server.respond(status=520)
    assert asyncio.run(send()) == 520


def test_a_status_compares_with_the_members_of_http_status(server: Server, client: AuthenticatedClient) -> None:
    """status_code equals the member of http.HTTPStatus."""
    server.respond_json(ERROR, status=429)
    with client:
        assert export_job.sync_detailed("p", "j", client=client).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_an_undocumented_status_raises_on_demand(server: Server, client: AuthenticatedClient) -> None:
    """raise_on_unexpected_status raises on a status that the document does not have, known to Python or not."""
    server.respond([b"odd"], status=520)
    strict = evolve(client, raise_on_unexpected_status=True)
    with strict, pytest.raises(UnexpectedStatus, match="520") as caught:
        export_job.sync_detailed("p", "j", client=strict)
    assert (caught.value.status_code, caught.value.content) == (520, b"odd")


@pytest.mark.parametrize(
    "body",
    [b"<html>Bad Request</html>", b"", b"\xff", b"null", b'"text"', b"[1]", b"400", b'{"error_msg": "no code"}'],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_body_that_does_not_fit_is_not_parsed(
    server: Server, client: AuthenticatedClient, body: bytes, strict: bool
) -> None:
    """An error body that is not an ErrorResponse leaves parsed None and keeps the status and the content."""
    server.respond([body] if body else [], status=400, media="text/html")
    client = evolve(client, raise_on_unexpected_status=strict)
    with client:
        response = export_job.sync_detailed("p", "j", client=client)
    assert (response.status_code, response.content, response.parsed) == (400, body, None)


def test_a_success_that_is_no_json_is_not_parsed(server: Server, client: AuthenticatedClient) -> None:
    """A 200 with a proxy's page leaves parsed None and keeps the content."""
    server.respond([b"<html>Log in</html>"])
    with client:
        response = export_flink_jobs.sync_detailed("p", client=client, body=ALL_JOBS)
    assert (response.status_code, response.content, response.parsed) == (200, b"<html>Log in</html>", None)
