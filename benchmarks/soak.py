"""Ten minutes of load on a mock process, with eight connections and random faults (`make soak`).

The promises: no response is 500 (no fault below causes that status), every response without a fault is right, memory
grows by less than a tenth after the first minute, and SIGTERM and Ctrl-C end the process within two seconds under load.
Exit code 1: a promise is broken.
"""

import argparse
import contextlib
import io
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
from fuzz import BATCH, FLINK, FLINK_IMPORT, FLINK_JOBS, IMPORT, JOB, JOBS, LISTS, SCRIPTS, mock_process

from jobexport.mock import EXAMPLE_TOKEN

CONNECTIONS = 8
MOST_GROWTH = 1.10
MOST_SECONDS_TO_STOP = 2.0
FAULTS = (
    "latency:0.02@*",
    "status-429:0@*",
    "status-503@*",
    "reset-before@*",
    "reset-mid-body@*",
    "html-instead-of-json@exportFlinkJobs",
    "extra-field@exportFlinkJobs",
    "truncated@exportJob",
    "zip-bad-crc@exportJob",
    "zip-empty@batchExportJobs",
    "extra-field@listJobs",
    "truncated@showJob",
    "status-502@createScript",
)


def calls(chance: random.Random) -> tuple[str, str, dict[str, object] | None]:
    """Return method, path and body of one call of the mixed load: an export, or another operation on the objects."""
    return exports(chance) if chance.random() < 0.5 else changes(chance)


def changes(chance: random.Random) -> tuple[str, str, dict[str, object] | None]:
    """Return a call that lists, shows, creates or deletes: few names, so that the state stays small."""
    name = f"soak{chance.randrange(20)}"
    job: dict[str, object] = {"name": name, "nodes": [], "schedule": {"type": "EXECUTE_ONCE"}, "processType": "BATCH"}
    script: dict[str, object] = {"name": name, "type": "Shell", "content": "date", "connectionName": "host"}
    bodies: list[tuple[str, str, dict[str, object] | None]] = [
        *(("GET", f"{path}?limit={chance.randrange(1, 20)}&offset={chance.randrange(3)}", None) for path in LISTS),
        ("GET", f"{JOBS}/myJob", None),
        ("GET", f"{JOBS}/{name}", None),  # there or not
        ("GET", f"{FLINK_JOBS}/100", None),
        ("POST", JOBS, job),
        ("DELETE", f"{JOBS}/{name}", None),
        ("POST", SCRIPTS, script),
        ("DELETE", f"{SCRIPTS}/{name}", None),
        ("GET", f"{SCRIPTS}/{name}", None),
        ("POST", IMPORT, {"path": "obs://soak/missing.zip"}),  # 400
        ("POST", FLINK_IMPORT, {"zip_file": "soak/missing.zip"}),  # 400
    ]
    return chance.choice(bodies)


def exports(chance: random.Random) -> tuple[str, str, dict[str, object] | None]:
    """Return a call that exports jobs."""
    bodies: list[tuple[str, dict[str, object]]] = [
        (FLINK, {"obs_dir": f"obs-test/{chance.randrange(50)}", "is_selected": True, "job_selected": [100]}),
        (FLINK, {"obs_dir": "obs-test", "is_selected": False}),
        (FLINK, {"obs_dir": "obs-test", "is_selected": True}),  # breaks the contract: 400
        (JOB, {"exportDepend": chance.random() < 0.5}),
        (JOB, {"obsPath": "obs://soak/exports", "exportStatus": "SUBMIT"}),
        (JOB.replace("myJob", "noSuchJob"), {}),
        (BATCH, {"jobList": ["job_batch", "job_stream"]}),
        (BATCH, {"jobList": ["myJob"] * 101}),  # too many: 400
    ]
    return "POST", *chance.choice(bodies)


def load(url: str, seed: int, stop: threading.Event, counts: Counter[str]) -> None:
    """Send calls until `stop` is set; count statuses, transport errors and zips."""
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    with httpx.Client(base_url=url, headers={"X-Auth-Token": EXAMPLE_TOKEN}, timeout=10, trust_env=False) as client:
        while not stop.is_set():
            method, path, body = calls(chance)
            try:
                response = client.request(method, path, json=body)
            except httpx.TransportError as problem:
                counts[type(problem).__name__] += 1
                continue
            counts[str(response.status_code)] += 1
            if response.headers.get("content-type") == "application/octet-stream":
                counts["valid zips" if is_valid(response.content) else "broken zips"] += 1


def is_valid(content: bytes) -> bool:
    """Return whether a zip is complete and its checksums are right."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def resident(process: subprocess.Popen[str]) -> float:
    """Return the resident memory of a process in MiB."""
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", text)
    return int(kilobytes) / 1024


@contextlib.contextmanager
def under_load(url: str, seed: int, counts: Counter[str]) -> Iterator[None]:
    """Send calls over eight connections while the context lasts."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=load, args=(url, seed + number, stop, counts), daemon=True)
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=15)


def time_to_stop(process: subprocess.Popen[str], number: signal.Signals) -> float:
    """Send a signal and return the seconds until the process ended, or infinity if its exit code is not 0."""
    started = time.monotonic()
    process.send_signal(number)
    code = process.wait(timeout=30)
    seconds = time.monotonic() - started
    print(f"  {number.name} under load: ended with {code} after {seconds:.2f} s")
    return seconds if code == 0 else float("inf")


def memory_growth(process: subprocess.Popen[str], minutes: float, counts: Counter[str]) -> float:
    """Watch the process for some minutes; return its memory at the end divided by that after the first minute."""
    started = time.monotonic()
    settled = 0.0
    while (elapsed := time.monotonic() - started) < minutes * 60:
        time.sleep(5)
        now = resident(process)
        if not settled and elapsed >= min(60, minutes * 20):
            settled = now
        if elapsed % 60 < 5:
            print(f"  {elapsed:4.0f} s, {counts.total()} counted, {now:.1f} MiB", flush=True)
    print(f"  memory: {settled:.1f} MiB after the first minute, {now:.1f} MiB at the end")
    return now / settled


def main() -> int:
    """Run the load; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chaos = [argument for fault in FAULTS for argument in ("--fault", fault)]
    chaos += ["--fault-rate", "0.1", "--seed", str(options.seed)]
    counts: Counter[str] = Counter()
    ignored: Counter[str] = Counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        with mock_process("huaweicloud-cn-2025", log, *chaos) as (process, url), under_load(url, options.seed, counts):
            growth = memory_growth(process, options.minutes, counts)
            terminated = time_to_stop(process, signal.SIGTERM)
        with mock_process("otc-2026", log) as (process, url), under_load(url, options.seed, ignored):
            time.sleep(2)
            interrupted = time_to_stop(process, signal.SIGINT)
        log.seek(0)
        tracebacks = sum("Traceback" in line for line in log)
    for name, count in sorted(counts.items()):
        print(f"  {name:24} {count:8}")
    promises = {
        f"memory grew {growth:.2f} times": growth <= MOST_GROWTH,
        "SIGTERM took too long": terminated <= MOST_SECONDS_TO_STOP,
        "Ctrl-C took too long": interrupted <= MOST_SECONDS_TO_STOP,
        f"{tracebacks} tracebacks in the log": not tracebacks,
        f"{counts['500']} responses with status 500": not counts["500"],
        "no call succeeded": bool(counts["200"] and counts["valid zips"]),
    }
    broken = [problem for problem, kept in promises.items() if not kept]
    print("\n".join(broken))
    requests = counts.total() - counts["valid zips"] - counts["broken zips"]
    print(f"{requests} requests in {options.minutes:g} minutes, {len(broken)} broken promises, seed {options.seed}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
