"""A state as the files of its folder, and back: how a running server gets other jobs."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.mock.state.state import State

# A name is one segment that is neither hidden nor a step: the paths come from a request.
_SEGMENT = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*"
_FILE = r"[^/\\\x00-\x1f\x7f]+"
_PATH = re.compile(
    rf"{_SEGMENT}/(?:flink/{_FILE}\.json|workspaces/{_SEGMENT}/"
    rf"(?:jobs/{_FILE}\.job|submitted/{_FILE}\.job|scripts/{_FILE}\.script|resources/{_FILE}\.resource))"
)
_LINE = re.compile(r" line \d+(?=:)")


def with_files(state: State, files: Mapping[str, Any], load: Callable[[Path], State]) -> State:
    """Give a state with these files added, or in the place of those of the same path.

    Raises:
        JobexportError: a path is none of a state folder, or the result is not what `load` takes.
    """
    for path in files:
        if not _PATH.fullmatch(path):
            raise JobexportError(
                f"{path!r} is no path of a state folder; they are <project>/flink/<id>.json and "
                "<project>/workspaces/<workspace>/jobs/<name>.job, and likewise submitted, scripts and resources"
            )
    texts = dict(_texts(state)) | {path: json.dumps(value).encode() for path, value in files.items()}
    # Read as a folder is, so that both take the same.
    with tempfile.TemporaryDirectory(prefix="jobexport-seed-") as folder:
        for path, text in texts.items():
            _write(Path(folder), path, text)
        try:
            return load(Path(folder))
        except JobexportError as problem:
            # The lines are those of a file that nobody wrote.
            raise JobexportError(_LINE.sub("", str(problem)).replace(f"{folder}/", "")) from None


def _write(folder: Path, path: str, text: bytes) -> None:
    try:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not a file's name"
        raise JobexportError(f"cannot keep {path[:100]!r}: {reason}; choose another name") from None


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
