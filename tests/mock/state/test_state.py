"""The state is read from a folder."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.errors import JobexportError
from jobexport.mock import EXAMPLE_PROJECT, State, serve
from jobexport.spec.editions import edition_ids, load_edition
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WITH_OBS_PATH = [
    edition for edition in edition_ids() if "ExportJobToObsResponse" in load_edition(edition)["components"]["schemas"]
]


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Any, Callable[..., Any]]:
    """A small state folder: one Flink job, one job with a script."""

    def write(path: Any, fields: Any) -> Any:
        file = tmp_path / "state" / "p1" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fields if isinstance(fields, str) else json.dumps(fields, indent=2), encoding="utf-8")
        return file

    write("flink/100.json", {"name": "aggregate"})
    write("workspaces/default/jobs/j.job", job("j", scriptName="s"))
    write("workspaces/default/scripts/s.script", {"name": "s"})
    folder = tmp_path / "state"
    return folder, write


def job(name: Any, **properties: Any) -> dict[str, Any]:
    items = [{"name": key, "value": value} for key, value in properties.items()]
    return {"name": name, "nodes": [{"name": "n", "properties": items}]}


def problem(folder: Path) -> Any:
    with pytest.raises(JobexportError) as caught:
        State.load(folder)
    text = str(caught.value)
    assert "\n" not in text
    return text


class TestExample:
    def test_content(self) -> None:
        """The example has the jobs that the pages' examples name, a resource, and a second workspace."""
        project = State.example().projects[EXAMPLE_PROJECT]
        assert project.flink[100].name == "aggregate"
        assert max(project.flink) == 2**63 - 1
        workspace = project.workspaces["default"]
        assert workspace.jobs["myJob"].scripts == ("TRIP_RAW_STANDARD", "CS_PROCESS_TRIP")
        assert workspace.jobs["job_batch"].scripts == ("dws_sql",)
        assert workspace.jobs["job_stream"].scripts == workspace.resources_of(workspace.jobs["job_stream"]) == ()
        assert workspace.resources_of(workspace.jobs["job_spark"]) == ("trip-report",)
        other = project.workspaces[WORKSPACE]
        assert other.jobs.keys() - workspace.jobs.keys() == {"orders_daily"}
        assert {"myJob", "job_batch", "job_stream"} <= other.jobs.keys()  # the jobs of the document's examples


class TestLoad:
    def test_good_folder(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """Every file of a folder is read; folders of kinds without files may be missing."""
        project = State.load(folder[0]).projects["p1"]
        assert list(project.flink) == [100]
        assert project.workspaces["default"].jobs["j"].scripts == ("s",)
        assert project.workspaces["default"].resources == {}

    def test_flink_jobs_are_sorted_by_number(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """Flink jobs are ordered by id as a number, negative ids too."""
        for number in (9, 1000, -5, -(2**63), 2**63 - 1, 0):
            folder[1](f"flink/{number}.json", {"name": f"n{number}"})
        numbers = list(State.load(folder[0]).projects["p1"].flink)
        assert numbers == sorted(numbers)
        assert len(numbers) == 7

    def test_unknown_fields_are_kept(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """Unknown fields and values of a wrong type are kept in the content."""
        fields = job("j2") | {"later": {"x": "-45.5"}, "processType": 5, "big": 2**70}
        folder[1]("workspaces/default/jobs/j2.job", fields)
        stored = State.load(folder[0]).projects["p1"].workspaces["default"].jobs["j2"]
        assert json.loads(stored.content) == fields

    @pytest.mark.parametrize(
        "nodes",
        [None, 5, "x", [5, None], [{}], [{"properties": 5}], [{"properties": [5, {}, {"name": 5, "value": 5}]}]],
    )
    def test_odd_nodes_use_nothing(self, folder: tuple[Any, Callable[..., Any]], nodes: Any) -> None:
        """Nodes of an undocumented shape are skipped."""
        folder[1]("workspaces/default/jobs/odd.job", {"name": "odd", "nodes": nodes})
        assert State.load(folder[0]).projects["p1"].workspaces["default"].jobs["odd"].scripts == ()

    def test_resource_is_found_by_name_or_location(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """resourcePath names a resource by name or by location; any other path is just a path."""
        location = "obs://b/r.jar"
        folder[1]("workspaces/default/resources/r.resource", {"name": "r", "location": location})
        for number, path in enumerate(["r", location, "obs://b/other.jar"]):
            folder[1](f"workspaces/default/jobs/r{number}.job", job(f"r{number}", resourcePath=path))
        workspace = State.load(folder[0]).projects["p1"].workspaces["default"]
        assert [workspace.resources_of(workspace.jobs[f"r{number}"]) for number in range(3)] == [("r",), ("r",), ()]

    def test_odd_location_is_no_key(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A resource whose location is not text is still read."""
        folder[1]("workspaces/default/resources/r.resource", {"name": "r", "location": ["x"]})
        assert State.load(folder[0]).projects["p1"].workspaces["default"].resources.keys() == {"r"}

    def test_hidden_files_are_passed_over(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """Hidden files are skipped, but the name of a job may begin with a dot."""
        folder[1]("workspaces/default/jobs/.DS_Store", "junk")
        folder[1]("workspaces/default/jobs/.hidden.job", job(".hidden"))
        folder[1](".cache/x", "junk")
        (folder[0] / ".git").mkdir()
        state = State.load(folder[0])
        assert state.projects.keys() == {"p1"}
        assert ".hidden" in state.projects["p1"].workspaces["default"].jobs

    def test_byte_order_mark_and_tabs(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A file with a byte order mark, tabs and an escaped pair is read."""
        text = '\ufeff{\n\t"name": "s",\n\t"content": "\\ud83d\\ude00"\n}'
        folder[1]("workspaces/default/scripts/s.script", text)
        script = State.load(folder[0]).projects["p1"].workspaces["default"].scripts["s"]
        assert "\N{GRINNING FACE}" in script.decode()

    @pytest.mark.parametrize(
        ("path", "content", "line", "words"),
        [
            ("flink/100.json", '{"name": "x",\n  oops}', 2, "not valid JSON"),
            ("flink/100.json", "", 1, "not valid JSON"),
            ("flink/100.json", "[]", 1, "must hold an object, not an array"),
            ("flink/100.json", '\n{"other": 1}', 2, "has no `name`"),
            ("flink/100.json", '{\n"name": 5}', 2, "has no `name`"),
            ("flink/100.json", '{\n"name": ""}', 2, "has no `name`"),
            ("flink/100.json", '{\n"name": "a/b"}', 2, "a slash or a control character"),
            ("flink/abc.json", '{"name": "x"}', 1, "not the id of a Flink job"),
            ("flink/007.json", '{"name": "x"}', 1, "not the id of a Flink job"),
            ("flink/9223372036854775808.json", '{"name": "x"}', 1, "not the id of a Flink job"),
            ("flink/٣.json", '{"name": "x"}', 1, "not the id of a Flink job"),
            ("flink/101.json", '{\n"name": "aggregate"}', 2, "job 100 has the name 'aggregate' too"),
            ("workspaces/default/scripts/s.script", '{"type": "Shell",\n\n"name": "S"}', 3, "must be called S.script"),
            ("workspaces/default/resources/r.resource", '{"name": "q"}', 1, "must be called q.resource"),
            ("workspaces/default/jobs/j.job", '{"nodes": [],\n"name": "k"}', 2, "must be called k.job"),
            ("workspaces/default/jobs/a b.job", '{\n"name": "a b"}', 2, "must be 1 to 128 letters"),
            ("workspaces/default/jobs/j.job", job("j", database="d", scriptName="gone"), 13, "uses script 'gone'"),
            ("workspaces/default/submitted/j.job", job("j", scriptName="gone"), 9, "uses script 'gone'"),
        ],
    )
    def test_bad_file_is_named_with_its_line(
        self, folder: tuple[Any, Callable[..., Any]], path: str, content: Any, line: int, words: str
    ) -> None:
        """An invalid file is one sentence that names file and line."""
        file = folder[1](path, content)
        text = problem(folder[0])
        assert text.startswith(f"{file} line {line}: ")
        assert words in text

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b'{"name": "s", "a": 1, "a": 2}', "key 'a' is given twice"),
            (b'{"name": "s", "a": NaN}', "NaN is not JSON"),
            (b'{"name": "s", "a": "\\ud800"}', "half of a surrogate pair"),
            (b'{"name": "\xff"}', "not UTF-8 at byte 10"),
            (b"[" * 100_000, "nested too deeply"),
        ],
    )
    def test_json_that_no_zip_should_hold(
        self, folder: tuple[Any, Callable[..., Any]], content: Any, words: str
    ) -> None:
        """JSON that parsers read differently is refused, and the message names the file."""
        file = folder[1]("workspaces/default/scripts/s.script", "")
        file.write_bytes(content)
        text = problem(folder[0])
        assert str(file) in text
        assert words in text

    @pytest.mark.parametrize(
        ("place", "words"), [("/dev/zero", "longer than 16 MiB; remove it"), ("/dev/null", "not valid JSON")]
    )
    def test_device(self, folder: tuple[Any, Callable[..., Any]], place: str, words: str) -> None:
        """A link to a device in place of a file is an error that names it, also if the device has no end."""
        file = folder[1]("workspaces/default/scripts/s.script", "")
        file.unlink()
        file.symlink_to(place)
        text = problem(folder[0])
        assert str(file) in text
        assert words in text

    def test_wrong_ending(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A file with another ending is an error."""
        file = folder[1]("workspaces/default/jobs/x.jobs", "{}")
        assert problem(folder[0]) == f"{file}: a file here must end in .job; rename or move it"

    def test_file_that_is_a_folder(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A folder in place of a file is an error that names it."""
        (folder[0] / "p1/flink/5.json").mkdir()
        assert problem(folder[0]).startswith(f"cannot read {folder[0] / 'p1/flink/5.json'}: ")

    def test_missing_or_empty_folder(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A missing folder, or a folder without a project, is an error."""
        shutil.rmtree(folder[0] / "p1")
        assert "holds no project" in problem(folder[0])
        assert "it is not a folder" in problem(folder[0] / "gone")


class TestServed:
    def test_dotted_job_stays_in_its_folder(
        self, folder: tuple[Any, Callable[..., Any]], members: Any, api_for: Any
    ) -> None:
        """A job called `..` exports into a folder of that name with its dots encoded."""
        for name in (".", ".."):
            folder[1](f"workspaces/default/jobs/{name}.job", job(name, scriptName="s"))
        with api_for(folder[0]) as client:
            batch = client.post("/v1/p1/jobs/batch-export", json={"jobList": [".", "..", "j"]})
            single = client.post("/v1/p1/jobs/%2E%2E/export")
        assert list(members(batch.content)) == [
            "jobs/%2E%2E/...job",
            "jobs/%2E%2E/s.script",
            "jobs/%2E/..job",
            "jobs/%2E/s.script",
            "jobs/j/j.job",
            "jobs/j/s.script",
        ]
        assert list(members(single.content)) == ["jobs/...job", "scripts/s.script"]
        assert single.headers["content-disposition"] == 'attachment; filename="DLF_...zip"'

    @pytest.mark.parametrize("edition", WITH_OBS_PATH)
    def test_dotted_job_stays_in_its_folder_of_storage(
        self, folder: tuple[Any, Callable[..., Any]], api_for: Any, edition: Any
    ) -> None:
        """With obsPath the folder of a job called `..` has its dots encoded too."""
        folder[1]("workspaces/default/jobs/...job", job(".."))
        with api_for(folder[0], edition) as client:
            response = client.post("/v1/p1/jobs/%2E%2E/export", json={"obsPath": "obs://b/jobs"})
        assert response.json() == {"obsPath": "obs://b/jobs/%2E%2E/1700000000000"}

    def test_no_default_workspace(self, folder: tuple[Any, Callable[..., Any]], api_for: Any) -> None:
        """Without a default workspace the header is required, and the violation says so."""
        (folder[0] / "p1/workspaces/default").rename(folder[0] / "p1/workspaces/w")
        with api_for(folder[0]) as client:
            response = client.post("/v1/p1/jobs/j/export")
            assert response.status_code == 400
            assert response.headers["x-mock-violation"].startswith("exportJob header#/workspace: required")
            assert client.post("/v1/p1/jobs/j/export", headers={"workspace": "w"}).status_code == 200

    def test_large_zip_comes_whole(self, folder: tuple[Any, Callable[..., Any]], members: Any, api_for: Any) -> None:
        """A zip of several chunks arrives whole, with its length."""
        content = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(500_000))
        folder[1]("workspaces/default/scripts/s.script", {"name": "s", "content": content})
        with api_for(folder[0]) as client:
            response = client.post("/v1/p1/jobs/j/export")
        assert len(response.content) == int(response.headers["content-length"]) > 1_000_000
        assert json.loads(members(response.content)["scripts/s.script"])["content"] == content

    def test_project_id(self, folder: tuple[Any, Callable[..., Any]]) -> None:
        """A server names the project of its state."""
        with serve(state=State.load(folder[0])) as server:
            assert server.project_id == "p1"
            assert server.state.projects.keys() == {"p1"}
