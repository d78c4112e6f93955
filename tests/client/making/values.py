"""Jobs for a mock, zips, and their content."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from jobexport.mock import State

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"


def many_jobs(count: int, project: str = PROJECT) -> State:
    """A state with jobs `job0` …, beside those of the example."""
    return State.example(project).with_files(
        {f"{project}/workspaces/default/jobs/job{number}.job": {"name": f"job{number}"} for number in range(count)}
    )


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def many_objects(project: str = PROJECT) -> State:
    """A state with 250 batch jobs, 105 real-time jobs, 230 scripts, 120 resources and 210 Flink jobs, and no others."""
    place = f"{project}/workspaces/default"
    files: dict[str, object] = {
        f"{place}/jobs/b{number}.job": {"name": f"b{number}", "nodes": []} for number in range(250)
    }
    files |= {
        f"{place}/jobs/r{number}.job": {"name": f"r{number}", "nodes": [], "processType": "REAL_TIME"}
        for number in range(105)
    }
    files |= {
        f"{place}/scripts/s{number}.script": {"name": f"s{number}", "type": "Shell", "content": "date"}
        for number in range(230)
    }
    files |= {
        f"{place}/resources/x{number}.resource": {"name": f"x{number}", "type": "jar", "location": "obs://b/x.jar"}
        for number in range(120)
    }
    files |= {f"{project}/flink/{number}.json": {"name": f"f{number}"} for number in range(210)}
    return State({}).with_files(files)
