"""`NO_PROXY` in each legal form, and which proxy is taken."""

from __future__ import annotations

import pytest

from jobexport.core.proxies import own_server, read_proxies

PROXY = "http://user:a-password@proxy:3128"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD")

# `NO_PROXY`, then URLs (scheme, host, port) that it covers, then some that it does not.
Url = tuple[str, str, int | None]
FORMS: dict[str, tuple[str, list[Url], list[Url]]] = {
    "name": (
        "example.com",
        [("http", "example.com", None), ("https", "EXAMPLE.com", 8443), ("http", "a.b.example.com", 80)],
        [("http", "notexample.com", None), ("http", "example.com.net", None), ("http", "com", None)],
    ),
    "leading dot": (
        ".example.com",
        [("http", "example.com", None), ("http", "a.example.com", None)],
        [("http", "notexample.com", None)],
    ),
    "star and dot": ("*.example.com", [("http", "a.example.com", None)], [("http", "notexample.com", None)]),
    "the root's dot": ("example.com.", [("http", "example.com", None), ("http", "a.example.com.", None)], []),
    "upper case": ("EXAMPLE.Com", [("http", "example.com", None)], []),
    "other letters": ("bücher.example", [("http", "xn--bcher-kva.example", None), ("http", "bücher.example", 1)], []),
    "a name that DNS can't have": ("a..b", [], [("http", "a.b", None)]),
    "localhost": ("localhost", [("http", "localhost", 5)], [("http", "127.0.0.1", 5)]),
    "IPv4 address": ("192.0.2.7", [("http", "192.0.2.7", 5)], [("http", "192.0.2.70", 5), ("http", "1.192.0.2.7", 5)]),
    "IPv4 mapped to IPv6": ("192.0.2.7", [("http", "::ffff:192.0.2.7", None)], []),
    "IPv6 address": ("::1", [("http", "::1", 5), ("http", "0:0:0:0:0:0:0:1", None)], [("http", "::2", None)]),
    "IPv6 address in full": ("0:0:0:0:0:0:0:1", [("http", "::1", None)], []),
    "brackets": ("[2001:DB8::1]", [("https", "2001:db8::1", None)], [("https", "2001:db8::2", None)]),
    "IPv4 network": (
        "127.0.0.0/8",
        [("http", "127.1.2.3", None)],
        [("http", "128.0.0.1", None), ("http", "localhost", None), ("http", "::1", None)],
    ),
    "IPv4 network, with bits of a host": ("10.1.2.3/8", [("http", "10.9.9.9", None)], [("http", "11.0.0.1", None)]),
    "IPv4 network, with a mask": ("10.0.0.0/255.0.0.0", [("http", "10.9.9.9", None)], [("http", "11.0.0.1", None)]),
    "IPv6 network": ("fd00::/8", [("http", "fd12::1", None)], [("http", "fe80::1", None), ("http", "10.0.0.1", None)]),
    "IPv6 network, the address in brackets": ("[fd00::]/8", [("http", "fd12::1", None)], [("http", "fe80::1", None)]),
    "IPv6 network, all in brackets": ("[fd00::/8]", [("http", "fd12::1", None)], [("http", "fe80::1", None)]),
    "all of IPv6": ("::/0", [("http", "fd12::1", None)], [("http", "10.0.0.1", None)]),
    "name and port": (
        "example.com:8443",
        [("https", "example.com", 8443), ("http", "a.example.com", 8443)],
        [("https", "example.com", None), ("https", "example.com", 443)],
    ),
    "a scheme's own port": ("example.com:443", [("https", "example.com", None)], [("http", "example.com", None)]),
    "IPv4 and port": ("127.0.0.1:80", [("http", "127.0.0.1", None)], [("http", "127.0.0.1", 81)]),
    "IPv6 and port": ("[::1]:81", [("http", "::1", 81)], [("http", "::1", 80)]),
    "scheme": ("https://example.com", [("https", "example.com", 1)], [("http", "example.com", None)]),
    "any scheme": ("all://example.com/", [("https", "example.com", 1), ("http", "example.com", None)], []),
    "everything": ("*", [("http", "example.com", None), ("https", "::1", 5), ("http", "10.0.0.1", None)], []),
    "everything, among others": ("example.com, *", [("http", "other", None)], []),
    "commas and blanks": (
        " ,a.example,,b.example  c.example\t, ::1/128,",
        [("http", name, None) for name in ("a.example", "b.example", "c.example", "::1")],
        [("http", "d.example", None)],
    ),
    "a container's": (
        "localhost,127.0.0.0/8,::1/128,.svc,.cluster.local",
        [("http", name, None) for name in ("localhost", "127.0.0.1", "::1", "x.y.svc", "a.cluster.local")],
        [("http", "dli.eu-de.otc.t-systems.com", None)],
    ),
    "not legal": (
        "host:port,10.0.0.0/99,[::1,http://,.,fe80::1%eth0",
        [],
        [("http", name, None) for name in ("host", "10.0.0.1", "::1", "x")],
    ),
    "empty": ("", [], [("http", "example.com", None)]),
}


@pytest.fixture(autouse=True)
def _without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_each_legal_form_of_no_proxy_covers_what_it_names(
    monkeypatch: pytest.MonkeyPatch, variable: str, form: str
) -> None:
    """A URL that an entry covers has no proxy, and any other has one."""
    value, direct, proxied = FORMS[form]
    monkeypatch.setenv("ALL_PROXY", PROXY)
    monkeypatch.setenv(variable, value)
    proxies = read_proxies()
    assert [url for url in direct if proxies.find(*url)] == []
    assert [url for url in proxied if not proxies.find(*url)] == []


@pytest.mark.parametrize(
    ("environment", "scheme", "expected"),
    [
        ({"HTTP_PROXY": "http://a"}, "http", "http://a of HTTP_PROXY"),
        ({"HTTP_PROXY": "http://a"}, "https", None),
        ({"https_proxy": "http://a"}, "https", "http://a of HTTPS_PROXY"),
        ({"ALL_PROXY": "http://a"}, "https", "http://a of ALL_PROXY"),
        ({"ALL_PROXY": "http://a", "HTTP_PROXY": "http://b"}, "http", "http://b of HTTP_PROXY"),
        ({"ALL_PROXY": "http://a", "HTTP_PROXY": "http://b"}, "https", "http://a of ALL_PROXY"),
        ({"HTTP_PROXY": "http://a", "http_proxy": "http://b"}, "http", "http://b of HTTP_PROXY"),
        ({"HTTP_PROXY": "a:3128"}, "http", "http://a:3128 of HTTP_PROXY"),
        ({"HTTP_PROXY": "u:p@a:3128"}, "http", "http://a:3128 of HTTP_PROXY"),
        ({"HTTP_PROXY": "http://u:p@ss/@[::1]:3128/"}, "http", "http://[::1]:3128 of HTTP_PROXY"),
        ({"HTTP_PROXY": " "}, "http", None),
        # As urllib has it, the header `Proxy` of a request to a CGI program does not name a proxy.
        ({"HTTP_PROXY": "http://a", "REQUEST_METHOD": "GET"}, "http", None),
    ],
)
def test_a_scheme_has_its_own_proxy_or_that_of_all(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], scheme: str, expected: str | None
) -> None:
    """A lower-case name comes first, and a proxy is shown with its variable and without its password."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = read_proxies().find(scheme, "host", None)
    assert (found and str(found)) == expected
    assert "u:p" not in repr(found)


def test_a_server_of_this_process_has_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither under its address, nor under another of this machine; another port, or the time after it, have one."""
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    proxies = read_proxies()
    names = ("192.0.2.7", "localhost", "127.0.0.1", "127.0.0.9", "::1")
    with own_server("192.0.2.7", 8080):
        assert [name for name in names if proxies.find("http", name, 8080)] == []
        assert proxies.find("http", "127.0.0.1", 8081)
        assert proxies.find("http", "192.0.2.8", 8080)
    assert all(proxies.find("http", name, 8080) for name in names)
