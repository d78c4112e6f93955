"""The state of the server: projects with Flink jobs and workspaces.

A state folder has `<project>/flink/<id>.json` and `<project>/workspaces/<workspace>/` with `jobs/<name>.job`,
`submitted/<name>.job`, `scripts/<name>.script` and `resources/<name>.resource`. Requests
without a `workspace` header use the workspace `default`. The files have the request bodies of create-job, create-script
and create-resource; unknown fields are kept. Fields that only a list has, such as the `status` of a running job, are in
`listed/<name>.json` beside `jobs`, and in `listed/<id>.json` beside `flink`.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport.errors import JobexportError
from jobexport.mock.state.files import MemoryPath, UnfitFile
from jobexport.mock.state.folder import read_projects
from jobexport.mock.state.seed import seed_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.state.values import ProjectState, WorkspaceState


EXAMPLE_PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
DEFAULT_WORKSPACE = "default"

_EXAMPLE = Path(__file__).parent / "example"


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
            projects = read_projects(root, {})
        except UnfitFile as file:
            line = file.line()
            raise JobexportError(f"{file.path}{f' line {line}' if line else ''}: {file.problem}") from None
        if not projects:
            raise JobexportError(f"{root} holds no project; add a folder named after a project id")
        return cls(projects)

    @classmethod
    def example(cls, project: str = EXAMPLE_PROJECT) -> State:
        """Return the example jobs of the package: one project under this id, with two workspaces."""
        return cls({project: _example()})

    def with_files(self, files: Mapping[str, Any]) -> State:
        """Return the state with these files added; a file replaces the file of the same path.

        A `submitted/<name>.job` is one version more. What the files do not name stays as it is.

        Args:
            files: JSON by path, the path as in a state folder: `<project>/flink/<id>.json`.

        Raises:
            JobexportError: a path does not belong to a state folder, or a file has wrong content; the message names it.
                Or the files are too many or too large.
        """
        # Read as a folder, so that the same rules hold for both; in memory, so that any two names are two files.
        folder = MemoryPath.of(seed_texts(files))
        try:
            return State(read_projects(folder, self.projects))
        except UnfitFile as file:
            raise JobexportError(f"{file.path}: {file.problem}") from None

    def with_project(self, project_id: str, project: ProjectState) -> State:
        """Return the state with another content of a project."""
        return State({**self.projects, project_id: project})

    def with_workspace(self, place: tuple[str, str], workspace: WorkspaceState) -> State:
        """Return the state with another content of a workspace, by the ids of project and workspace."""
        project = self.projects[place[0]]
        return self.with_project(place[0], evolve(project, workspaces={**project.workspaces, place[1]: workspace}))


@functools.cache
def _example() -> ProjectState:
    return State.load(_EXAMPLE).projects[EXAMPLE_PROJECT]
