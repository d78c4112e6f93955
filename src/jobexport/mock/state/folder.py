"""Reads a state folder, or the files that are added to a state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.state.files import read_files, subfolders
from jobexport.mock.state.values import DgcJob, FlinkJob, ProjectState, WorkspaceState, node_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.state.files import File, Place

# One edition also allows Chinese characters.
JOB_NAME = re.compile(r"[A-Za-z0-9._\u4e00-\u9fff-]{1,128}")
_FLINK_ID = re.compile(r"0|-?[1-9][0-9]{0,18}")
_INT64 = range(-(2**63), 2**63)


def read_projects(folder: Place, before: Mapping[str, ProjectState]) -> dict[str, ProjectState]:
    """Return the projects with the files of a folder added; a file replaces the file of the same path.

    Raises:
        UnfitFile: a file has wrong content.
        JobexportError: a file can't be read; the message names it.
    """
    found = {path.name: _project(path, before.get(path.name, ProjectState())) for path in subfolders(folder)}
    return {**before, **found}


def _project(folder: Place, before: ProjectState) -> ProjectState:
    flink = dict(before.flink)
    files = list(read_files(folder / "flink", ".json", named=False))
    for file in files:
        if not _FLINK_ID.fullmatch(file.stem) or int(file.stem) not in _INT64:
            raise file.error(f"{file.stem!r} is not the id of a Flink job; name the file after a 64-bit number")
        old = flink.get(int(file.stem))
        flink[int(file.stem)] = FlinkJob(int(file.stem), file.name, file.content, {} if old is None else old.listed)
    _check_flink_names(flink, {int(file.stem): file for file in files})
    for file in read_files(folder / "listed", ".json", named=False):
        id_ = int(file.stem) if _FLINK_ID.fullmatch(file.stem) else None
        if id_ not in flink:
            raise file.error(f"no Flink job has the id {file.stem!r}; add {folder}/flink/{file.stem}.json")
        flink[id_] = evolve(flink[id_], listed=_without_name(file.fields))
    spaces = {
        path.name: _workspace(path, before.workspaces.get(path.name, WorkspaceState()))
        for path in subfolders(folder / "workspaces")
    }
    return ProjectState(dict(sorted(flink.items())), {**before.workspaces, **spaces})


def _check_flink_names(flink: Mapping[int, FlinkJob], files: Mapping[int, File]) -> None:
    """Check that no two Flink jobs have one name: zips are named after jobs, so one zip would replace the other."""
    owners: dict[str, int] = {}
    for id_, job in flink.items():
        other = owners.setdefault(job.name, id_)
        if other != id_:
            file, twin = (files[id_], other) if id_ in files else (files[other], id_)
            raise file.error(f"job {twin} has the name {job.name!r} too; change one of the names", ("name",))


def _workspace(folder: Place, before: WorkspaceState) -> WorkspaceState:
    scripts = {**before.scripts, **{file.name: file.content for file in read_files(folder / "scripts", ".script")}}
    resources = {file.name: file.content for file in read_files(folder / "resources", ".resource")}
    jobs = dict(before.jobs)
    for name, job in _jobs(folder / "jobs", scripts).items():
        jobs[name] = evolve(job, listed=jobs[name].listed) if name in jobs else job
    for file in read_files(folder / "listed", ".json"):
        if file.name not in jobs:
            raise file.error(f"no job is called {file.name!r}; add {folder}/jobs/{file.name}.job")
        jobs[file.name] = evolve(jobs[file.name], listed=_without_name(file.fields))
    versions = dict(before.versions)
    for name, job in _jobs(folder / "submitted", scripts).items():
        versions[name] = (*versions.get(name, ()), job)
    return evolve(before, jobs=jobs, versions=versions, scripts=scripts, resources={**before.resources, **resources})


def _without_name(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "name"}


def _jobs(folder: Place, scripts: Mapping[str, bytes]) -> dict[str, DgcJob]:
    jobs = {}
    for file in read_files(folder, ".job"):
        if not JOB_NAME.fullmatch(file.name):
            rule = "1 to 128 letters, digits, Chinese characters, `-`, `_` or `.`"
            raise file.error(f"job name {file.name!r} must be {rule}", ("name",))
        for name, value, pointer in node_properties(file.fields):
            if name == "scriptName" and value not in scripts:
                script = f"{folder.parent}/scripts/{value}.script"
                raise file.error(f"node uses script {value!r}, but there is no {script}; add it", pointer)
        jobs[file.name] = DgcJob.of(file.fields, content=file.content)
    return jobs
