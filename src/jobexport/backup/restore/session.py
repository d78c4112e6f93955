"""One restore, whatever the service: its settings, its zips in OBS with the journal of their imports, its result."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from jobexport.backup.folder import layout
from jobexport.backup.restore.journal import ENDED, SENT, UPLOADED
from jobexport.backup.restore.plan import FAIL
from jobexport.client.obs.removal import remove
from jobexport.client.obs.upload import upload
from jobexport.client.schedule import Progress, ends_the_run
from jobexport.client.steps import Work
from jobexport.core.redact import line
from jobexport.errors import JobexportError, RestoreRefused, TargetUnwritable, UploadFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from obstore.store import ObjectStore

    from jobexport.backup.restore.journal import RestoreJournal
    from jobexport.backup.restore.plan import RestorePlan
    from jobexport.backup.restore.source import RestoreSource
    from jobexport.backup.restore.target import RestoreTarget
    from jobexport.backup.results import Key
    from jobexport.client.steps import Steps

TARGET_STATUSES = ("SAVED", "SUBMITTED", "PRODUCTION")
"""The states that an import can give its jobs, where the edition has them."""
# Seconds for a thread that writes or removes an object; nobody waits longer for it.
_UPLOAD_SECONDS = 900.0
_REMOVAL_SECONDS = 60.0


@frozen
class RestoreSettings:
    """The choices of the user for a restore."""

    policy: str = FAIL
    target_status: str | None = "SAVED"
    """The state of imported jobs; None for an edition without this field, whose imports submit the jobs."""
    accepted: bool = False
    """True if the user accepts that the imports submit the jobs."""
    resume: bool = False
    """True to settle the imports of an earlier restore first."""
    deadline: float | None = 600.0
    """Seconds to follow each task."""
    progress: Callable[[Progress], None] | None = None


@frozen
class RestoreResult:
    """The result of a restore."""

    plan: RestorePlan
    written: tuple[Key, ...]
    """Items that were created or overwritten, and read back equal."""
    failures: Mapping[Key, str]
    """Items that are not in the target as the backup has them, with the reasons."""
    unknown: Mapping[Key, str]
    """Items of which nobody knows whether they were written, with the reasons."""
    tasks: tuple[str, ...]
    """The ids of tasks whose outcome is unknown; `jobexport dgc task ID` follows one."""
    notes: tuple[str, ...]
    """Sentences for the user, such as on zips that could not be removed from OBS."""
    ended_by: JobexportError | None = None
    """The error that ended the restore early, such as `Unauthorized`."""

    @property
    def complete(self) -> bool:
        """True if every planned item was written."""
        return not (self.failures or self.unknown or self.ended_by)

    def sentence(self) -> str:
        """Return the result as a sentence: `3 items restored, 6 the same`."""
        parts = [f"{len(self.written)} item{'' if len(self.written) == 1 else 's'} restored"]
        parts += [f"{len(found)} {word}" for found, word in (
            (self.failures, "failed"), (self.unknown, "unknown"),
        ) if found]  # fmt: skip
        same = sum(1 for item in self.plan.items if item.standing == "same")
        left = sum(1 for item in self.plan.items if item.standing == "different" and item.action == "leave")
        parts += [f"{same} the same"] if same else []
        parts += [f"{left} left as they are"] if left else []
        return ", ".join(parts)


@define(eq=False)
class RestoreSession:
    """The state of a restore."""

    place: RestoreTarget
    source: RestoreSource
    settings: RestoreSettings
    obs_dir: str
    """The folder in OBS for the zips, bucket first."""
    store: ObjectStore | None
    """The bucket of that folder; None for a plan only."""
    journal: RestoreJournal
    plan: RestorePlan = field(init=False)
    written: list[Key] = field(factory=list)
    failures: dict[Key, str] = field(factory=dict)
    unknown: dict[Key, str] = field(factory=dict)
    tasks: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)
    ended_by: JobexportError | None = None
    stopped: bool = False
    """True if no more imports may begin: the outcome of one is unknown, or no request would fare better."""
    _folder: str = field(init=False)
    _zips: int = 0

    def __attrs_post_init__(self) -> None:
        # Fresh, as no page says what an import does with a zip that is replaced while it is read.
        name = f"restore-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        self._folder = f"{self.obs_dir.rstrip('/')}/{name}"

    @property
    def _bucket(self) -> ObjectStore:
        assert self.store is not None  # noqa: S101  # only a plan has none
        return self.store

    def unsettled(self) -> tuple[str, ...]:
        """Return the reasons why an earlier restore must be settled first; none if the user wants to resume it."""
        if self.settings.resume:
            return ()
        return tuple(
            f"an earlier restore has sent an import of {len(entry.names)} jobs, "
            + (f"task {entry.task}" if entry.task else "whose response was lost")
            + ", and its outcome is unknown; go on with --resume"
            for entry in self.journal.unsettled
        )

    def begin(self, plan: RestorePlan) -> None:
        """Take the plan.

        Raises:
            RestoreRefused: it is blocked.
        """
        self.plan = plan
        if plan.blocked:
            raise RestoreRefused(plan.problems, plan)
        self.report()

    def report(self) -> None:
        """Report the progress."""
        if self.settings.progress is not None:
            failed = len(self.failures) + len(self.unknown)
            self.settings.progress(Progress(0, len(self.written), failed, len(self.plan.chosen())))

    def upload(self, content: bytes, names: Sequence[str], file: str) -> Steps[str]:
        """Upload the zip of an import, and end with its name; the journal knows it before it is there.

        Raises:
            UploadFailed: it could not be written.
        """
        self._zips += 1
        zip_ = f"{self._folder}/{self._zips:04}/{file}"
        yield Work(partial(self.journal.begin, zip_, names))
        try:
            yield Work(partial(upload, self._bucket, zip_, content, self.place.retries), True, _UPLOAD_SECONDS)
        except TimeoutError:
            yield from self.remove(zip_)
            raise UploadFailed(line(zip_), "it takes too long") from None
        except BaseException:
            yield from self.remove(zip_)
            raise
        return zip_

    def note(self, zip_: str, state: str, task: str | None = None) -> Steps[None]:
        """Write the state of an import into the journal, if the folder can still be written: the import goes on."""
        yield from self._written(partial(self.journal.note, zip_, state, task))

    def _written(self, change: Callable[[], None]) -> Steps[None]:
        try:
            yield Work(change)
        except TargetUnwritable as error:
            self.notes.append(f"the outcome of an import could not be written: {error}")

    def remove(self, zip_: str) -> Steps[None]:
        """Remove a zip, which may hold secrets, from OBS; the journal forgets it unless the outcome is unknown."""
        try:
            problem = yield Work(partial(remove, self._bucket, zip_), True, _REMOVAL_SECONDS)
        except TimeoutError:
            problem = "it takes too long"
        if problem is not None:
            self.notes.append(f"{line(zip_)} could not be removed from OBS ({problem}); the next restore tries again")
        elif not self.journal.imports[zip_].unsettled:
            yield from self._written(partial(self.journal.drop, zip_))

    def ended(self, zip_: str) -> Steps[None]:
        """Note that an import is over, or never began."""
        yield from self.note(zip_, ENDED)

    def sending(self, zip_: str) -> Steps[None]:
        """Note that the request of an import may be received from now on.

        Raises:
            TargetUnwritable: the note could not be written, so the request must not be sent.
        """
        try:
            yield Work(partial(self.journal.note, zip_, SENT))
        except TargetUnwritable:
            self.journal.imports[zip_] = evolve(self.journal.imports[zip_], state=UPLOADED)
            raise

    def fail(self, keys: Iterable[Key], error: JobexportError | str) -> None:
        """Take note that items were not written."""
        self.failures |= dict.fromkeys(keys, str(error))
        if isinstance(error, JobexportError) and ends_the_run(error):
            self.ended_by, self.stopped = error, True

    def doubt(self, keys: Iterable[Key], error: JobexportError, task: str | None = None) -> None:
        """Take note that nobody knows whether items were written."""
        self.unknown |= dict.fromkeys(keys, str(error))
        if task is not None:
            self.tasks.append(task)

    def judge(self, key: Key, lines: tuple[str, ...] | None, said: str = "") -> None:
        """Take the verdict on an item that was read back.

        Args:
            key: the item.
            lines: the differences; None if the target has it not.
            said: the reason that the service has named, if any.
        """
        if key in self.unknown:
            return
        if lines == ():
            # A script may have failed with other jobs before.
            self.failures.pop(key, None)
            self.written.append(key)
            if said:
                self.notes.append(f"{layout.label(*key)} is there, although the service says: {said}")
            return
        problem = "it is not in the target after its import"
        if lines:
            problem = f"it was read back with other content ({lines[0]})"
        self.failures[key] = f"{problem}; the service says: {said}" if said else problem

    def result(self) -> RestoreResult:
        """Return the result; an item that was not reached has failed."""
        done = {*self.written, *self.failures, *self.unknown}
        reason = f"not reached: {self.ended_by or 'an import before it has an unknown outcome'}"
        rest = {item.key: reason for item in self.plan.chosen() if item.key not in done}
        return RestoreResult(
            plan=self.plan,
            written=tuple(sorted(self.written)),
            failures=dict(sorted({**self.failures, **rest}.items())),
            unknown=dict(sorted(self.unknown.items())),
            tasks=tuple(self.tasks),
            notes=(*self.plan.notes, *self.notes),
            ended_by=self.ended_by,
        )


def with_problems(plan: RestorePlan, problems: Iterable[str]) -> RestorePlan:
    """Return a plan with more problems."""
    return evolve(plan, problems=(*plan.problems, *problems))
