"""Zips of definitions that scenarios import, and the tasks of these imports."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from jobexport.contract.data import places
from jobexport.contract.scenarios.bodies import OF_THE_SERVER, full
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.verbs import TASKS
from jobexport.spec.document import deref, operations_by_id, response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.data import NamePlace
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Subject

    Fields = dict[str, Any]

# Seconds that a task may take. The own mock ends it at once; no page promises a time.
ENDS = 5
# Seconds between two requests for a task.
PAUSE = 0.02
# The states of a task that goes on, or that has ended well.
RUNNING, SUCCESSFUL = "RUNNING", "SUCCESSFUL"


@define
class PackedJobs:
    """Definitions that a scenario packs into a zip, by kind: `job`, `script` and `resource`."""

    run: ScenarioRun
    layout: Mapping[str, str]
    """The names of members of a zip, by kind, as an export of the document has them."""
    schemas: Mapping[str, Mapping[str, Any]]
    """The schemas of the definitions, by kind."""
    definitions: dict[str, list[Fields]] = Factory(dict)

    def add(self, kind: str, name: str, number: int = 0, **fields: Any) -> Fields:
        """Add a definition with every field, and return it."""
        made = full(self.run.document, self.schemas[kind], number)
        made = {key: value for key, value in made.items() if key not in OF_THE_SERVER} | {"name": name, **fields}
        self.definitions.setdefault(kind, []).append(made)
        return made

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return [job["name"] for job in self.definitions.get("job", ())]

    def content(self) -> bytes:
        """Return the zip."""
        buffer = io.BytesIO()
        # In a batch each job has a folder; what several jobs use is in one of them here.
        folder = self.jobs[0] if self.jobs else ""
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for kind, found in self.definitions.items():
                for fields in found:
                    names = {"job_name": folder, f"{kind}_name": fields["name"]}
                    archive.writestr(self.layout[kind].format(**names), json.dumps(fields, ensure_ascii=False))
        return buffer.getvalue()


def packed_as(run: ScenarioRun, subject: Subject) -> PackedJobs | None:
    """Return an empty package for zips as an operation exports them; None if the document has no such operation."""
    for id_ in subject.ids(run.document):
        found = response(run.document, operations_by_id(run.document)[id_].fields, 200)
        for media in found.get("content", {}).values():
            layout, schema = media.get("x-zip-layout"), deref(run.document, media.get("schema", {}))
            if layout and "x-member-schemas" in schema:
                named = schema["x-member-schemas"].items()
                return PackedJobs(run, layout, {kind: deref(run.document, {"$ref": place}) for kind, place in named})
    return None


def zip_place(run: ScenarioRun) -> NamePlace:
    """Return the field of an import's body with the path of the zip."""
    operation = operations_by_id(run.document)[run.id]
    return next(place for place in places(run.document, operation) if place.kind.in_storage)


def put(run: ScenarioRun, name: str, content: bytes) -> str:
    """Store an object beside the known zips, and return its path in the form of theirs."""
    known = str(run.data.names(zip_place(run).kind)[0])
    path = f"{known.rpartition('/')[0]}/{name}"
    assert run.tools.store is not None  # noqa: S101  # the callers asked
    run.tools.store(path.removeprefix("obs://"), content)
    return path


def ended(run: ScenarioRun, begun: CheckedExchange, workspace: str | None = None) -> Fields:
    """Return the task that an import began, at its end.

    Raises:
        Violation: the import is refused, or its task does not end.
    """
    expect(begun.succeeded, f"an import gets {begun.status}")
    id_, tasks = begun.roles().get("task-id"), run.other(TASKS)
    expect(isinstance(id_, str) and id_, "the response to an import has no id of a task")
    assert tasks is not None  # noqa: S101  # the callers asked
    until = time.monotonic() + ENDS
    while True:
        shown = tasks.send(**tasks.naming(id_), workspace=workspace)
        task = shown.json()
        expect(shown.succeeded and isinstance(task, dict), f"the task of an import gets {shown.status}")
        if task.get("status") != RUNNING:
            return dict(task)
        expect(time.monotonic() < until, f"the task of an import is still {RUNNING} after {ENDS} seconds")
        time.sleep(PAUSE)
