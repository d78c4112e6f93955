"""Signatures with an access key: each rule, and a request that breaks only this rule, over a real socket."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import signing
from jobexport.mock import EXAMPLE_ACCESS_KEY, EXAMPLE_PROJECT, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN, serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.mock.making.apis import Api

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
PATHS = {"exportFlinkJobs": FLINK, "exportJob": JOB, "batchExportJobs": BATCH}
BODIES: dict[str, bytes] = {
    "exportFlinkJobs": b'{"obs_dir": "a", "is_selected": false}',
    "exportJob": b"",
    "batchExportJobs": b'{"jobList": ["myJob"]}',
}
NOW = 1_700_000_000_000  # the clock of the servers
DATE = "20231114T221320Z"
MINUTES_15 = 15 * 60 * 1000

operations = pytest.mark.parametrize("operation", PATHS)


def signed(
    target: str,
    content: bytes = b"",
    *,
    leave_out: tuple[str, ...] = (),
    access_key: str = EXAMPLE_ACCESS_KEY,
    secret_key: str = EXAMPLE_SECRET_KEY,
    **headers: str,
) -> dict[str, Any]:
    """Return signed headers; those in `leave_out` are sent unsigned. The keyword `X_Other` is the header `X-Other`."""
    sent = {"Host": "mock", "X-Sdk-Date": DATE, "X-Project-Id": EXAMPLE_PROJECT, "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    to_sign = {name: value for name, value in sent.items() if name not in leave_out}
    path, _, query = target.partition("?")
    values = {name.lower(): value for name, value in to_sign.items()}
    payload = signing.content_hash(content)
    if content:
        payload = values.get("x-sdk-content-sha256", payload)
    request = signing.canonical_request("POST", path, query, values, sorted(values), payload)
    signature = signing.signature(secret_key, signing.string_to_sign(sent["X-Sdk-Date"], request))
    claim = signing.Authorization(access_key, tuple(sorted(values)), signature)
    return {**sent, "Authorization": str(claim), "X-Auth-Token": None}


def check_refused(api: Any, response: Any, header: str, reason: str, operation: str = "exportJob") -> None:
    """Check a 401 with the document's body and exactly this violation."""
    assert (response.status, response.json()) == api.refusal(operation, "unauthorized")
    assert response.headers["x-mock-violation"] == f"{operation} header#/{header}: {reason}"


WRONG = "the signature is not that of this request under this key"


class TestLetIn:
    @operations
    def test_every_operation(self, api: Api, operation: Any) -> None:
        """Every operation accepts a signed request, with and without `X-Project-Id`."""
        content = BODIES[operation]
        headers = signed(PATHS[operation], content)
        assert api.raw(PATHS[operation], headers, content).status == 200
        # The vendor's SDK always sends it; no page demands it.
        headers = signed(PATHS[operation], content, leave_out=("X-Project-Id",)) | {"X-Project-Id": None}
        assert api.raw(PATHS[operation], headers, content).status == 200

    def test_same_response_as_with_a_token(self, api: Api) -> None:
        """A signed request gets the same zip as a request with a token."""
        content = BODIES["batchExportJobs"]
        response = api.raw(BATCH, signed(BATCH, content), content)
        assert response.content == api.batch("myJob").content

    @pytest.mark.parametrize(
        "target",
        [
            JOB + "?b=1&a=%20&a=",
            "http://mock" + JOB,
            JOB.replace("myJob", "%6DyJob"),
            JOB.replace("export", "%65xport"),
        ],
    )
    def test_other_spellings(self, one_api: Api, target: Any) -> None:
        """A query, the absolute form and letters that need no encoding are signed in one form."""
        assert one_api.raw(target, signed(target.removeprefix("http://mock"))).status == 200
        assert one_api.raw(target, signed(target.removeprefix("http://mock"), secret_key="x")).status == 401

    def test_dots(self, one_api: Api) -> None:
        """The encoded job names `.` and `..` can be signed: the caller is accepted, the job is missing."""
        for name in ("%2E", "%2e%2E"):
            target = JOB.replace("myJob", name)
            assert one_api.raw(target, signed(target)).json()["error_code"] == "DLF.0100"

    def test_signed_values(self, one_api: Api) -> None:
        """Header values in other scripts, and bytes that are not UTF-8, can be signed."""
        for value in ("名前", "a, b", "\udcff\udc80"):
            headers = signed(JOB, X_Other=value)
            headers["X-Other"] = value.encode("utf-8", "surrogateescape")
            assert one_api.raw(JOB, headers).status == 200
            headers["X-Other"] += b"x"
            check_refused(one_api, one_api.raw(JOB, headers), "Authorization", WRONG)

    def test_own_keys(self) -> None:
        """A server with custom keys accepts only these and names them; no repr has the secret."""
        with serve(access_key="MINE", secret_key="sécret", clock=lambda: NOW) as server:
            assert (server.access_key, server.secret_key) == ("MINE", "sécret")
            for thing in (server, server.core, server.core.credentials):
                assert "sécret" not in repr(thing)
            assert status(server, signed(JOB, access_key="MINE", secret_key="sécret")) == 200
            assert status(server, signed(JOB)) == 401
            assert status(server, signed(JOB, access_key="MINE")) == 401
            assert status(server, signed(JOB, secret_key="sécret")) == 401

    def test_token_decides_alone(self, one_api: Api) -> None:
        """If a request has a token, its signature is ignored."""
        assert one_api.raw(JOB, signed(JOB, secret_key="x") | {"X-Auth-Token": EXAMPLE_TOKEN}).status == 200
        for token in ("", "wrong"):
            assert one_api.raw(JOB, signed(JOB) | {"X-Auth-Token": token}).status == 401


class TestRefused:
    @operations
    def test_wrong_secret(self, api: Api, operation: Any) -> None:
        """A signature with another secret is refused on every operation, before the check of the request."""
        content = b"{"
        headers = signed(PATHS[operation], content, secret_key="other")
        check_refused(api, api.raw(PATHS[operation], headers, content), "Authorization", WRONG, operation)

    @pytest.mark.parametrize("key", ["OTHER", EXAMPLE_ACCESS_KEY + "0", EXAMPLE_ACCESS_KEY.lower()])
    def test_unknown_access_key(self, one_api: Api, key: Any) -> None:
        """A signature with an unknown key is refused, whatever its secret."""
        response = one_api.raw(JOB, signed(JOB, access_key=key))
        check_refused(one_api, response, "Authorization", "the access key is not known")

    def test_altered_body(self, one_api: Api) -> None:
        """A body other than the signed body is refused: changed, missing, or added."""
        content = BODIES["batchExportJobs"]
        for signed_content, sent in ((content, content + b" "), (content, b""), (b"", content)):
            response = one_api.raw(BATCH, signed(BATCH, signed_content), sent)
            check_refused(one_api, response, "Authorization", WRONG, "batchExportJobs")

    @pytest.mark.parametrize(
        ("header", "value"),
        [("Host", "other"), ("Content-Type", "application/json;charset=utf-8"), ("X-Sdk-Date", "20231114T221321Z")],
    )
    def test_altered_header(self, one_api: Api, header: str, value: str) -> None:
        """A signed header with another value is refused."""
        check_refused(one_api, one_api.raw(JOB, signed(JOB) | {header: value}), "Authorization", WRONG)

    @pytest.mark.parametrize("target", [JOB + "?a=1", JOB.replace("myJob", "job_batch"), BATCH])
    def test_altered_target(self, one_api: Api, target: Any) -> None:
        """A signature for another path or query is refused."""
        operation = "batchExportJobs" if target == BATCH else "exportJob"
        check_refused(one_api, one_api.raw(target, signed(JOB)), "Authorization", WRONG, operation)

    def test_altered_method(self, one_api: Api) -> None:
        """A signature for another method is refused."""
        values = {"host": "mock", "x-sdk-date": DATE}
        request = signing.canonical_request("PUT", JOB, "", values, values, signing.content_hash(b""))
        signature = signing.signature(EXAMPLE_SECRET_KEY, signing.string_to_sign(DATE, request))
        claim = signing.Authorization(EXAMPLE_ACCESS_KEY, tuple(values), signature)
        headers = {"X-Sdk-Date": DATE, "Authorization": str(claim), "X-Auth-Token": None}
        check_refused(one_api, one_api.raw(JOB, headers), "Authorization", WRONG)

    @pytest.mark.parametrize("header", ["Host", "X-Sdk-Date", "X-Project-Id"])
    def test_not_signed(self, one_api: Api, header: str) -> None:
        """Host, date and project id must be signed."""
        check_refused(one_api, one_api.raw(JOB, signed(JOB, leave_out=(header,))), header, "is not signed")

    def test_no_date(self, one_api: Api) -> None:
        """`X-Sdk-Date` must be there."""
        response = one_api.raw(JOB, signed(JOB) | {"X-Sdk-Date": None})
        check_refused(one_api, response, "X-Sdk-Date", "is missing")

    @pytest.mark.parametrize("date", ["", "1700000000", "2023-11-14T22:13:20Z", "20231314T221320Z", DATE[:-1]])
    def test_malformed_date(self, one_api: Api, date: Any) -> None:
        """A date of another form is refused, even if signed."""
        response = one_api.raw(JOB, signed(JOB, X_Sdk_Date=date))
        check_refused(one_api, response, "X-Sdk-Date", "must be YYYYMMDDTHHMMSSZ")

    @pytest.mark.parametrize("sign", [1, -1])
    def test_date_15_minutes_off(self, one_api: Api, sign: Any) -> None:
        """A date 15 minutes off is accepted, a millisecond more is refused."""
        now = NOW
        with serve(clock=lambda: now) as server:
            now = NOW + sign * MINUTES_15
            assert status(server, signed(JOB)) == 200
            now += sign
            assert status(server, signed(JOB)) == 401
            response = reached(server, one_api).raw(JOB, signed(JOB))
            check_refused(one_api, response, "X-Sdk-Date", "is more than 15 minutes from now")

    def test_real_clock(self) -> None:
        """By default the clock is the machine's."""
        with serve() as server:
            date = signing.format_date(time.time_ns() // 1_000_000)
            assert status(server, signed(JOB, X_Sdk_Date=date)) == 200
            assert status(server, signed(JOB)) == 401

    def test_signed_header_is_missing(self, one_api: Api) -> None:
        """A header that is named as signed must be there."""
        response = one_api.raw(JOB, signed(JOB, workspace="x") | {"workspace": None})
        check_refused(one_api, response, "workspace", "is signed, so the request must have it exactly once")

    @pytest.mark.parametrize("header", ["workspace", "X-Sdk-Date", "X-Project-Id", "Content-Type"])
    def test_signed_header_twice(self, one_api: Api, header: str) -> None:
        """A signed header that is sent twice is refused, even if the signature fits the joined value."""
        values = signed(JOB, workspace="x")
        value = values[header]
        for claimed in (value, f"{value}, {value}"):
            twice: dict[str, Any] = {"workspace": "x", header.replace("-", "_"): claimed}
            headers = signed(JOB, **twice) | {header: value}
            lines = [f"{name}: {text}" for name, text in headers.items() if text is not None]
            lines += [f"{header.upper()}: {value}", "Content-Length: 0", "Connection: close"]
            response = one_api.send("\r\n".join([f"POST {JOB} HTTP/1.1", *lines, "", ""]).encode())
            name = header.lower()
            check_refused(one_api, response, name, "is signed, so the request must have it exactly once")

    def test_two_authorizations(self, one_api: Api) -> None:
        """Two signatures are refused, even if both are right."""
        headers = signed(JOB)
        value = f"{headers['Authorization']}, {headers['Authorization']}"
        response = one_api.raw(JOB, headers | {"Authorization": value})
        assert response.headers["x-mock-violation"].startswith("exportJob header#/Authorization: must be SDK-HMAC")
        headers["authorization"] = headers["Authorization"]
        assert one_api.raw(JOB, headers).status == 401

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "Bearer " + EXAMPLE_TOKEN,
            "SDK-HMAC-SHA256",
            "SDK-HMAC-SHA256 Access=a",
            b"\xff\xfe",
            "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=" + "0" * 64,
            "sdk-hmac-sha256 Access=a, SignedHeaders=host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=" + "a;" * 2000 + "host, Signature=" + "0" * 64,
        ],
    )
    def test_garbage(self, one_api: Api, value: Any) -> None:
        """An Authorization of another form is refused, and never a server error."""
        response = one_api.raw(JOB, {"Authorization": value, "X-Auth-Token": None})
        assert (response.status, response.json()) == one_api.refusal("exportJob", "unauthorized")
        assert response.headers["x-mock-violation"].startswith("exportJob header#/Authorization: ")

    def test_names_must_be_sorted(self, one_api: Api) -> None:
        """SignedHeaders in another order, or a name twice, is refused."""
        for names in ("x-sdk-date;host", "host;host;x-sdk-date"):
            headers = signed(JOB)
            headers["Authorization"] = headers["Authorization"].replace(
                "content-type;host;x-project-id;x-sdk-date", names
            )
            check_refused(
                one_api, one_api.raw(JOB, headers), "Authorization", "SignedHeaders must be sorted, each name once"
            )

    def test_another_project(self, one_api: Api) -> None:
        """`X-Project-Id` must be the project of the path."""
        response = one_api.raw(JOB, signed(JOB, X_Project_Id="other"))
        check_refused(one_api, response, "X-Project-Id", "is not the project of the path")

    def test_temporary_key(self, one_api: Api) -> None:
        """`X-Security-Token`, which belongs to a temporary key, is refused, signed or not."""
        response = one_api.raw(JOB, signed(JOB, X_Security_Token="t"))
        check_refused(one_api, response, "X-Security-Token", "this server has no temporary keys")
        response = one_api.raw(JOB, signed(JOB, X_Security_Token="t", leave_out=("X-Security-Token",)))
        check_refused(one_api, response, "X-Security-Token", "is not signed")


class TestContentHash:
    """The header `X-Sdk-Content-Sha256`, which may declare the payload of the signature."""

    def test_right_hash(self, one_api: Api) -> None:
        """The body's hash is accepted."""
        content = BODIES["batchExportJobs"]
        headers = signed(BATCH, content, X_Sdk_Content_Sha256=hashlib.sha256(content).hexdigest())
        assert one_api.raw(BATCH, headers, content).status == 200

    def test_wrong_hash(self, one_api: Api) -> None:
        """The hash of another body is refused, though the signature fits it."""
        content = BODIES["batchExportJobs"]
        headers = signed(BATCH, content, X_Sdk_Content_Sha256=hashlib.sha256(content).hexdigest())
        response = one_api.raw(BATCH, headers, content + b" ")
        check_refused(one_api, response, "X-Sdk-Content-Sha256", "is not the hash of the body", "batchExportJobs")

    def test_not_signed(self, one_api: Api) -> None:
        """The header must be signed itself."""
        headers = signed(JOB, X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD", leave_out=("X-Sdk-Content-Sha256",))
        check_refused(one_api, one_api.raw(JOB, headers), "X-Sdk-Content-Sha256", "is not signed")

    def test_unsigned_json(self, one_api: Api) -> None:
        """A JSON body can't be unsigned."""
        content = BODIES["batchExportJobs"]
        headers = signed(BATCH, content, X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD")
        response = one_api.raw(BATCH, headers, content)
        check_refused(one_api, response, "X-Sdk-Content-Sha256", "a body of JSON must be signed", "batchExportJobs")

    def test_unsigned_other_type(self, one_api: Api) -> None:
        """A body of another type can be unsigned, as by the vendor's SDK; only its type is refused."""
        headers = signed(BATCH, b"x", X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD", Content_Type="text/plain")
        response = one_api.raw(BATCH, headers, b"y")
        assert response.json() == one_api.refusal("batchExportJobs", "unsupported-media-type")[1]


class TestSize:
    LIMIT = 12 * 1024 * 1024

    def test_limit(self, one_api: Api) -> None:
        """A signed body of 12 MB is read; a byte more is refused, with Content-Length and in chunks."""
        body = json.dumps({"jobList": ["myJob"]}).encode()
        body += b" " * (self.LIMIT - len(body))
        assert one_api.raw(BATCH, signed(BATCH, body), body).status == 200
        large = body + b" "
        headers = signed(BATCH, large)
        assert one_api.raw(BATCH, headers | {"Content-Length": str(10**12)}).status == 413
        chunked = f"{len(large):x}\r\n".encode() + large + b"\r\n0\r\n\r\n"
        headers |= {"Content-Length": None, "Transfer-Encoding": "chunked"}
        assert one_api.raw(BATCH, headers, chunked).status == 413

    def test_unknown_key_is_not_read(self, one_api: Api) -> None:
        """An unknown key is refused before a byte of the body is sent."""
        headers = signed(BATCH, b"x" * 100, access_key="OTHER") | {"Content-Length": "100"}
        assert one_api.raw(BATCH, headers).status == 401


def test_nothing_secret_comes_back(one_api: Api) -> None:
    """A refusal contains neither the secret nor the right signature."""
    right = signed(JOB)
    wrong = signed(JOB, secret_key="other")
    response = one_api.raw(JOB, wrong)
    text = repr(response)
    for secret in (EXAMPLE_SECRET_KEY, EXAMPLE_ACCESS_KEY, EXAMPLE_TOKEN, right["Authorization"][-64:]):
        assert secret not in text


def reached(server: Any, api: Any) -> Any:
    """Return the Api of another server."""
    return type(api)(api.edition, api.document, server, api.client)


def status(server: Any, headers: Mapping[str, Any]) -> int:
    """Return the status of a call of exportJob without a body."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.putrequest("POST", JOB, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name, value)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        return connection.getresponse().status
