"""An export of any number of jobs to OBS: a request for each job, as batchExportJobs has no `obsPath`."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from attrs import define, frozen

from jobexport.client.calls import export_job_to_obs, obs_exchange
from jobexport.client.schedule import Fetched, prevented_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.client.exchange import Exchange
    from jobexport.client.responses import ObsExport
    from jobexport.client.retry import Retries
    from jobexport.client.schedule import Schedule
    from jobexport.client.steps import Steps
    from jobexport.errors import JobexportError


@frozen
class ObsJobsExport:
    """The result of an export of many jobs to OBS."""

    exports: Mapping[str, ObsExport]
    """The places in OBS by job name, in the order of the names that were given."""
    failures: Mapping[str, JobexportError]
    """The errors of the other jobs, by job name, in the same order.

    After a `TransportError` that is `ambiguous` the job may be in OBS all the same.
    """
    ended_by: JobexportError | None = None
    """The error that ended the run early, such as `Unauthorized`; None if every job was asked for."""

    @property
    def succeeded(self) -> bool:
        """True if every job is exported."""
        return not self.failures

    @property
    def prevented_by(self) -> JobexportError | None:
        """The error that kept every job from being exported, such as no connection; None if a job was the reason."""
        return prevented_by(self.exports, self.failures)


@define(eq=False)
class ObsBatch:
    """An export of jobs to OBS: the request of each job, and its result."""

    exchange: Callable[[str], Exchange]
    """Builds the request for a job."""
    obs_path: str
    schedule: Schedule[ObsExport]

    @classmethod
    def planned(
        cls,
        project_id: str,
        retries: Retries,
        obs_path: str,
        workspace: str | None,
        depend: bool | None,
        status: str | None,
        schedule: Schedule[ObsExport],
    ) -> ObsBatch:
        """Return a batch whose arguments are checked.

        Raises:
            ValueError: an argument breaks a rule.
        """
        exchange = partial(
            obs_exchange, project_id, retries, obs_path=obs_path, workspace=workspace, depend=depend, status=status
        )
        # Building a request checks the arguments.
        exchange(schedule.names[0])
        return cls(exchange, obs_path, schedule)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Plan a request for each job."""
        self.schedule.plan({}, size=1)
        yield

    def fetch(self, chunk: tuple[str, ...]) -> Steps[Fetched[ObsExport]]:
        """Return the steps that make the service write a job to OBS."""
        (name,) = chunk
        return Fetched({name: (yield from export_job_to_obs(self.exchange(name), name, self.obs_path))})

    def result(self) -> ObsJobsExport:
        """Return the exports and the failures by job."""
        return ObsJobsExport(*self.schedule.outcome(), self.schedule.ended_by)
