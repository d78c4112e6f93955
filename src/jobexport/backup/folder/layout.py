"""Names of the files and folders of a backup."""

from __future__ import annotations

from jobexport.archive.definitions import JSON, SUFFIXES
from jobexport.archive.definitions import MARKER as MARKER

MANIFEST = "manifest.jsonl"
"""A line for each item."""
REQUIREMENTS = "requirements.json"
"""A list of all that the workspace of a restore must have beside the items."""
ATTRIBUTES, IGNORE = ".gitattributes", ".gitignore"
META = ".jobexport"
"""The folder of the tool's own files, which git ignores: nothing in it is needed for a backup to be whole."""
STAGE = "stage"
"""The folder in `.jobexport` for files that are written, but not yet in their places."""
JOURNAL = "journal.json"
"""The file in `.jobexport` with the moves of a change that is decided, but perhaps not done."""

JOB, SCRIPT, RESOURCE, FLINK = "job", "script", "resource", "flink"
FOLDER_OF = {JOB: "jobs", SCRIPT: "scripts", RESOURCE: "resources", FLINK: "flink"}
"""The folder of each kind of item."""
KIND_OF = {folder: kind for kind, folder in FOLDER_OF.items()}
"""The kind of item in each folder."""
SUFFIXES_OF = {**SUFFIXES, FOLDER_OF[FLINK]: (JSON, ".zip")}
"""The suffixes of the files in each folder; the first is the suffix of an item's own file."""
KINDS_OF = {"dgc": (JOB, SCRIPT, RESOURCE), "dli": (FLINK,)}
"""The kinds of items of each service."""

# What a folder's own git must know: bytes stay as they are, and the tool's own files are nobody else's.
GIT_FILES = {ATTRIBUTES: "* -text", IGNORE: f"{META}/"}
"""The line that each of git's files must have."""


def is_item_path(path: str) -> bool:
    """Return True for the path of an item's file: `"jobs/a.json"`. It has one folder of the format, and a file."""
    folder, slash, name = path.partition("/")
    if not slash or folder not in SUFFIXES_OF or "/" in name or "\\" in name or "\0" in name:
        return False
    return name.endswith(SUFFIXES_OF[folder]) and not name.startswith(".")


def label(kind: str, name: str) -> str:
    """Return an item as people read it: `"job nightly_load"`."""
    return f"{'Flink job' if kind == FLINK else kind} {name}"
