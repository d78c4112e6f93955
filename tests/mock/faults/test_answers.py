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
        """A function that gives the zip of an operation under a fault."""

        def call(fault: Any) -> Any:
            mock.set(f"{fault}@{request.param}")
            answer = mock.call(request.param)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"].endswith('.zip"')
            assert int(answer.headers["Content-Length"]) == len(answer.content)
            return io.BytesIO(answer.content)

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
        """A reader that goes from the front, without the directory, meets the wrong checksum too."""
        content = get("zip-bad-crc").getvalue()
        assert content[14:18] == content[content.index(b"PK\1\2") + 16 :][:4]

    def test_bad_directory(self, get: Callable[..., Any]) -> None:
        """The zip can't be opened."""
        with pytest.raises(zipfile.BadZipFile, match="central directory"):
            zipfile.ZipFile(get("zip-bad-directory"))

    def test_empty(self, get: Callable[..., Any]) -> None:
        """There is not one byte."""
        assert get("zip-empty").getvalue() == b""

    def test_no_members(self, get: Callable[..., Any]) -> None:
        """The zip is valid, and empty."""
        assert zipfile.ZipFile(get("zip-no-members")).namelist() == []

    def test_traversal(self, get: Callable[..., Any]) -> None:
        """There are members that lead out, beside those that belong there; the zip is otherwise sound."""
        with zipfile.ZipFile(get("zip-traversal")) as archive:
            assert {"../outside.txt", "jobs/../../outside.txt", "/outside.txt"} < set(archive.namelist())
            assert archive.testzip() is None

    def test_bomb(self, get: Callable[..., Any]) -> None:
        """Four mebibytes fit into a hundredth of that."""
        content = get("zip-bomb:4")
        assert len(content.getvalue()) < 4 * 2**20 / 100
        with zipfile.ZipFile(content) as archive:
            (info,) = archive.infolist()
            assert info.file_size == len(archive.read(info)) == 4 * 2**20

    def test_error_stays(self, mock: Faulty) -> None:
        """An answer that is no zip stays as it is, and the fault does not count as happened."""
        mock.set(("zip-empty@*", 1))
        assert mock.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/gone/export").json()["error_code"] == "DLF.0100"
        assert mock.last()["faults"] == []
        assert mock.job().content == b""
        assert mock.job().content != b""


class TestJson:
    def test_is_success_false(self, each: Faulty) -> None:
        """is_success is false in the document's type, no zip is named, none is stored."""
        each.set("is-success-false@exportFlinkJobs")
        before = dict(stored(each.server))
        answer = each.flink()
        assert answer.status_code == 200
        is_text = "string" in schema(each)["is_success"]["type"]
        assert repr(answer.json()["is_success"]) == ("'false'" if is_text else "False")
        assert all(answer.json()[name] == [] for name in arrays(each))
        assert stored(each.server) == before

    @pytest.mark.parametrize(
        ("fault", "value"), [("is-success-string-false", "false"), ("is-success-upper-false", "FALSE")]
    )
    def test_is_success_as_text(self, each: Faulty, fault: str, value: str) -> None:
        """is_success is that text, whatever the document's type."""
        each.set(f"{fault}@exportFlinkJobs")
        assert each.flink().json()["is_success"] == value

    def test_missing_field(self, each: Faulty) -> None:
        """The first of the fields is not there."""
        each.set("missing-field@exportFlinkJobs")
        assert list(each.flink().json()) == list(schema(each))[1:]

    def test_extra_field(self, each: Faulty) -> None:
        """There is one field more than the document has, the others being right."""
        each.set("extra-field@exportFlinkJobs")
        answer = each.flink().json()
        assert answer.keys() - schema(each).keys() == {"unexpected_field"}
        assert len(answer[arrays(each)[0]]) == 1

    def test_wrong_type(self, each: Faulty) -> None:
        """No field has a type that the document allows."""
        names = {bool: "boolean", str: "string", int: "integer", list: "array", dict: "object"}
        each.set("wrong-type@exportFlinkJobs")
        answer = each.flink().json()
        assert answer.keys() == schema(each).keys()
        assert [name for name, value in answer.items() if names[type(value)] in schema(each)[name]["type"]] == []

    def test_scalar_instead_of_list(self, each: Faulty) -> None:
        """The name of the one zip stands where a list of names should."""
        each.set("scalar-instead-of-list@exportFlinkJobs")
        answer = each.flink().json()
        assert re.fullmatch(r"a/aggregate_\d{13}\.zip", answer[arrays(each)[0]])

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_error_body_on_200(self, mock: Faulty, operation: str) -> None:
        """Status 200 carries an error, and nothing is stored."""
        mock.set(f"error-body-on-200@{operation}")
        answer = mock.call(operation)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        assert answer.json().keys() == {"error_code", "error_msg"}
        assert stored(mock.server) == {}

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_html(self, mock: Faulty, operation: str) -> None:
        """A page comes in the place of the body, with success and with error."""
        mock.set(f"html-instead-of-json@{operation}")
        answers = [mock.call(operation)]
        del mock.client.headers["X-Auth-Token"]
        answers.append(mock.call(operation))
        mock.client.headers["X-Auth-Token"] = mock.server.token
        assert [answer.status_code for answer in answers] == [200, 401]
        for answer in answers:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.text.startswith("<!DOCTYPE html>")

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_wrong_content_type(self, mock: Faulty, operation: str) -> None:
        """The body is right and called plain text."""
        right = mock.call(operation)
        mock.set(f"wrong-content-type@{operation}")
        answer = mock.call(operation)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert len(answer.content) == len(right.content)

    def test_export_to_obs_path(self) -> None:
        """A JSON answer of exportJob can lose its field; the object is stored all the same."""
        edition = next(
            id_ for id_ in edition_ids() if "obsPath" in json.dumps(load_edition(id_)["paths"]) and can_obs_path(id_)
        )
        with serve(edition, faults=["missing-field@exportJob"]) as server:
            headers = {"X-Auth-Token": server.token}
            answer = httpx.post(
                server.url + JOB, json={"obsPath": "obs://b/c"}, headers=headers, trust_env=False, verify=False
            )
            assert answer.json() == {}
            assert len(stored(server)) == 1


def can_obs_path(edition: Any) -> bool:
    operation = load_edition(edition)["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]
    return "application/json" in operation["responses"]["200"]["content"]
