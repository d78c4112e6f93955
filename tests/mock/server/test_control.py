"""The control API shows a running server and changes it, each call completely or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.errors import JobexportError
from jobexport.mock import EXAMPLE_PROJECT, FAULTS, MemoryStorage, State, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
SPACE = f"{EXAMPLE_PROJECT}/workspaces/default"
NEW_JOB = {"name": "new", "nodes": [{"properties": [{"name": "scriptName", "value": "also_new"}]}]}
NEW_SCRIPT = {"name": "also_new", "content": "select 1"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serve() as server:
        yield server


@pytest.fixture
def client(server: Any) -> Iterator[Any]:
    """A client of a server in its initial state."""
    server.core.reset()
    with httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
        yield client


def export(client: Any, name: Any, **options: Any) -> Any:
    headers = {"X-Auth-Token": "example-token"}
    return client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export", headers=headers, **options)


def problem(response: Any, status: int = 400) -> Any:
    """Check an error response of the control API and return its sentence."""
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/json")
    assert response.json().keys() == {"error"}
    assert "\n" not in response.json()["error"]
    return response.json()["error"]


class TestRoutes:
    @pytest.mark.parametrize("path", ["/_mock/", "/_mock/nothing", "/_mock/state/more", "/_mock/%2e%2e/v1"])
    def test_unknown(self, client: Any, path: str) -> None:
        """An unknown path is 404, and the message lists the known paths."""
        assert "faults, requests, reset, restore, seed, state" in problem(client.get(path), 404)

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("POST", "state", "GET"),
            ("GET", "reset", "POST"),
            ("GET", "seed", "POST"),
            ("POST", "faults", "GET, PUT, DELETE"),
        ],
    )
    def test_wrong_method(self, client: Any, method: str, path: str, allow: str) -> None:
        """A wrong method is 405, and Allow lists the right methods."""
        response = client.request(method, f"/_mock/{path}")
        problem(response, 405)
        assert response.headers["Allow"] == allow

    @pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a": 1, "a": 2}', b"NaN"])
    def test_no_json(self, client: Any, content: bytes) -> None:
        """A body that is not JSON is 400."""
        assert "not valid JSON" in problem(client.post("/_mock/seed", content=content, headers=JSON))

    @pytest.mark.parametrize(
        "type_", [None, "text/plain", "application/x-www-form-urlencoded", "text/plain;application/json"]
    )
    @pytest.mark.parametrize(("method", "path"), [("POST", "seed"), ("PUT", "faults")])
    def test_other_media_type(self, client: Any, method: str, path: str, type_: str | None) -> None:
        """A body that is not declared as JSON, as that of a form, is 415."""
        headers = {} if type_ is None else {"Content-Type": type_}
        response = client.request(method, f"/_mock/{path}", content=b"{}", headers=headers)
        assert "application/json" in problem(response, 415)

    def test_empty_form(self, client: Any) -> None:
        """An empty body of a form is 415 too; without a media type it is accepted."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        problem(client.post("/_mock/reset", headers=form), 415)
        assert client.post("/_mock/reset").status_code == 200

    def test_too_large(self, client: Any) -> None:
        """A body above the limit is 413."""
        assert "too large" in problem(client.post("/_mock/seed", content=b" " * (12 * 2**20 + 1)), 413)

    def test_too_large_for_faults(self, client: Any) -> None:
        """A body of 64 KiB and more is 413, except for a seed."""
        content = b" " * (64 * 1024 + 1)
        assert "at most 64 KiB" in problem(client.put("/_mock/faults", content=content, headers=JSON), 413)

    def test_no_token(self, client: Any) -> None:
        """The control API needs no token; operations still do."""
        assert client.get("/_mock/state").status_code == 200
        assert client.post(JOB).status_code == 401

    def test_not_in_the_log(self, client: Any) -> None:
        """Calls of the control API are not logged as requests."""
        client.get("/_mock/state")
        assert client.get("/_mock/requests").json() == {"requests": []}


class TestState:
    def test_names(self, client: Any, server: Any) -> None:
        """The state lists the names of jobs, scripts and resources, and Flink jobs with their ids."""
        server.storage.objects.clear()
        shown = client.get("/_mock/state").json()
        assert shown["edition"] == server.core.document["info"]["x-edition"]
        assert (shown["storage"], shown["objects"]) == ("memory", [])
        project = shown["projects"][EXAMPLE_PROJECT]
        held = server.state.projects[EXAMPLE_PROJECT]
        assert {"id": 100, "name": "aggregate"} in project["flink"]
        assert max(job["id"] for job in project["flink"]) == 2**63 - 1
        assert project["workspaces"].keys() == held.workspaces.keys()
        for name, workspace in held.workspaces.items():
            for kind in ("jobs", "submitted", "scripts", "resources"):
                assert project["workspaces"][name][kind] == list(getattr(workspace, kind))

    def test_objects(self, client: Any, server: Any) -> None:
        """The state lists the stored objects."""
        server.storage.objects.clear()
        body = {"obs_dir": "a", "is_selected": True, "job_selected": [100]}
        client.post(FLINK, json=body, headers={"X-Auth-Token": server.token})
        assert client.get("/_mock/state").json()["objects"] == list(server.storage.objects) != []

    def test_storage_that_cannot_list(self) -> None:
        """For a storage that only has put and get, the list of objects is null."""

        class Blind:
            async def put(self, name: str, content: bytes) -> None:
                pass

            async def get(self, name: str) -> bytes | None:
                return None

            def __str__(self) -> str:
                return "nowhere"

        storage: Any = Blind()
        with serve(storage=storage) as server:
            shown = httpx.get(f"{server.url}/_mock/state", trust_env=False, verify=False).json()
        assert (shown["storage"], shown["objects"]) == ("nowhere", None)


class TestSeed:
    def test_adds(self, client: Any) -> None:
        """One call adds jobs and the scripts that they use, in any order, and the jobs can be exported."""
        assert export(client, "new").status_code == 400
        files = {f"{SPACE}/jobs/new.job": NEW_JOB, f"{SPACE}/scripts/also_new.script": NEW_SCRIPT}
        shown = client.post("/_mock/seed", json=files).json()
        assert "new" in shown["projects"][EXAMPLE_PROJECT]["workspaces"]["default"]["jobs"]
        assert b"scripts/also_new.script" in export(client, "new").content
        assert export(client, "myJob").status_code == 200

    def test_replaces(self, client: Any, members: Any) -> None:
        """A file replaces the file of the same path."""
        client.post("/_mock/seed", json={f"{SPACE}/jobs/myJob.job": {"name": "myJob", "version": "2"}})
        assert json.loads(members(export(client, "myJob").content)["jobs/myJob.job"]) == {
            "name": "myJob",
            "version": "2",
            # Added, as a definition of the edition must have it.
            "processType": "BATCH",
        }

    def test_new_project(self, client: Any, server: Any) -> None:
        """A project and a workspace can be new, and Flink jobs too."""
        files = {"p/flink/-5.json": {"name": "f"}, "p/workspaces/w/jobs/a..job": {"name": "a."}}
        project = client.post("/_mock/seed", json=files).json()["projects"]["p"]
        assert project["flink"] == [{"id": -5, "name": "f"}]
        assert project["workspaces"]["w"]["jobs"] == ["a."]

    def test_numbers_are_passed_on(self, client: Any, members: Any) -> None:
        """An export has every number as the seed has it, and a second seed does not change it."""
        fields = '{"name": "new", "n": [1.50, 1.0, 1E5, 1e-400, -0, 9007199254740993]}'
        seed = f'{{"{SPACE}/jobs/new.job": {fields}}}'
        assert client.post("/_mock/seed", content=seed, headers=JSON).status_code == 200
        client.post("/_mock/seed", json={f"{SPACE}/jobs/other.job": {"name": "other"}})
        (content,) = members(export(client, "new").content).values()
        added = fields.removesuffix("}") + ', "processType": "BATCH"}'
        assert "".join(content.decode().split()) == "".join(added.split())

    def test_a_deep_seed_is_refused(self, client: Any) -> None:
        """A file that is nested too deeply is named in the response."""
        deep = "[" * 900 + "]" * 900
        seed = f'{{"{SPACE}/jobs/new.job": {{"name": "new", "x": {deep}}}}}'
        shown = client.post("/_mock/seed", content=seed, headers=JSON)
        assert (shown.status_code, "nested too deeply" in shown.json()["error"]) == (400, True)

    def test_keeps_the_rest(self) -> None:
        """Files that are not named stay equal, byte for byte."""
        state = State.example()
        again = state.with_files({})
        assert again == state
        assert again is not state

    def test_names_are_files_of_their_own(self) -> None:
        """Names that some file system takes for one, or that no file can have, are jobs and scripts of their own."""
        jobs, scripts = ["Job", "job", "con", "n" * 128], ["名" * 128, "é", "e\u0301"]
        files = {f"{SPACE}/jobs/{name}.job": {"name": name} for name in jobs}
        files |= {f"{SPACE}/scripts/{name}.script": {"name": name} for name in scripts}
        again = State.example().with_files(files).with_files({})
        workspace = again.projects[EXAMPLE_PROJECT].workspaces["default"]
        assert {*jobs} <= workspace.jobs.keys()
        assert {*scripts} <= workspace.scripts.keys()

    @pytest.mark.parametrize(
        ("path", "value", "words"),
        [
            (f"{SPACE}/jobs/bad.job", {"name": "other"}, f"{SPACE}/jobs/bad.job: its name is 'other'"),
            (f"{SPACE}/jobs/bad.job", [], "the file must hold an object"),
            (f"{SPACE}/jobs/bad.job", {}, "has no `name`"),
            (f"{SPACE}/jobs/ä.job", {"name": "ä"}, "must be 1 to 128 letters"),
            (f"{SPACE}/jobs/bad.job", {"name": "bad", "nodes": NEW_JOB["nodes"]}, "uses script 'also_new'"),
            (f"{EXAMPLE_PROJECT}/flink/x.json", {"name": "x"}, "is not the id"),
            (f"{EXAMPLE_PROJECT}/flink/7.json", {"name": "aggregate"}, "has the name 'aggregate' too"),
            (f"{SPACE}/jobs/{'n' * 300}.job", {"name": "n" * 300}, "cannot keep"),
        ],
    )
    def test_all_or_nothing(self, client: Any, server: Any, path: str, value: Any, words: str) -> None:
        """One bad file among good files changes nothing, and the message names the file."""
        before = server.state
        good = {f"{SPACE}/scripts/good.script": {"name": "good"}}
        sentence = problem(client.post("/_mock/seed", json=good | {path: value}))
        assert words in sentence
        assert "jobexport-seed" not in sentence
        assert server.state is before

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/",
            "x",
            "x/y.job",
            f"../{SPACE}/jobs/a.job",
            f"/{SPACE}/jobs/a.job",
            "../workspaces/w/jobs/a.job",
            "p/workspaces/../jobs/a.job",
            "p/workspaces/w/jobs/../a.job",
            "p/workspaces/w/jobs/..\\a.job",
            "p/workspaces/w/jobs/a\0.job",
            "p/workspaces/w/jobs/a.script",
            "p/workspaces/w/other/a.job",
            "p/workspaces/w/jobs/.job",
            "p/workspaces//jobs/a.job",
            ".p/flink/1.json",
            "p/flink/1.json/",
            "p/flink/1.json\n",
        ],
    )
    def test_paths(self, client: Any, server: Any, path: str) -> None:
        """A path that does not belong to a state folder is refused, and nothing is written."""
        before = server.state
        assert "not a path of a state folder" in problem(client.post("/_mock/seed", json={path: {"name": "a"}}))
        assert server.state is before

    @pytest.mark.parametrize(
        ("files", "words"),
        [
            ({f"p/flink/{number}.json": {} for number in range(10_001)}, "the seed has 10001 files"),
            # 40 kB that become 4 MB when they are indented.
            ({"p/flink/1.json": json.loads("[" * 95 + "1," * 20_000 + "1" + "]" * 95)}, "more than 2 MiB"),
            ({"p/flink/1.json": json.loads("[" * 900 + "]" * 900)}, "nested too deeply"),
        ],
        ids=["files", "text", "depth"],
    )
    def test_too_much(self, monkeypatch: pytest.MonkeyPatch, client: Any, server: Any, files: Any, words: str) -> None:
        """A seed of too many, too long or too deep files is refused."""
        monkeypatch.setattr("jobexport.mock.state.seed._LONGEST_TEXT", 2 << 20)
        before = server.state
        assert words in problem(client.post("/_mock/seed", json=files))
        assert server.state is before

    def test_too_deep_for_python(self) -> None:
        """A value from Python that is nested more deeply than JSON can be written is refused too."""
        value: Any = []
        for _ in range(5000):
            value = [value]
        with pytest.raises(JobexportError, match="nested too deeply"):
            State.example().with_files({"p/flink/1.json": value})

    def test_a_line_is_not_sought(self, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
        """A refused seed is not parsed as YAML, which would take seconds, as its message has no line."""
        monkeypatch.delattr("yaml.compose")
        assert "its name is 'other'" in problem(
            client.post("/_mock/seed", json={f"{SPACE}/jobs/bad.job": {"name": "other"}})
        )

    def test_other_requests_do_not_wait(self, monkeypatch: pytest.MonkeyPatch, client: Any, server: Any) -> None:
        """While a seed is read, other requests get their responses."""
        statuses = []

        def with_files(state: State, files: Any) -> State:
            with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=60) as other:
                statuses.append(export(other, "myJob").status_code)
            return state

        monkeypatch.setattr(State, "with_files", with_files)
        assert client.post("/_mock/seed", json={}).status_code == 200
        assert statuses == [200]

    def test_two_at_once(self, client: Any, server: Any) -> None:
        """Of seeds that arrive together, none is lost."""

        async def seed_all() -> None:
            async with httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False) as other:
                seeds = [{f"p{number}/flink/1.json": {"name": "f"}} for number in range(8)]
                await asyncio.gather(*(other.post("/_mock/seed", json=files) for files in seeds))

        asyncio.run(seed_all())
        assert {f"p{number}" for number in range(8)} <= server.state.projects.keys()

    def test_no_object(self, client: Any) -> None:
        """A body that is not an object is refused."""
        assert "must be an object" in problem(client.post("/_mock/seed", json=[]))


class TestReset:
    def test_everything(self) -> None:
        """A reset restores state, faults, log and the random sequence of faults; objects stay."""
        with (
            serve(faults=["status-503@exportJob", "status-500@exportJob"], fault_rate=0.5, seed=9) as server,
            httpx.Client(base_url=server.url, trust_env=False, verify=False) as client,
        ):

            def statuses() -> list[Any]:
                return [export(client, "myJob").status_code for _ in range(12)]

            state, faults, first = server.state, client.get("/_mock/faults").json(), statuses()
            client.post("/_mock/seed", json={"p/flink/1.json": {"name": "f"}})
            client.put("/_mock/faults", json={"faults": ["zip-empty@*"]})
            assert server.state != state
            client.post("/_mock/reset")
            assert server.state is state
            assert client.get("/_mock/faults").json() == faults
            assert client.get("/_mock/requests").json()["requests"] == []
            assert statuses() == first
            assert len(set(first)) == 3

    def test_objects_stay(self, client: Any, server: Any) -> None:
        """A reset deletes no stored object."""
        assert isinstance(server.storage, MemoryStorage)
        server.storage.objects["a/b"] = b""
        assert "a/b" in client.post("/_mock/reset").json()["objects"]


class TestFaults:
    def test_set_list_and_clear(self, client: Any) -> None:
        """Faults are set together, listed as they are, and cleared."""
        wanted = {"faults": ["latency:0@*", {"fault": "status-429:3@exportJob", "times": 1}], "rate": None, "seed": 4}
        shown = client.put("/_mock/faults", json=wanted).json()
        expected = [{"fault": "latency:0@*", "times": None}, {"fault": "status-429:3@exportJob", "times": 1}]
        assert shown == {"faults": expected, "rate": None, "seed": 4} == client.get("/_mock/faults").json()
        assert export(client, "myJob").headers["Retry-After"] == "3"
        assert client.get("/_mock/faults").json()["faults"][1]["times"] == 0
        assert export(client, "myJob").status_code == 200
        cleared = client.delete("/_mock/faults").json()
        assert cleared == {"faults": [], "rate": None, "seed": 0} == client.get("/_mock/faults").json()

    def test_chaos(self, client: Any) -> None:
        """A rate without faults makes any quick fault happen."""
        client.put("/_mock/faults", json={"rate": 1, "seed": 1})
        for _ in range(5):
            with contextlib.suppress(httpx.TransportError):
                export(client, "myJob")
        seen = client.get("/_mock/requests").json()["requests"]
        assert {name for request in seen for name in request["faults"]} <= FAULTS.keys()
        assert any(request["faults"] for request in seen)

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ([], "must be an object"),
            ({"fault": []}, "must be an object"),
            ({"faults": "latency@*"}, "must be a list"),
            ({"faults": [1]}, "each of"),
            ({"faults": ["latency:0@*"] * 101}, "at most 100"),
            ({"faults": [{"fault": "latency@*", "times": 0}]}, "N from 1 on"),
            ({"faults": [{"fault": "latency@*", "times": True}]}, "N from 1 on"),
            ({"faults": [{"fault": "latency@*", "often": 1}]}, "each of"),
            ({"faults": ["latency@*", "nope@*"]}, "no fault 'nope'; jobexport mock --list-faults lists them"),
            ({"faults": ["zip-empty@exportFlinkJobs"]}, "responds with a zip"),
            ({"rate": 2}, "is not a probability"),
            ({"rate": "1"}, '"rate" must be'),
            ({"rate": True}, '"rate" must be'),
            ({"seed": 1.5}, '"seed" must be'),
        ],
    )
    def test_all_or_nothing(self, client: Any, body: Any, words: str) -> None:
        """An invalid body changes nothing."""
        before = client.put("/_mock/faults", json={"faults": ["status-418@*"]}).json()
        assert words in problem(client.put("/_mock/faults", json=copy.deepcopy(body)))
        assert client.get("/_mock/faults").json() == before
