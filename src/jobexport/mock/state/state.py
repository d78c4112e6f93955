"""The state of the server: projects with Flink jobs and workspaces.

A state folder has `<project>/flink/<id>.json` and `<project>/workspaces/<workspace>/` with `jobs/<name>.job`,
`submitted/<name>.job`, `scripts/<name>.script` and `resources/<name>.resource`. Requests
without a `workspace` header use the workspace `default`. The files have the request bodies of create-job, create-script
and create-resource; unknown fields are kept.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.mock.state.files import MemoryPath, UnfitFile, read_files, subfolders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.mock.state.files import File, Place


EXAMPLE_PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
DEFAULT_WORKSPACE = "default"

_EXAMPLE = Path(__file__).parent / "example"
_JOB_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
_FLINK_ID = re.compile(r"0|-?[1-9][0-9]{0,18}")
_INT64 = range(-(2**63), 2**63)


@frozen
class FlinkJob:
    """A Flink job of DLI; `content` is the stored JSON."""

    id: int
    name: str
    content: bytes


@frozen
class DgcJob:
    """A data development job of DGC: its stored JSON, and the scripts and resources that its nodes use."""

    name: str
    content: bytes
    scripts: tuple[str, ...]
    resources: tuple[str, ...]


@frozen
class WorkspaceState:
    """The content of one workspace, by name; scripts and resources as stored JSON."""

    jobs: Mapping[str, DgcJob]
    submitted: Mapping[str, DgcJob]
    scripts: Mapping[str, bytes]
    resources: Mapping[str, bytes]


@frozen
class ProjectState:
    """The content of one project: Flink jobs by id, workspaces by id."""

    flink: Mapping[int, FlinkJob]
    workspaces: Mapping[str, WorkspaceState]


@frozen
class State:
    """All projects of a server. A State is immutable; a change makes a new State."""

    projects: Mapping[str, ProjectState]

    @classmethod
    def load(cls, folder: str | Path) -> State:
        """Return the state of a folder.

        Raises:
            JobexportError: a file has wrong content or names a missing script; the message names file and line. Or the
                folder has no project.
        """
        root = Path(folder)
        if not root.is_dir():
            raise JobexportError(f"cannot read {root}: it is not a folder; give the folder that holds the projects")
        try:
            projects = {path.name: _project(path) for path in subfolders(root)}
        except UnfitFile as file:
            line = file.line()
            raise JobexportError(f"{file.path}{f' line {line}' if line else ''}: {file.problem}") from None
        if not projects:
            raise JobexportError(f"{root} holds no project; add a folder named after a project id")
        return cls(projects)

    @classmethod
    def example(cls, project: str = EXAMPLE_PROJECT) -> State:
        """Return the example jobs of the package: one project under this id, with two workspaces."""
        return cls({project: cls.load(_EXAMPLE).projects[EXAMPLE_PROJECT]})

    def with_files(self, files: Mapping[str, Any]) -> State:
        """Return the state with these files added; a file replaces the file of the same path.

        Args:
            files: JSON by path, the path as in a state folder: `<project>/flink/<id>.json`.

        Raises:
            JobexportError: a path does not belong to a state folder, or a file has wrong content; the message names it.
                Or the files are too many or too large.
        """
        # Read as a folder, so that the same rules hold for both; in memory, so that any two names are two files.
        folder = MemoryPath.of({**dict(_texts(self)), **_seed_texts(files)})
        try:
            return State({path.name: _project(path) for path in subfolders(folder)})
        except UnfitFile as file:
            raise JobexportError(f"{file.path}: {file.problem}") from None


def _project(folder: Place) -> ProjectState:
    flink: dict[int, FlinkJob] = {}
    names: dict[str, int] = {}
    for file in read_files(folder / "flink", ".json", named=False):
        if not _FLINK_ID.fullmatch(file.stem) or int(file.stem) not in _INT64:
            raise file.error(f"{file.stem!r} is not the id of a Flink job; name the file after a 64-bit number")
        if file.name in names:
            # Zips are named after jobs, so one zip would replace the other.
            raise file.error(
                f"job {names[file.name]} has the name {file.name!r} too; change one of the names", ("name",)
            )
        names[file.name] = int(file.stem)
        flink[int(file.stem)] = FlinkJob(int(file.stem), file.name, file.content)
    workspaces = {path.name: _workspace(path) for path in subfolders(folder / "workspaces")}
    return ProjectState(dict(sorted(flink.items())), workspaces)


def _workspace(folder: Place) -> WorkspaceState:
    scripts = {file.name: file.content for file in read_files(folder / "scripts", ".script")}
    resources = list(read_files(folder / "resources", ".resource"))
    return WorkspaceState(
        jobs=_jobs(folder / "jobs", scripts, resources),
        submitted=_jobs(folder / "submitted", scripts, resources),
        scripts=scripts,
        resources={file.name: file.content for file in resources},
    )


def _jobs(folder: Place, scripts: Mapping[str, bytes], resources: list[File]) -> dict[str, DgcJob]:
    # A node names a script by its name. No page says how a node names a resource: `resourcePath` is "a path". So it may
    # be the name or the location of a resource; any other path is a plain file.
    known = {location: file.name for file in resources if isinstance(location := file.fields.get("location"), str)}
    known |= {file.name: file.name for file in resources}
    jobs = {}
    for file in read_files(folder, ".job"):
        if not _JOB_NAME.fullmatch(file.name):
            raise file.error(f"job name {file.name!r} must be 1 to 128 letters, digits, `-`, `_` or `.`", ("name",))
        used = _properties(file.fields)
        wanted = [value for name, value, _ in used if name == "scriptName"]
        for name, value, pointer in used:
            if name == "scriptName" and value not in scripts:
                script = f"{folder.parent}/scripts/{value}.script"
                raise file.error(f"node uses script {value!r}, but there is no {script}; add it", pointer)
        found = [known[value] for name, value, _ in used if name == "resourcePath" and value in known]
        jobs[file.name] = DgcJob(file.name, file.content, tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(found)))
    return jobs


def _properties(job: Mapping[str, Any]) -> list[tuple[str, str, tuple[str | int, ...]]]:
    """Return name, value and JSON pointer of each node property with a text value; other shapes are skipped."""
    found: list[tuple[str, str, tuple[str | int, ...]]] = []
    for number, node in enumerate(_items(job.get("nodes"))):
        for place, item in enumerate(_items(node.get("properties"))):
            name, value = item.get("name"), item.get("value")
            if isinstance(name, str) and isinstance(value, str) and value:
                found.append((name, value, ("nodes", number, "properties", place, "value")))
    return found


def _items(value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else []
    # An item of another type becomes an empty object, so that the indexes stay right.
    return [item if isinstance(item, dict) else {} for item in items]


# The paths come from a request, so a name must not be hidden, `.` or `..`.
_SEGMENT = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*"
_FILE = r"[^/\\\x00-\x1f\x7f]+"
_PATH = re.compile(
    rf"{_SEGMENT}/(?:flink/{_FILE}\.json|workspaces/{_SEGMENT}/"
    rf"(?:jobs/{_FILE}\.job|submitted/{_FILE}\.job|scripts/{_FILE}\.script|resources/{_FILE}\.resource))"
)
# One small call must not fill a disk or the memory: a file takes a block, and indentation can make JSON much longer.
_MOST_FILES = 10_000
_LONGEST_NAME = 255
_LONGEST_TEXT = 64 * 1024 * 1024


def _seed_texts(files: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the text of each file of a seed by path.

    Raises:
        JobexportError: a path does not belong to a state folder, or the files are too many, too large or too deep.
    """
    if len(files) > _MOST_FILES:
        raise JobexportError(f"the seed has {len(files)} files; send at most {_MOST_FILES} at once")
    texts, length = {}, 0
    for path, value in files.items():
        if not _PATH.fullmatch(path):
            raise JobexportError(
                f"{path[:200]!r} is not a path of a state folder; valid paths are <project>/flink/<id>.json and "
                "<project>/workspaces/<workspace>/jobs/<name>.job, and likewise submitted, scripts and resources"
            )
        _check_names(path)
        length += _indented(value)
        if length > _LONGEST_TEXT:
            raise JobexportError(
                f"the files of the seed have more than {_LONGEST_TEXT >> 20} MiB when they are indented; send fewer"
            )
        try:
            texts[path] = strict_json.write(value).encode()
        except RecursionError:
            raise JobexportError(f"{path}: not valid JSON: nested too deeply; correct the file") from None
    return texts


def _indented(value: Any) -> int:
    """Return about the length of a value as indented JSON: each value has a line of its own."""
    length, depth, level = 0, 0, [value]
    while level:
        texts = (item.text if isinstance(item, strict_json.Number) else item for item in level)
        length += sum(2 * depth + 8 + (len(text) if isinstance(text, str) else 0) for text in texts)
        length += sum(len(key) for item in level if isinstance(item, dict) for key in item)
        children = (
            item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)
        )
        level, depth = [child for group in children for child in group], depth + 1
    return length


def _check_names(path: str) -> None:
    """Check that the names in a path are texts of a name's length."""
    try:
        path.encode()
        sound = all(len(part) <= _LONGEST_NAME for part in path.split("/"))
    except UnicodeEncodeError:
        sound = False
    if not sound:
        raise JobexportError(f"cannot keep {path[:100]!r}: not a file's name; choose another name")


def _texts(state: State) -> Iterator[tuple[str, bytes]]:
    for project_id, project in state.projects.items():
        for number, flink in project.flink.items():
            yield f"{project_id}/flink/{number}.json", flink.content
        for workspace_id, workspace in project.workspaces.items():
            root = f"{project_id}/workspaces/{workspace_id}"
            yield from ((f"{root}/jobs/{name}.job", job.content) for name, job in workspace.jobs.items())
            yield from ((f"{root}/submitted/{name}.job", job.content) for name, job in workspace.submitted.items())
            yield from ((f"{root}/scripts/{name}.script", content) for name, content in workspace.scripts.items())
            yield from ((f"{root}/resources/{name}.resource", content) for name, content in workspace.resources.items())
