"""The ways to export that client.py compares, and their servers; each runs in a process of its own and prints JSON."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
SIZE = 100 * MIB
CALLS = 400
JOBS, CHUNK, CONCURRENCY, LATENCY = 300, 100, 4, 0.05
KEYS = {"ak": "EXAMPLEACCESSKEY0000", "sk": "example-secret-key", "project_id": "p1"}
FLINK = {"obs_dir": "obs-test", "is_selected": True, "job_selected": [100]}

Server = dict[str, Any]


def peak() -> float:
    """Return this process's peak memory in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB


def measured(way: Callable[[], None]) -> dict[str, float]:
    """Return the seconds of a way, and the MiB it adds to the peak of this process."""
    before, start = peak(), time.perf_counter()
    way()
    return {"seconds": time.perf_counter() - start, "added": peak() - before}


def serve_mock() -> None:
    """Serve the mock with many jobs, print its URL and credentials, and end with standard input."""
    from attrs import evolve

    from jobexport import mock

    state = mock.State.example()
    project = state.projects[mock.EXAMPLE_PROJECT]
    workspace = project.workspaces["default"]
    job = workspace.jobs["job_stream"]
    jobs = {f"job{number}": evolve(job, name=f"job{number}") for number in range(JOBS)}
    workspace = evolve(workspace, jobs=jobs)
    state = evolve(state, projects={mock.EXAMPLE_PROJECT: evolve(project, workspaces={"default": workspace})})
    with mock.serve("otc-2026", state=state, faults=[f"latency:{LATENCY}@batchExportJobs"]) as server:
        keys = {"ak": server.access_key, "sk": server.secret_key, "project_id": server.project_id}
        print(json.dumps({"url": server.url, "token": server.token, "keys": keys}), flush=True)
        sys.stdin.read()


def serve_zip(random: bool) -> None:
    """Serve one zip to each request: of random bytes, stored, or of text, deflated; end with standard input."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if random else zipfile.ZIP_DEFLATED) as archive:
            content = os.urandom(SIZE) if random else base64.b64encode(os.urandom(SIZE))
            archive.writestr("jobs/myJob.job", content)
        del content
        size = file.tell()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Disposition", "attachment; filename=DLF_myJob.zip")
                self.send_header("Content-Length", str(size))
                self.end_headers()
                self.wfile.flush()
                sent = 0
                while sent < size:
                    sent += os.sendfile(self.connection.fileno(), file.fileno(), sent, size - sent)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            url = f"http://127.0.0.1:{server.server_port}"
            print(json.dumps({"url": url, "token": "t", "keys": KEYS}), flush=True)
            server.serve_forever()


def vendor(server: Server, service: str) -> tuple[Any, Any]:
    """Return a module of the vendor's SDK, and a client."""
    core: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")
    module: Any = importlib.import_module(f"huaweicloudsdk{service}.v1")
    client = {"dli": "DliClient", "dgc": "DgcClient"}[service]
    builder = getattr(module, client).new_builder().with_credentials(core.BasicCredentials(**server["keys"]))
    return module, builder.with_endpoint(server["url"]).build()


def vendor_receives(server: Server, path: Path) -> Callable[[], None]:
    """Return how the vendor's SDK receives the zip into a file."""
    module, sdk = vendor(server, "dgc")

    def receives() -> None:
        response = sdk.export_job(module.ExportJobRequest(job_name="myJob", body=module.ExportJobReq()))
        path.write_bytes(response.raw_content)

    return receives


def vendor_exports(server: Server, folder: Path) -> Callable[[list[str]], None]:
    """Return how the vendor's SDK exports some jobs into a zip in a folder."""
    module, sdk = vendor(server, "dgc")

    def exports(names: list[str]) -> None:
        request = module.ExportJobListRequest(body=module.ExportJobsReq(job_list=names))
        (folder / f"{names[0]}.zip").write_bytes(sdk.export_job_list(request).raw_content)

    return exports


def pooled(way: Callable[[list[str]], object], chunks: list[list[str]]) -> None:
    """Run a way for each chunk, some at a time."""
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(way, chunks))


def call(server: Server) -> dict[str, list[float]]:
    """Call exportFlinkJobs over open connections in each way, by turns; return the seconds of each call."""
    import httpx

    from jobexport import AsyncDliClient, DliClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    path = f"{url}/v1.0/{project}/streaming/jobs/export"
    module, sdk = vendor(server, "dli")
    body = module.ExportFlinkJobsRequestBody(obs_dir="obs-test", is_selected=True, job_selected=[100])
    request = module.ExportFlinkJobsRequest(body=body)
    http, dli = httpx.Client(), DliClient(project, auth=token, base_url=url)
    async_http, async_dli = httpx.AsyncClient(), AsyncDliClient(project, auth=token, base_url=url)
    headers = {"X-Auth-Token": token}
    loop = asyncio.new_event_loop()

    async def async_raw() -> Any:
        return (await async_http.post(path, json=FLINK, headers=headers)).raise_for_status().json()

    ways: dict[str, Callable[[], Any]] = {
        "httpx": lambda: http.post(path, json=FLINK, headers=headers).raise_for_status().json(),
        "DliClient": lambda: dli.export_flink_jobs("obs-test", [100]),
        "httpx, async": lambda: loop.run_until_complete(async_raw()),
        "AsyncDliClient": lambda: loop.run_until_complete(async_dli.export_flink_jobs("obs-test", [100])),
        "the vendor's SDK": lambda: sdk.export_flink_jobs(request),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(CALLS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    loop.run_until_complete(async_http.aclose())
    loop.run_until_complete(async_dli.aclose())
    loop.close()
    return taken


def receive(name: str, server: Server) -> dict[str, float]:
    """Receive the zip into a file in one way."""
    import httpx
    from jobexport_api import AuthenticatedClient
    from jobexport_api.api.dgc import export_job

    from jobexport import AsyncDgcClient, DgcClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    target, headers = f"{url}/v1/{project}/jobs/myJob/export", {"X-Auth-Token": token}
    generated = AuthenticatedClient(base_url=url, token=token)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"

        def raw() -> None:
            sha256 = hashlib.sha256()
            with (
                httpx.Client(timeout=60) as http,
                path.open("wb") as file,
                http.stream("POST", target, headers=headers) as response,
            ):
                for piece in response.raise_for_status().iter_bytes():
                    file.write(piece)
                    sha256.update(piece)

        async def async_raw() -> None:
            sha256 = hashlib.sha256()
            with path.open("wb") as file:
                async with (
                    httpx.AsyncClient(timeout=60) as http,
                    http.stream("POST", target, headers=headers) as response,
                ):
                    async for piece in response.raise_for_status().aiter_bytes():
                        file.write(piece)
                        sha256.update(piece)

        def ours() -> None:
            with DgcClient(project, auth=token, base_url=url) as dgc:
                dgc.export_job("myJob", to=path)

        async def ours_async() -> None:
            async with AsyncDgcClient(project, auth=token, base_url=url) as dgc:
                await dgc.export_job("myJob", to=path)

        def streamed() -> None:
            with path.open("wb") as file, export_job.sync_stream(project, "myJob", client=generated) as response:
                file.writelines(response.iter_bytes())

        ways: dict[str, Callable[[], Any]] = {
            "httpx": raw,
            "httpx, async": lambda: asyncio.run(async_raw()),
            "DgcClient": ours,
            "AsyncDgcClient": lambda: asyncio.run(ours_async()),
            "jobexport_api, stream": streamed,
            "jobexport_api, whole body": lambda: path.write_bytes(
                export_job.sync_detailed(project, "myJob", client=generated).content
            ),
            "the vendor's SDK": vendor_receives(server, path) if "SDK" in name else raw,
        }
        result = measured(ways[name])
        if path.stat().st_size < SIZE:
            raise AssertionError(f"{name}: {path.stat().st_size} bytes came")
        return result


def export(name: str, server: Server) -> dict[str, float]:
    """Export many jobs in one way."""
    import httpx

    from jobexport import AsyncDgcClient, DgcClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    names = [f"job{number}" for number in range(JOBS)]
    chunks = [names[start : start + CHUNK] for start in range(0, JOBS, CHUNK)]
    with tempfile.TemporaryDirectory() as folder, httpx.Client() as http:

        def chunk(names: list[str]) -> Path:
            target, path = f"{url}/v1/{project}/jobs/batch-export", Path(folder) / f"{names[0]}.batch.zip"
            headers, body = {"X-Auth-Token": token}, {"jobList": names}
            with path.open("wb") as file, http.stream("POST", target, json=body, headers=headers) as response:
                file.writelines(response.raise_for_status().iter_bytes())
            return path

        def apart(names: list[str]) -> None:
            with zipfile.ZipFile(chunk(names)) as batch:
                for member in batch.namelist():
                    if member.endswith(".job"):
                        path = Path(folder) / f"{Path(member).stem}.zip"
                        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as single:
                            single.writestr(member, batch.read(member))

        def ours() -> None:
            with DgcClient(project, auth=token, base_url=url) as dgc:
                complete(dgc.export_jobs(names, to=folder, concurrency=CONCURRENCY).succeeded)

        async def ours_async() -> None:
            async with AsyncDgcClient(project, auth=token, base_url=url) as dgc:
                complete((await dgc.export_jobs(names, to=folder, concurrency=CONCURRENCY)).succeeded)

        def hasty() -> None:
            for function in ("fsync", "posix_fadvise"):
                setattr(os, function, lambda *_: None)
            ours()

        theirs = vendor_exports(server, Path(folder)) if "SDK" in name else chunk
        ways: dict[str, Callable[[], None]] = {
            "httpx and zipfile": lambda: pooled(apart, chunks),
            "httpx, zips of 100 jobs": lambda: pooled(chunk, chunks),
            "DgcClient": ours,
            "AsyncDgcClient": lambda: asyncio.run(ours_async()),
            "DgcClient without fsync": hasty,
            "the vendor's SDK, zips of 100 jobs": lambda: pooled(theirs, chunks),
        }
        result = measured(ways[name])
        shutil.rmtree(folder)
        Path(folder).mkdir()
        return result


def complete(succeeded: bool) -> None:
    """Raise if not all jobs came."""
    if not succeeded:
        raise AssertionError("not all jobs came")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", "mock"]:
            serve_mock()
        case ["serve", what]:
            serve_zip(what == "random")
        case ["call", server]:
            print(json.dumps(call(json.loads(server))))
        case ["receive", way, server]:
            print(json.dumps(receive(way, json.loads(server))))
        case ["export", way, server]:
            print(json.dumps(export(way, json.loads(server))))
