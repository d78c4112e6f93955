"""The steps before every operation: routes, authentication, size, media type, JSON."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, create_app
from jobexport.spec.document import operations as documented

if TYPE_CHECKING:
    from tests.mock.making.apis import Api

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
PATHS = {"exportFlinkJobs": FLINK, "exportJob": JOB, "batchExportJobs": BATCH}
BODIES = {
    "exportFlinkJobs": {"obs_dir": "a", "is_selected": False},
    "exportJob": {},
    "batchExportJobs": {"jobList": ["myJob"]},
}
LIMIT = 12 * 1024 * 1024

operations = pytest.mark.parametrize("operation", PATHS)


def operations_at(document: Any, path: str) -> list[Any]:
    """Return the operations of a document whose path matches."""
    patterns = {item: re.sub(r"\{\w+\}", "[^/]+", item.path) for item in documented(document)}
    return [item for item, pattern in patterns.items() if re.fullmatch(pattern, path)]


def not_found(api: Any) -> Any:
    response = api.document["components"]["responses"]["DgcNotFound"]
    return response["content"]["application/json"]["examples"]["not-found"]["value"]


class TestExamples:
    @operations
    def test_document_examples_succeed(self, api: Api, operation: Any) -> None:
        """Every example request of the document gets 200, in the default and in the example's workspace."""
        fields = api.fields(operation)
        bodies = [None]
        if "requestBody" in fields:
            examples = fields["requestBody"]["content"]["application/json"]["examples"]
            bodies = [example["value"] for example in examples.values()]
        workspace = api.document["components"]["parameters"]["Workspace"]["example"]
        for body in bodies:
            for headers in ({}, {"workspace": workspace}):
                options: dict[str, Any] = {} if body is None else {"json": body}
                response = api.client.post(PATHS[operation], headers=headers, **options)
                assert response.status_code == 200, (body, headers, response.text)


class TestRoutes:
    @pytest.mark.parametrize(
        "target",
        [
            "/",
            "//",
            "/v1",
            "*",
            JOB + "/",
            "/" + JOB,
            JOB.upper(),
            FLINK.replace("/v1.0/", "/v1/"),
            BATCH.replace("/v1/", "/v1.0/"),
            f"/v1/{EXAMPLE_PROJECT}/jobs//export",
            f"/v1/{EXAMPLE_PROJECT}/jobs/a/b/export",
            f"/v1/{EXAMPLE_PROJECT}/jobs/../export",
            f"/v1/{EXAMPLE_PROJECT}/jobs/./export",
            f"/v1/{EXAMPLE_PROJECT}/jobs%2FmyJob/export",
            f"/v1/x/../{EXAMPLE_PROJECT}/jobs/myJob/export",
            f"/v1%2F{EXAMPLE_PROJECT}%2Fjobs%2Fbatch-export",
        ],
    )
    def test_unknown_path(self, api: Api, target: Any) -> None:
        """A path that the document lacks is 404 with the document's body; `%2F` does not separate segments."""
        response = api.raw(target)
        assert (response.status, response.json()) == (404, not_found(api))

    @operations
    def test_wrong_method(self, api: Api, operation: Any) -> None:
        """A method that no operation of this path has is 405, names the right one, and has an error body."""
        there = {item.method.upper() for item in operations_at(api.document, PATHS[operation])}
        for method in {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} - there:
            response = api.client.request(method, PATHS[operation])
            assert (response.status_code, response.headers["allow"]) == (405, "POST")
            assert response.json().keys() == {"error_code", "error_msg"}

    def test_head_has_no_body(self, api: Api) -> None:
        """HEAD is 405 too, without a body."""
        response = api.client.head(JOB)
        assert (response.status_code, response.content) == (405, b"")

    @pytest.mark.parametrize(
        "target",
        [JOB + "?a=b", "http://mock" + JOB, JOB.replace("export", "%65xport"), JOB.replace("myJob", "%6DyJob")],
        ids=["query", "absolute", "encoded-literal", "encoded-name"],
    )
    def test_other_spellings(self, api: Api, target: Any) -> None:
        """A query, the absolute form and letters that need no encoding change nothing."""
        assert api.raw(target).status == 200

    def test_path_without_raw_path(self) -> None:
        """A scope without raw_path is served too."""
        assert asyncio.run(called(JOB, raw_path=None))["status"] == 200


class TestAuthentication:
    @operations
    def test_wrong_token(self, api: Api, operation: Any) -> None:
        """A missing or wrong token is 401 with the document's body, before the check of the request."""
        right = EXAMPLE_TOKEN.encode()
        for token in (None, b"", b"wrong", right + b"x", right.upper(), b"\xff\xfe", b"a, " + right):
            response = api.raw(PATHS[operation], {"X-Auth-Token": token, "Content-Type": "text/plain"}, b"{")
            assert (response.status, response.json()) == api.refusal(operation, "unauthorized")

    def test_token_twice(self, api: Api) -> None:
        """Two tokens are refused, even if both are right."""
        headers = [("X-Auth-Token", EXAMPLE_TOKEN), ("X-Auth-Token", EXAMPLE_TOKEN)]
        assert api.client.post(JOB, headers=headers).status_code == 401

    def test_unknown_path_needs_no_token(self, api: Api) -> None:
        """Routing comes before authentication: without a token an unknown path is 404, a wrong method 405."""
        assert api.raw("/v1/x", {"X-Auth-Token": ""}).status == 404
        assert api.client.get(JOB, headers={"X-Auth-Token": ""}).status_code == 405


class TestSize:
    @operations
    def test_declared_too_large(self, api: Api, operation: Any) -> None:
        """A Content-Length above 12 MB is 413 before a byte of the body is read."""
        response = api.raw(PATHS[operation], {"Content-Length": str(LIMIT + 1)})
        assert (response.status, response.json()) == api.refusal(operation, "body-too-large")

    def test_absurd_length(self, one_api: Api) -> None:
        """A Content-Length of many digits is 413 or 400, not a failure."""
        assert one_api.raw(JOB, {"Content-Length": "9" * 19}).status in (400, 413)

    @operations
    def test_reading_stops_at_the_limit(self, operation: Any) -> None:
        """Without a length the body is read up to the limit and not further."""
        result = asyncio.run(called(PATHS[operation], endless=True))
        assert (result["status"], result["received"]) == (413, 13)

    def test_body_at_the_limit(self, one_api: Api) -> None:
        """A body of exactly 12 MB is read."""
        body = json.dumps(BODIES["exportFlinkJobs"]).encode()
        assert one_api.raw(FLINK, content=body + b" " * (LIMIT - len(body))).status == 200

    def test_chunked_body(self, one_api: Api) -> None:
        """A body in chunks is read like any other."""
        chunks = (bytes([byte]) for byte in json.dumps(BODIES["batchExportJobs"]).encode())
        response = one_api.client.post(BATCH, content=chunks, headers={"Content-Type": "application/json"})
        assert response.status_code == 200

    def test_client_that_leaves(self, one_api: Api) -> None:
        """A client that closes the connection in the middle of its body does not disturb the server."""
        assert asyncio.run(called(JOB, leaves=True))["status"] is None
        assert one_api.job("myJob").status_code == 200


class TestMediaType:
    @operations
    def test_json(self, api: Api, operation: Any) -> None:
        """application/json is taken in any case and with any parameters."""
        content = json.dumps(BODIES[operation])
        for parameters in ("", "; charset=UTF-8", ";charset=utf-8", " ; x=y"):
            for media_type in ("application/json", "Application/JSON"):
                headers = {"Content-Type": media_type + parameters}
                assert api.client.post(PATHS[operation], content=content, headers=headers).status_code == 200

    @operations
    def test_not_json(self, api: Api, operation: Any) -> None:
        """A body of another type or without a type is 415, in editions with a body."""
        content = json.dumps(BODIES[operation]).encode()
        for media_type in (None, "", "text/plain", "application/jsonx", "application/json, text/plain", b"\xff", "*/*"):
            response = api.raw(PATHS[operation], {"Content-Type": media_type}, content)
            if "requestBody" not in api.fields(operation):
                assert response.status == 200
                continue
            _, expected = api.refusal(operation, "unsupported-media-type")
            assert (response.status, response.json()) == (415, expected)

    def test_not_json_and_empty(self, api: Api) -> None:
        """Another type is 415 even when the body is empty."""
        assert api.raw(BATCH, {"Content-Type": "text/plain"}).status == 415


class TestJson:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"{", "Expecting property name"),
            (b"{} {}", "Extra data"),
            (b" ", "Expecting value"),
            (b"'x'", "Expecting value"),
            (b'{"a": 1, "a": 1}', "key 'a' is given twice"),
            (b'{"x": [{"\xc3\xa9\\n": 1, "\xc3\xa9\\n": 2}]}', "key '\\xe9\\n' is given twice"),
            (b'{"a": NaN}', "NaN is not JSON"),
            (b'{"a": Infinity}', "Infinity is not JSON"),
            (b'{"a": -Infinity}', "-Infinity is not JSON"),
            (b'{"a": 1e999}', "number 1e999 is out of range"),
            (b'{"a": ' + b"1" * 5000 + b"}", "Exceeds the limit"),
            (b"\xff", "not UTF-8 at byte 0"),
            (b"\xef\xbb\xbf{}", "Expecting value"),
            ('{"a": 1}'.encode("utf-16"), "not UTF-8 at byte 0"),
            (b'{"\\ud800": 1}', "half of a surrogate pair"),
            (b'{"obs_dir": "\\uDFFF", "is_selected": false}', "half of a surrogate pair"),
            (b"[" * 100_000, "nested too deeply"),
            (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        ],
        ids=range(19),
    )
    @pytest.mark.parametrize("operation", ["exportFlinkJobs", "batchExportJobs"])
    def test_unreadable(self, one_api: Api, operation: str, content: Any, reason: str) -> None:
        """A body that is not JSON, or that JSON parsers read differently, is an invalid request."""
        response = one_api.raw(PATHS[operation], content=content)
        assert (response.status, response.json()) == one_api.refusal(operation, "invalid-request")
        assert response.headers["x-mock-violation"].startswith(f"{operation} body#: {reason}")

    def test_escaped_pair(self, one_api: Api) -> None:
        """A whole surrogate pair is one character."""
        body = b'{"obs_dir": "\\ud83d\\ude00", "is_selected": true, "job_selected": [100]}'
        assert "\N{GRINNING FACE}/aggregate" in one_api.raw(FLINK, content=body).content.decode()

    def test_deep_unknown_field(self, one_api: Api) -> None:
        """An unknown field may be nested hundreds of levels deep."""
        body = b'{"obs_dir": "a", "is_selected": false, "x": ' + b"[" * 500 + b"]" * 500 + b"}"
        assert one_api.raw(FLINK, content=body).status == 200

    @pytest.mark.parametrize("key", ["é", "a\r\nb", "x" * 5000, "\u2028", "\x7f", "\N{GRINNING FACE}"])
    def test_violation_is_one_short_line(self, one_api: Api, key: Any) -> None:
        """X-Mock-Violation stays printable ASCII and below 300 characters, whatever the request holds."""
        content = ("{" + f"{json.dumps(key)}: 1, {json.dumps(key)}: 2" + "}").encode()
        text = one_api.raw(FLINK, content=content).headers["x-mock-violation"]
        assert text.isascii()
        assert text.isprintable()
        assert len(text) <= 300

    def test_violation_shows_no_values(self, one_api: Api) -> None:
        """X-Mock-Violation names places and reasons, not the caller's values."""
        response = one_api.flink(job_selected=["secret"])
        assert "secret" not in response.headers["x-mock-violation"]


class TestRobustness:
    @pytest.mark.parametrize(
        "request_bytes",
        [
            b"POST /%C3%28 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"POST /\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"POST " + JOB.encode() + b" HTTP/1.1\r\nHost: x\r\nX-Auth-Token: a\0b\r\n\r\n",
            b"POST " + JOB.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
            b"POST " + JOB.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"garbage\r\n\r\n",
            b"GET /v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n",
        ],
        ids=range(8),
    )
    def test_broken_requests(self, one_api: Api, request_bytes: Any) -> None:
        """A request that is hardly HTTP is a clean 4xx."""
        assert 400 <= one_api.send(request_bytes).status < 500

    @pytest.mark.parametrize("head", [b"GET /" + b"a" * 200_000, b"GET / HTTP/1.1\r\nA: " + b"a" * 200_000])
    def test_endless_head(self, one_api: Api, head: Any) -> None:
        """Request line and headers of more than 64 KiB are refused before they end."""
        assert one_api.send(head).status == 400

    @pytest.mark.parametrize("project", ["%FF", "%00", "..%2F..", "%2E%2E", "%", "a" * 64, "%F0%9F%98%80"])
    @operations
    def test_odd_projects(self, one_api: Api, project: Any, operation: Any) -> None:
        """A project id in an odd spelling is an unknown project."""
        content = json.dumps(BODIES[operation]).encode()
        response = one_api.raw(PATHS[operation].replace(EXAMPLE_PROJECT, project), content=content)
        assert (response.status, response.json()) == one_api.refusal(operation, "no-permission")

    @operations
    def test_a_project_id_of_any_length(self, api: Api, operation: Any) -> None:
        """A very long project id is unknown; where the edition bounds the id, the request is invalid."""
        content = json.dumps(BODIES[operation]).encode()
        response = api.raw(PATHS[operation].replace(EXAMPLE_PROJECT, "a" * 5000), content=content)
        bounded = "maxLength" in api.document["components"]["parameters"]["ProjectId"]["schema"]
        name = "invalid-request" if bounded else "no-permission"
        assert (response.status, response.json()) == api.refusal(operation, name)


async def called(path: Any, *, raw_path: Any = ..., endless: bool = False, leaves: bool = False) -> Any:
    """Call the application in process; return the status (None without a response) and the number of messages read."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode() if raw_path is ... else raw_path,
        "headers": [(b"x-auth-token", EXAMPLE_TOKEN.encode()), (b"content-type", b"application/json")],
    }
    seen: dict[str, Any] = {"status": None, "received": 0}

    async def receive() -> dict[str, Any]:
        seen["received"] += 1
        if leaves:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b" " * 2**20 if endless else b"", "more_body": endless}

    async def send(message: Any) -> None:
        seen["status"] = message.get("status", seen["status"])

    await create_app()(scope, receive, send)
    return seen
