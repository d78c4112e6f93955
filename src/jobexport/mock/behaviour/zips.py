"""Zips, the names of their members, and the names of their objects in storage."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from jobexport.archive.names import segment

if TYPE_CHECKING:
    from collections.abc import Mapping

# OBS takes names of up to 1023 bytes; the create-resource page has the same limit for a path.
_LONGEST_FOLDER = 1023
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_SCHEME = "obs://"


def pack(members: Mapping[str, bytes]) -> bytes:
    """Build a zip, sorted by name and with one fixed date, so that the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whatever this runs on
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()


def member_name(template: str, **names: str) -> str:
    """Return the name of a zip member: the layout's template, filled; a segment `..` becomes `%2E%2E`."""
    return "/".join(segment(part) for part in template.format(**names).split("/"))


def disposition(file_name: str) -> str:
    """Return a Content-Disposition that names a file, by RFC 6266: beyond ASCII also with `filename*`.

    No page says how the service names the zip of a job whose name is Chinese.
    """
    if file_name.isascii():
        return f'attachment; filename="{file_name}"'
    plain = "".join(letter if letter.isascii() else "_" for letter in file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def disposed(header: str) -> str:
    """Return the file that a result of `disposition` names."""
    extended = re.search(r"filename\*=UTF-8''(.*)", header)
    return unquote(extended[1]) if extended else header.split('"')[1]


def obs_folder(path: Any, *, scheme: bool = False) -> str | None:
    """Return the folder of an OBS path, or None if the value is not an OBS path: `obs://b/c/` → `b/c`.

    Args:
        path: the value that the caller sent.
        scheme: True if the prefix `obs://` is required; it is always allowed.
    """
    if not isinstance(path, str) or (scheme and not path.startswith(_SCHEME)):
        return None
    folder = path.removeprefix(_SCHEME).rstrip("/")
    if len(folder.encode("utf-8")) > _LONGEST_FOLDER or _FORBIDDEN.search(folder):
        return None
    return None if {"", ".", ".."} & set(folder.split("/")) else folder
