"""The mock writes to S3 over HTTP, and third-party clients read the objects back."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
import threading
import zipfile
from typing import Any

import httpx
import obstore
import pytest
from obstore.store import S3Store

from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, S3Storage, serve
from jobexport.mock.storage import deposits
from jobexport.mock.storage.storage import StorageUnavailable
from tests.drift.making.described import DESCRIBED
from tests.making.names import zips_of
from tests.making.waits import Waits, until

pytestmark = pytest.mark.usefixtures("warm")

NOW = 1_700_000_000_000
FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
KEYS = {"AWS_ACCESS_KEY_ID": "an-id", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}
# An edition with obsPath.
TO_STORAGE = "huaweicloud-intl-2026"


@pytest.fixture
def storage(endpoint: str, boto: Any) -> Any:
    """The storage, with an empty bucket."""
    for found in boto.list_objects_v2(Bucket="bucket").get("Contents", []):
        boto.delete_object(Bucket="bucket", Key=found["Key"])
    return s3(endpoint)


@pytest.fixture
def dead_endpoint() -> str:
    """The URL of a closed port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def s3(endpoint: Any, bucket: str = "bucket") -> Any:
    return S3Storage(bucket, endpoint=endpoint, access_key="an-id", secret_key="a-secret-key")


def post(server: Any, path: Any, body: Any) -> Any:
    return httpx.post(
        server.url + path, json=body, headers={"X-Auth-Token": server.token}, trust_env=False, verify=False, timeout=60
    )


def read(boto: Any, endpoint: Any, key: Any) -> Any:
    """Read an object with two clients, which must agree."""
    by_boto = boto.get_object(Bucket="bucket", Key=key)["Body"].read()
    store = S3Store(
        "bucket",
        endpoint=endpoint,
        access_key_id="an-id",
        secret_access_key="a-secret-key",
        region="us-east-1",
        client_options={"allow_http": True},
    )
    assert bytes(obstore.get(store, key).bytes()) == by_boto
    return by_boto


def keys(boto: Any) -> list[Any]:
    return [found["Key"] for found in boto.list_objects_v2(Bucket="bucket").get("Contents", [])]


def test_a_flink_export_is_there_under_its_name(storage: Any, boto: Any, endpoint: str) -> None:
    """The key of a zip is its name in the response: OBS bucket, folder, object."""
    with serve(DESCRIBED.documents["otc-2026"], storage=storage, clock=lambda: NOW) as server:
        names = zips_of(post(server, FLINK, {"obs_dir": "obs://obs-test/a b/ä#?%2e/", "is_selected": False}).json())
    assert names[0] == f"obs-test/a b/ä#?%2e/aggregate_{NOW}.zip"
    assert keys(boto) == sorted(names)
    for name in names:
        with zipfile.ZipFile(io.BytesIO(read(boto, endpoint, name))) as archive:
            (member,) = archive.namelist()
            job = json.loads(archive.read(member))
        assert name.endswith(f"/{job['name']}_{NOW}.zip")


@pytest.mark.parametrize("delay", [0, 0.3])
def test_an_export_to_obs_path_has_the_bytes_of_the_plain_one(
    storage: Any, boto: Any, endpoint: str, monkeypatch: pytest.MonkeyPatch, delay: float | int
) -> None:
    """`{job_name}.zip` appears in the folder of the response, before the response or, with a delay, after it."""
    waits = Waits()
    monkeypatch.setattr(deposits, "asyncio", waits)
    with serve(TO_STORAGE, storage=storage, obs_delay=delay, clock=lambda: NOW) as server:
        response = post(server, JOB, {"obsPath": "obs://test_bucket/job_nodes/"}).json()
        assert response == {"obsPath": f"obs://test_bucket/job_nodes/myJob/{NOW}"}
        key = f"test_bucket/job_nodes/myJob/{NOW}/myJob.zip"
        assert keys(boto) == ([] if delay else [key])
        waits.end_one()
        until(lambda: keys(boto))
        plain = post(server, JOB, {}).content
    assert read(boto, endpoint, key) == plain


def test_what_is_put_can_be_read_back_and_listed(storage: Any, boto: Any) -> None:
    """get and names agree with another client; the content of an unknown name is None."""

    async def all_of_it() -> tuple[Any, Any]:
        for name, content in {"b/two": b"2" * 6_000_000, "a/one": b"", "b/{x} %41~": b"3"}.items():
            await storage.put(name, content)
            assert await storage.get(name) == content
        return await storage.get("b/none"), await storage.names()

    assert asyncio.run(all_of_it()) == (None, ["a/one", "b/two", "b/{x} %41~"])
    assert sorted(keys(boto)) == ["a/one", "b/two", "b/{x} %41~"]


@pytest.mark.parametrize("fault", ["down", "no bucket", "silent"])
def test_a_storage_that_fails_is_the_servers_fault(
    endpoint: str, dead_endpoint: str, boto: Any, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """A storage that fails gets the documented error after one attempt of four seconds, and the log has no secret."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        storage = {
            "down": s3(dead_endpoint),
            "no bucket": s3(endpoint, "another"),
            "silent": s3(silent_endpoint),
        }[fault]
        with serve(TO_STORAGE, storage=storage) as server:
            flink = post(server, FLINK, {"obs_dir": "b", "is_selected": False})
            if fault != "silent":
                job = post(server, JOB, {"obsPath": "obs://b"})
                assert (job.status_code, job.json()["error_code"]) == (500, "APIGW.0601")
            assert post(server, JOB, {}).status_code == 200
    assert (flink.status_code, flink.json()["error_code"]) == (400, "DLI.0999")
    limits, repeated = storage._store.client_options or {}, storage._store.retry_config or {}
    assert (limits["timeout"], repeated["max_retries"]) == ("4s", 0)
    assert caplog.text.count(f"cannot write to {storage}: ") == (1 if fault == "silent" else 2)
    assert ("the bucket does not exist" if fault == "no bucket" else "the server does not respond") in caplog.text
    assert "an-id" not in caplog.text
    assert "a-secret-key" not in caplog.text


def test_reading_what_fails_is_no_absence(endpoint: str, dead_endpoint: str, boto: Any) -> None:
    """Reading from an unreachable storage or a missing bucket is an error, not an empty result."""
    for storage in (s3(dead_endpoint), s3(endpoint, "another")):
        with pytest.raises(StorageUnavailable, match=r"^cannot read from s3://"):
            asyncio.run(storage.get("a"))
        with pytest.raises(StorageUnavailable, match=r"^cannot list s3://"):
            asyncio.run(storage.names())


def test_what_is_pending_when_the_server_ends_is_dropped(dead_endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    """A pending write neither delays the end of the server nor is logged."""
    with serve(TO_STORAGE, storage=s3(dead_endpoint), obs_delay=30) as server:
        assert post(server, JOB, {"obsPath": "obs://b"}).status_code == 200
    assert caplog.records == []


def test_the_command_writes_to_s3(storage: Any, boto: Any, endpoint: str) -> None:
    """`jobexport mock --obs s3://bucket --obs-endpoint URL` reads its keys from the environment and prints no key."""
    command = [sys.executable, "-c", "from jobexport.cli import main; main()"]
    command += ["mock", "--port", "0", "--obs", "s3://bucket", "--obs-endpoint", endpoint]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | KEYS
    ) as process:
        # A process that prints too little is killed, so that reading its output ends.
        patience = threading.Timer(60, process.kill)
        patience.start()
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening on ").strip()
            assert process.stdout is not None
            line = next((line for line in process.stdout if "objects in" in line), "")
            assert line.split(maxsplit=2) == ["objects", "in", f"s3://bucket at {endpoint}\n"]
            body = {"obs_dir": "b", "is_selected": True, "job_selected": [100]}
            response = httpx.post(
                url + FLINK, json=body, headers={"X-Auth-Token": EXAMPLE_TOKEN}, trust_env=False, verify=False
            )
            assert keys(boto) == zips_of(response.json())
            process.terminate()
            assert process.wait(timeout=60) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            patience.cancel()
            process.kill()
