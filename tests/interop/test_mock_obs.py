"""The mock's object storage, read and written by two programs of others: obstore and boto3."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import obstore
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from jobexport.mock import EXAMPLE_ACCESS_KEY, EXAMPLE_PROJECT, EXAMPLE_SECRET_KEY, FolderStorage, MemoryStorage, serve
from tests.drift.making.described import DESCRIBED
from tests.making import stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from obstore.store import S3Store

    from jobexport.mock.server.run import Server

pytestmark = pytest.mark.usefixtures("environment")

KEYS = ["a.zip", "dir/b.zip", "dir/deep/c d+é.zip", "dir2/x.zip"]


@pytest.fixture(scope="module", params=["memory", "folder"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    storage = FolderStorage(tmp_path_factory.mktemp("obs")) if request.param == "folder" else MemoryStorage()
    with serve(DESCRIBED.documents["huaweicloud-cn-2025"], storage=storage) as running:
        yield running


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> str:
    """A bucket that no other test has."""
    return str(request.node.name).replace("_", "-").partition("[")[0].lower()


def boto(server: Server, **changed: Any) -> Any:
    keys = {"aws_access_key_id": EXAMPLE_ACCESS_KEY, "aws_secret_access_key": EXAMPLE_SECRET_KEY} | changed
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=f"{server.url}/_mock/obs", region_name="cn-north-1", config=config, **keys)


def store(server: Server, bucket: str) -> S3Store:
    return stored.bucket(server, bucket, retry_config={"max_retries": 0})


def test_an_export_is_read_by_both(server: Server) -> None:
    """The object that a response names is there, under this name, for boto3 and for obstore."""
    path = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
    body = {"obs_dir": "jobs/nightly", "is_selected": True, "job_selected": [100]}
    response = httpx.post(server.url + path, json=body, headers={"X-Auth-Token": server.token}, trust_env=False)
    (name,) = response.json()["zip_file"]
    key = name.removeprefix("jobs/")
    content = bytes(obstore.get(store(server, "jobs"), key).bytes())
    assert content.startswith(b"PK")
    assert boto(server).get_object(Bucket="jobs", Key=key)["Body"].read() == content


@pytest.mark.parametrize("key", KEYS)
def test_what_one_wrote_the_other_reads(server: Server, bucket: str, key: str) -> None:
    """An object written by obstore has its bytes, its size and its ETag in boto3, and the other way."""
    obstore.put(store(server, bucket), key, b"of obstore")
    seen = boto(server).head_object(Bucket=bucket, Key=key)
    assert seen["ContentLength"] == len(b"of obstore")
    boto(server).put_object(Bucket=bucket, Key=key, Body=b"of boto3")
    found = obstore.get(store(server, bucket), key)
    assert bytes(found.bytes()) == b"of boto3"
    assert found.meta["e_tag"] != seen["ETag"]


def test_a_large_object_is_written_in_parts(server: Server, bucket: str) -> None:
    """An object that both programs cut into parts is whole, and a range of it is this range."""
    content = bytes(range(256)) * 50_000
    obstore.put(store(server, bucket), "large", content, chunk_size=5 * 1024 * 1024)
    assert boto(server).get_object(Bucket=bucket, Key="large")["Body"].read() == content
    assert bytes(obstore.get_range(store(server, bucket), "large", start=300, end=305)) == content[300:305]
    assert boto(server).get_object(Bucket=bucket, Key="large", Range="bytes=12799999-")["Body"].read() == b"\xff"


def test_lists(server: Server, bucket: str) -> None:
    """Both programs list all keys over several pages, those of a prefix, and folders instead of their content."""
    mine, theirs = store(server, bucket), boto(server)
    for key in KEYS:
        obstore.put(mine, key, key.encode())
    assert sorted(found["path"] for found in obstore.list(mine).collect()) == sorted(KEYS)
    assert [found["size"] for found in obstore.list(mine, "dir/deep").collect()] == [len(KEYS[2].encode())]
    for version in ("list_objects", "list_objects_v2"):
        pages = theirs.get_paginator(version).paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
        assert [found["Key"] for page in pages for found in page["Contents"]] == sorted(KEYS)
    folders = theirs.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [found["Prefix"] for found in folders["CommonPrefixes"]] == ["dir/", "dir2/"]
    assert [found["Key"] for found in folders["Contents"]] == ["a.zip"]
    assert theirs.list_objects_v2(Bucket="another-bucket")["KeyCount"] == 0


def test_deleted_objects_are_gone(server: Server, bucket: str) -> None:
    """One deletion, the deletion of many, and one of an object that does not exist leave the other objects."""
    for key in KEYS:
        obstore.put(store(server, bucket), key, b"x")
    boto(server).delete_object(Bucket=bucket, Key=KEYS[0])
    obstore.delete(store(server, bucket), [KEYS[1], KEYS[2], "never"])
    assert [found["path"] for found in obstore.list(store(server, bucket)).collect()] == [KEYS[3]]
    with pytest.raises(FileNotFoundError):
        obstore.get(store(server, bucket), KEYS[0])


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"aws_access_key_id": "another"}, "InvalidAccessKeyId"),
        ({"aws_secret_access_key": "another"}, "SignatureDoesNotMatch"),
    ],
)
def test_other_keys_are_refused(server: Server, keys: dict[str, str], code: str) -> None:
    """A request of another key, or signed with another secret, is refused and stores nothing."""
    with pytest.raises(ClientError) as refused:
        boto(server, **keys).put_object(Bucket="refused", Key="x", Body=b"x")
    assert refused.value.response["Error"]["Code"] == code
    assert boto(server).list_objects_v2(Bucket="refused")["KeyCount"] == 0


def test_an_unsigned_request_is_refused(server: Server) -> None:
    """A request without a signature gets 403 and the code of S3."""
    response = httpx.get(f"{server.url}/_mock/obs/jobs/x", trust_env=False)
    assert (response.status_code, "<Code>AccessDenied</Code>" in response.text) == (403, True)


def test_a_changed_body_is_refused(server: Server) -> None:
    """A body that is not the signed one is refused."""
    sent: dict[str, Any] = {}
    client = boto(server)
    client.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request=request))
    client.put_object(Bucket="refused", Key="x", Body=b"12345")
    headers = {
        name: value if isinstance(value, str) else value.decode() for name, value in sent["request"].headers.items()
    }
    response = httpx.put(sent["request"].url, content=b"54321", headers=headers, trust_env=False)
    assert (response.status_code, "XAmzContentSHA256Mismatch" in response.text) == (400, True)


class TestSignedUrl:
    def test_it_opens_its_object_only(self, server: Server, bucket: str) -> None:
        """A signed URL needs no header; with another key in its path it is refused."""
        obstore.put(store(server, bucket), "mine", b"x")
        obstore.put(store(server, bucket), "other", b"y")
        url = _signed(server, bucket, "mine")
        assert httpx.get(url, trust_env=False).content == b"x"
        assert httpx.get(url.replace("/mine?", "/other?"), trust_env=False).status_code == 403

    def test_it_ends(self, bucket: str) -> None:
        """A signed URL is refused after its time."""
        now = [time.time_ns() // 1_000_000]
        with serve(DESCRIBED.documents["huaweicloud-cn-2025"], clock=lambda: now[0]) as server:
            obstore.put(store(server, bucket), "mine", b"x")
            url = _signed(server, bucket, "mine", seconds=60)
            assert httpx.get(url, trust_env=False).status_code == 200
            now[0] += 61_000
            assert httpx.get(url, trust_env=False).status_code == 403


def _signed(server: Server, bucket: str, key: str, seconds: int = 600) -> str:
    return str(obstore.sign(store(server, bucket), "GET", key, timedelta(seconds=seconds)))


def test_what_is_not_imitated_is_refused(server: Server) -> None:
    """A request for something that this storage does not know is refused, instead of doing something else."""
    obstore.put(store(server, "refused"), "x", b"x")
    with pytest.raises(ClientError, match="NotImplemented"):
        boto(server).copy_object(Bucket="refused", Key="y", CopySource="refused/x")
    with pytest.raises(ClientError, match="NotImplemented"):
        boto(server).get_object_tagging(Bucket="refused", Key="x")


def test_an_uploaded_zip_is_imported(server: Server, tmp_path: Path) -> None:
    """A zip that was uploaded here is what importJob reads."""
    headers = {"X-Auth-Token": server.token}
    exported = httpx.post(f"{server.url}/v1/{EXAMPLE_PROJECT}/jobs/myJob/export", headers=headers, trust_env=False)
    obstore.put(store(server, "restore"), "in/jobs.zip", exported.content)
    body = {"path": "obs://restore/in/jobs.zip", "sameNamePolicy": "OVERWRITE"}
    started = httpx.post(f"{server.url}/v1/{EXAMPLE_PROJECT}/jobs/import", json=body, headers=headers, trust_env=False)
    assert started.status_code in (200, 204), started.text
    assert started.json()["taskId"]
