"""The plan of a restore: what happens to each item, and every reason why nothing may happen. It needs no service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from jobexport.backup.content import references
from jobexport.backup.folder import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jobexport.backup.results import Key

    Policy = Literal["fail", "skip", "overwrite"]

FAIL, SKIP, OVERWRITE = "fail", "skip", "overwrite"
POLICIES = (FAIL, SKIP, OVERWRITE)
"""The choices for an item whose name the target has with another content."""
NEW, SAME, DIFFERENT = "new", "same", "different"
"""The results of comparing an item of the backup with the target."""
CREATE, REPLACE, LEAVE = "create", "overwrite", "leave"
"""The actions of a restore on an item."""

# States in which a service takes an import over a job; by the user guides a job of DGC must be stopped.
_STOPPED = {"STOPPED"}
_AT_REST = {
    "job_init", "job_submit_fail", "job_running_exception", "job_cancel_success", "job_finish", "job_arrearage_stopped",
}  # fmt: skip


@frozen
class Standing:
    """An item of the target that has the kind and the name of an item of the backup."""

    status: str | None = None
    """The state of a job, such as `STOPPED`; None for other items, or if the list has no state."""
    lines: tuple[str, ...] = ()
    """The differences between its definition and that of the backup, for people; empty if they are equal."""


@frozen
class TargetView:
    """The target as far as a plan needs it."""

    names: frozenset[Key]
    """All items of the target."""
    standing: Mapping[Key, Standing]
    """The items that the backup has, too."""
    problems: tuple[str, ...] = ()
    """Reasons why the view may lack items; each blocks a plan."""


@frozen
class Wanted:
    """The items of a backup that are to be restored."""

    refs: Mapping[Key, tuple[str, ...]]
    """The references of each item, in the names of the target."""
    needs: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """References that the target must supply beside items, such as `connection:hive`, with their users."""
    problems: tuple[str, ...] = ()
    """Faults of the backup or of the map of names; each blocks a plan."""
    notes: tuple[str, ...] = ()


@frozen
class PlannedItem:
    """An item of a plan."""

    kind: str
    name: str
    standing: str
    """`new`, `same` or `different`: how the target has it."""
    action: str
    """`create`, `overwrite` or `leave`."""
    status: str | None = None
    """The state of a job of the target."""
    lines: tuple[str, ...] = ()
    """The differences, for people."""

    @property
    def key(self) -> Key:
        """Kind and name."""
        return self.kind, self.name


@frozen
class RestorePlan:
    """All that a restore would do."""

    items: tuple[PlannedItem, ...]
    """The items, sorted by kind and name."""
    problems: tuple[str, ...]
    """Every reason why nothing may be written; empty if the restore can begin."""
    notes: tuple[str, ...]
    """Sentences for the user, such as on references that the target lacks."""
    needs: Mapping[str, tuple[str, ...]]
    """References that the target must supply, such as `connection:hive`, with the items that use them. No list of the
    service has them, so nobody checked that they are there."""

    @property
    def blocked(self) -> bool:
        """True if nothing may be written."""
        return bool(self.problems)

    def chosen(self, kind: str | None = None, *actions: str) -> list[PlannedItem]:
        """Return the items of a kind, or of any kind, that are created or overwritten, or with one of the actions."""
        return [
            item
            for item in self.items
            if item.action in (actions or (CREATE, REPLACE)) and (kind is None or item.kind == kind)
        ]

    def sentence(self) -> str:
        """Return the plan as a sentence: `3 to create, 1 to overwrite, 6 the same`."""
        counts = Counter(item.action for item in self.items if item.action != LEAVE)
        counts.update(item.standing for item in self.items if item.action == LEAVE)
        words = {CREATE: "to create", REPLACE: "to overwrite", SAME: "the same", DIFFERENT: "left as they are"}
        parts = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
        return ", ".join(parts) or "nothing to restore"


def plan(wanted: Wanted, view: TargetView, policy: str) -> RestorePlan:
    """Plan a restore; all problems are found at once.

    Args:
        wanted: the items of the backup.
        view: what the target has.
        policy: `fail`, `skip` or `overwrite`, for items that differ.
    """
    problems, notes = [*wanted.problems, *view.problems], list(wanted.notes)
    items = []
    for key in sorted(wanted.refs):
        standing = view.standing.get(key)
        if standing is None:
            items.append(PlannedItem(*key, NEW, CREATE))
        elif not standing.lines:
            items.append(PlannedItem(*key, SAME, LEAVE, standing.status))
        else:
            action = REPLACE if policy == OVERWRITE else LEAVE
            items.append(PlannedItem(*key, DIFFERENT, action, standing.status, standing.lines))
            if problem := _conflict(key, standing, policy):
                problems.append(f"{layout.label(*key)} {problem}")
    notes += _left_out(wanted, view)
    return RestorePlan(tuple(items), tuple(problems), tuple(notes), wanted.needs)


def _conflict(key: Key, standing: Standing, policy: str) -> str | None:
    """Return the reason why an item that differs blocks the plan, or None if it does not."""
    kind, _ = key
    if policy == SKIP:
        return None
    if policy == FAIL:
        return f"differs from that of the target ({standing.lines[0]}); choose --policy skip or overwrite"
    if kind in {layout.SCRIPT, layout.RESOURCE}:
        return f"differs from that of the target ({standing.lines[0]}), and no request overwrites it; change it by hand"
    allowed = _AT_REST if kind == layout.FLINK else _STOPPED
    if standing.status not in allowed:
        return f"is {standing.status or 'in an unknown state'} in the target, and must be stopped first"
    return None


def _left_out(wanted: Wanted, view: TargetView) -> Iterator[str]:
    """Yield a note for each job, script or resource that is used, but is in neither the restore nor the target."""
    users: dict[Key, list[Key]] = {}
    for user, refs in wanted.refs.items():
        for ref in refs:
            key = references.split(ref)
            if key[0] in layout.FOLDER_OF and key not in wanted.refs and key not in view.names:
                users.setdefault(key, []).append(user)
    for key, found in sorted(users.items()):
        yield f"{layout.label(*key)} is in neither the restore nor the target; {used_by(found)}"


def used_by(users: Iterable[Key]) -> str:
    """Return a clause on the users of something: `job a and 3 more use it`."""
    first, *more = [layout.label(*key) for key in sorted(users)]
    return f"{first} and {len(more)} more use it" if more else f"{first} uses it"
