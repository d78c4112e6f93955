"""Random requests to a mock process: requests of schemathesis, then raw bytes that break HTTP in many ways.

`make fuzz` sends 100,000 requests. The promises: each raw request gets a status below 500 or a closed connection, the
server stays responsive, and a body over the limit is not read to its end. Exit code 1: a promise is broken; the output
has the seed and the number of the request.
"""

import argparse
import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data, mock_tools
from jobexport.contract import check_edition
from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN
from jobexport.spec import load_edition
from jobexport.spec.document import operations

MIB = 1024 * 1024
LIMIT = 12 * MIB
BIG = 64 * MIB
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOBS, SCRIPTS, RESOURCES = (f"/v1/{EXAMPLE_PROJECT}/{kind}" for kind in ("jobs", "scripts", "resources"))
IMPORT, TASK = f"{JOBS}/import", f"/v1/{EXAMPLE_PROJECT}/system-tasks/1"
FLINK_JOBS = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs"
FLINK_IMPORT = f"{FLINK_JOBS}/import"
LISTS = (JOBS, SCRIPTS, RESOURCES, FLINK_JOBS)
POSTS = (FLINK, BATCH, JOB, JOBS, SCRIPTS, RESOURCES, IMPORT, FLINK_IMPORT)
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")

# Seconds until a response or the end of the connection.
PATIENCE = 10.0


def head(
    target: str = FLINK,
    *lines: bytes,
    method: str = "POST",
    token: bool = True,
) -> bytes:
    """Return the head of a request, with the headers of a valid request."""
    start = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode("latin-1", "replace")
    fixed = [f"X-Auth-Token: {EXAMPLE_TOKEN}".encode()] if token else []
    return start + b"".join(line + b"\r\n" for line in [*fixed, b"Connection: close", *lines]) + b"\r\n"


def noise(chance: random.Random, most: int = 200) -> bytes:
    """Return random bytes."""
    return chance.randbytes(chance.randrange(most))


def garbage(chance: random.Random) -> bytes:
    """Return bytes that are not HTTP."""
    return noise(chance, 400) + b"\r\n\r\n"


def half_head(chance: random.Random) -> bytes:
    """Return a head that ends in the middle."""
    whole = head()
    return whole[: chance.randrange(len(whole))]


def huge_header(chance: random.Random) -> bytes:
    """Return a head with one huge header."""
    return head(FLINK, b"X-Huge: " + b"a" * chance.choice([10_000, 70_000, 300_000]))


def many_headers(chance: random.Random) -> bytes:
    """Return a head with thousands of small headers."""
    return head(FLINK, *(b"X-%d: %d" % (number, number) for number in range(chance.choice([100, 1000, 5000]))))


def odd_header(chance: random.Random) -> bytes:
    """Return a head with a header of forbidden bytes."""
    return head(FLINK, b"X-Odd" + noise(chance, 20) + b": " + noise(chance, 40))


def odd_target(chance: random.Random) -> bytes:
    """Return a head with a path of odd spellings."""
    parts = [
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "%00",
        "%",
        "%zz",
        "%ff",
        "é",
        "//",
        "?",
        "#",
        "a" * 9000,
        "myJob",
        "export",
        "jobs",
    ]
    target = "/v1/" + EXAMPLE_PROJECT + "/" + "/".join(chance.choices(parts, k=chance.randrange(1, 6)))
    return head(target, b"Content-Length: 0")


def odd_length(chance: random.Random) -> bytes:
    """Return a request whose Content-Length is not a length, or not that of the body."""
    lengths = [b"-1", b"x", b"1e3", b"0x10", b"9" * 30, b"5, 6", b"", b"+5", b"18446744073709551616", b"3"]
    return head(FLINK, b"Content-Type: application/json", b"Content-Length: " + chance.choice(lengths)) + b'{"a":1}'


def odd_chunks(chance: random.Random) -> bytes:
    """Return a chunked request with wrong chunk sizes."""
    body = chance.choice(
        [
            b"zz\r\nab\r\n",
            b"5\r\nab\r\n0\r\n\r\n",
            b"-1\r\n\r\n",
            b"FFFFFFFFFFFFFFFF\r\n",
            b"2\r\nab",
            b"2;x\r\nab\r\n0\r\n",
        ]
    )
    return head(FLINK, b"Content-Type: application/json", b"Transfer-Encoding: chunked") + body


def smuggled(chance: random.Random) -> bytes:
    """Return a request with Content-Length and Transfer-Encoding, as in request smuggling."""
    lines = [
        b"Content-Length: 4",
        b"Transfer-Encoding: " + chance.choice([b"chunked", b"xchunked", b"chunked, identity"]),
    ]
    chance.shuffle(lines)
    return head(FLINK, b"Content-Type: application/json", *lines) + b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"


def odd_json(chance: random.Random) -> bytes:
    """Return a request whose body is almost JSON, or deeply nested JSON."""
    bodies = [
        b"[" * 100_000,
        b'{"a":' * 5000,
        b"\xff\xfe",
        b"NaN",
        b'{"a":1,"a":2}',
        b'"\\ud800"',
        b"1" * 10_000,
        noise(chance),
    ]
    body = chance.choice(bodies)
    length = b"Content-Length: %d" % len(body)
    return head(chance.choice(POSTS), b"Content-Type: application/json", length) + body


def odd_method(chance: random.Random) -> bytes:
    """Return a head with an unusual method."""
    methods = ["GET", "DELETE", "PUT", "BREW", "post", "CONNECT", "TRACE", "PRI", "POST" * 50, "P\x00ST"]
    targets = [FLINK, *LISTS, f"{FLINK_JOBS}/1", f"{RESOURCES}/1", f"{SCRIPTS}/..", IMPORT, TASK]
    return head(chance.choice(targets), b"Content-Length: 0", method=chance.choice(methods))


def odd_query(chance: random.Random) -> bytes:
    """Return a head that lists objects with odd values in the query."""
    names = [
        "limit",
        "offset",
        "jobType",
        "jobName",
        "scriptName",
        "name",
        "order",
        "status",
        "show_detail",
        "tags",
        "",
    ]
    values = ["-1", "0", "1e9", "9" * 40, "%00", "%", "%ff", "x" * 5000, "true", "\u0661", "a&b", "=", ""]
    pairs = [f"{chance.choice(names)}={chance.choice(values)}" for _ in range(chance.randrange(1, 6))]
    return head(f"{chance.choice(LISTS)}?{'&'.join(pairs)}", method="GET")


def odd_auth(chance: random.Random) -> bytes:
    """Return a head with an invalid Authorization."""
    value = chance.choice(
        [b"SDK-HMAC-SHA256", b"SDK-HMAC-SHA256 Access=,SignedHeaders=;;,Signature=", b"Basic x", noise(chance, 60)]
    )
    value = value.replace(b"\r", b"").replace(b"\n", b"")
    return head(FLINK, b"Content-Length: 0", b"Authorization: " + value, b"X-Sdk-Date: 20260101T000000Z", token=False)


def odd_offer(chance: random.Random) -> bytes:
    """Return requests on one connection that offer another protocol, their framing right or not."""
    lines = [
        b"Upgrade: " + chance.choice([b"h2c", b"websocket", b"", noise(chance, 20)]),
        b"Connection: " + chance.choice([b"Upgrade", b"Upgrade, HTTP2-Settings", b"upgrade, close"]),
        chance.choice([b"Content-Length: 7", b"Transfer-Encoding: chunked", b"Content-Length: 99"]),
    ]
    chance.shuffle(lines)
    method = chance.choice(["POST", "GET", "CONNECT"])
    request = head(FLINK, b"Content-Type: application/json", *lines, method=method)
    body = chance.choice([b'{"a":1}', b'7\r\n{"a":1}\r\n0\r\n\r\n', b"", noise(chance)])
    return (request + body) * chance.randrange(1, 4)


def odd_host(chance: random.Random) -> bytes:
    """Return a head with an odd Host, Origin or Sec-Fetch-Site, to an operation or to the control API."""
    names = [b"Host: ", b"Origin: ", b"Sec-Fetch-Site: "]
    values = [b"", b"127.0.0.1", b"[::1]:x", b"null", b"http://mock", b"same-origin", noise(chance, 40)]
    lines = [chance.choice(names) + chance.choice(values) for _ in range(chance.randrange(4))]
    return head(chance.choice([FLINK, "/", "/_mock/state", "/_mock/reset"]), b"Content-Length: 0", *lines)


KINDS = (
    garbage,
    half_head,
    huge_header,
    many_headers,
    odd_header,
    odd_target,
    odd_length,
    odd_chunks,
    smuggled,
    odd_json,
    odd_method,
    odd_query,
    odd_auth,
    odd_offer,
    odd_host,
)


def exchange(address: tuple[str, int], content: bytes) -> int:
    """Send bytes and return the status of the response, or 0 if the server closed the connection without a response.

    Raises:
        TimeoutError: the server neither responded nor closed the connection.
    """
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        # If the server has already closed the connection, sendall and shutdown raise.
        with contextlib.suppress(OSError):
            connection.sendall(content)
            # Otherwise the server would wait for the rest of half a request.
            connection.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionError):
            while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
                received += part
    found = STATUS.match(received)
    return int(found[1]) if found else 0


def oversized(address: tuple[str, int], *, declared: bool) -> tuple[int, int]:
    """Send a body of 64 MiB, with its length or chunked; return the status and the bytes that the server accepted."""
    length = b"Content-Length: %d" % BIG if declared else b"Transfer-Encoding: chunked"
    sent = 0
    chunk = b" " * MIB
    framed = chunk if declared else b"%x\r\n" % MIB + chunk + b"\r\n"
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(head(FLINK, b"Content-Type: application/json", length))
        with contextlib.suppress(ConnectionError):
            for _ in range(BIG // MIB):
                connection.sendall(framed)
                sent += MIB
        received = b""
        with contextlib.suppress(ConnectionError):
            while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
                received += part
    found = STATUS.match(received)
    return (int(found[1]) if found else 0), sent


def alive(url: str) -> bool:
    """Return whether an ordinary request gets its zip."""
    response = httpx.post(url + JOB, headers={"X-Auth-Token": EXAMPLE_TOKEN}, timeout=PATIENCE, trust_env=False)
    return response.status_code == 200 and response.content.startswith(b"PK")


def resident(pid: int) -> float:
    """Return the peak resident memory of a process in MiB."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(kilobytes) / 1024


def raw_phase(url: str, requests: int, chance: random.Random) -> list[str]:
    """Send raw requests of every kind and return the broken promises."""
    host, port = url.removeprefix("http://").split(":")
    address = (host, int(port))
    counts: Counter[tuple[str, int]] = Counter()
    broken = []
    for number in range(requests):
        make = KINDS[number % len(KINDS)]
        content = make(chance)
        try:
            status = exchange(address, content)
        except TimeoutError:
            broken.append(
                f"request {number} ({make.__name__}): neither a response nor a closed connection: {content[:200]!r}"
            )
            continue
        counts[make.__name__, status] += 1
        if status >= 500:
            broken.append(f"request {number} ({make.__name__}): {status}: {content[:200]!r}")
        if number % 5000 == 4999:
            print(f"  {number + 1} raw requests, {len(broken)} broken promises", flush=True)
            if not alive(url):
                return [*broken, f"after request {number} the server no longer responds"]
    for (kind, status), count in sorted(counts.items()):
        print(f"  {kind:14} {status or 'closed'!s:>6} {count:7}")
    for declared in (True, False):
        status, sent = oversized(address, declared=declared)
        print(f"  64 MiB body, {'declared' if declared else 'chunked'}: {status or 'closed'} after {sent // MIB} MiB")
        if status not in (0, 413) or sent >= BIG:
            broken.append(f"a body of 64 MiB got status {status} after {sent // MIB} MiB")
    return broken


def generated_phase(requests: int, edition: str, seed: int) -> tuple[int, list[str]]:
    """Send schemathesis's requests to a mock that undoes their changes; return their number and the failures."""
    document = load_edition(edition)
    number = len(list(operations(document)))
    with tempfile.TemporaryDirectory() as folder, mock.serve(document) as server:
        report = check_edition(
            document,
            server.url,
            mock_data(server),
            seed=seed,
            report_dir=Path(folder),
            max_examples=max(1, requests // number),
            tools=mock_tools(server),
        )
    sent = sum(operation.total for operation in report.operations.values())
    return sent, [f"{name}: {failure.check}: {failure.curl}" for name, failure in report.failures]


@contextlib.contextmanager
def mock_process(edition: str, log: IO[str], *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `jobexport mock` and yield the process and its URL."""
    command = [sys.executable, "-c", "from jobexport.cli import main; main()", "mock", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "JOBEXPORT_TOKEN"}
    with subprocess.Popen(
        [*command, "--edition", edition, *options], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101  # as asked for
            yield process, process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


def main() -> int:
    """Send the requests; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--edition", default="huaweicloud-cn-2025")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    generated = options.requests // 10
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log, mock_process(options.edition, log) as (process, url):
        sent, broken = generated_phase(generated, options.edition, options.seed)
        print(f"  {sent} requests by schemathesis, {len(broken)} broken promises", flush=True)
        raw = max(options.requests - sent, 0)
        broken += raw_phase(url, raw, random.Random(options.seed))  # noqa: S311  # not for secrets
        if not alive(url):
            broken.append("at the end the server no longer responds")
        print(f"  peak memory {resident(process.pid):.0f} MiB")
        log.seek(0)
        broken += [line.strip() for line in log if "Traceback" in line]
    for problem in broken[:20]:
        print(problem)
    print(
        f"{sent + raw} requests, {len(broken)} broken promises, {time.monotonic() - started:.0f} s, seed {options.seed}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
