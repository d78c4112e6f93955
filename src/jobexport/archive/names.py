"""Names of files and members: the rules for unpacking, and a file name and a path segment for any job's name.

Every name that is derived from the name of a job, a script, a resource or a zip is made here. The names of one folder
are distinct on every file system, legal on every system, and at most 255 bytes long with their suffix.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from jobexport.archive.zip.policy import DEEPEST_FOLDER, LONGEST_PART, MOST_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource

_UNFIT = re.compile(r'[<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9]) *(\..*)?", re.IGNORECASE | re.DOTALL)
# Windows may call `.git` `git~1`.
_GIT = {".git", "git~1"}
_STEPS = {".", ".."}
# Leaves room for the longest mark, 33 characters, and a suffix.
_LONGEST_STEM = 180
_LONGEST_MARKED = 200
SHORT_MARK, LONG_MARK = 8, 32
"""Digits of a mark: usually, and if marks of that length collide."""
_LONGEST_SUFFIX = 16

T = TypeVar("T")


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
    # In upper case first: U+0131, the i without a dot, has the upper case of i.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).upper().casefold())


def file_stem(name: str) -> str:
    """Return a file name, without suffix, that every system accepts: `"a/b" → "a%2Fb"`, `"con" → "%63on"`.

    Letters, digits, `-`, `_` and `.` stay; the rest is percent-encoded, and so is a dot at either end and the first
    letter of a device's name. So the name can be read back. A long name is cut and marked: the file's content has it.
    """
    # The rest of a longer name is cut off below.
    letters = name[: _LONGEST_STEM + 1]
    stem = "".join(letter if letter.isalnum() or letter in "-_." else _percent(letter) for letter in letters)
    if stem.startswith("."):
        stem = "%2E" + stem[1:]
    if stem.endswith("."):
        stem = stem[:-1] + "%2E"
    # Windows takes `com¹` for `com1`.
    if _DEVICE.fullmatch(unicodedata.normalize("NFKC", stem)):
        stem = _percent(stem[0]) + stem[1:]
    if _cut(stem, _LONGEST_STEM) != stem:
        return marked(_cut(stem, _LONGEST_STEM), name)
    return stem or "%"


def export_name(name: str) -> str:
    """Return the file name of the zip of one job: `"myJob" → "DLF_myJob.zip"`; a long name is cut and marked."""
    stem = f"DLF_{name}"
    short = _cut(stem, _LONGEST_STEM)
    return f"{stem if short == stem else marked(short, name)}.zip"


def download_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each name of a zip in OBS: the same, or percent-encoded if some system can't hold it."""
    wanted = {name: name.removesuffix(".zip") for name in names}
    stems = {name: file_stem(stem) if _problem(name) or name.startswith(".") else stem for name, stem in wanted.items()}
    return {name: f"{stem}.zip" for name, stem in distinct(stems, str).items()}


def zip_names(names: Iterable[str], standing: Iterable[str] = ()) -> dict[str, str]:
    """Return a file name for the zip of each job; without `.zip` it is the name of the folder it is unpacked in.

    `"Job" → "Job~1a2b3c4d.zip"` if there is a job `"job"` too, or a file of another run that is called like it: names
    that differ in case only get a mark, unless they are all in lower case. No job's name has a `%` or `~`. No folder
    is called like the zip of another job: `"x.zip" → "x%2Ezip.zip"`.

    Args:
        names: the jobs.
        standing: the names of the files and folders that are in the folder.
    """
    taken = {name.removesuffix(".zip") for name in standing}
    stems = distinct(
        {name: _zip_stem(name) for name in names}, str, taken=taken, stays=lambda name: name == name.lower()
    )
    return {name: f"{stem}.zip" for name, stem in stems.items()}


def _zip_stem(name: str) -> str:
    stem = file_stem(name)
    return f"{stem[:-4]}%2E{stem[-3:]}" if stem.lower().endswith(".zip") else stem


def distinct(
    stems: Mapping[T, str],
    identity: Callable[[T], str],
    *,
    taken: Collection[str] = (),
    stays: Callable[[T], bool] = lambda _: False,
) -> dict[T, str]:
    """Return file names without suffix by key, which differ even if case and the writing of accents do not count.

    Names that would be taken for each other get a mark: `"Job" → "Job~1a2b3c4d"`. A mark has 8 digits of a digest, and
    32 digits if names with 8 digits would be taken for each other, too.

    Args:
        stems: the names to begin with.
        identity: the text that distinguishes a key from all others; the mark is its digest.
        taken: names that stand in the folder. A name that would be taken for one of them, but is not the same, is
            marked, even if it is there as well.
        stays: a function that tells which keys keep their name; of keys that would be taken for each other, one key.
    """
    found = dict(stems)
    standing = Counter(folded(name) for name in set(taken))
    for digits in (SHORT_MARK, LONG_MARK):
        groups: defaultdict[str, list[T]] = defaultdict(list)
        for key, stem in found.items():
            groups[folded(stem)].append(key)
        for fold, keys in groups.items():
            others = standing[fold] - sum(found[key] in taken for key in keys)
            if len(keys) == 1 and not others:
                continue
            kept = [key for key in keys if not others and found[key] == stems[key] and stays(key)]
            for key in keys:
                if [key] != kept:
                    found[key] = marked(stems[key], identity(key), digits)
    return found


def portable(members: Iterable[ZipMember]) -> tuple[ZipMember, ...]:
    """Return the members under names that every system can hold and distinguish: `"jobs/con.job" → "jobs/%63on.job"`.

    A name that leads out of the folder, or that no job, script or resource can have, stays, and is for `check_names`
    to refuse.
    """
    # The parts that stand beside each other, by their suffix: only parts with one suffix can be taken for each other.
    beside: defaultdict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    paths = [(member, member.name.removesuffix("/").split("/")) for member in members]
    for _, parts in paths:
        # A hostile name has hundreds of parts.
        for depth, part in enumerate(parts if len(parts) <= DEEPEST_FOLDER else ()):
            stem, suffix = _fit(part)
            beside["/".join(parts[:depth]), folded(suffix)][part] = stem, suffix
    names: dict[tuple[str, str], str] = {}
    for (parent, _), group in beside.items():
        stems = distinct({part: stem for part, (stem, _) in group.items()}, str)
        names |= {(parent, part): stems[part] + suffix for part, (_, suffix) in group.items()}

    def renamed(member: ZipMember, parts: list[str]) -> ZipMember:
        if len(parts) > DEEPEST_FOLDER:
            return member
        path = "/".join(names["/".join(parts[:depth]), part] for depth, part in enumerate(parts))
        return evolve(member, name=f"{path}/" if member.is_folder else path)

    return tuple(renamed(member, parts) for member, parts in paths)


def _fit(part: str) -> tuple[str, str]:
    """Return one part of a member's name as stem and suffix, the stem percent-encoded if some system can't hold it."""
    stem, dot, suffix = part.rpartition(".")
    if not stem or not suffix or len(suffix) > _LONGEST_SUFFIX or not suffix.isascii() or not suffix.isalnum():
        stem, dot, suffix = part, "", ""
    wide = unicodedata.normalize("NFKC", part)
    if {part, wide} & {"", *_STEPS} or not (_misfit(part) or _misfit(wide)):
        return stem, dot + suffix
    return file_stem(stem), dot + suffix


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


def marked(stem: str, identity: str, digits: int = SHORT_MARK) -> str:
    """Return a stem with a mark, to distinguish it from the same stem of another identity: `"a" → "a~1a2b3c4d"`.

    No stem of `file_stem` has a `~` before it is marked.
    """
    return f"{_cut(stem, _LONGEST_MARKED)}~{hashlib.sha256(identity.encode()).hexdigest()[:digits]}"


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that has at most so many bytes, on file systems that decompose letters too."""
    if text.isascii():
        return text[:most]
    size = 0
    for place, letter in enumerate(text):
        # HFS+ counts the 16-bit units of the decomposed form; the form with compatible letters may be longer, too.
        decomposed, wide = (unicodedata.normalize(form, letter) for form in ("NFD", "NFKC"))
        size += max(len(letter.encode()), len(decomposed.encode("utf-16-le")) // 2, len(wide.encode()))
        if size > most:
            return text[:place]
    return text


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
        if problem := _misfit(part):
            return problem
    return None


def _misfit(part: str) -> str | None:
    """Return the reason why some system can't hold a file of this name, or None if every system can."""
    if part != part.strip(" ") or part.endswith("."):
        return "has a name that begins or ends with a blank, or ends with a dot"
    if _DEVICE.fullmatch(part):
        return "has the name of a device"
    if part.casefold() in _GIT:
        return "would become a git repository's own file"
    if len(part.encode()) > LONGEST_PART:
        return f"has a name of more than {LONGEST_PART} bytes"
    return None
