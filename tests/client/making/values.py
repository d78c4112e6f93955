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
