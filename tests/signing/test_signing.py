"""Signatures: the same as the vendor's SDK makes, for any request, and a fixed example."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from jobexport import signing

if TYPE_CHECKING:
    from collections.abc import Callable

ACCESS_KEY, SECRET_KEY = "AK0", "sécret"
LETTERS = "abzAZ019-._~ /%+&=;:,!*'()@$?#|^äß中🙂\x7f"

# Its signature was made with the SDK, once: a change of the SDK shows here.
FIXED: dict[str, Any] = {
    "method": "POST",
    "path": "/v1/p/jobs/%2E%2E/export",
    "query": "b=2&a=%20&a=",
    "headers": {
        "Host": "example.test",
        "X-Sdk-Date": "20260301T120000Z",
        "Content-Type": "application/json",
        "workspace": " w ",
    },
    "content": b'{"exportDepend": false}',
}
FIXED_CANONICAL = """POST
/v1/p/jobs/../export/
a=&a=%20&b=2
content-type:application/json
host:example.test
workspace:w
x-sdk-date:20260301T120000Z

content-type;host;workspace;x-sdk-date
c3d6c2f0"""


@pytest.fixture(scope="session")
def vendor() -> Callable[..., Any]:
    """A function that signs with the vendor's SDK; it gives the Authorization header."""
    # The SDK's own credentials would write a file into the home folder when they are imported.
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer

    signer = Signer(SimpleNamespace(ak=ACCESS_KEY, sk=SECRET_KEY))

    def sign(method: Any, path: Any, query: Any, headers: Any, content: Any) -> Any:
        request = SdkRequest(
            method=method,
            schema="http",
            host="unused",
            resource_path=path,
            query_params=query,
            header_params=dict(headers),
            body=content,
        )
        return signer.sign(request).header_params["Authorization"]

    return sign


def text(chance: Any, most: int = 8) -> Any:
    return "".join(chance.choice(LETTERS) for _ in range(chance.randint(0, most)))


def random_request(chance: Any) -> tuple[Any, Any, Any, Any, Any]:
    """A request with path segments encoded in odd ways, repeated and empty query fields, and values with spaces."""
    encode = chance.choice([lambda part: quote(part, safe=""), quote, lambda part: part.replace("%", "%25")])
    path = "/" + "/".join(encode(text(chance)) for _ in range(chance.randint(0, 4)))
    path = path.replace("m", "%6D").replace(".", chance.choice([".", "%2E"])).replace("?", "%3f").replace("#", "%23")
    query = [(text(chance, 2), text(chance)) for _ in range(chance.randint(0, 4))]
    headers = {"hOST": "h.test:80", "X-Sdk-Date": f"2026{chance.randint(1, 12):02}01T000000Z"}
    for name in chance.sample(["Content-Type", "workspace", "X-Project-Id", "User-Agent", "with_score", "b!"], 3):
        # Before anything else the SDK looks at the type, to see whether it signs the body.
        front, value = (
            ("", "application/json") if name == "Content-Type" else (chance.choice(["", " ", "\t"]), text(chance))
        )
        headers[name] = front + value + chance.choice(["", "  "])
    content = chance.choice([b"", b"{}", json.dumps({text(chance): 1}).encode(), chance.randbytes(50)])
    return chance.choice(["GET", "POST", "post", "DELETE"]), path, query, headers, content


class TestAgainstTheVendor:
    @pytest.mark.parametrize("seed", range(20))
    def test_random_requests(self, vendor: Callable[..., Any], seed: Any) -> None:
        """A hundred random requests a seed: our header is the SDK's, byte for byte."""
        chance = random.Random(seed)  # noqa: S311  # for tests
        for _ in range(100):
            method, path, query, headers, content = random_request(chance)
            wire = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
            ours = signing.sign(method, path, wire, headers, content, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
            assert ours == vendor(method, path, query, headers, content), (method, path, query, headers, content)

    def test_fixed_request(self, vendor: Callable[..., Any]) -> None:
        """The fixed example has the signature that the SDK makes."""
        query = [("b", "2"), ("a", " "), ("a", "")]
        expected = vendor(FIXED["method"], FIXED["path"], query, FIXED["headers"], FIXED["content"])
        assert signing.sign(**FIXED, access_key=ACCESS_KEY, secret_key=SECRET_KEY) == expected

    def test_unsigned_payload(self, vendor: Callable[..., Any]) -> None:
        """A body that is not JSON is left out where the header says so, an empty one is not."""
        headers = FIXED["headers"] | {"Content-Type": "text/plain", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
        for content in (b"a", b"b", b""):
            expected = vendor("POST", "/", [], headers, content)
            ours = signing.sign("POST", "/", "", headers, content, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
            assert ours == expected


class TestSign:
    def test_fixed_example(self) -> None:
        """Canonical request, string to sign and signature of one request, as constants."""
        values = {name.lower(): value for name, value in FIXED["headers"].items()}
        canonical = signing.canonical_request(
            FIXED["method"], FIXED["path"], FIXED["query"], values, sorted(values), "c3d6c2f0"
        )
        assert canonical == FIXED_CANONICAL
        assert signing.string_to_sign("20260301T120000Z", canonical).splitlines() == [
            "SDK-HMAC-SHA256",
            "20260301T120000Z",
            "f43539f22e18076d3b36915faa6c56304be3a59b703cae4a30683a197a7dd086",
        ]
        assert signing.sign(**FIXED, access_key=ACCESS_KEY, secret_key=SECRET_KEY) == (
            "SDK-HMAC-SHA256 Access=AK0, SignedHeaders=content-type;host;workspace;x-sdk-date, "
            "Signature=cd5bde94203cae40b9a9377f523e5aec9031e6497b4f2a4d79f5ed89d6dae4f3"
        )

    def test_secret_stays_inside(self) -> None:
        """Neither the header, nor a parsed header's repr with its signature, nor an exception has the secret."""
        header = signing.sign(**FIXED, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
        claim = signing.Authorization.parse(header)
        assert SECRET_KEY not in header
        assert claim.signature not in repr(claim)
        with pytest.raises(KeyError) as caught:
            signing.sign("GET", "/", "", {"Host": "h"}, b"", access_key=ACCESS_KEY, secret_key=SECRET_KEY)
        assert SECRET_KEY not in repr(caught.value)

    @pytest.mark.parametrize(
        ("path", "canonical"),
        [
            ("", "/"),
            ("/", "/"),
            ("/a/", "/a/"),
            ("/%2E%2E/%2e", "/.././"),
            ("/a%2Fb", "/a/b/"),
            ("/n%C3%B6", "/n%C3%B6/"),
            ("/nö", "/n%C3%B6/"),
            ("/%FF", "/%EF%BF%BD/"),
            ("/%zz%", "/%25zz%25/"),
            ("/~!$+", "/~%21%24%2B/"),
        ],
    )
    def test_path(self, path: str, canonical: str) -> None:
        """A path is decoded as a whole, encoded in one way, and ends in a slash."""
        assert signing.canonical_path(path) == canonical

    @pytest.mark.parametrize(
        ("query", "canonical"),
        [("", ""), ("&&", ""), ("a", "a="), ("b=1&a=2&a=1", "a=1&a=2&b=1"), ("a=b=c", "a=b%3Dc"), ("a=+", "a=%2B")],
    )
    def test_query(self, query: str, canonical: str) -> None:
        """A query is sorted by name and value."""
        assert signing.canonical_query(query) == canonical


class TestAuthorization:
    def test_parse_is_the_inverse(self) -> None:
        """A parsed header is written as it was."""
        header = signing.sign(**FIXED, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
        claim = signing.Authorization.parse(header)
        assert (claim.access_key, claim.signed) == (ACCESS_KEY, ("content-type", "host", "workspace", "x-sdk-date"))
        assert str(claim) == header

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "Basic c2VjcmV0",
            "SDK-HMAC-SHA256",
            "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=Host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=" + "0" * 63,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=" + "g" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=" + "0" * 64 + ", ",
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=" + "0" * 64 + "\n",
            "SDK-HMAC-SHA256 Signature=" + "0" * 64 + ", SignedHeaders=host, Access=a",
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=x;host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host;host, Signature=" + "0" * 64,
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=;host, Signature=" + "0" * 64,
        ],
    )
    def test_parse_refuses(self, value: Any) -> None:
        """Anything else is a ValueError that has nothing of the value."""
        with pytest.raises(ValueError, match=r"^(must be SDK-HMAC-SHA256|SignedHeaders must be sorted)") as caught:
            signing.Authorization.parse(value)
        assert "0" * 63 not in str(caught.value)
        assert "c2VjcmV0" not in str(caught.value)


class TestDate:
    @pytest.mark.parametrize("epoch_ms", [0, 1_700_000_000_000, 4_102_444_799_000])
    def test_round_trip(self, epoch_ms: int) -> None:
        """A time in whole seconds comes back."""
        assert signing.parse_date(signing.format_date(epoch_ms)) == epoch_ms

    def test_known(self) -> None:
        """A known time, written and read; milliseconds are cut."""
        assert signing.format_date(1_700_000_000_999) == "20231114T221320Z"
        assert signing.parse_date("20231114T221320Z") == 1_700_000_000_000

    @pytest.mark.parametrize(
        "value",
        ["", "2026-03-01T12:00:00Z", "20260301T120000", "20260301T120000z", "20261301T120000Z", "20260230T120000Z",
         "20260301T240000Z", "20260301T120000Z ", "٢٠٢٦٠٣٠١T120000Z", "00000101T000000Z"],
    )  # fmt: skip
    def test_refuses(self, value: str) -> None:
        """Another form, or a time that does not exist."""
        with pytest.raises(ValueError, match=r"^must be YYYYMMDDTHHMMSSZ$"):
            signing.parse_date(value)
