from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import evolve
from jobexport_api.api.dgc import batch_export_jobs, export_job
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.models import BatchExportJobsRequest, ErrorResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from jobexport_api import AuthenticatedClient

    from tests.generated.making.server import Server

BINARY_OPERATIONS = [
    pytest.param(export_job, {"project_id": "p", "job_name": "j"}, id="exportJob"),
    pytest.param(batch_export_jobs, {"project_id": "p", "body": BatchExportJobsRequest(["j"])}, id="batchExportJobs"),
]
ZIP = bytes(range(256)) * 4096


@pytest.mark.parametrize(("operation", "arguments"), BINARY_OPERATIONS)
def test_sync_stream_yields_the_bytes_that_were_sent(
    server: Server, client: AuthenticatedClient, operation: ModuleType, arguments: dict[str, Any]
) -> None:
    """sync_stream yields the bytes that were sent."""
    server.respond([ZIP])
    with client, operation.sync_stream(**arguments, client=client) as response:
        assert b"".join(response.iter_bytes()) == ZIP


@pytest.mark.parametrize(("operation", "arguments"), BINARY_OPERATIONS)
def test_asyncio_stream_yields_the_bytes_that_were_sent(
    server: Server, client: AuthenticatedClient, operation: ModuleType, arguments: dict[str, Any]
) -> None:
    """asyncio_stream yields the bytes that were sent."""

    async def download() -> bytes:
        async with client, operation.asyncio_stream(**arguments, client=client) as response:
            return b"".join([piece async for piece in response.aiter_bytes()])

    server.respond([ZIP])
    assert asyncio.run(download()) == ZIP


def waiting(taken: threading.Event) -> Iterator[bytes]:
    """Send a first piece, and the second only when the first was taken."""
    yield b"first"
    assert taken.wait(60), "the client wants the whole body before it hands out the first piece"
    yield b"second"


def test_sync_stream_hands_out_a_body_that_has_not_ended(server: Server, client: AuthenticatedClient) -> None:
    """sync_stream hands out the first piece while the server holds back the second."""
    taken = threading.Event()
    server.respond(waiting(taken))
    with client, export_job.sync_stream("p", "j", client=client) as response:
        pieces = response.iter_bytes()
        assert next(pieces) == b"first"
        taken.set()
        assert b"".join(pieces) == b"second"


def test_asyncio_stream_hands_out_a_body_that_has_not_ended(server: Server, client: AuthenticatedClient) -> None:
    """asyncio_stream hands out the first piece while the server holds back the second."""
    taken = threading.Event()

    async def download() -> list[bytes]:
        async with client, export_job.asyncio_stream("p", "j", client=client) as response:
            pieces = response.aiter_bytes()
            first = await anext(pieces)
            taken.set()
            return [first, b"".join([piece async for piece in pieces])]

    server.respond(waiting(taken))
    assert asyncio.run(download()) == [b"first", b"second"]


def test_a_failure_does_not_raise_in_a_stream(server: Server, client: AuthenticatedClient) -> None:
    """A stream raises on no status; its error body can be read whole and understood."""
    server.respond_json({"error_code": "DLF.0100", "error_msg": "The job does not exist."}, status=400)
    strict = evolve(client, raise_on_unexpected_status=True)
    with strict, export_job.sync_stream("p", "j", client=strict) as response:
        response.read()
        assert response.status_code == 400
        assert ErrorResponse.from_dict(response.json()).error_code == "DLF.0100"


def test_a_stream_passes_on_an_undocumented_status(server: Server, client: AuthenticatedClient) -> None:
    """A stream passes on a status that the document does not have, even if the client is to raise on those."""
    server.respond(status=520)
    strict = evolve(client, raise_on_unexpected_status=True)
    with strict, export_job.sync_stream("p", "j", client=strict) as response:
        assert response.status_code == 520


def test_a_stream_that_is_left_early_gives_its_connection_back(server: Server, client: AuthenticatedClient) -> None:
    """A client with one connection can send again after a body that nobody took."""
    server.respond([ZIP])
    narrow = evolve(client, httpx_args={"limits": httpx.Limits(max_connections=1)}, timeout=httpx.Timeout(5))
    with narrow:
        for _ in range(2):
            with export_job.sync_stream("p", "j", client=narrow) as response:
                assert response.status_code == 200


def test_a_stream_sends_what_the_stock_function_sends(server: Server, client: AuthenticatedClient) -> None:
    """sync_stream sends the request that sync_detailed sends."""
    body = BatchExportJobsRequest(["j"], export_depend=False)
    with client:
        batch_export_jobs.sync_detailed("p", client=client, body=body, workspace="w")
        with batch_export_jobs.sync_stream("p", client=client, body=body, workspace="w"):
            pass
    stock, stream = server.received
    assert (stream.target, stream.body) == (stock.target, stock.body)
    assert stream.headers.items() == stock.headers.items()


def test_operations_that_respond_with_json_have_no_streams() -> None:
    """An operation without a binary response has no stream functions."""
    assert not [name for name in vars(export_flink_jobs) if "stream" in name or "contextmanager" in name]
