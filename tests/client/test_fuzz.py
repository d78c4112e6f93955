"""Random responses: each is a value or an error of the tree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobexport import DgcClient, DliClient, FlinkExport, JobArchive, ObsExport, errors
from jobexport.errors import JobexportError
from tests.client.making.calls import NO_RETRIES
from tests.client.making.values import members, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Fixed(httpx.BaseTransport):
    """A transport that sends the same bytes in every response."""

    status, content = 200, b""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, content=self.content)


TRANSPORT = Fixed()
OPTIONS: dict[str, Any] = {"auth": "t", "base_url": "http://mock", "transport": TRANSPORT, "retries": NO_RETRIES}
DLI, DGC = DliClient("p", **OPTIONS), DgcClient("p", **OPTIONS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TEXTS = st.text() | st.sampled_from(["true", "FALSE", "False", " true"])
ALLOWED = st.fixed_dictionaries(
    {},
    optional={
        "is_success": st.booleans() | TEXTS,
        "message": st.text(),
        "zip_file": st.lists(st.text()),
        "zip_files": st.lists(st.text()),
        "new": JSON,
    },
)
ERROR = ("error_code", "error_msg")
ANY_JSON = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ["is_success", "message", "zip_file", "zip_files", "obsPath", "error_code", "error_msg"], JSON
    ),
)
ZIP = zip_of({"jobs/myJob.job": b'{"name": "myJob"}' * 20, "scripts/a.script": b"{}"})
FUZZ = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def outcome(call: Callable[[], Any], status: int, content: bytes) -> Any:
    """Return the result of a call, or the error of the tree that it raises."""
    TRANSPORT.status, TRANSPORT.content = status, content
    try:
        result = call()
    except JobexportError as error:
        result = error
    assert type(result) is not JobexportError
    assert str(result)
    return result


@FUZZ
@given(body=ALLOWED)
def test_any_body_that_the_union_allows_is_a_value_or_an_error_of_the_tree(body: dict[str, Any]) -> None:
    """is_success decides: true is a value with every name, false ExportFailed, anything else UnexpectedResponse.

    A list that no edition has is UnexpectedResponse where the lists of zips are missing: it may be theirs.
    """
    result = outcome(lambda: DLI.export_flink_jobs("b"), 200, json.dumps(body).encode())
    verdict = str(body.get("is_success")).strip().lower()
    if verdict == "true" and body.get("new") and isinstance(body["new"], list) and not any("zip" in n for n in body):
        assert type(result) is errors.UnexpectedResponse
    elif verdict == "true":
        assert isinstance(result, FlinkExport)
        assert set(result.archives) == {*body.get("zip_file", ()), *body.get("zip_files", ())}
    else:
        assert type(result) is (errors.ExportFailed if verdict == "false" else errors.UnexpectedResponse)


@FUZZ
@given(status=st.sampled_from([200, 400, 401, 404, 429, 500, 520, 204, 302]), body=ANY_JSON | JSON)
def test_any_json_is_a_value_or_an_error_of_the_tree(status: int, body: Any) -> None:
    """Whatever JSON comes with whatever status, nothing leaks from the calls that read it."""
    content = json.dumps(body).encode()
    assert isinstance(outcome(lambda: DLI.export_flink_jobs("b"), status, content), FlinkExport | JobexportError)
    result = outcome(lambda: DGC.export_job("myJob", obs_path="obs://b/f"), status, content)
    assert isinstance(result, ObsExport | JobexportError)


@FUZZ
@given(status=st.sampled_from([200, 200, 200, 400, 503]), content=st.binary(max_size=200))
@example(200, b"[" * 200_000)
@example(200, b"PK\x03\x04")
@example(200, b"PK\x05\x06" + bytes(18))
def test_any_bytes_are_a_value_or_an_error_of_the_tree(tmp_path: Path, status: int, content: bytes) -> None:
    """Whatever bytes come, nothing leaks from any call and nothing is left behind."""
    for call in (
        lambda: DLI.export_flink_jobs("b"),
        lambda: DGC.export_job("myJob", obs_path="obs://b/f"),
        lambda: DGC.export_job("myJob", to=tmp_path / "a.zip"),
    ):
        assert isinstance(outcome(call, status, content), JobexportError)
    TRANSPORT.status, TRANSPORT.content = status, content
    assert set(DGC.export_jobs(["myJob"], to=tmp_path).failures) == {"myJob"}
    assert list(tmp_path.iterdir()) == []


@FUZZ
@given(data=st.data())
def test_a_zip_with_changed_bytes_is_whole_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    """A zip in which bytes are changed, cut or added is either still whole or an error of the tree, and not kept."""
    content = bytearray(ZIP)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(4, len(content)))])
    result = outcome(lambda: DGC.export_job("myJob", to=tmp_path / "a.zip"), 200, cut)
    if isinstance(result, JobArchive):
        assert members(tmp_path / "a.zip")["jobs/myJob.job"]
        (tmp_path / "a.zip").unlink()
    assert list(tmp_path.iterdir()) == []
    TRANSPORT.content = cut
    batch = DGC.export_jobs(["myJob"], to=tmp_path)
    assert set(batch.archives) | set(batch.failures) == {"myJob"}
    for path in tmp_path.iterdir():
        path.unlink()
