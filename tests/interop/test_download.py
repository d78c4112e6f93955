"""Flink exports are fetched from OBS, here a real S3 server, by the command and by the client."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen
from click.testing import CliRunner
from obstore.store import S3Store

from jobexport import DliClient, errors, mock
from jobexport.cli.commands import cli
from tests.drift.making.described import DESCRIBED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result


@frozen
class Buckets:
    """Stores each export in the bucket that its name begins with, as the real service does."""

    boto: Any

    async def put(self, name: str, content: bytes) -> None:
        bucket, _, key = name.partition("/")
        self.boto.create_bucket(Bucket=bucket)
        self.boto.put_object(Bucket=bucket, Key=key, Body=content)

    async def get(self, name: str) -> bytes | None:
        raise NotImplementedError

    async def delete(self, name: str) -> None:
        raise NotImplementedError

    async def names(self) -> list[str]:
        raise NotImplementedError


@pytest.fixture
def server(boto: Any) -> Iterator[mock.Server]:
    with mock.serve(DESCRIBED.documents["otc-2026"], storage=Buckets(boto)) as server:
        yield server


def export(server: mock.Server, endpoint: str, folder: Path, *arguments: str, **env: str) -> Result:
    known = {
        "JOBEXPORT_TOKEN": server.token,
        "HUAWEICLOUD_SDK_PROJECT_ID": server.project_id,
        "HUAWEICLOUD_SDK_AK": "an-id",
        "HUAWEICLOUD_SDK_SK": "a-secret-key",
    }
    command = ["dli", "export", "--obs-dir", "obs-test/flink", "--url", server.url, "--all", "--download", str(folder)]
    return CliRunner(env=known | env).invoke(cli, [*command, "--obs-endpoint", endpoint, *arguments])


def test_the_command_fetches_the_zips(server: mock.Server, endpoint: str, tmp_path: Path) -> None:
    """Each zip that the response names is in the folder, complete, and its path is a line of the output."""
    result = export(server, endpoint, tmp_path / "new")
    assert (result.exit_code, result.stderr) == (0, "")
    files = sorted((tmp_path / "new").iterdir())
    assert sorted(result.stdout.splitlines()) == [str(file) for file in files]
    assert len(files) == len(server.state.projects[server.project_id].flink)
    for file in files:
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None


def test_the_outcome_for_programs_has_the_files(server: mock.Server, endpoint: str, tmp_path: Path) -> None:
    """The JSON output names the object of each file, in the same order."""
    found = json.loads(export(server, endpoint, tmp_path, "--format", "json").stdout)
    assert [name.rpartition("/")[2] for name in found["archives"]] == [
        name.rpartition("/")[2] for name in found["files"]
    ]


def test_a_bucket_that_is_not_there_is_one_sentence(server: mock.Server, endpoint: str, tmp_path: Path) -> None:
    """A missing bucket is one sentence that the export itself succeeded; no partial file is left, no key is shown."""
    (tmp_path / "kept.zip").write_bytes(b"mine")
    result = export(server, f"{endpoint}/elsewhere", tmp_path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "can't be downloaded from OBS" in result.stderr
    assert "the export itself succeeded and is in OBS: obs-test/flink/" in result.stderr
    assert "a-secret-key" not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["kept.zip"]


def test_the_client_fetches_what_the_service_wrote(
    server: mock.Server, boto: Any, endpoint: str, tmp_path: Path
) -> None:
    """A downloaded file has the bytes of the object, as another client reads it."""
    store = S3Store(
        "obs-test",
        endpoint=endpoint,
        access_key_id="an-id",
        secret_access_key="a-secret-key",
        region="us-east-1",
        client_options={"allow_http": True},
    )
    with DliClient(server.project_id, auth=server.token, base_url=server.url) as dli:
        result = dli.export_flink_jobs("obs-test", [100], download_to=tmp_path, store=store)
        key = result.archives[0].partition("/")[2]
        content = boto.get_object(Bucket="obs-test", Key=key)["Body"].read()
        assert hashlib.sha256(result.files[0].read_bytes()).digest() == hashlib.sha256(content).digest()
        with pytest.raises(errors.JobNotFound):
            dli.export_flink_jobs("obs-test", [7], download_to=tmp_path, store=store)
