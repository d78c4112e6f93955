"""Clients from the environment, over real sockets: a server, a proxy that counts, and a proxy that is gone."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jobexport import DgcClient, Retries, errors
from jobexport.contract import Data
from jobexport.contract.sender import TransportProblem
from jobexport.contract.sending.session import open_session
from jobexport.core import http
from jobexport.mock import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PASSWORD = "a-secret-password"
# Nothing listens on port 9.
DEAD = f"http://user:{PASSWORD}@127.0.0.1:9"
VIA = r"through the proxy http://127\.0\.0\.1:9 of HTTP_PROXY"


class Handler(BaseHTTPRequestHandler):
    """Responds to a server's path with "direct", and to a proxy's absolute URL with "proxied"."""

    def do_GET(self) -> None:
        """Respond."""
        body = b"proxied" if "://" in self.path else b"direct"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        """Refuse."""
        self.send_error(403, "no tunnels here")

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextlib.contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Start a server in a thread; yields its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def get(kind: str, url: str) -> str:
    """Send a request with a client of either kind."""
    if kind == "sync":
        with http.client(timeout=10) as client:
            return client.get(url).text

    async def call() -> str:
        async with http.async_client(timeout=10) as client:
            return (await client.get(url)).text

    return asyncio.run(call())


@pytest.fixture(autouse=True)
def _without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_requests_go_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, kind: str, variable: str
) -> None:
    """The proxy responds in the place of the server."""
    with listening() as server, listening() as proxy:
        assert get(kind, f"http://127.0.0.1:{server}/") == "direct"
        monkeypatch.setenv(variable, f"127.0.0.1:{proxy}")
        assert get(kind, f"http://127.0.0.1:{server}/") == "proxied"


@pytest.mark.parametrize("entry", ["127.0.0.0/8", "::1/128, 127.0.0.1", "[::1],127.0.0.1:{port}", "*"])
def test_no_proxy_is_kept(monkeypatch: pytest.MonkeyPatch, kind: str, entry: str) -> None:
    """A covered server is reached without the proxy, which is dead."""
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    with listening() as server:
        monkeypatch.setenv("NO_PROXY", entry.format(port=server))
        assert get(kind, f"http://127.0.0.1:{server}/") == "direct"


def test_a_dead_proxy_is_named(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The reason has the proxy and its variable, and no password."""
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    with pytest.raises(httpx.ConnectError) as raised:
        get(kind, "http://192.0.2.1/")
    assert http.failure_reason(raised.value).endswith("through the proxy http://127.0.0.1:9 of HTTP_PROXY")


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A proxy without tunnels is the reason of a failure with https."""
    with listening() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@127.0.0.1:{proxy}")
        with pytest.raises(httpx.ProxyError) as raised:
            get(kind, "https://192.0.2.1/")
        expected = f"403 no tunnels here, through the proxy http://127.0.0.1:{proxy} of HTTPS_PROXY"
        assert http.failure_reason(raised.value) == expected


def test_the_errors_of_client_and_session_name_the_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each says through which proxy it could not reach the server."""
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    with (
        DgcClient("p", auth="t", base_url="http://192.0.2.1", retries=Retries(times=0)) as dgc,
        pytest.raises(errors.ConnectionFailed, match=VIA) as raised,
    ):
        dgc.export_job("myJob", to=tmp_path)
    assert PASSWORD not in str(raised.value)
    with (
        open_session(
            "http://192.0.2.1", Data("p", jobs=(), flink_jobs=(), token="a-token"), None, tmp_path / "journal"
        ) as session,
        pytest.raises(TransportProblem, match=VIA),
    ):
        session.send("exportJob", "POST", "/")
    journal = (tmp_path / "journal").read_text(encoding="utf-8")
    assert "through the proxy" in journal
    assert PASSWORD not in journal


def test_a_mock_of_this_process_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Even with a dead proxy for everything it responds."""
    monkeypatch.setenv("ALL_PROXY", DEAD)
    with serve() as server:
        assert "docs" in get(kind, f"{server.url}/").lower()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", f"http://user:{PASSWORD}@proxy:abc"),
        ("HTTPS_PROXY", f"gopher://user:{PASSWORD}@proxy"),
        ("ALL_PROXY", f"socks5h://user:{PASSWORD}@proxy:1080"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", "/"),
        ("SSL_CERT_FILE", "/dev/null"),
        ("SSL_CERT_DIR", "/nowhere:/nowhere/else"),
        ("REQUESTS_CA_BUNDLE", "/nowhere"),
        ("CURL_CA_BUNDLE", __file__),
        ("SSLKEYLOGFILE", "/nowhere/keys"),
    ],
)
def test_a_variable_that_can_not_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: str, variable: str, value: str
) -> None:
    """The error is a ValueError and one of our tree, and shows no password."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(http.EnvironmentUnusable, match=f"^{variable} ") as raised:
        get(kind, "http://192.0.2.1/")
    assert isinstance(raised.value, ValueError)
    assert isinstance(raised.value, errors.JobexportError)
    assert PASSWORD not in str(raised.value)


def test_a_proxy_that_no_request_needs_may_be_wrong(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """With `NO_PROXY=*` nothing needs one, and where both schemes have one, nothing needs that of all."""
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy")
    with listening() as server:
        monkeypatch.setenv("NO_PROXY", "*")
        assert get(kind, f"http://127.0.0.1:{server}/") == "direct"
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("HTTP_PROXY", DEAD)
        monkeypatch.setenv("HTTPS_PROXY", DEAD)
        assert get(kind, f"http://127.0.0.1:{server}/") == "direct"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate for 127.0.0.1, `ca.pem`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("authority")
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


def test_certificates_come_from_the_first_variable_that_is_set(
    monkeypatch: pytest.MonkeyPatch, kind: str, authority: Path
) -> None:
    """A server whose certificate the file has is trusted, and without the file it is not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "ca.pem", authority / "key.pem")
    with listening(context) as server:
        url = f"https://127.0.0.1:{server}/"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            get(kind, url)
        for variable in reversed([name for name in CERTIFICATES if name != "SSL_CERT_DIR"]):
            # Each variable comes before the last variable, which trusts nobody.
            monkeypatch.setenv(variable, str(authority / "ca.pem"))
            assert get(kind, url) == "direct"
            monkeypatch.setenv(variable, "/nowhere")
