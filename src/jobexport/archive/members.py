"""The job that a member of an exported zip belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.archive.names import segment, segment_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobexport.archive.zip.directory import ZipMember


def member_stem(name: str) -> str:
    """Return the job, script or resource that a member is called after: `"jobs/a/%2E.job" → "."`."""
    return segment_name(name.rpartition("/")[2].rpartition(".")[0])


def holds(files: Iterable[ZipMember], name: str) -> bool:
    """Return True if the definition of a job is among the members; a file without content is no definition."""
    wanted = {f"{name}.job", f"{segment(name)}.job"}
    return any(member.size and member.name.rpartition("/")[2] in wanted for member in files)


def group(files: Iterable[ZipMember], names: Iterable[str]) -> tuple[dict[str, list[ZipMember]], list[ZipMember]]:
    """Return the files of a batch's zip by the job that they belong to, and the list of all other files.

    A job has the folder `jobs/{name}/`; one page prints a `jobs/{name}.job` beside the folders. The dots of the names
    `.` and `..` may be percent-encoded.
    """
    found: dict[str, list[ZipMember]] = {name: [] for name in names}
    owners = {segment(name): name for name in found} | {name: name for name in found}
    others: list[ZipMember] = []
    for member in files:
        top, _, rest = member.name.partition("/")
        folder, slash, _ = rest.partition("/")
        owner = owners.get(folder if slash else folder.removesuffix(".job")) if top == "jobs" else None
        (others if owner is None else found[owner]).append(member)
    return found, others
