"""The check of a seed: files for a state folder that come from a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.core import strict_json
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Mapping

# The paths come from a request, so a name must not be hidden, `.` or `..`.
_SEGMENT = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*"
_FILE = r"[^/\\\x00-\x1f\x7f]+"
_PATH = re.compile(
    rf"{_SEGMENT}/(?:(?:flink|listed)/{_FILE}\.json|workspaces/{_SEGMENT}/"
    rf"(?:jobs/{_FILE}\.job|submitted/{_FILE}\.job|scripts/{_FILE}\.script|resources/{_FILE}\.resource"
    rf"|listed/{_FILE}\.json))"
)
# One small call must not fill a disk or the memory: a file takes a block, and indentation can make JSON much longer.
_MOST_FILES = 10_000
_LONGEST_NAME = 255
_LONGEST_TEXT = 64 * 1024 * 1024


def seed_texts(files: Mapping[str, Any]) -> dict[str, bytes]:
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
                "<project>/workspaces/<workspace>/jobs/<name>.job, and likewise submitted, scripts, resources, listed"
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
