"""Scenarios that import Flink jobs from their own exports, and read everything before and after."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.violation import Violation
from jobexport.contract.scenarios.expecting import expect_changes, missing
from jobexport.contract.scenarios.exports.outcomes import zip_names
from jobexport.contract.scenarios.holdings import holdings
from jobexport.contract.scenarios.packing import zip_place
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORT_OF_FLINK_JOBS, IMPORT_OF_FLINK_JOBS, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.expecting import HeldObject, Place
    from jobexport.contract.scenarios.run import ScenarioRun

_LIST, _SHOW, _DELETE = (Subject((verb,), ("flink_jobs",)) for verb in ("list", "show", "delete"))
_MOST = 4
# The state of a job that was imported and never started.
_DRAFT = "job_init"
_NOT_IMPORTED = "-1"
# What is shown of a definition under a name of its own.
_SETTINGS = {"job_config"}


@scenario(
    "Flink jobs that were exported, deleted and imported are the same jobs, under the ids of the mapping.",
    "COM-008",
    "DLI-301",
    "DLI-303",
    "DLI-305",
    subject=IMPORT_OF_FLINK_JOBS,
    requests=160,
)
def flink_jobs_brought_back(run: ScenarioRun) -> None:
    """Export Flink jobs, delete them and import the zips: one zip, and a folder of zips; then import them again."""
    deletes = run.other(_DELETE)
    if deletes is None or not _can(run):
        return
    known = run.data.flink_jobs[:_MOST]
    for ids in [*([id_] for id_ in known), list(known)]:
        with run.in_sequence():
            before = holdings(run)
            named = {id_: _place_of(before, id_) for id_ in ids}
            folder, zips = _exported(run, ids)
            for id_ in ids:
                gone = deletes.send(**deletes.naming(id_))
                expect(gone.succeeded, f"the deletion of the Flink job {id_} gets {gone.status}")
            between, path = holdings(run), zips[0] if len(ids) == 1 else folder
            mapping = _imported(run, path, ids, cover=False)
            after = holdings(run)
            words = "after an import of exported Flink jobs that had been deleted"
            expect_changes(between, after, words, added=[named[id_] for id_ in ids])
            for id_ in ids:
                _expect_same_job(run, before[named[id_]], after[named[id_]], mapping[str(id_)], words)
            again = _imported(run, path, ids, cover=False)
            expect_changes(after, holdings(run), "after an import of Flink jobs that exist, without is_cover,")
            for old, new in again.items():
                text = f"the Flink job {old} exists and is_cover is false, but its new id is {new} instead of -1"
                expect(new == _NOT_IMPORTED, text)


@scenario(
    "is_cover decides whether an import replaces a Flink job of the same name; a replaced job is a draft.",
    "COM-008",
    "DLI-309",
    subject=IMPORT_OF_FLINK_JOBS,
    requests=160,
)
def flink_jobs_covered(run: ScenarioRun) -> None:
    """Export Flink jobs, change them and import the zips: without is_cover they stay, with it they are replaced."""
    if not _can(run) or run.tools.change_flink is None:
        return
    for id_ in run.data.flink_jobs[:_MOST]:
        with run.in_sequence():
            before = holdings(run)
            place = _place_of(before, id_)
            _, zips = _exported(run, [id_])
            with run.tools.change_flink(id_, "contract-changed"):
                changed = holdings(run)
                _imported(run, zips[0], [id_], cover=False)
                expect_changes(changed, holdings(run), f"after an import of {place[2]!r} without is_cover")
                mapping = _imported(run, zips[0], [id_], cover=True)
                after, words = holdings(run), f"after an import of {place[2]!r} with is_cover"
                expect_changes(changed, after, words, changed=[place])
                _expect_same_job(run, before[place], after[place], mapping[str(id_)], words)


def _can(run: ScenarioRun) -> bool:
    needed = (EXPORT_OF_FLINK_JOBS, _LIST, _SHOW, _DELETE)
    return bool(run.data.obs_dirs) and all(subject.ids(run.document) for subject in needed)


def _place_of(before: Mapping[Place, HeldObject], id_: int) -> Place:
    """Return where a known Flink job is.

    Raises:
        Violation: no list has it.
    """
    found = next((place for place, held in before.items() if str(held.key) == str(id_)), None)
    if found is None:
        raise Violation(f"the server has the Flink job {id_}, but no list has it")
    return found


def _exported(run: ScenarioRun, ids: Sequence[int]) -> tuple[str, list[str]]:
    """Export Flink jobs to a folder that no export has used; return the folder and the zips."""
    folder = f"{run.data.obs_dirs[0].rstrip('/')}/contract-{time.time_ns()}"
    exports = run.other(EXPORT_OF_FLINK_JOBS)
    place = exports.place("obs_dirs") if exports is not None else None
    assert exports is not None  # noqa: S101  # `_can` asked
    assert place is not None  # noqa: S101  # such an export writes to storage
    exported = exports.send(**exports.naming(*ids, **{place.name: folder}))
    zips = zip_names(exported)
    expect(zips, f"an export of the Flink jobs {ids} gets {exported.status}, and names no zip")
    return folder, zips


def _imported(run: ScenarioRun, path: str, ids: Sequence[int], *, cover: bool) -> dict[str, str]:
    """Import a zip or a folder of exported Flink jobs; return the new ids by old ids.

    Raises:
        Violation: the import is refused, or the mapping has not each job once.
    """
    done = run.send(run.example(**{zip_place(run).name: path, "is_cover": cover}))
    expect(done.succeeded, f"an import of exported Flink jobs gets {done.status}")
    items = list(_mapping(done))
    old = sorted(str(item.get("old_job_id")) for item in items)
    wanted = sorted(map(str, ids))
    expect(old == wanted, f"the zips have the Flink jobs {', '.join(wanted)}, but the mapping has {', '.join(old)}")
    return {str(item.get("old_job_id")): str(item.get("new_job_id")) for item in items}


def _mapping(done: CheckedExchange) -> Iterator[Mapping[str, Any]]:
    """Yield the old and the new ids; editions differ in the name of the list."""
    found = done.roles().get("mapping")
    yield from (item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


def _expect_same_job(run: ScenarioRun, before: HeldObject, after: HeldObject, new: str, words: str) -> None:
    """Check that an imported Flink job is the exported one, under the new id of the mapping, as a draft."""
    name = before.listed.get("name")
    expect(str(after.key) == new, f"{words} {name!r} has the id {after.key}, but the mapping has {new}")
    fields = _of_a_definition(run)
    wanted = {field: value for field, value in before.shown.items() if field in fields}
    problem = missing(wanted, {field: value for field, value in after.shown.items() if field in fields})
    expect(not problem, f"{words} {name!r} is not the job that was exported: {problem}")
    for found in (after.listed, after.shown):
        state = found.get("status", _DRAFT)
        expect(state == _DRAFT, f"{words} {name!r} is {state!r}; an imported job is a draft, {_DRAFT!r}")


def _of_a_definition(run: ScenarioRun) -> set[str]:
    """Return the fields of the requests that create Flink jobs, in whose form an export presumably has them."""
    schemas = run.document.get("components", {}).get("schemas", {}).values()
    return _SETTINGS | {name for schema in schemas if "x-candidate-for" in schema for name in schema["properties"]}
