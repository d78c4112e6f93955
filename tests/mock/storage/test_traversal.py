"""No spelling of a name gets outside the folder in which exports are stored."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from attrs import frozen

from jobexport.mock import EXAMPLE_PROJECT, FolderStorage, Server, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_700_000_000_000
# An edition with obsPath.
EDITION = "huaweicloud-intl-2026"

SPELLINGS = {
    # steps upwards
    "up": "..",
    "up-with-slash": "../",
    "up-to-the-canary": "../canary",
    "up-often": "../" * 40 + "canary",
    "up-in-the-middle": "b/../../canary",
    "up-at-the-end": "b/..",
    "up-after-a-folder-that-is-missing": "none/../../canary",
    "here": ".",
    "here-in-the-middle": "b/./c",
    "here-then-up": "./../canary",
    "up-behind-two-slashes": "b//..//canary",
    "up-without-its-slash": "..canary",
    "three-dots": ".../canary",
    "four-dots-as-a-filter-halves-them": "..../canary",
    "nested-as-a-filter-removes-the-inner": "..././canary",
    "up-with-a-space": ".. /canary",
    "up-with-a-trailing-dot": "b/.../..canary",
    # encoded, once and more
    "percent-dots": "%2e%2e/canary",
    "percent-dots-upper-case": "%2E%2E/canary",
    "percent-slash": "..%2fcanary",
    "percent-all": "%2e%2e%2fcanary",
    "percent-twice": "%252e%252e%252fcanary",
    "percent-half": ".%2e/canary",
    "percent-backslash": "..%5ccanary",
    "percent-nul": "canary%00.zip",
    "percent-overlong-utf8-slash": "..%c0%afcanary",
    "percent-overlong-utf8-dot": "%c0%ae%c0%ae/canary",
    "percent-iis-unicode": "..%u2215canary",
    "html-entities": "&#46;&#46;&#47;canary",
    # absolute
    "absolute": "/etc/passwd",
    "absolute-two-slashes": "//etc/passwd",
    "file-url": "file:///etc/passwd",
    "scheme-twice": "obs://obs://../canary",
    "scheme-then-absolute": "obs:///etc/passwd",
    "scheme-then-up": "obs://../canary",
    "home": "~/canary",
    "home-of-root": "~root/canary",
    "variable": "$HOME/canary",
    "shell": "$(touch canary)",
    "template": "{job_name.__class__}/{0}",
    # Windows
    "backslash-up": "..\\canary",
    "backslash-and-slash": "..\\../canary",
    "drive": "C:\\canary",
    "drive-with-slash": "C:/canary",
    "drive-relative": "C:canary",
    "share": "\\\\host\\share",
    "device": "\\\\.\\PhysicalDrive0",
    "device-name": "CON",
    "device-name-with-suffix": "b/NUL.zip",
    "device-file": "/dev/null",
    "stream-of-a-file": "canary::$DATA",
    "short-name": "CANARY~1",
    # characters
    "nul": "canary\0.zip",
    "nul-first": "\0../canary",
    "newline": "b\n../canary",
    "carriage-return": "b\r\n../canary",
    "escape": "\x1b[2J",
    "full-width-dots": "．．/canary",
    "full-width-slash": "..／canary",
    "division-slash": "..∕canary",
    "one-dot-leader": "․․/canary",
    "right-to-left": "\u202eyranac",
    "zero-width": ".\u200b./canary",
    "not-ascii": "ünïcödé/ファイル",
    # sizes
    "segment-too-long": "n" * 256,
    "segment-too-long-in-bytes": "é" * 128,
    "segment-too-long-once-the-name-is-added": "b/" + "n" * 255 + "/c",
    "path-too-long": "b/" * 511 + "b",
    "path-far-too-long": "b/" * 3000 + "b",
    "empty": "",
    "slash": "/",
    "space": " ",
    # names in the folder
    "link-to-a-folder": "linked",
    "link-to-a-folder-and-on": "linked/canary",
    "link-inside-a-bucket": "bucket/linked/x",
    "link-to-the-root": "root/tmp/canary",
    "link-to-itself": "loop/x",
    "link-to-nothing": "dangling/x",
    "link-to-a-file": "file-link",
    "link-in-the-place-of-the-object": "files",
    "file-as-a-folder": "taken/x",
    "name-of-a-file-being-written": "b/\\1.0",
}


@frozen
class Place:
    """A server, its storage folder, and the files around it."""

    server: Server
    around: Path

    def outside(self) -> tuple[Any, Any, Any]:
        """Return the content of files and the targets of links around the storage folder."""
        roots = [path for path in self.around.iterdir() if path.name != "store"]
        paths = [*roots, *(path for root in roots for path in root.rglob("*"))]
        found = {path: path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes() for path in paths}
        # The folder itself is still a folder, not a link.
        return found, (self.around / "store").is_dir(), (self.around / "store").is_symlink()

    def post(self, target: Any, body: Any, headers: Any = ()) -> tuple[Any, Any]:
        """Send a POST with exactly this target and these header values."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        content = json.dumps(body).encode()
        connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
        # Replaces the request line, which putrequest would have checked.
        lines: list[bytes] = vars(connection)["_buffer"]
        lines[0] = b"POST " + target + b" HTTP/1.1"
        headers_sent = {"Host": "mock", "X-Auth-Token": self.server.token, "Content-Type": "application/json"}
        for name, value in [*headers_sent.items(), ("Content-Length", str(len(content))), *headers]:
            connection.putheader(name, value)
        # In one piece: a server that refuses the head before the body arrives resets the connection.
        connection.endheaders(content)
        try:
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A served storage folder with links that lead out of it, among canaries."""
    around = tmp_path_factory.mktemp("around")
    store, elsewhere = around / "store", around / "elsewhere"
    elsewhere.mkdir()
    for canary in (around / "canary", elsewhere / "canary", elsewhere / f"aggregate_{NOW}.zip"):
        canary.write_bytes(b"alive")
    (store / "bucket").mkdir(parents=True)
    (store / "taken").write_bytes(b"")
    (store / "files").mkdir()
    links = {
        "linked": "../elsewhere",
        "bucket/linked": str(elsewhere),
        "root": "/",
        "loop": "loop",
        "dangling": "../new",
        "file-link": "../canary",
        f"files/aggregate_{NOW}.zip": "../../canary",
    }
    for name, target in links.items():
        (store / name).symlink_to(target)
    with serve(EDITION, storage=FolderStorage(store), clock=lambda: NOW) as server:
        yield Place(server, around)


def flink(place: Any, text: Any) -> Any:
    body = {"obs_dir": text, "is_selected": True, "job_selected": [100]}
    return place.post(f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export".encode(), body)


def job(place: Any, name: bytes = b"myJob", body: Any = None, headers: Any = ()) -> Any:
    target = f"/v1/{EXAMPLE_PROJECT}/jobs/".encode() + name + b"/export"
    return place.post(target, {"obsPath": "obs://b/c"} if body is None else body, headers)


def obs_path(place: Any, text: Any) -> Any:
    return job(place, body={"obsPath": text})


def obs_path_with_scheme(place: Any, text: Any) -> Any:
    return job(place, body={"obsPath": f"obs://{text}"})


def job_name(place: Any, text: Any) -> Any:
    # Unencoded, without the bytes that a request line can't have.
    return job(place, bytes(byte for byte in text.encode() if 0x20 < byte < 0x7F))


def job_name_encoded(place: Any, text: Any) -> Any:
    return job(place, quote(text, safe="").replace(".", "%2E").encode())


def job_list(place: Any, text: Any) -> Any:
    return place.post(f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export".encode(), {"jobList": [text, "myJob"]})


def workspace(place: Any, text: Any) -> Any:
    return job(place, headers=[("workspace", text.encode().translate(None, b"\r\n\0"))])


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "send",
    [flink, obs_path, obs_path_with_scheme, job_name, job_name_encoded, job_list, workspace],
    ids=lambda send: send.__name__,
)
def test_nothing_outside_changes(place: Place, send: Any, spelling: str) -> None:
    """No spelling causes a server error or changes a file outside the folder."""
    before = place.outside()
    status, content = send(place, SPELLINGS[spelling])
    assert status < 500, content
    assert place.outside() == before
    assert b"alive" not in content
