"""The document decides: changed documents change the server, and the code knows no edition."""

from __future__ import annotations

import asyncio
import copy
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import jobexport.mock
from jobexport.errors import JobexportError
from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, EXAMPLE_TOKEN, create_app
from jobexport.spec.document import at, behind, operations_by_id, parameters
from jobexport.spec.editions import edition_ids
from tests.drift.making.described import DESCRIBED

if TYPE_CHECKING:
    from collections.abc import Callable

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
SELECTED = {"obs_dir": "a", "is_selected": True, "job_selected": [100]}
SOURCES = sorted(Path(jobexport.mock.__file__).parent.rglob("*.py"))


@pytest.fixture
def document() -> Any:
    """A document to change."""
    return copy.deepcopy(DESCRIBED.documents[DEFAULT_EDITION])


def post(document: Any, path: Any, body: Any = None) -> Any:
    """Call the application in process."""

    async def call() -> Any:
        transport = httpx.ASGITransport(create_app(document, clock=lambda: 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            headers = {"X-Auth-Token": EXAMPLE_TOKEN}
            return await client.post(path, headers=headers, **({} if body is None else {"json": body}))

    return asyncio.run(call())


def response_fields(document: Any) -> Any:
    return document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]


class TestDocumentDecides:
    def test_array_name_and_object_name(self, document: Any) -> None:
        """The names of the array and of the objects are those of the document."""
        fields = response_fields(document)
        old = next(name for name in fields if "x-object-name" in fields[name])
        fields["archives"] = fields.pop(old) | {"x-object-name": "{obs_dir}/{epoch_ms}/{job_name}"}
        assert post(document, FLINK, SELECTED).json()["archives"] == ["a/5/aggregate"]

    def test_both_arrays(self, document: Any) -> None:
        """A document with two arrays, like the union, gets both."""
        response_fields(document)["more"] = {"type": "array", "x-object-name": "{job_name}"}
        assert post(document, FLINK, SELECTED).json()["more"] == ["aggregate"]

    @pytest.mark.parametrize(("most", "jobs"), [(1, 1), (100, 2)])
    def test_jobs_of_earlier_batches(self, document: Any, most: int, jobs: int) -> None:
        """The fault that keeps jobs asks for no more of them than the document allows."""
        document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["maxItems"] = most
        app = create_app(document, faults=["keeps-jobs@batchExportJobs"])

        async def call() -> Any:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
                bodies = [{"jobList": [name], "exportDepend": False} for name in ("myJob", "job_stream")]
                headers = {"X-Auth-Token": EXAMPLE_TOKEN}
                return [await client.post(BATCH, headers=headers, json=body) for body in bodies][-1]

        names = zipfile.ZipFile(io.BytesIO(asyncio.run(call()).content)).namelist()
        assert sum(name.endswith(".job") for name in names) == jobs

    def test_fields_that_are_gone(self, document: Any) -> None:
        """A field that the document lacks is not in the response."""
        response_fields(document).clear()
        assert post(document, FLINK, SELECTED).json() == {}

    @pytest.mark.parametrize(
        ("type_", "value"), [("string", "true"), (["boolean", "string"], "true"), ("boolean", True)]
    )
    def test_type_of_is_success(self, document: Any, type_: Any, value: bool | str) -> None:
        """is_success is text if its type allows text."""
        response_fields(document)["is_success"]["type"] = type_
        assert post(document, FLINK, SELECTED).json()["is_success"] == value

    def test_zip_layout_and_file_name(self, document: Any) -> None:
        """Layout and file name of a zip are the document's."""
        content = document["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]["responses"]["200"]["content"]
        content["application/octet-stream"] |= {
            "x-zip-file-name": "{job_name}!.zip",
            "x-zip-layout": {"job": "{job_name}", "script": "s/{script_name}/{job_name}", "resource": "x"},
        }
        response = post(document, JOB)
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert archive.namelist() == ["myJob", "s/CS_PROCESS_TRIP/myJob", "s/TRIP_RAW_STANDARD/myJob"]
        assert 'filename="myJob!.zip"' in response.headers["content-disposition"]

    def test_rules_of_parameters_and_body(self, document: Any) -> None:
        """Limits and required headers are those of the document."""
        document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["maxItems"] = 1
        assert post(document, BATCH, {"jobList": ["myJob", "job_batch"]}).status_code == 400
        batch = operations_by_id(document)["batchExportJobs"].location
        at(document, behind(document, parameters(document, batch)["header", "workspace"]))["required"] = True
        response = post(document, BATCH, {"jobList": ["myJob"]})
        assert response.headers["x-mock-violation"].startswith("batchExportJobs header#: ")

    def test_error_bodies(self, document: Any) -> None:
        """Errors are the document's examples, word for word."""
        schema = document["paths"]["/v1/{project_id}/jobs/batch-export"]["post"]["responses"]["400"]
        value = schema["content"]["application/json"]["examples"]["job-not-found"]["value"]
        value |= {"error_code": "X.1", "error_msg": "völlig anders"}
        assert post(document, BATCH, {"jobList": ["gone"]}).json() == value

    @pytest.mark.parametrize("status", ["404", "422"])
    def test_error_of_two_statuses(self, document: Any, status: str) -> None:
        """Of two statuses with one error the mock takes that of most errors, as the contract test does."""
        responses = document["paths"]["/v1/{project_id}/jobs/batch-export"]["post"]["responses"]
        responses[status] = copy.deepcopy(responses["400"])
        assert post(document, BATCH, {"jobList": ["gone"]}).status_code == 400

    def test_error_that_is_gone(self, document: Any) -> None:
        """If the document lacks an error's example, the example of an invalid request replaces it."""
        examples = document["paths"]["/v1/{project_id}/jobs/batch-export"]["post"]["responses"]["400"]["content"][
            "application/json"
        ]["examples"]
        del examples["job-not-found"]
        assert post(document, BATCH, {"jobList": ["gone"]}).json() == examples["invalid-request"]["value"]

    def test_path_that_is_gone(self, document: Any) -> None:
        """An operation that the document lacks is not served."""
        del document["paths"]["/v1/{project_id}/jobs/{job_name}/export"]
        assert post(document, JOB).status_code == 404
        assert post(document, BATCH, {"jobList": ["myJob"]}).status_code == 200

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda d: d.pop("paths"), "no paths"),
            (lambda d: d["components"]["responses"].pop("DgcNotFound"), "DgcNotFound"),
            (lambda d: d["components"]["schemas"].pop("JobName"), "JobName', which leads nowhere"),
            (lambda d: d["components"]["schemas"]["JobName"].update(pattern="("), "can't be compiled"),
            (lambda d: flink(d).update(operationId="exportAll"), "operation exportAll has no behaviour"),
            (lambda d: flink(d)["responses"]["200"]["content"].clear(), "has no application/json response"),
            (lambda d: errors(d).pop("invalid-request"), "has no error example invalid-request"),
            (lambda d: flink(d)["responses"].pop("401"), "has no error example unauthorized"),
            (
                lambda d: flink(d)["responses"].update({"401": {"$ref": "#/nowhere"}}),
                "'#/nowhere', which leads nowhere",
            ),
            (
                lambda d: flink(d)["responses"].update({"401": {"$ref": "other.yaml"}}),
                "'other.yaml', which leads nowhere",
            ),
            (lambda d: response_fields(d).update(x={"x-object-name": "{bucket}"}), "'{bucket}' must be text with"),
            (lambda d: response_fields(d).update(x={"x-object-name": "{"}), "'{' must be text with"),
            (lambda d: batch_zip(d).pop("x-zip-layout"), "needs job, script and resource"),
            (lambda d: batch_zip(d).pop("x-zip-file-name"), "None must be text"),
        ],
        ids=range(14),
    )
    def test_unusable_document(self, document: Any, change: Callable[..., Any], words: str) -> None:
        """A document without a part that the server needs is refused by create_app, in one sentence."""
        change(document)
        with pytest.raises(JobexportError, match=f"(?:{words})[^\n]*$"):
            create_app(document)


def flink(document: Any) -> Any:
    return document["paths"]["/v1.0/{project_id}/streaming/jobs/export"]["post"]


def errors(document: Any) -> Any:
    return flink(document)["responses"]["400"]["content"]["application/json"]["examples"]


def batch_zip(document: Any) -> Any:
    content = document["paths"]["/v1/{project_id}/jobs/batch-export"]["post"]["responses"]["200"]["content"]
    return content["application/octet-stream"]


class TestSources:
    def test_no_edition_in_the_code(self) -> None:
        """No line of the server's code names an edition or its fields, except the default."""
        found = [
            f"{path.name}: {line.strip()}"
            for path in SOURCES
            for line in path.read_text(encoding="utf-8").splitlines()
            for word in (*edition_ids(), "zip_file")
            if word in line and line.strip() != f'DEFAULT_EDITION = "{DEFAULT_EDITION}"'
        ]
        assert found == []

    def test_default_is_an_edition(self) -> None:
        """The default edition exists."""
        assert DEFAULT_EDITION in edition_ids()

    def test_files_stay_short(self) -> None:
        """No file is longer than 300 lines."""
        assert [path.name for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []

    def test_import_is_light(self) -> None:
        """Importing the package loads neither uvicorn nor the generated client."""
        code = (
            "import sys, jobexport.mock; print(*sorted({'uvicorn', 'jobexport_api', 'pydantic'} & sys.modules.keys()))"
        )
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == []

    def test_example_has_no_sentence_of_a_page(self) -> None:
        """The example's files are JSON with a name that is not empty."""
        folder = Path(jobexport.mock.__file__).parent / "state" / "example"
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert len(files) >= 15
        assert all(re.search(r'"name": "[^"]+"', path.read_text(encoding="utf-8")) for path in files)
