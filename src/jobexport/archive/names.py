"""Names of files and members: the rules for unpacking, and a file name and a path segment for any job's name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from jobexport.archive.zip.policy import DEEPEST_FOLDER, LONGEST_PART, MOST_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource

_UNFIT = re.compile(r'[<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9]) *(\..*)?", re.IGNORECASE | re.DOTALL)
# Windows may call `.git` `git~1`.
_GIT = {".git", "git~1"}
_STEPS = {".", ".."}
# Leaves room for a mark of nine characters and a suffix, on file systems with shorter names too.
_LONGEST_STEM = 180


def check_names(source: ZipFileSource, members: Iterable[ZipMember]) -> None:
    """Check that no name leads out of the folder, and that every system can hold and distinguish the names.

    The rules are the rules of all systems together, so that a zip is refused on every system or on no system.

    Raises:
        ArchiveUnsafe: a name breaks a rule.
    """
    spelled: dict[str, tuple[str, bool]] = {}
    for member in members:
        if problem := _problem(member.name):
            raise source.unsafe(f"{member} {problem}")
        parts = member.name.removesuffix("/").split("/")
        for depth in range(1, len(parts) + 1):
            path, is_folder = "/".join(parts[:depth]), depth < len(parts) or member.is_folder
            other, other_is_folder = spelled.setdefault(folded(path), (path, is_folder))
            if path != other:
                raise source.unsafe(f"{member} and another name differ only in case or in how accents are written")
            if is_folder != other_is_folder:
                raise source.unsafe(f"{member} and another name need a file and a folder at the same place")
        if len(spelled) > MOST_MEMBERS:
            raise source.unsafe(f"it has more than {MOST_MEMBERS} files and folders")


def folded(name: str) -> str:
    """Return the case-folded NFKC form; names that share it collide on macOS and Windows."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).casefold())


def file_stem(name: str) -> str:
    """Return a file name, without suffix, that every system accepts: `"a/b" → "a%2Fb"`, `"con" → "%63on"`.

    Letters, digits, `-`, `_` and `.` stay; the rest is percent-encoded, and so is a dot at either end and the first
    letter of a device's name. A long name is cut and marked. Two names never have the same stem.
    """
    stem = "".join(letter if letter.isalnum() or letter in "-_." else _percent(letter) for letter in name)
    if stem.startswith("."):
        stem = "%2E" + stem[1:]
    if stem.endswith("."):
        stem = stem[:-1] + "%2E"
    if _DEVICE.fullmatch(stem):
        stem = _percent(stem[0]) + stem[1:]
    if len(stem.encode()) > _LONGEST_STEM:
        return marked(stem.encode()[:_LONGEST_STEM].decode(errors="ignore"), name)
    return stem or "%"


def segment(name: str) -> str:
    """Return the name of a job, script or resource as one part of a member's name: `".." → "%2E%2E"`.

    `.` and `..` are legal job names, and a batch export has a folder for each job: unchanged, they would lead out of
    that folder. No page says how the service writes them; here their dots are percent-encoded. No job's name has a `%`,
    so nothing collides.
    """
    return name.replace(".", "%2E") if name in _STEPS else name


def segment_name(part: str) -> str:
    """Return the name that one part of a member's name stands for: `"%2E%2E" → ".."`."""
    name = part.upper().replace("%2E", ".")
    return name if name in _STEPS else part


def marked(stem: str, identity: str) -> str:
    """Return a stem with a mark, to distinguish it from the same stem of another identity: `"a" → "a~1a2b3c4d"`.

    No stem of `file_stem` has a `~` before it is marked.
    """
    return f"{stem}~{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _problem(name: str) -> str | None:
    """Return the reason why a name can't be unpacked, or None if it can."""
    # Normalising must not create a slash or two dots: some file systems normalise names.
    for spelling in (name, unicodedata.normalize("NFKC", name)):
        if problem := _problem_of_spelling(spelling):
            return problem
    return None


def _problem_of_spelling(name: str) -> str | None:
    if not name.isprintable():
        return "has a control or invisible character in its name"
    if _UNFIT.search(name):
        return "has a character in its name that is a separator, a drive or a pattern on some systems"
    parts = name.removesuffix("/").split("/")
    if len(parts) > DEEPEST_FOLDER:
        return f"lies more than {DEEPEST_FOLDER} folders deep"
    for part in parts:
        if part in {"", ".", ".."}:
            return "leads out of the folder"
        if part != part.strip(" ") or part.endswith("."):
            return "has a name that begins or ends with a blank, or ends with a dot"
        if _DEVICE.fullmatch(part):
            return "has the name of a device"
        if part.casefold() in _GIT:
            return "would become a git repository's own file"
        if len(part.encode()) > LONGEST_PART:
            return f"has a name of more than {LONGEST_PART} bytes"
    return None
