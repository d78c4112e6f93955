"""A sandbox on a server in use: only its names are created, imported and deleted, and nothing of it is left."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest
from attrs import evolve

from jobexport import mock
from jobexport.auth import AccessKey
from jobexport.contract import Data, Live, Tools, check_edition, plan, runner
from jobexport.contract.sandbox import Sandbox, SandboxBucket, sandboxed
from jobexport.contract.scenarios import sandbox as scenarios
from jobexport.contract.scenarios.registry import SANDBOX
from jobexport.contract.sending import session
from jobexport.contract.sending.session import Session
from jobexport.errors import JobexportError
from jobexport.spec import load_edition
from jobexport.spec.document import operations_by_id
from tests.making.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Every seventh request; JOBEXPORT_THOROUGH=1 takes every one.
STEP = 1 if os.environ.get("JOBEXPORT_THOROUGH") else 7
EDITION, PREFIX = "huaweicloud-intl-2026", "ctest"
WRITING = ("createScript", "createResource", "createJob", "importJob", "deleteJob", "deleteScript", "deleteResource")


@pytest.fixture(scope="module")
def started() -> Iterator[mock.Server]:
    with mock.serve(EDITION) as found:
        yield found


@pytest.fixture
def server(started: mock.Server) -> mock.Server:
    """The server in the state of its start, with a log of all requests."""
    started.core.reset()
    stored(started).clear()
    started.core.requests = deque()
    started.core.world.task_seconds = 0.0
    return started


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without schemathesis, other scenarios and pauses."""
    monkeypatch.setattr(runner, "_run_schemathesis", lambda *_: None)
    monkeypatch.setattr(runner, "_run_scenarios", lambda *_: None)
    monkeypatch.setattr(scenarios, "PAUSE", 0.01)
    monkeypatch.setattr(scenarios, "LATE", 0.0)


def box(server: mock.Server) -> Sandbox:
    key = AccessKey(server.access_key, server.secret_key)
    return Sandbox(PREFIX, SandboxBucket.open("obs://bucket/in/", f"{server.url}/_mock/obs", key))


def check(server: mock.Server, folder: Path, sandbox: Sandbox | None = None, **live: Any) -> Any:
    data = Data(
        project=server.project_id, jobs=("myJob",), flink_jobs=(100,), obs_dirs=(), obs_paths=(), token=server.token
    )
    return check_edition(
        load_edition(EDITION),
        server.url,
        data,
        seed=1,
        report_dir=folder,
        live=Live(**{"rate": 10_000.0, **live}),
        tools=Tools(sandbox=sandbox or box(server)),
    )


def left(server: mock.Server) -> set[str]:
    """Return the names of all objects of the server and its storage that begin with the prefix."""
    workspaces = server.state.projects[server.project_id].workspaces.values()
    names = {name for each in workspaces for kind in (each.jobs, each.scripts, each.resources) for name in kind}
    stored = {name.rpartition("/")[2] for name in asyncio.run(server.storage.names())}
    return {name for name in names | stored if name.startswith(PREFIX)}


def test_everything_is_tested_and_nothing_is_left(server: mock.Server, tmp_path: Path) -> None:
    """Each operation of the sandbox succeeds, each check holds, and the server is as before."""
    before = server.state
    report = check(server, tmp_path)
    assert (report.failures, report.errors, report.reason) == ([], [], "")
    assert {*report.operations} >= {*WRITING, "showScript", "showSystemTask"}
    assert all(report.operations[id_].succeeded for id_ in sandboxed(load_edition(EDITION)))
    project = server.project_id
    for name, workspace in before.projects[project].workspaces.items():
        now = server.state.projects[project].workspaces[name]
        assert (now.jobs, now.scripts, now.resources) == (workspace.jobs, workspace.scripts, workspace.resources)
    assert left(server) == set()


def test_every_writing_request_names_the_prefix_only(server: mock.Server, tmp_path: Path) -> None:
    """In the server's log each request that creates, imports or deletes names an object of the sandbox."""
    sandbox = box(server)
    check(server, tmp_path, sandbox)
    writing = [seen for seen in server.core.requests if seen.method != "GET" and not seen.path.endswith("/export")]
    for seen in (seen for seen in writing if "/_mock/" not in seen.path):
        body = json.loads(seen.content) if seen.content else {}
        last = unquote(seen.path.rpartition("/")[2])
        named = body.get("name") or body.get("path") or sandbox.ids.get(last, last)
        assert named.removeprefix("obs://bucket/in/").startswith(f"{PREFIX}-")
    assert len(writing) > 15


def test_ctrl_c_at_each_step_leaves_nothing(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever Ctrl-C comes, in front of a request, the run ends, and the server has nothing of the sandbox."""
    number, at = 0, 0
    send = Session.request

    def request(self: Session, *args: Any, **options: Any) -> Any:
        nonlocal number
        number += 1
        if number == at:
            signal.raise_signal(signal.SIGINT)
        return send(self, *args, **options)

    monkeypatch.setattr(Session, "request", request)
    check(server, tmp_path)
    total, reasons = number, []
    for at in range(1, total + 1, STEP):
        number = 0
        report = check(server, tmp_path)
        reasons.append(report.reason)
        assert report.errors == []
        assert left(server) == set(), at
    # The last requests are those of the removal, which goes on.
    assert reasons.count("interrupted") > len(reasons) / 2
    assert total > 30


def test_the_end_of_the_program_leaves_nothing(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SystemExit, as SIGTERM raises it, ends the program after the removal."""
    imported = scenarios.sandbox_imported.function

    def ended(run: Any) -> None:
        imported(run)
        raise SystemExit(143)

    found = tuple(evolve(each, function=ended) if each.id == "sandbox_imported" else each for each in SANDBOX)
    monkeypatch.setattr(runner, "SANDBOX", found)
    with pytest.raises(SystemExit):
        check(server, tmp_path)
    assert left(server) == set()


def test_an_import_that_still_runs_is_waited_for(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C during an import its task is followed to the end, and its jobs are deleted."""
    server.core.world.task_seconds = 0.3
    followed = scenarios._followed

    def interrupted(*args: Any) -> Any:
        monkeypatch.setattr(scenarios, "_followed", followed)
        signal.raise_signal(signal.SIGINT)
        return followed(*args)

    monkeypatch.setattr(scenarios, "_followed", interrupted)
    report = check(server, tmp_path)
    assert (report.reason, report.errors) == ("interrupted", [])
    assert left(server) == set()


@pytest.mark.parametrize("operation", WRITING)
def test_a_lost_response_leaves_nothing(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """What the server did although no response came is removed too."""
    found = operations_by_id(load_edition(EDITION))[operation]
    path, receive = re.compile(re.sub(r"\{\w+\}", "[^/]+", found.path)), session._receive

    def lose(http: httpx.Client, request: httpx.Request) -> Any:
        got = receive(http, request)
        if request.method.lower() == found.method and path.fullmatch(request.url.path):
            raise httpx.ReadError("the response is lost", request=request)
        return got

    monkeypatch.setattr(session, "_receive", lose)
    report = check(server, tmp_path)
    assert any(each.check == "whole_response" for _, failure in report.failures for each in failure.every)
    assert left(server) == set()


@pytest.mark.parametrize("path", ["jobs/ctest-mine.job", "scripts/ctest-one.script", "resources/ctest-x.resource"])
def test_a_prefix_that_is_taken_is_refused(server: mock.Server, tmp_path: Path, path: str) -> None:
    """If an object has the prefix, nothing is created, imported or deleted."""
    name = path.partition("/")[2].partition(".")[0]
    file = f"{server.project_id}/workspaces/default/{path}"
    server.core.load(server.state.with_files({file: {"name": name, "nodes": []}}))
    with pytest.raises(JobexportError, match=rf"the server has '{name}', .*name another prefix"):
        check(server, tmp_path)
    assert {seen.method for seen in server.core.requests} == {"GET"}


def test_the_limit_of_requests_does_not_end_the_removal(server: mock.Server, tmp_path: Path) -> None:
    """A run that reaches --max-requests removes what it made."""
    report = check(server, tmp_path, max_requests=20)
    assert (report.reason, report.errors, left(server)) == ("limit", [], set())


def test_what_can_not_be_removed_is_named(server: mock.Server, tmp_path: Path) -> None:
    """An object that the server does not delete is an error of the report, with its name."""
    server.core.set_faults("status-500@deleteScript")
    report = check(server, tmp_path)
    assert [error for error in report.errors if f"the script '{PREFIX}-one' may be left on the server" in error]
    assert not report.passed


@pytest.mark.parametrize(
    ("operation", "method", "path", "body"),
    [
        ("createJob", "POST", "/v1/p/jobs", {"name": "mine"}),
        ("createJob", "POST", "/v1/p/jobs", None),
        ("createScript", "PUT", "/v1/p/scripts", {"name": "ctest-a"}),
        ("deleteJob", "DELETE", "/v1/p/jobs/other", None),
        ("deleteJob", "DELETE", "/v1/p/jobs/%63test", None),
        ("deleteResource", "DELETE", "/v1/p/resources/ctest-id", None),
        ("deleteFlinkJob", "DELETE", "/v1.0/p/streaming/jobs/100", None),
        ("importFlinkJobs", "POST", "/v1.0/p/streaming/jobs/import", {"zip_file": "bucket/in/ctest-0.zip"}),
        ("importJob", "POST", "/v1/p/jobs/import", {"path": "obs://bucket/in/theirs.zip"}),
    ],
)
def test_no_other_change_is_permitted(server: mock.Server, operation: str, method: str, path: str, body: Any) -> None:
    """A request that may change something else is not sent, whatever scenario wants it."""
    document, sandbox = load_edition(EDITION), box(server)
    assert sandbox.judges(document, operation, method)
    legal = path.endswith("%63test")
    assert sandbox.permits(document, operation, method, path, body) is legal


def test_the_plan_names_prefix_and_bucket(server: mock.Server) -> None:
    """The plan states what is created, and where zips are written."""
    data = Data(project="p", jobs=("myJob",), flink_jobs=(), obs_dirs=(), obs_paths=())
    lines = plan(load_edition(EDITION), server.url, data, Live(), "dgc", box(server))
    assert "whose names begin with ctest, writes zips to obs://bucket/in/" in lines[1]
    alone = {line.partition(":")[0].strip() for line in lines if line.endswith("in the sandbox only")}
    assert alone == {*WRITING, "showScript", "showSystemTask"}
    assert alone <= {*operations_by_id(load_edition(EDITION))}


@pytest.mark.parametrize("prefix", ["", "abc", "1abc", "a_bc", "a" * 17, "ab c", "\u4f5c\u4e1aab"])
def test_a_prefix_is_legal_in_each_kind_of_names(server: mock.Server, prefix: str) -> None:
    """A prefix that is short, or not legal in some name, is refused."""
    with pytest.raises(JobexportError, match="4 to 16 letters"):
        Sandbox(prefix, box(server).bucket)
