"""Backups of a DGC workspace, from a mock: what is fetched, what is written, what is refused."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, Response

from jobexport import DgcClient
from jobexport.archive import unpack_for_git
from jobexport.backup import verify
from jobexport.errors import BackupRefused, JobexportError, Unauthorized
from jobexport.mock import serve
from jobexport.mock.behaviour.zips import pack
from jobexport.mock.requests.outcome import Outcome
from jobexport.mock.requests.request import Refused
from jobexport.spec import resolve
from jobexport.spec.editions import edition_ids
from tests.backup.making.folders import contents
from tests.backup.making.repository import committed, git
from tests.backup.making.workspace import OLD, PROJECT, Workspace
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jobexport.mock import Server
    from tests.backup.making.workspace import Respond

LISTS = ["listJobs", "listJobs", "listResources", "listScripts"]


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of the manifest by name."""
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_backup_holds_the_workspace(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    """Both clients write all items, with one request for all jobs, and the backup is sound."""
    workspace.kind = kind
    result = workspace.back_up(tmp_path)
    assert result.complete
    assert workspace.requests[-1:] + sorted(workspace.requests[:-1]) == ["batchExportJobs", *LISTS]
    assert {f"{kind} {name}" for kind, name in result.added} == {
        "job a", "job b", "job c", "script sum", "script other", "resource jar",
    }  # fmt: skip
    assert verify(tmp_path).level == 1
    assert '"value": "1.50"' in (tmp_path / "jobs/c.json").read_text()
    assert (tmp_path / "scripts/other.sh").read_text() == "date\n"


@pytest.mark.parametrize("edition", edition_ids())
def test_the_files_are_those_of_an_export_for_git(
    started: Callable[[str], Server], tmp_path: Path, edition: str
) -> None:
    """In each edition a backup has the bytes of `dgc export --git`, and such a folder becomes a backup untouched."""
    server = started(edition)
    server.core.reset()
    with DgcClient(server.project_id, auth=server.token, base_url=server.url) as dgc:
        from jobexport.backup import backup_workspace

        backup_workspace(dgc, tmp_path / "backup", workspace=WORKSPACE)
        names = [job.name for job in dgc.jobs(workspace=WORKSPACE)]
        exported = dgc.export_jobs(names, to=tmp_path / "zips", workspace=WORKSPACE)
        unpack_for_git(exported.archives.values(), tmp_path / "git")
        ours = {path: content for path, content in contents(tmp_path / "backup").items() if "/" in path}
        assert contents(tmp_path / "git") == ours
        assert backup_workspace(dgc, tmp_path / "git", workspace=WORKSPACE).changed == ()
    assert contents(tmp_path / "git") == contents(tmp_path / "backup")


def test_thirty_nights_without_changes_are_no_bytes_of_diff(workspace: Workspace, tmp_path: Path) -> None:
    """Schedules that run each night change the list, but nothing that git sees; only the lists are asked for."""
    workspace.back_up(tmp_path)
    committed(tmp_path)
    for night in range(30):
        for name in workspace.jobs:
            workspace.listed[name] |= {"status": "SCHEDULING", "lastInstanceStatus": "success"}
            workspace.listed[name]["lastInstanceEndTime"] = OLD + night
        workspace.put()
        result = workspace.back_up(tmp_path)
        assert (result.complete, result.changed, sorted(workspace.requests)) == (True, (), LISTS)
    assert git(tmp_path, "status", "--porcelain", "--untracked-files=all") == ""


def test_only_what_changed_is_fetched_even_in_a_fresh_clone(workspace: Workspace, tmp_path: Path) -> None:
    """A clone of the repository goes on where the folder was: one request names the jobs that changed."""
    workspace.back_up(tmp_path / "first")
    committed(tmp_path / "first")
    git(tmp_path, "clone", "--quiet", "first", "clone")
    workspace.job("c", params=[{"name": "p", "value": "2"}])
    workspace.job("d")
    workspace.script("sum", "SELECT 2;\n")
    workspace.put()
    result = workspace.back_up(tmp_path / "clone")
    assert (result.added, result.changed) == ((("job", "d"),), (("job", "c"), ("script", "sum")))
    (request,) = [seen for seen in workspace.server.core.requests if seen.operation == "batchExportJobs"]
    assert sorted(json.loads(request.content)["jobList"]) == ["c", "d"]
    changed = git(tmp_path / "clone", "status", "--porcelain").split()[1::2]
    assert changed == [
        "jobexport-backup.json", "jobs/c.json", "manifest.jsonl", "scripts/sum.sql", "jobs/d.json",
    ]  # fmt: skip
    workspace.back_up(tmp_path / "new")
    assert contents(tmp_path / "new") == contents(tmp_path / "clone")


def test_an_upgrade_of_the_tool_changes_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version leaves the backup of an unchanged workspace as it is, and is named once something changes."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    monkeypatch.setattr("jobexport.backup.session.__version__", "99.0")
    workspace.back_up(tmp_path)
    assert contents(tmp_path) == before
    workspace.script("sum", "SELECT 2;\n")
    workspace.put().back_up(tmp_path)
    assert json.loads((tmp_path / "jobexport-backup.json").read_bytes())["tool"] == "jobexport 99.0"


@pytest.mark.parametrize("ahead", [0, 86_400_000], ids=["now", "a clock that is a day ahead"])
def test_a_job_that_changed_just_now_is_fetched_again(workspace: Workspace, tmp_path: Path, ahead: int) -> None:
    """A second change with the same time, as a clock of seconds gives it, is not lost."""
    now = time.time_ns() // 1_000_000 + ahead
    workspace.job("a", listed={"lastUpdateTime": now}, params=[{"name": "p", "value": "1"}])
    workspace.put().back_up(tmp_path)
    assert "last_update" not in rows(tmp_path)["a"]
    workspace.job("a", listed={"lastUpdateTime": now}, params=[{"name": "p", "value": "2"}])
    assert workspace.put().back_up(tmp_path).changed == (("job", "a"),)


def test_an_item_that_is_gone_is_confirmed_and_stays_until_it_is_pruned(workspace: Workspace, tmp_path: Path) -> None:
    """Each item that left its list is asked for once; it stays, marked, and goes with prune."""
    workspace.back_up(tmp_path)
    del workspace.jobs["a"], workspace.scripts["other"]
    workspace.put()
    result = workspace.back_up(tmp_path, max_shrink=0.5)
    assert result.gone == (("job", "a"), ("script", "other"))
    assert result.complete
    assert sorted(workspace.requests) == sorted([*LISTS, "showJob", "showScript"])
    assert rows(tmp_path)["a"]["seen"] == "gone"
    assert workspace.back_up(tmp_path, max_shrink=0.5).gone == ()
    assert sorted(workspace.requests) == LISTS
    result = workspace.back_up(tmp_path, prune=True)
    assert result.pruned == (("job", "a"), ("script", "other"))
    assert not (tmp_path / "jobs/a.json").exists()
    assert not (tmp_path / "scripts/other.sh").exists()
    assert verify(tmp_path).level == 1


def test_a_resource_whose_name_is_part_of_another_is_gone(workspace: Workspace, tmp_path: Path) -> None:
    """The service finds names that only contain the one to look for: they are other resources."""
    workspace.resource("jar-2")
    workspace.put().back_up(tmp_path)
    del workspace.resources["jar"]
    assert workspace.put().back_up(tmp_path).gone == (("resource", "jar"),)
    found = [request.query for request in workspace.server.core.requests if request.operation == "listResources"]
    assert found[-1]["resourceName"] == "jar"


def test_an_item_that_its_list_only_forgot_is_not_gone(workspace: Workspace, tmp_path: Path) -> None:
    """A job that the list lacks but the service shows stays as it was, and the backup is not complete."""
    workspace.back_up(tmp_path)
    hidden = workspace.jobs.pop("a")
    workspace.put()

    def showing(request: Any, respond: Respond) -> Any:
        workspace.jobs["a"] = hidden
        workspace.put()
        return respond(request)

    with workspace.on("listResources", showing):
        result = workspace.back_up(tmp_path, max_shrink=0.5)
    assert (result.gone, result.complete) == ((), False)
    assert result.problems == ("job a is not in the list, but the service has it",)
    assert rows(tmp_path)["a"]["seen"] == "ok"
    assert workspace.back_up(tmp_path).complete


@pytest.mark.parametrize("fault", ["status-500@showJob", "errors-empty@showJob"])
def test_an_item_whose_state_nobody_knows_is_not_gone(workspace: Workspace, tmp_path: Path, fault: str) -> None:
    """If the request that should confirm a loss fails, the item stays, marked, and the backup is not complete."""
    workspace.back_up(tmp_path)
    del workspace.jobs["a"]
    workspace.put()
    workspace.server.core.set_faults(fault)
    result = workspace.back_up(tmp_path, max_shrink=0.5, prune=True)
    workspace.server.core.set_faults()
    assert (result.gone, result.pruned, result.complete) == ((), (), False)
    assert list(result.failures) == [("job", "a")]
    assert (tmp_path / "jobs/a.json").exists()
    assert workspace.back_up(tmp_path, max_shrink=0.5, prune=True).pruned == (("job", "a"),)


@pytest.mark.parametrize("left", [0, 1])
def test_a_list_that_shrank_too_much_is_refused(workspace: Workspace, tmp_path: Path, left: int) -> None:
    """An empty list, and one that lost more than the user allows, change nothing."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    for name in ("a", "b", "c")[left:]:
        del workspace.jobs[name]
    workspace.put()
    with pytest.raises(BackupRefused, match=f"{3 - left} of 3 items of kind job are gone .*max-shrink"):
        workspace.back_up(tmp_path)
    assert contents(tmp_path) == before
    assert "batchExportJobs" not in workspace.requests
    if left:
        assert len(workspace.back_up(tmp_path, max_shrink=1.0).gone) == 2


def test_the_folder_of_another_workspace_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """A backup of one workspace does not become that of another; no request is sent."""
    workspace.back_up(tmp_path)
    with pytest.raises(BackupRefused, match="workspace is w2, not the default one"):
        workspace.back_up(tmp_path, workspace="w2")
    assert workspace.requests == []


def test_one_bad_job_does_not_stop_the_rest(workspace: Workspace, tmp_path: Path) -> None:
    """A job that can't be exported keeps its last good content, marked; all others are brought up to date."""
    workspace.back_up(tmp_path)
    for name in ("a", "c"):
        workspace.job(name, params=[{"name": "p", "value": "9"}])
    workspace.put()

    def refusing(request: Any, respond: Respond) -> Any:
        if "a" in request.body["jobList"]:
            raise Refused("invalid-request")
        return respond(request)

    with workspace.on("batchExportJobs", refusing):
        result = workspace.back_up(tmp_path)
    assert (result.complete, result.changed) == (False, (("job", "c"),))
    assert list(result.failures) == [("job", "a")]
    assert rows(tmp_path)["a"]["seen"].startswith("failed: ")
    verdict = verify(tmp_path)
    assert "older one is kept" in str(verdict.problems[0])
    assert workspace.back_up(tmp_path).changed == (("job", "a"),)
    assert verify(tmp_path).level == 1


def test_a_job_deleted_between_list_and_export_is_gone(workspace: Workspace, tmp_path: Path) -> None:
    """A job that the export no longer finds is gone, not failed, and the backup is complete without it."""

    def deleting(request: Any, respond: Respond) -> Any:
        if workspace.jobs.pop("b", None):
            workspace.put()
        return respond(request)

    with workspace.on("listResources", deleting):
        result = workspace.back_up(tmp_path)
    assert (result.complete, result.gone) == (True, (("job", "b"),))
    assert verify(tmp_path).level == 1


def test_a_token_that_ends_keeps_what_came(workspace: Workspace, tmp_path: Path) -> None:
    """A token that ends before the export: the lists' content is written, the jobs are marked, and the run says so."""

    def ended(request: Any, respond: Respond) -> Any:
        raise Refused("unauthorized")

    with workspace.on("batchExportJobs", ended):
        result = workspace.back_up(tmp_path)
    assert isinstance(result.ended_by, Unauthorized)
    assert not result.complete
    assert (tmp_path / "scripts/sum.sql").exists()
    assert rows(tmp_path)["a"]["seen"].startswith("failed: ")
    assert workspace.back_up(tmp_path).complete


@pytest.mark.parametrize("operation", ["listJobs", "listScripts", "batchExportJobs", "showJob"])
@pytest.mark.parametrize("fault", ["status-429:0", "status-503", "reset-before"])
def test_a_failure_that_passes_is_waited_for(workspace: Workspace, tmp_path: Path, operation: str, fault: str) -> None:
    """A throttled, failed or lost request of any kind is sent again, and the backup is complete."""
    workspace.back_up(tmp_path)
    workspace.job("c", params=[{"name": "p", "value": "2"}])
    del workspace.jobs["b"]
    workspace.put()
    workspace.server.core.set_faults((f"{fault}@{operation}", 1))
    result = workspace.back_up(tmp_path, max_shrink=0.5)
    assert (result.complete, result.changed, result.gone) == (True, (("job", "c"),), (("job", "b"),))
    assert workspace.requests.count(operation) == {"listJobs": 3}.get(operation, 2)


def test_a_list_that_fails_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    """An error of a list ends the run before anything is changed."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    workspace.server.core.set_faults("status-500@listScripts")
    workspace.job("a", params=[{"name": "p", "value": "9"}])
    workspace.put()
    with pytest.raises(JobexportError):
        workspace.back_up(tmp_path)
    assert contents(tmp_path) == before
    workspace.server.core.set_faults()


def test_damaged_files_are_written_anew(workspace: Workspace, tmp_path: Path) -> None:
    """A file that rotted is repaired, though its job did not change."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "jobs/a.json").write_bytes(b"{}")
    (tmp_path / "scripts/sum.sql").unlink()
    result = workspace.back_up(tmp_path)
    assert result.repaired == (("job", "a"), ("script", "sum"))
    assert contents(tmp_path) == before


def test_a_manifest_that_is_not_the_markers_is_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    """A manifest that a merge spoilt is not trusted: everything is fetched, and the folder is as before."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "manifest.jsonl").write_bytes(before["manifest.jsonl"] + b"<<<<<<< HEAD\n")
    result = workspace.back_up(tmp_path)
    assert "not what the marker says" in result.notes[0]
    assert contents(tmp_path) == before


def test_hard_names_have_files_of_their_own(workspace: Workspace, tmp_path: Path) -> None:
    """Names that differ in case, `.`, `..`, a device, and 128 characters are all backed up, each once."""
    for name in ("Twin", "twin", ".", "..", "con", "x" * 128):
        workspace.job(name, params=[{"name": "own", "value": name}])
    result = workspace.put().back_up(tmp_path)
    assert result.complete
    assert len(rows(tmp_path)) == 12
    for name in ("Twin", "twin", ".", "..", "con", "x" * 128):
        held = json.loads((tmp_path / rows(tmp_path)[name]["path"]).read_bytes())
        assert held["params"][0]["value"] == name
    folded = [path.lower() for path in contents(tmp_path)]
    assert len(folded) == len(set(folded))
    del workspace.jobs["Twin"]
    assert workspace.put().back_up(tmp_path, prune=True, max_shrink=0.5).complete
    assert rows(tmp_path)["twin"]["path"] == "jobs/twin.json"
    assert verify(tmp_path).level == 1


def test_chinese_names_are_backed_up_where_the_service_takes_them(tmp_path: Path) -> None:
    """Jobs and scripts with Chinese names, 128 letters in one, are exported and written.

    One edition allows such names, though the page of its export does not.
    """
    text = json.dumps(resolve("huaweicloud-cn-2020"))
    with serve(json.loads(text.replace("[A-Za-z0-9._-]+", "[^/]+"))) as server:
        workspace = Workspace(server)
        for name in ("作业", "作" * 128):
            workspace.job(name)
            workspace.script(name)
        result = workspace.put().back_up(tmp_path)
    assert result.complete, result.failures
    assert verify(tmp_path).level == 1
    assert (tmp_path / "jobs/作业.json").exists()


def test_no_file_has_the_token(workspace: Workspace, tmp_path: Path) -> None:
    """The tool's own secrets are in no file; places in definitions that look like secrets are named, without values."""
    workspace.script("leaky", "CREATE TABLE t WITH ('password' = 'hunter2');\n")
    workspace.job("a", params=[{"name": "db_password", "value": "hunter3"}])
    result = workspace.put().back_up(tmp_path)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert workspace.server.token.encode() not in files
    assert PROJECT.encode() in files
    assert b"hunter2" in files
    assert result.notes == (
        "the backup holds places that look like secrets: job a has params.db_password; "
        "script leaky has content (password)",
    )


def test_git_with_other_line_ends_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    """A clone of git for Windows, which writes CRLF, keeps the bytes: .gitattributes says so."""
    workspace.back_up(tmp_path / "first")
    committed(tmp_path / "first")
    git(tmp_path, "-c", "core.autocrlf=true", "clone", "--quiet", "first", "clone")
    assert contents(tmp_path / "clone") == contents(tmp_path / "first")
    shutil.rmtree(tmp_path / "first")
    assert verify(tmp_path / "clone").level == 1


def test_the_files_of_git_that_are_there_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    """Lines of an existing .gitattributes and .gitignore stay; the backup's line is added once."""
    (tmp_path / ".gitignore").write_text("*.swp")
    (tmp_path / "README.md").write_text("mine")
    workspace.back_up(tmp_path)
    workspace.back_up(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*.swp\n.jobexport/\n"
    assert (tmp_path / "README.md").read_text() == "mine"


def test_requests_grow_by_pages_only(workspace: Workspace, tmp_path: Path) -> None:
    """300 jobs and 200 scripts, of which 1 % changed: a request for each page of a list, and one for the jobs."""
    for number in range(297):
        workspace.job(f"j{number}")
    for number in range(198):
        workspace.script(f"s{number}")
    assert workspace.put().back_up(tmp_path).complete
    # Two pages with batch jobs more, one with real-time jobs, two with scripts, one with resources; 3 exports.
    assert len(workspace.requests) == 3 + 1 + 2 + 1 + 3
    for number in range(3):
        workspace.job(f"j{number}", params=[{"name": "p", "value": "1"}])
    assert len(workspace.put().back_up(tmp_path).changed) == 3
    assert len(workspace.requests) == 3 + 1 + 2 + 1 + 1


def test_a_list_that_lacks_items_takes_nothing_for_gone(workspace: Workspace, tmp_path: Path) -> None:
    """A list that is shorter than the service claims makes the backup incomplete, and no item is asked for or lost."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)

    def claiming(request: Any, respond: Respond) -> Any:
        outcome = respond(request)
        body = json.loads(outcome.response.body)
        body["scripts"] = body["scripts"][:1]
        return Outcome(JSONResponse(body))

    with workspace.on("listScripts", claiming):
        result = workspace.back_up(tmp_path)
    assert (result.complete, result.gone, result.failures) == (False, (), {})
    assert "the list of scripts is not complete" in result.problems[0]
    assert "showScript" not in workspace.requests
    after = contents(tmp_path)
    assert {path for path in before if before[path] != after[path]} == {"jobexport-backup.json"}
    assert [str(problem) for problem in verify(tmp_path).problems] == [
        "jobexport-backup.json: the backup was not complete; back up again"
    ]


def test_what_no_file_can_hold_stops_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    """A name and a text with half of a surrogate pair, and a deep nesting, are named; the rest is backed up."""
    deep: Any = []
    for _ in range(150):
        deep = [deep]

    def hostile(request: Any, respond: Respond) -> Any:
        scripts = [
            {"name": "half\ud800", "type": "Shell", "content": "x"},
            {"name": "text", "type": "Shell", "content": "\ud800"},
            {"name": "deep", "type": "Shell", "content": "x", "configuration": deep},
            {"name": "../../out", "type": "Shell", "content": "x"},
            {"name": "good", "type": "Shell", "content": "x"},
        ]
        return Outcome(Response(json.dumps({"total": 5, "scripts": scripts}), media_type="application/json"))

    with workspace.on("listScripts", hostile):
        result = workspace.back_up(tmp_path / "b")
    assert not result.complete
    assert sorted(name for _, name in result.failures) == ["deep", "text"]
    assert "which is no text" in result.problems[0]
    assert (tmp_path / "b/scripts/good.sh").exists()
    assert (tmp_path / "b/scripts/%2E.%2F..%2Fout.sh").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("second", [{"nodes": []}, {"nodes": [], "x": 1}], ids=["same", "different"])
def test_a_job_in_two_versions_is_not_believed(workspace: Workspace, tmp_path: Path, second: dict[str, Any]) -> None:
    """A zip with a job twice is used if both are the same; otherwise the job is marked, and the others are there."""

    def twice(request: Any, respond: Respond) -> Any:
        members: dict[str, Any] = {f"jobs/{name}/{name}.job": {"name": name, "nodes": []} for name in ("a", "b", "c")}
        packed = {name: json.dumps(fields).encode() for name, fields in members.items()}
        packed["jobs/a/again.job"] = json.dumps({"name": "a", **second}).encode()
        return Outcome(Response(pack(packed), media_type="application/octet-stream"))

    with workspace.on("batchExportJobs", twice):
        result = workspace.back_up(tmp_path)
    assert result.complete is ("x" not in second)
    assert {name for _, name in result.failures} == ({"a"} if "x" in second else set())
    assert (tmp_path / "jobs/b.json").exists()
