"""The tree in a zip of jobs: which member is which, and the templates of x-zip-layout for a new tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.archive.members import member_stem
from jobexport.contract.checks.archives import patterns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import Archive


@frozen
class TreeMember:
    """One member of a zip, recognized by its content, not by its path."""

    path: str
    kind: str
    """`job`, `script` or `resource`."""
    name: str
    """Name of the job, script or resource."""
    job: str | None
    """The job that uses the member, or None if that is not known."""


def members_by_kind(archive: Archive, jobs: tuple[str, ...]) -> list[TreeMember]:
    """Return the members with their kinds.

    A job has nodes and a name of `jobs`. A script is named by the `scriptName` of a node. Each other member is a
    resource.
    """
    values = {path: archive.value(path) for path in archive.members}
    found = {
        path: value["name"]
        for path, value in values.items()
        if isinstance(value, dict) and value.get("name") in jobs and isinstance(value.get("nodes"), list)
    }
    uses = {job: set(_used(values[path])) for path, job in found.items()}
    members = []
    for path, value in values.items():
        if path in found:
            members.append(TreeMember(path, "job", found[path], found[path]))
            continue
        named = value.get("name") if isinstance(value, dict) else None
        name = named if isinstance(named, str) and named in path else member_stem(path)
        location = str(value.get("location")) if isinstance(value, dict) else ""
        users = [job for job, used in uses.items() if used & {name, location}]
        # If several jobs use a member, the folder of a job decides.
        folder = [job for job in users if job in path.split("/")[:-1]]
        kind = "script" if any(name in _used(values[at], ("scriptName",)) for at in found) else "resource"
        members.append(TreeMember(path, kind, name, next(iter([*folder, *users]), None)))
    return members


def misfits(layout: Mapping[str, str], members: list[TreeMember]) -> list[str]:
    """Return the paths that do not fit a layout; the path of a job must fit with the job's own name."""
    patterns = patterns_of(layout)
    found = []
    for member in members:
        if member.kind == "job":
            fits = layout.get("job", "").replace("{job_name}", member.name) == member.path
        else:
            fits = any(pattern.fullmatch(member.path) for pattern in patterns.values())
        if not fits:
            found.append(member.path)
    return found


def infer_layout(members: list[TreeMember]) -> dict[str, str] | None:
    """Return a template for each kind of member, or None if no template fits all members of a kind."""
    layout: dict[str, str] = {}
    for member in members:
        template = _template(member)
        if layout.setdefault(member.kind, template) != template:
            return None
    return layout


def _template(member: TreeMember) -> str:
    *folders, file = member.path.split("/")
    folders = ["{job_name}" if folder == member.job else folder for folder in folders]
    return "/".join([*folders, file.replace(member.name, f"{{{member.kind}_name}}", 1)])


def _used(job: Any, properties: tuple[str, ...] = ("scriptName", "resourcePath")) -> Iterator[str]:
    """Yield the values of these properties of a job's nodes; nodes of another shape are skipped."""
    for node in job["nodes"]:
        items = node.get("properties") if isinstance(node, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and item.get("name") in properties and isinstance(item.get("value"), str):
                yield item["value"]
