"""Faults of zips and JSON, as a client sees them on the wire."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.mock import EXAMPLE_PROJECT, serve
from jobexport.spec.editions import edition_ids, load_edition
from tests.making.stored import stored
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock.making.faulty import Faulty

JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
OPERATIONS = ("exportFlinkJobs", "exportJob", "batchExportJobs")


def schema(mock: Any) -> Any:
    return mock.core.document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]


def arrays(mock: Any) -> list[Any]:
    return [name for name, field in schema(mock).items() if field["type"] == "array"]


class TestZips:
    @pytest.fixture(params=["exportJob", "batchExportJobs"])
    def get(self, request: pytest.FixtureRequest, mock: Faulty) -> Callable[..., Any]:
        """A function that returns the zip of an operation under a fault."""

        def call(fault: Any) -> Any:
            mock.set(f"{fault}@{request.param}")
            response = mock.call(request.param)
            assert response.status_code == 200
            assert response.headers["Content-Type"] == "application/octet-stream"
            assert response.headers["Content-Disposition"].endswith('.zip"')
            assert int(response.headers["Content-Length"]) == len(response.content)
            return io.BytesIO(response.content)

        return call

    def test_bad_crc(self, get: Callable[..., Any]) -> None:
        """The directory can be read; the first member, and no other, fails its checksum."""
        with zipfile.ZipFile(get("zip-bad-crc")) as archive:
            first, *others = archive.namelist()
            assert archive.testzip() == first
            with pytest.raises(zipfile.BadZipFile, match="Bad CRC-32"):
                archive.read(first)
            assert all(archive.read(name) for name in others)

    def test_bad_crc_in_local_header(self, get: Callable[..., Any]) -> None:
        """The local header has the wrong checksum too, for readers that ignore the directory."""
        content = get("zip-bad-crc").getvalue()
        assert content[14:18] == content[content.index(b"PK\1\2") + 16 :][:4]

    def test_bad_directory(self, get: Callable[..., Any]) -> None:
        """The zip can't be opened."""
        with pytest.raises(zipfile.BadZipFile, match="central directory"):
            zipfile.ZipFile(get("zip-bad-directory"))

    def test_empty(self, get: Callable[..., Any]) -> None:
        """The zip has 0 bytes."""
        assert get("zip-empty").getvalue() == b""

    def test_no_members(self, get: Callable[..., Any]) -> None:
        """The zip is valid, and empty."""
        assert zipfile.ZipFile(get("zip-no-members")).namelist() == []

    def test_traversal(self, get: Callable[..., Any]) -> None:
        """Members that lead out of the folder are added; the zip is otherwise valid."""
        with zipfile.ZipFile(get("zip-traversal")) as archive:
            assert {"../outside.txt", "jobs/../../outside.txt", "/outside.txt"} < set(archive.namelist())
            assert archive.testzip() is None

    def test_bomb(self, get: Callable[..., Any]) -> None:
        """A member of 4 MiB makes a zip of less than a hundredth of its size."""
        content = get("zip-bomb:4")
        assert len(content.getvalue()) < 4 * 2**20 / 100
        with zipfile.ZipFile(content) as archive:
            (info,) = archive.infolist()
            assert info.file_size == len(archive.read(info)) == 4 * 2**20

    def test_error_stays(self, mock: Faulty) -> None:
        """A response that is not a zip stays unchanged, and the fault does not count."""
        mock.set(("zip-empty@*", 1))
        assert mock.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/gone/export").json()["error_code"] == "DLF.0100"
        assert mock.last()["faults"] == []
        assert mock.job().content == b""
        assert mock.job().content != b""


@pytest.mark.parametrize("workspace", [None, WORKSPACE])
def test_needs_project_header(mock: Faulty, workspace: str | None) -> None:
    """Without X-Project-Id the workspace is unknown; with it the request succeeds."""
    mock.set("needs-project-header@exportJob")
    headers = {} if workspace is None else {"workspace": workspace}
    responses = [mock.client.post(JOB, headers={**headers, **more}) for more in ({}, {"X-Project-Id": EXAMPLE_PROJECT})]
    assert [found.status_code for found in responses] == [400, 200]
    assert responses[0].json() == mock.client.post(JOB, headers={"workspace": "unknown"}).json()


class TestJson:
    def test_is_success_false(self, each: Faulty) -> None:
        """is_success is false in the document's type, and no zip is named or stored."""
        each.set("is-success-false@exportFlinkJobs")
        before = dict(stored(each.server))
        response = each.flink()
        assert response.status_code == 200
        is_text = "string" in schema(each)["is_success"]["type"]
        assert repr(response.json()["is_success"]) == ("'false'" if is_text else "False")
        assert all(response.json()[name] == [] for name in arrays(each))
        assert stored(each.server) == before

    @pytest.mark.parametrize(
        ("fault", "value"), [("is-success-string-false", "false"), ("is-success-upper-false", "FALSE")]
    )
    def test_is_success_as_text(self, each: Faulty, fault: str, value: str) -> None:
        """is_success is the fault's text, whatever the document's type."""
        each.set(f"{fault}@exportFlinkJobs")
        assert each.flink().json()["is_success"] == value

    def test_missing_field(self, each: Faulty) -> None:
        """The first field is missing."""
        each.set()
        fields = list(each.flink().json())
        each.set("missing-field@exportFlinkJobs")
        assert list(each.flink().json()) == fields[1:]

    def test_extra_field(self, each: Faulty) -> None:
        """The response has one field more than the document; the other fields are right."""
        each.set("extra-field@exportFlinkJobs")
        response = each.flink().json()
        assert response.keys() - schema(each).keys() == {"unexpected_field"}
        assert len(response[arrays(each)[0]]) == 1

    def test_wrong_type(self, each: Faulty) -> None:
        """No field has a type that the document allows."""
        names = {bool: "boolean", str: "string", int: "integer", list: "array", dict: "object"}
        each.set()
        fields = each.flink().json().keys()
        each.set("wrong-type@exportFlinkJobs")
        response = each.flink().json()
        assert response.keys() == fields
        assert [name for name, value in response.items() if names[type(value)] in schema(each)[name]["type"]] == []

    def test_scalar_instead_of_list(self, each: Faulty) -> None:
        """The name of the only zip replaces the list of names."""
        each.set("scalar-instead-of-list@exportFlinkJobs")
        response = each.flink().json()
        assert re.fullmatch(r"a/aggregate_\d{13}\.zip", response[arrays(each)[0]])

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_error_body_on_200(self, mock: Faulty, operation: str) -> None:
        """Status 200 carries an error, and nothing is stored."""
        mock.set(f"error-body-on-200@{operation}")
        response = mock.call(operation)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
        assert response.json().keys() == {"error_code", "error_msg"}
        assert stored(mock.server) == {}

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_html(self, mock: Faulty, operation: str) -> None:
        """An HTML page replaces the body of successes and errors."""
        mock.set(f"html-instead-of-json@{operation}")
        responses = [mock.call(operation)]
        del mock.client.headers["X-Auth-Token"]
        responses.append(mock.call(operation))
        mock.client.headers["X-Auth-Token"] = mock.server.token
        assert [response.status_code for response in responses] == [200, 401]
        for response in responses:
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert response.text.startswith("<!DOCTYPE html>")

    def test_html_in_place_of_no_body(self, mock: Faulty, caplog: pytest.LogCaptureFixture) -> None:
        """A page in place of a response without a body has status 200, as a 204 can't carry it."""
        path, body = f"/v1/{EXAMPLE_PROJECT}/scripts", {"name": "new", "type": "Shell", "content": "x"}
        mock.set("html-instead-of-json@createScript")
        response = mock.client.post(path, json=body)
        assert (response.status_code, response.text[:15]) == (200, "<!DOCTYPE html>")
        assert caplog.records == []

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_wrong_content_type(self, mock: Faulty, operation: str) -> None:
        """The body is right, and its Content-Type is text/plain."""
        right = mock.call(operation)
        mock.set(f"wrong-content-type@{operation}")
        response = mock.call(operation)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert len(response.content) == len(right.content)

    def test_export_to_obs_path(self) -> None:
        """A JSON response of exportJob can lose its field; the object is still stored."""
        edition = next(
            id_ for id_ in edition_ids() if "obsPath" in json.dumps(load_edition(id_)["paths"]) and can_obs_path(id_)
        )
        with serve(edition, faults=["missing-field@exportJob"]) as server:
            headers = {"X-Auth-Token": server.token}
            response = httpx.post(
                server.url + JOB, json={"obsPath": "obs://b/c"}, headers=headers, trust_env=False, verify=False
            )
            assert response.json() == {}
            assert len(stored(server)) == 1


def can_obs_path(edition: Any) -> bool:
    operation = load_edition(edition)["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]
    return "application/json" in operation["responses"]["200"]["content"]
