"""Memory and time against a server that floods or drips: both clients, blocking and awaited, and `contract --url`.

The promises: no response costs more than 64 MiB above a plain export, and no response takes longer than its deadline
and one second. The deadline of the clients is 2 s here; that of `contract --url` is 10 s for the first look at the
server and 30 s for each of two requests, and its processes share the machine. Exit code 1: a promise is broken. Linux
only, as memory is read from `/proc`.
"""

import contextlib
import gzip
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.client.making.values import zip_of  # the tests' helpers need the path

MIB = 1024 * 1024
MOST_MEMORY, DEADLINE, SLACK = 64, 2, 1
CONTRACT_REQUESTS, CONTRACT_DEADLINE, REACH = 2, 30, 10
OK, CHUNKED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
JSON = b"Content-Type: application/json\r\n"

CALL = """
import asyncio, io, sys, time
from jobexport import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient, Retries
kind, url, deadline = sys.argv[1], sys.argv[2], float(sys.argv[3])
options = {"auth": "t", "base_url": url, "retries": Retries(times=0, deadline=deadline)}
async def awaited(service):
    async with service("p", **options) as client:
        return await call(client)
def call(client):
    if hasattr(client, "export_job"):
        return client.export_job("j", to=io.BytesIO())
    return client.export_flink_jobs("b", [1])
worst, ends = 0.0, []
for services in ((DgcClient, AsyncDgcClient), (DliClient, AsyncDliClient)):
    started = time.monotonic()
    try:
        asyncio.run(awaited(services[1])) if kind == "awaited" else call(services[0]("p", **options))
    except Exception as error:
        ends.append(type(error).__name__)
    worst = max(worst, time.monotonic() - started)
memory = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(worst, int(memory) // 1024, "+".join(ends) or "done")
"""


def many_members(count: int) -> bytes:
    """Return a zip that announces this many members of one name."""
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(entry) * count, len(local))
    end += struct.pack("<4sLQL", b"PK\6\7", 0, len(local) + len(entry) * count, 1)
    end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + entry * count + end


def packed(piece: bytes, count: int) -> bytes:
    """Return the gzip of a piece, many times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(piece) for _ in range(count)) + packer.flush()


def response(body: bytes, head: bytes = b"", status: bytes = b"HTTP/1.1 200 OK\r\n") -> bytes:
    """Return a whole response."""
    return b"%b%bContent-Length: %d\r\n\r\n%b" % (status, head, len(body), body)


def chunk(body: bytes) -> bytes:
    """Return a chunk."""
    return b"%x\r\n%b\r\n" % (len(body), body)


PLAIN = response(zip_of({"jobs/j.job": b"{}"}), b"Content-Type: application/octet-stream\r\n")
TINY = b'{"zip_file":[' + b"{}," * 8_000_000 + b"{}]}"
EMPTY_BLOCKS = chunk(b"\0\0\0\xff\xff" * 100)
GZIP_BEGIN = CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunk(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
# The first bytes, then a piece again and again (empty: the response has ended), and the pause after each.
BOMBS: dict[str, tuple[bytes, bytes, float]] = {
    "endless body": (CHUNKED + JSON + b"\r\n", chunk(bytes(MIB)), 0),
    "endless error": (CHUNKED.replace(b"200 OK", b"400 Bad") + JSON + b"\r\n", chunk(bytes(MIB)), 0),
    "JSON of 24 MB, 8 million values": (response(TINY, JSON), b"", 0),
    "JSON of 7 MB, 2 million values": (response(b"[" + b"{}," * 2_300_000 + b"{}]", JSON), b"", 0),
    "error of 7 MB, 2 million values": (
        response(b"[" + b"{}," * 2_300_000 + b"{}]", JSON, b"HTTP/1.1 400 Bad\r\n"),
        b"",
        0,
    ),
    "JSON 1 million deep": (response(b"[" * 1_000_000, JSON), b"", 0),
    "gzip of 1.5 GB": (response(packed(b" " * MIB, 1500), JSON + b"Content-Encoding: gzip\r\n"), b"", 0),
    "zip of a million members": (response(many_members(1_000_000)), b"", 0),
    "the same in gzip": (response(gzip.compress(many_members(1_000_000)), b"Content-Encoding: gzip\r\n"), b"", 0),
    "zip of 900 MB of zeros": (response(zip_of({"jobs/j.job": b"{}", "z": bytes(900 * MIB)})), b"", 0),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100, 0),
    "chunk extensions": (CHUNKED + b"\r\n", b"1;" + b"x" * 60_000 + b"\r\na\r\n", 0),
    "endless header": (OK + b"X: ", b"x" * 65536, 0),
    "endless trailer": (CHUNKED + b"\r\n4\r\nPK\3\4\r\n0\r\n", b"A: b\r\n" * 1000, 0),
    "60 cookies": (response(b"", b"Set-Cookie: a=b\r\n" * 60, b"HTTP/1.1 503 Busy\r\n"), b"", 0),
}
DRIPS: dict[str, tuple[bytes, bytes, float]] = {
    "silence": (b"", b"", 0.05),
    "status line": (b"", b"H", 0.05),
    "header": (OK + b"X: ", b"x", 0.05),
    "headers": (OK, b"X: y\r\n", 0.05),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "body": (OK + b"Content-Length: 1000000\r\n\r\n", b" ", 0.05),
    "zip": (OK + b"Content-Length: 1000000\r\n\r\nPK\3\4", b"\0", 0.05),
    "error": (b"HTTP/1.1 500 Bad\r\nContent-Length: 1000000\r\n\r\n", b" ", 0.05),
    "chunk size": (CHUNKED + b"\r\n", b"0", 0.05),
    "chunk extension": (CHUNKED + b"\r\n5;", b"x", 0.05),
    "trailer": (CHUNKED + b"\r\n4\r\nPK\3\4\r\n0\r\nA: ", b"x", 0.05),
    "gzip without a byte": (GZIP_BEGIN, EMPTY_BLOCKS, 0.05),
}


@contextlib.contextmanager
def serving(begin: bytes, piece: bytes, pause: float) -> Iterator[str]:
    """Yield the URL of a server that sends this to each request."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def respond(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(65536)
            connection.sendall(begin)
            while piece or not begin:
                connection.sendall(piece)
                time.sleep(pause)
            # Closed after the client, so that a request that was not read does not reset the connection.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=respond, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def by_client(kind: str, sends: tuple[bytes, bytes, float], deadline: float) -> tuple[float, int, str]:
    """Return seconds, MiB and the errors of a call of each service's client."""
    with serving(*sends) as url:
        command = [sys.executable, "-c", CALL, kind, url, str(deadline)]
        seconds, memory, ends = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), int(memory), ends


def by_contract(sends: tuple[bytes, bytes, float]) -> tuple[float, int, str]:
    """Return seconds, the largest growth's MiB and the exit code of a run of `contract --url`."""
    jobexport = str(Path(sys.executable).parent / "jobexport")
    with serving(*sends) as url, tempfile.TemporaryDirectory() as folder:
        names = ["--project", "p", "--job", "j", "--api", "dgc", "--report-dir", folder]
        limits = ["--rate", "100", "--max-requests", str(CONTRACT_REQUESTS)]
        command = [jobexport, "contract", "--edition", "otc-2026", "--url", url, *names, *limits]
        started, environment = time.monotonic(), {**os.environ, "JOBEXPORT_TOKEN": "t"}
        devnull = subprocess.DEVNULL
        with subprocess.Popen(command, env=environment, stdout=devnull, stderr=devnull) as process:
            peak = 0
            while process.poll() is None:
                peak = max(peak, sum(map(resident, family(process.pid))))
                time.sleep(0.02)
        return time.monotonic() - started, peak, f"exit {process.returncode}"


def family(process: int) -> list[int]:
    """Return a process and its descendants."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return [process]
    return [process, *(found for child in children for found in family(int(child)))]


def resident(process: int) -> int:
    """Return the MiB that a process has now."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
    return 0


def measure(ways: dict[str, Callable[[tuple[bytes, bytes, float]], tuple[float, int, str]]], drips: bool) -> bool:
    """Print a line for each bomb or drip and each way; return True if a promise is broken."""
    broken = False
    for way, run in ways.items():
        least = run((PLAIN, b"", 0))
        print(f"{way}: plain, {least[0]:.1f} s, {least[1]} MiB, {least[2]}", flush=True)
        # A drip costs time only; a bomb must not share the machine.
        with ThreadPoolExecutor(8 if drips else 1) as pool:
            cases = DRIPS if drips else BOMBS
            for name, (seconds, memory, end) in zip(cases, pool.map(run, cases.values()), strict=True):
                limit = DEADLINE if way != "contract" else REACH + CONTRACT_REQUESTS * CONTRACT_DEADLINE + 4 * least[0]
                more = memory - least[1]
                bad = more > MOST_MEMORY or (drips and seconds > limit + SLACK)
                broken = broken or bad
                print(f"  {name:34} {seconds:6.2f} s {more:+5} MiB  {end}{'  BROKEN' if bad else ''}", flush=True)
    return broken


def main() -> int:
    """Measure; `--contract` measures `contract --url` too, which takes some minutes."""
    ways: dict[str, Callable[[tuple[bytes, bytes, float]], tuple[float, int, str]]] = {
        "blocking": lambda sends: by_client("blocking", sends, DEADLINE),
        "awaited": lambda sends: by_client("awaited", sends, DEADLINE),
    }
    if "--contract" in sys.argv:
        ways["contract"] = by_contract
    print("bombs")
    broken = measure(ways, drips=False)
    print("drips")
    return int(measure(ways, drips=True) or broken)


if __name__ == "__main__":
    sys.exit(main())
