"""Identification of mocks, of mocks with one fact changed, and of servers that are not such an API."""

from __future__ import annotations

import contextlib
import copy
import http.server
import threading
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import pytest
import yaml

from jobexport import mock, spec
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract import Data, check_edition
from jobexport.contract.identify import identification, overlay
from jobexport.contract.identify.description import Description
from jobexport.contract.identify.identification import identify
from jobexport.contract.identify.probe import ProbeResponse
from jobexport.errors import JobexportError
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.spec.document import marks
from jobexport.spec.lint import lint_document, lint_marks
from jobexport.spec.register import Claim, Entry, Statement
from jobexport.spec.statements.change import to_path
from tests.contract.making.identifying import TOKEN, ask, ask_mock, beyond_bounds, contradicted, verdicts
from tests.drift.making.described import DESCRIBED, write_sources
from tests.making.documents import exporting
from tests.making.names import array_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

ALL = DESCRIBED.editions
CN_2020, CN_2025, INTL_2026 = "huaweicloud-cn-2020", "huaweicloud-cn-2025", "huaweicloud-intl-2026"
OTC_2024, OTC_2026 = "otc-2024", "otc-2026"
FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
JSON = "application/json"


@contextlib.contextmanager
def handled(respond: Any) -> Iterator[str]:
    """Yield the URL of a server; `respond(handler, body)` makes each response: status, headers, content."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, content = respond(self, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_TRACE = do_QUERY = serve  # noqa: N815  # the base class's names

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True, scope="module")
def _described(root: Path) -> Iterator[None]:
    """Compare with the description as the hand-made pages have it."""
    known = tuple(Description(edition, document) for edition, document in DESCRIBED.documents.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay, "SOURCES", root)
        patch.setattr(
            identification,
            "_descriptions",
            lambda: (known, Description("union", DESCRIBED.union or {}), DESCRIBED.register),
        )
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sources of that description."""
    return write_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def identified() -> dict[Any, Any]:
    """Return the identifications of the mocks of all editions."""
    return {edition: ask_mock(document) for edition, document in DESCRIBED.documents.items()}


def test_an_error_in_another_charset_has_its_code() -> None:
    """The code of an error in GBK is observed, with and without a declared charset."""
    body = '{"error_code": "DLF.0100", "error_msg": "\u4f5c\u4e1a"}'.encode("gbk")
    for content_type in ("application/json;charset=GBK", "application/json"):
        response = ProbeResponse("exportJob", "", (), {}, 400, content_type, None, body)
        assert (response.error_code(), response.media_type) == ("DLF.0100", "application/json")


def differing(one: str, other: str) -> set[str]:
    """Return the ids of the entries in which two editions have different claims."""
    entries = DESCRIBED.register.entries
    return {entry.id for entry in entries if entry.claim(one) != entry.claim(other)}


def test_what_tells_the_editions_apart(identified: dict[Any, Any]) -> None:
    """The mock of an edition contradicts another edition in no entry on which their pages agree."""
    flink = {"DLI-001", "DLI-010", "DLI-016", "DGC-002"}
    assert flink <= contradicted(identified[OTC_2024], CN_2020) <= flink | differing(OTC_2024, CN_2020)
    assert set() < contradicted(identified[OTC_2026], OTC_2024) <= differing(OTC_2026, OTC_2024)
    bodies = {"DGC-002", "DGC-003", "DGC-004", "DGC-005"}
    assert bodies <= contradicted(identified[OTC_2024], CN_2025) <= bodies | differing(OTC_2024, CN_2025)
    assert contradicted(identified[CN_2025], INTL_2026) <= differing(CN_2025, INTL_2026)


def test_evidence_names_request_status_and_place(identified: dict[Any, Any]) -> None:
    """Evidence has the request in one line, the status, and the pointer into the body."""
    verdict = next(v for v in identified[CN_2020].verdicts if (v.entry, v.edition) == ("DLI-001", OTC_2026))
    (seen,) = verdict.evidence
    assert seen.request.startswith(f"POST /v1.0/{mock.EXAMPLE_PROJECT}/streaming/jobs/export {{")
    assert (seen.status, seen.pointer) == (200, "/zip_files")


# One fact changed


def operation(document: Any, path: Any) -> Any:
    return document["paths"][path]["post"]


def fields(document: Any) -> Any:
    return document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]


def body(document: Any) -> Any:
    return document["components"]["schemas"]["ExportJobRequest"]["properties"]


def archive(document: Any, path: Any) -> Any:
    return operation(document, path)["responses"]["200"]["content"]["application/octet-stream"]


def errors(document: Any, path: Any) -> Any:
    return operation(document, path)["responses"]["400"]["content"][JSON]["examples"]


def rename_array(name: Any) -> Callable[..., Any]:
    return lambda document: fields(document).update({name: fields(document).pop(array_of(document))})


def with_type(type_: Any) -> Callable[..., Any]:
    return lambda document: fields(document)["is_success"].update(type=type_)


def without_field(name: Any) -> Callable[..., Any]:
    return lambda document: fields(document).pop(name)


def with_another_array(document: Any) -> None:
    fields(document)["more"] = copy.deepcopy(fields(document)[array_of(document)])


def without_in_body(name: Any) -> Callable[..., Any]:
    return lambda document: body(document).pop(name)


def without_obs_path(document: Any) -> None:
    del body(document)["obsPath"]
    del operation(document, JOB)["responses"]["200"]["content"][JSON]


def without_batch_depend(document: Any) -> None:
    del document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["exportDepend"]


def with_body_of_2020(document: Any) -> None:
    lender = DESCRIBED.documents[CN_2020]
    operation(document, JOB)["requestBody"] = operation(lender, JOB)["requestBody"]
    document["components"]["schemas"]["ExportJobRequest"] = {"type": "object", "properties": body(lender)}


def with_export_status(document: Any) -> None:
    body(document)["exportStatus"] = body(DESCRIBED.documents[CN_2025])["exportStatus"]


def with_obs_path(document: Any) -> None:
    lender = DESCRIBED.documents[CN_2025]
    body(document)["obsPath"] = body(lender)["obsPath"]
    responses = operation(document, JOB)["responses"]["200"]["content"]
    responses[JSON] = operation(lender, JOB)["responses"]["200"]["content"][JSON]
    document["components"]["schemas"]["ExportJobToObsResponse"] = {"type": "object"}
    errors(document, JOB)["obs-path-invalid"] = errors(lender, JOB)["obs-path-invalid"]


def with_layout(path: Any, **templates: Any) -> Callable[..., Any]:
    return lambda document: archive(document, path)["x-zip-layout"].update(templates)


def with_file_name(path: Any, name: Any) -> Callable[..., Any]:
    return lambda document: archive(document, path).update({"x-zip-file-name": name})


def with_media_type_and_file_name(document: Any) -> None:
    content = operation(document, JOB)["responses"]["200"]["content"]
    content["application/zip"] = content.pop("application/octet-stream") | {"x-zip-file-name": "{job_name}.zip"}


def with_code(path: Any, name: Any, code: Any) -> Callable[..., Any]:
    value = {"value": {"error_code": code, "error_msg": "In other words."}}
    return lambda document: errors(document, path).update({name: value})


def with_missing_job_404(document: Any) -> None:
    example = errors(document, JOB).pop("job-not-found")
    media = {"schema": {"$ref": "#/components/schemas/ErrorResponse"}, "examples": {"job-not-found": example}}
    operation(document, JOB)["responses"]["404"] = {"description": "None.", "content": {JSON: media}}


def with_workspace_required(document: Any) -> None:
    document["components"]["parameters"]["Workspace"]["required"] = True


FOLDERS = {
    "job": "{job_name}/{job_name}.job",
    "script": "{job_name}/scripts/{script_name}.script",
    "resource": "{job_name}/resources/{resource_name}.resource",
}

CHANGES = {
    "array-of-2020": (OTC_2026, rename_array("zip_files"), {"DLI-001"}),
    "array-of-nobody": (CN_2025, rename_array("zips"), {"DLI-001"}),
    "is-success-string": (CN_2020, with_type("string"), {"DLI-002", "DLI-003"}),
    "field-missing": (OTC_2024, without_field("message"), {"field message of exportFlinkJobs"}),
    "field-extra": (OTC_2024, with_another_array, {"field more of exportFlinkJobs"}),
    "exportDepend-honoured": (OTC_2026, with_body_of_2020, {"DGC-002"}),
    "exportDepend-ignored": (CN_2025, without_in_body("exportDepend"), {"DGC-002"}),
    "only-exportDepend-ignored": (CN_2020, without_in_body("exportDepend"), {"DGC-002"}),
    "batch-exportDepend-ignored": (OTC_2026, without_batch_depend, {"DGC-102"}),
    "obsPath-honoured": (CN_2020, with_obs_path, {"DGC-003", "DGC-005"}),
    "obsPath-ignored": (CN_2025, without_obs_path, {"DGC-003", "DGC-005"}),
    "exportStatus-honoured": (CN_2020, with_export_status, {"DGC-004"}),
    "exportStatus-ignored": (CN_2025, without_in_body("exportStatus"), {"DGC-004"}),
    "tree": (OTC_2024, with_layout(JOB, job="job/{job_name}.json", script="sql/{script_name}.sql"), {"DGC-010"}),
    "tree-of-batch": (CN_2025, with_layout(BATCH, **FOLDERS), {"DGC-104"}),
    "file-name": (OTC_2026, with_file_name(JOB, "{job_name}.zip"), {"DGC-009"}),
    "media-type-and-file-name": (OTC_2026, with_media_type_and_file_name, {"DGC-007", "DGC-009"}),
    "file-name-of-batch": (OTC_2026, with_file_name(BATCH, "DLF_jobs.zip"), {"DGC-104"}),
    "code": (OTC_2026, with_code(JOB, "job-not-found", "DLF.0101"), {"COM-001"}),
    "code-of-flink": (CN_2020, with_code(FLINK, "job-not-found", "DLI.0023"), {"COM-002"}),
    "code-of-2020": (OTC_2026, with_code(FLINK, "obs-path-invalid", "DLI.29001"), {"DLI-010", "DLI-016"}),
    "code-not-of-2020": (
        CN_2020,
        lambda document: errors(document, FLINK).pop("obs-path-invalid"),
        {"DLI-010", "DLI-016"},
    ),
    "status": (OTC_2026, with_missing_job_404, {"COM-001"}),
    "workspace": (CN_2020, with_workspace_required, {"DGC-006", "DGC-107"}),
    # These pages say that it may be, so nothing is contradicted; of this server it is always true.
    "workspace-with-condition": (CN_2025, with_workspace_required, set()),
}


def altered(name: Any) -> Any:
    edition, change, _ = CHANGES[name]
    document = copy.deepcopy(DESCRIBED.documents[edition])
    change(document)
    return document


def resolved(text: Any, folder: Path, root: Path) -> Any:
    path = folder / "observed.yaml"
    path.write_text(text, encoding="utf-8")
    return spec.resolve(str(path), root=root)


@pytest.mark.parametrize("name", CHANGES)
def test_a_server_with_one_fact_changed_gets_its_overlay(name: str, tmp_path: Path, root: Path) -> None:
    """The edition and the contradiction are named; whatever was observed is observed of the overlay's document too."""
    edition, _, entries = CHANGES[name]
    found = ask_mock(altered(name))
    assert edition in found.closest
    assert not found.fits
    assert contradicted(found, edition) == entries
    assert found.unsaid == ()
    assert beyond_bounds(found) == []
    document = resolved(found.overlay, tmp_path, root)
    assert list(lint_document(document)) == []
    actions = spec.load_yaml(tmp_path / "observed.yaml")["actions"]
    named: list[tuple[tuple[str | int, ...], str]] = [((), id_) for action in actions for id_ in marks(action)]
    assert named
    findings = lint_marks({"openapi/openapi.yaml": named}, DESCRIBED.register)
    assert [finding for finding in findings if "names" in finding] == []
    # A mock fills arrays of names only where the document says how names are built, and of a new field nobody knows.
    if name != "field-extra":
        again = ask_mock(document)
        # The closest edition may have optional fields that the changed one lacks, so more may be observed.
        seen = {key: said for key, said in verdicts(found).items() if said != "not observable"}
        assert seen.items() <= verdicts(again).items()
        assert again.overlay == found.overlay


def test_what_a_server_brings_back_is_not_removed_first() -> None:
    """If the closest edition's overlay removes a field that the server has, the new overlay lacks this action."""
    found = ask_mock(altered("array-of-2020"))
    assert f"properties.{array_of(spec.load_edition(found.closest[0]))}\n" in found.overlay
    assert "properties.zip_files\n" not in found.overlay


def test_an_action_names_the_entry_of_its_fact_wherever_the_fact_moved() -> None:
    """The action for the file name names DGC-009, although another action moved it to another media type first."""
    observed = yaml.safe_load(ask_mock(altered("media-type-and-file-name")).overlay)
    (named,) = [item for item in observed["actions"] if "x-zip-file-name" in (item.get("update") or {})]
    assert "['application/zip']" in named["target"]
    assert named["x-inconsistency"] == "DGC-009"


def test_a_server_keeps_the_contract_of_its_overlay(tmp_path: Path, root: Path) -> None:
    """A run with the overlay passes on a server with another array name and another tree."""
    changed = exporting(altered("array-of-nobody"))
    with_layout(JOB, job="job/{job_name}.json", script="sql/{script_name}.sql")(changed)
    with mock.serve(changed, token=TOKEN) as server:
        data = mock_data(server)
        document = resolved(ask(server.url, data).overlay, tmp_path, root)
        report = check_edition(
            exporting(document), server.url, data, seed=1, report_dir=tmp_path / "report", max_examples=2
        )
    assert report.passed, report.failures


def test_a_zip_under_another_media_type(tmp_path: Path, root: Path) -> None:
    """The overlay renames the media type of both operations, and the contract's checks follow it."""
    with (
        mock.serve(exporting(DESCRIBED.documents[CN_2025]), token=TOKEN) as server,
        httpx.Client(base_url=server.url, trust_env=False, verify=False) as upstream,
    ):

        def respond(handler: Any, content: Any) -> Any:
            headers = [
                (name, value) for name, value in handler.headers.items() if name.lower() not in {"host", "connection"}
            ]
            try:
                response = upstream.request(handler.command, handler.path, headers=headers, content=content)
            except httpx.LocalProtocolError:
                return 400, {"Content-Type": JSON}, b'{"error_code": "DLF.3051", "error_msg": "No header has that."}'
            kept = {
                name: response.headers[name]
                for name in ("allow", "content-type", "content-disposition")
                if name in response.headers
            }
            if kept.get("content-type") == "application/octet-stream":
                kept["content-type"] = "application/zip"
            return response.status_code, kept, response.content

        with handled(respond) as url:
            # A signature is for the address that was asked, which here is not the mock's own.
            data = attrs.evolve(mock_data(server), key=None)
            found = ask(url, data)
            assert contradicted(found, CN_2025) == {"DGC-007", "DGC-106"}
            document = resolved(found.overlay, tmp_path, root)
            report = check_edition(
                exporting(document), url, data, seed=1, report_dir=tmp_path / "report", api="dgc", max_examples=2
            )
    content = operation(document, JOB)["responses"]["200"]["content"]
    assert list(content) == [JSON, "application/zip"]
    assert report.passed, report.failures


# What can't be seen, and servers that are no use


def test_nothing_is_written_where_no_place_is_known() -> None:
    """Without an OBS folder no request writes to OBS, and the facts of these requests are not observable."""
    with mock.serve(DESCRIBED.documents[CN_2025], token=TOKEN) as server:
        found = ask(server.url, attrs.evolve(mock_data(server), obs_dirs=(), obs_paths=()))
    assert not [line for line in found.requests if '"obs' in line or "streaming/jobs/export" in line]
    assert found.closest == (INTL_2026, CN_2025)
    said = verdicts(found)
    assert {said["DGC-003", edition] for edition in ALL} == {"not observable"}
    assert {said["DLI-001", edition] for edition in ALL} == {"not observable"}
    reasons = {verdict.entry: verdict.reason for verdict in found.verdicts}
    assert reasons["DGC-003"] == "no OBS path for exports is known"
    assert reasons["DLI-001"] == "no OBS folder for exports is known"
    # Another edition may have its codes with another status, which no other request shows.
    assert reasons["COM-002"] in (reasons["DLI-001"], "no request tests it")


def test_jobs_without_dependencies_do_not_show_exportdepend() -> None:
    """A job without scripts and resources leaves exportDepend unobserved."""
    with mock.serve(DESCRIBED.documents[OTC_2024], token=TOKEN) as server:
        found = ask(server.url, attrs.evolve(mock_data(server), jobs=("job_stream",)))
    assert {verdicts(found)["DGC-002", edition] for edition in ALL} == {"not observable"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("dli.eu-de.otc.t-systems.com", (OTC_2026,)),
        ("dli.cn-north-4.myhuaweicloud.com", (INTL_2026, CN_2025)),
        ("gateway.example", (OTC_2026, INTL_2026, CN_2025)),
    ],
)
def test_the_host_breaks_a_tie(host: str, expected: tuple[Any, ...]) -> None:
    """If DLI's responses fit three editions, the host of the URL decides between the clouds; the youngest is first."""
    with (
        mock.serve(DESCRIBED.documents[CN_2025], token=TOKEN) as server,
        httpx.Client(trust_env=False, verify=False) as client,
    ):

        def send(request: Any) -> Any:
            headers = {"X-Auth-Token": TOKEN, "Content-Type": JSON}
            return client.post(server.url + request.url.path, headers=headers, content=request.content)

        found = identify(f"https://{host}", attrs.evolve(mock_data(server), jobs=()), send)
    assert found.closest == expected


def test_a_server_that_refuses_the_token() -> None:
    """After a 401 no further request is sent."""
    with mock.serve(DESCRIBED.documents[OTC_2026], token="another") as server:
        found = ask(server.url, mock_data(server))
    assert (found.closest, found.fits, found.overlay) == ((), False, None)
    assert "does not accept the credentials" in found.problem
    assert len(found.requests) == 1


@pytest.mark.parametrize(
    ("status", "media_type", "content"),
    [
        (200, "text/html", b"<html>Welcome</html>"),
        (404, "text/html", b"<html>Not found</html>"),
        (200, JSON, b'{"hello": "world"}'),
        (200, JSON, b"[]"),
        (200, "application/octet-stream", b"PK\x03\x04 and no more"),
        (204, "", b""),
    ],
)
def test_a_server_that_is_no_such_api(status: int, media_type: Any, content: bytes) -> None:
    """Such a server has no closest edition, and the problem has the statuses of its responses."""
    with handled(lambda *_: (status, {"Content-Type": media_type}, content)) as url:
        found = ask(url, Data.of_examples(DESCRIBED.documents[OTC_2026]))
    assert (found.closest, found.fits, found.overlay) == ((), False, None)
    assert "no operation responds as in any edition" in found.problem
    assert str(status) in found.problem


def test_a_server_that_is_not_there() -> None:
    """A server that can't be reached gets one request."""
    found = ask("http://127.0.0.1:1", Data.of_examples(DESCRIBED.documents[OTC_2026]))
    assert found.closest == ()
    assert "could not be reached" in found.problem
    assert len(found.requests) == 1


def test_what_is_no_url() -> None:
    """An invalid URL raises JobexportError with one sentence."""
    with pytest.raises(JobexportError, match="is not a URL"):
        ask("http://127.0.0.1:port", Data.of_examples(DESCRIBED.documents[OTC_2026]))


FAULTS = {fault.id for fault in mock.FAULTS.values() if fault.group == FOR_CLIENTS}


@pytest.mark.parametrize("fault", sorted(FAULTS - {"latency", "slow-drip", "zip-bomb"}))
def test_a_fault_never_surfaces(fault: Any) -> None:
    """A mock with any fault is identified without an error, and a broken response never fits."""
    found = ask_mock(DESCRIBED.documents[OTC_2026], faults=[f"{fault}@*"])
    assert beyond_bounds(found) == []
    # Each request of an identification has the project's header.
    if not fault.startswith(("is-success", "needs-project-header")):
        assert not found.fits


def test_no_part_of_an_identification_holds_the_token() -> None:
    """The token is in no text, even if the server sends it in codes, names of fields and file names."""
    echo = f'{{"error_code": "X.{TOKEN}", "error_msg": "{TOKEN}", "{TOKEN}": 1}}'.encode()
    with (
        mock.serve(DESCRIBED.documents[OTC_2026], token=TOKEN) as server,
        httpx.Client(base_url=server.url, trust_env=False, verify=False) as upstream,
    ):

        def respond(handler: Any, content: Any) -> Any:
            headers = {"X-Auth-Token": TOKEN, "Content-Type": JSON}
            response = upstream.post(handler.path, headers=headers, content=content)
            if response.status_code != 200:
                return response.status_code, {"Content-Type": JSON}, echo
            if response.headers["content-type"] == JSON:
                return 200, {"Content-Type": JSON}, response.content[:-1] + f', "{TOKEN}": "{TOKEN}"}}'.encode()
            name = f'attachment; filename="{TOKEN}.zip"'
            return (
                200,
                {"Content-Type": response.headers["content-type"], "Content-Disposition": name},
                response.content,
            )

        with handled(respond) as url:
            found = ask(url, mock_data(server))
    assert found.closest == (OTC_2026,)
    assert found.overlay
    assert TOKEN not in repr(found)


def test_a_place_as_jsonpath_selects_that_place() -> None:
    """The path selects its place even if a key has quotes, backslashes or line breaks, or is empty."""
    for key in ["a", "$ref", "it's", 'say "x"', "back\\slash", "line\nbreak", "a.b/c", "", "ü"]:
        document = {"x": {key: [{"here": 1}, 2], "other": 3}}
        overlay = {
            "overlay": "1.0.0",
            "info": {"title": "t", "version": "1"},
            "actions": [{"target": to_path(("x", key, 0)), "remove": True}],
        }
        assert spec.apply_overlay(document, overlay) == {"x": {key: [2], "other": 3}}


def test_an_operation_that_only_the_register_knows_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation that reads, and of which editions say different things, is asked once and tells the edition."""
    path, place = "/v1/{project_id}/things", "/components/schemas/Things/properties/total"

    def with_things(document: Any, kinds: list[str]) -> Any:
        schema = {"type": "object", "properties": {"total": {"type": kinds}}}
        media = {JSON: {"schema": {"$ref": "#/components/schemas/Things"}}}
        responses = {"200": {"description": "The things.", "content": media}}
        more = copy.deepcopy(document)
        more["components"]["schemas"]["Things"] = schema
        more["paths"][path] = {"get": {"operationId": "listThings", "tags": ["dgc"], "responses": responses}}
        return more

    def claim(edition: str, kind: str) -> Claim:
        return Claim((edition,), kind, "doc", says=(Statement("type", place, kind),))

    known, union, register = identification._descriptions()
    editions = tuple(
        attrs.evolve(own, document=with_things(own.document, [kind]))
        for id_, kind in ((OTC_2024, "integer"), (OTC_2026, "string"))
        for own in known
        if own.edition == id_
    )
    claims = (claim(OTC_2024, "integer"), claim(OTC_2026, "string"))
    entry = Entry("X-1", "Total", "dgc", ("listThings",), (place,), True, "documented", claims, (), "", "", "")
    more = attrs.evolve(register, entries=(entry,))
    union = attrs.evolve(union, document=with_things(union.document, ["integer", "string"]))
    monkeypatch.setattr(identification, "_descriptions", lambda: (editions, union, more))

    def responding(total: object) -> Callable[[httpx.Request], httpx.Response]:
        return lambda _: httpx.Response(200, json={"total": total})

    for total, expected in ((3, OTC_2024), ("3", OTC_2026)):
        found = identify("https://server.example", Data(project="p", jobs=(), flink_jobs=()), responding(total))
        assert found.requests == ("GET /v1/p/things → 200",)
        assert (found.closest, found.fits) == ((expected,), True)
        assert verdicts(found)["X-1", expected] == "agrees"
        assert {said for (id_, _), said in verdicts(found).items() if id_ == "X-1"} == {"agrees", "contradicts"}
