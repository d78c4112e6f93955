"""Runs against servers in use, each a mock in a process of its own: requests, exports, and the end of the run."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport import mock
from jobexport.auth import AccessKey
from jobexport.contract import Data, Live, check_edition, plan
from jobexport.contract.data import KINDS
from jobexport.contract.sending.live import narrowed
from jobexport.contract.verbs import changes
from jobexport.spec import load_edition
from jobexport.spec.document import METHODS, operations, operations_by_id
from jobexport.spec.editions import edition_ids
from jobexport.spec.links import links
from tests.making.documents import exporting, exports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

# Serves the mock of an edition; after a number of exports the token is good no more.
EXPIRING = """
import socket, sys, uvicorn
from jobexport import mock


app, left = mock.create_app(sys.argv[1], token=sys.argv[2]), [int(sys.argv[3])]

async def expiring(scope, receive, send):
    headers = scope.get("headers", [])
    if scope["type"] == "http" and (b"x-auth-token", sys.argv[2].encode()) in headers:
        left[0] -= 1
        if left[0] < 0:
            scope = scope | {"headers": [pair for pair in headers if pair[0] != b"x-auth-token"]}
    await app(scope, receive, send)

listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(expiring, log_level="error")).run(sockets=[listener])
"""
MOCK = "from jobexport.cli import main; main()"

TOKEN, SECRET = "a-token-that-is-a-secret", "a-key-that-is-a-secret"
KEY = AccessKey("AKEYTHATISASECRET", SECRET, mock.EXAMPLE_PROJECT)
FAST = Live(rate=500)
JOBS, FLINK = ("myJob", "job_batch"), (100,)


def data(**options: Any) -> Any:
    return Data(
        **(
            {"project": mock.EXAMPLE_PROJECT, "jobs": JOBS, "flink_jobs": FLINK, "obs_dirs": (), "obs_paths": ()}
            | options
        )
    )


@pytest.fixture
def stored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the folder that exports are stored in."""
    return tmp_path_factory.mktemp("stored")


@pytest.fixture
def mock_process(process: Callable[..., Any], stored: Any) -> Callable[..., Any]:
    """Return a function that starts a mock with the secrets of this module."""
    options = ("--obs", stored, "--token", TOKEN, "--access-key", KEY.id, "--secret-key", SECRET)
    return lambda edition: process(MOCK, "mock", "--port", 0, "--edition", edition, *options)


def check(url: Any, folder: Path, given: Any, *, edition: str = "otc-2026", live: Any = FAST, **options: Any) -> Any:
    document = exporting(load_edition(edition))
    return check_edition(document, url, given, seed=1, report_dir=folder, live=live, **({"max_examples": 5} | options))


def entries(folder: Path) -> Any:
    return json.loads((folder / "exchanges.har").read_text(encoding="utf-8"))["log"]["entries"]


def sent(folder: Path, name: Any) -> Any:
    """Return the values of a field in the bodies of the requests."""
    found = []
    for entry in entries(folder):
        with contextlib.suppress(ValueError):
            body = json.loads(entry["request"].get("postData", {}).get("text", ""))
            found += [body[name]] if isinstance(body, dict) and name in body else []
    return found


def no_secrets(folder: Path, *texts: Any) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for content in (*(path.read_bytes() for path in files), *(text.encode() for text in texts)):
        assert not [secret for secret in (TOKEN, SECRET, KEY.id) if secret.encode() in content]


def test_a_key_opens_a_server_that_is_busy_and_nothing_else_is_written(
    mock_process: Callable[..., Any], stored: Any, tmp_path: Path
) -> None:
    """Signed requests succeed, Retry-After is kept, only named places get exports, and no report has a secret."""
    url = mock_process("huaweicloud-cn-2025")
    httpx.put(f"{url}/_mock/faults", json={"faults": [{"fault": "status-429:1@exportJob", "times": 2}]})
    given = data(key=KEY, obs_dirs=("mine/dli",), obs_paths=("obs://mine/dgc/",))
    report = check(url, tmp_path, given, edition="huaweicloud-cn-2025")
    assert report.passed, report.problems()
    assert report.failures == []
    found = entries(tmp_path)
    assert [entry["response"]["status"] for entry in found].count(429) == 2
    starts = [datetime.fromisoformat(entry["startedDateTime"]) for entry in found]
    waits = [
        (after - before).total_seconds()
        for entry, before, after in zip(found, starts, starts[1:], strict=False)
        if entry["response"]["status"] == 429
    ]
    assert len(waits) == 2
    assert min(waits) >= 1
    assert set(sent(tmp_path, "obs_dir")) == {"mine/dli"}
    assert set(sent(tmp_path, "obsPath")) == {"obs://mine/dgc/"}
    assert set(map(str, sent(tmp_path, "is_selected"))) == {"True"}
    assert sorted(path.name for path in stored.iterdir()) == ["mine"]
    assert {path.name for path in (stored / "mine").iterdir()} == {"dgc", "dli"}
    no_secrets(tmp_path)


def test_without_places_nothing_is_written(mock_process: Callable[..., Any], stored: Any, tmp_path: Path) -> None:
    """exportFlinkJobs is not run, obsPath is never sent, and the report says why."""
    url = mock_process("huaweicloud-cn-2025")
    report = check(url, tmp_path, data(token=TOKEN), edition="huaweicloud-cn-2025")
    assert report.passed, report.problems()
    assert list(report.operations) == ["exportJob", "batchExportJobs"]
    assert "--obs-dir" in report.left_out["exportFlinkJobs"]
    assert sent(tmp_path, "obsPath") == sent(tmp_path, "obs_dir") == []
    assert sent(tmp_path, "exportDepend")
    assert list(stored.iterdir()) == []
    kinds = {entry["comment"].split()[-1] for entry in entries(tmp_path)}
    assert kinds == {"positive", "scenario"}
    no_secrets(tmp_path)


def test_broken_requests_are_sent_when_asked_for_and_write_nowhere_else(
    mock_process: Callable[..., Any], stored: Any, tmp_path: Path
) -> None:
    """With `negative` broken requests are sent, but only the named folder is in them."""
    url = mock_process("otc-2026")
    live = Live(rate=500, max_requests=1000, negative=True)
    report = check(url, tmp_path, data(token=TOKEN, obs_dirs=("mine",)), live=live, api="dli", max_examples=30)
    assert report.operations["exportFlinkJobs"].cases["negative 400"] > 10
    assert set(sent(tmp_path, "obs_dir")) == {"mine"}
    assert [path.name for path in stored.iterdir()] == ["mine"]
    no_secrets(tmp_path)


def test_a_disposable_server_gets_everything(mock_process: Callable[..., Any], stored: Any, tmp_path: Path) -> None:
    """With `disposable` there is no limit: broken requests come, at any rate, and exports to any folder."""
    live = Live(rate=0.01, max_requests=1, negative=True, disposable=True)
    given = data(token=TOKEN, obs_dirs=("mine",))
    report = check(mock_process("otc-2026"), tmp_path, given, live=live, api="dli", max_examples=2)
    assert report.complete
    assert report.operations["exportFlinkJobs"].cases["negative 400"] > 10
    assert len(set(map(str, sent(tmp_path, "obs_dir")))) > 5
    assert not [reason for reason in report.left_out.values() if "--" in reason]
    no_secrets(tmp_path)


def test_a_token_that_expires_ends_the_run_with_what_there_is(process: Callable[..., Any], tmp_path: Path) -> None:
    """All reports have the requests and failures up to the end of the token."""
    url = process(EXPIRING, "otc-2026", TOKEN, 90)
    report = check(url, tmp_path, data(token=TOKEN), api="dgc", edition="huaweicloud-cn-2025")
    assert (report.reason, report.complete, report.passed) == ("expired", False, False)
    found = entries(tmp_path)
    assert [entry["response"]["status"] for entry in found[-2:]] == [401, 401]
    written = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert written["requests"] == report.requests == len(found)
    assert "no longer accepts the credentials" in written["ending"]
    # otc-2026 leaves exportDepend aside, and has no Chinese names; what showed it came before the end.
    assert {failure.check for _, failure in report.failures} <= {
        "export_depend",
        "dependencies",
        "valid_request_refused",
    }
    assert report.failures
    assert "no longer accepts the credentials" in (tmp_path / "junit.xml").read_text(encoding="utf-8")
    no_secrets(tmp_path)


def test_nothing_known_is_nothing_run(tmp_path: Path) -> None:
    """Without any name no request is sent, and the run does not pass."""
    with mock.serve("otc-2026") as server:
        report = check(server.url, tmp_path, data(jobs=(), flink_jobs=(), token=TOKEN))
    assert not report.passed
    assert report.requests == 0
    assert set(report.left_out) == set(exports(load_edition("otc-2026")))


def test_the_plan_says_what_is_run_and_what_is_written() -> None:
    """The plan has a line for each operation, with places, jobs and reasons."""
    document = exporting(load_edition("huaweicloud-cn-2025"))
    lines = plan(document, "http://server", data(obs_paths=("obs://mine/",)), Live(rate=2.5, max_requests=50))
    assert lines == [
        "http://server: at most 50 requests, at most 2.5 a second, all valid by the document",
        "  exportFlinkJobs: not run: it writes to OBS; name an allowed folder with --obs-dir",
        "  exportJob: writes zips of jobs to obs://mine/",
        "  batchExportJobs: writes nothing",
    ]
    lines = plan(document, "http://server", data(jobs=(), obs_dirs=("mine",)), Live(negative=True))
    assert lines[0].endswith("also requests that break the document")
    assert lines[1] == "  exportFlinkJobs: writes zips of the Flink jobs 100 to mine"
    assert lines[2] == "  exportJob: not run: no job is known; name a job with --job"
    lines = plan(document, "http://server", data(obs_dirs=("mine",)), Live(disposable=True))
    assert lines == [
        "http://server: disposable: any number of requests, at any rate, also requests that break the document",
        "  exportFlinkJobs: writes zips of any jobs to any place",
        "  exportJob: writes zips of any jobs to any place",
        "  batchExportJobs: writes nothing",
    ]


@pytest.mark.parametrize("edition", edition_ids())
def test_a_server_in_use_is_not_changed(edition: str) -> None:
    """Operations that create, import or delete are left out with a reason; a disposable server gets them."""
    document = load_edition(edition)
    every = {kind.id: ("1",) for kind in KINDS if kind.id not in ("project", "flink_jobs")}
    given = data(**every)
    changing = [found.id for found in operations(document) if changes(document, found.fields, found.method)]
    assert len(changing) > 5
    lines = plan(document, "http://server", given, Live())
    for name in changing:
        dli = "dli" in operations_by_id(document)[name].tags
        allows = "--disposable allows" if dli else "--sandbox and --disposable allow"
        assert f"  {name}: not run: it changes the server; only {allows} that" in lines
    assert not {*changing} & {found.id for found in operations(narrowed(document, given, Live()))}
    assert f"  {changing[0]}: changes whatever it names" in plan(document, "http://s", given, Live(disposable=True))


def test_a_disposable_server_is_fuzzed_with_the_whole_document() -> None:
    """Nothing is taken from the document but the examples, which become names that exist on the server."""
    document = exporting(load_edition("huaweicloud-cn-2025"))
    shaped = narrowed(document, data(obs_dirs=("mine",), jobs=("known",)), Live(disposable=True))
    assert shaped["paths"] == document["paths"]
    assert shaped["components"]["schemas"]["JobName"]["examples"] == ["known"]


def test_a_required_workspace_must_be_named() -> None:
    """Operations whose requests must name their workspace are not run without one."""
    document = load_edition("otc-2026")
    document["components"]["parameters"]["Workspace"]["required"] = True
    reason = "not run: the document requires a workspace; name a workspace with --workspace"
    assert f"  exportJob: {reason}" in plan(document, "http://server", data(), Live())
    assert "  exportJob: writes nothing" in plan(document, "http://server", data(workspaces=("w",)), Live())


@pytest.mark.parametrize("live", [Live(), Live(disposable=True)])
def test_no_link_leads_to_an_operation_that_is_left_out(live: Live) -> None:
    """Without a name that a request needs, the operation goes, and so do the links of other operations to it."""
    document = load_edition("otc-2026")
    document["components"]["parameters"]["Workspace"]["required"] = True
    assert {link.fields["operationId"] for link in links(document)} > {"exportJob"}
    shaped = narrowed(document, data(), live)
    linked = {link.fields["operationId"] for link in links(shaped)}
    assert linked
    assert linked <= {*operations_by_id(shaped)}


def test_narrowing_leaves_the_document_alone() -> None:
    """The document for checking responses is unchanged and still has obsPath."""
    document = load_edition("huaweicloud-cn-2025")
    before = json.dumps(document)
    shaped = narrowed(document, data(), Live())
    assert json.dumps(document) == before
    assert "obsPath" not in shaped["components"]["schemas"]["ExportJobRequest"]["properties"]
    assert "Workspace" not in json.dumps(shaped["paths"])
    assert "Workspace" in json.dumps(narrowed(document, data(workspaces=("w",)), Live())["paths"])


def test_an_operation_that_no_edition_has_is_only_read() -> None:
    """Of operations that no edition has, a server in use gets only those that read; a disposable server gets all."""
    document = load_edition("otc-2026")
    path, item = next(iter(document["paths"].items()))
    fields = item["post"]
    item |= {method: fields | {"operationId": f"{method}It"} for method in ("get", "delete", "put")}
    lines = plan(document, "http://server", data(obs_dirs=("mine",)), Live())
    assert "  getIt: writes zips of the Flink jobs 100 to mine" in lines
    for method in ("delete", "put"):
        assert f"  {method}It: not run: no edition has it, so nobody knows what it changes" in lines
    for live, sent in ((Live(), {"get", "post"}), (Live(disposable=True), {"get", "post", "delete", "put"})):
        assert METHODS & narrowed(document, data(obs_dirs=("mine",)), live)["paths"][path].keys() == sent


def test_two_operations_that_are_left_out_share_a_path() -> None:
    """A path goes once, however many of its operations can't be run; other methods than POST are seen too."""
    document = load_edition("otc-2026")
    path = operations_by_id(document)["exportFlinkJobs"].path
    document["paths"][path]["put"] = document["paths"][path]["post"] | {"operationId": "putFlinkJobs"}
    assert path not in narrowed(document, data(obs_dirs=()), Live())["paths"]
