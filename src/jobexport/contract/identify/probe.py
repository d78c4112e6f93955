"""The few requests that show which edition a server speaks, each with a purpose."""

from __future__ import annotations

import json
from email.message import Message
from typing import TYPE_CHECKING, Any

import httpx
from attrs import define, field, frozen

from jobexport.contract.checks.exchange import Archive, read_archive
from jobexport.contract.identify.tree import members_by_kind
from jobexport.contract.sender import path_segment
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.identify.description import Description

MOST = 12
"""Requests at most."""

# Names that keep to every rule for names, and that nobody gave.
MISSING_JOB = "no_such.job-to-export"
MISSING_FLINK_JOB = 4611686018427387903
NO_STATUS = "NEITHER_DEVELOP_NOR_SUBMIT"

# Nobody listens, or whoever does is no server of HTTP: one more request would not change that.
_HOPELESS = (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ConnectTimeout)
_MOST_FAILURES = 2
_DOTS = {".", ".."}


@frozen
class Answer:
    """What one request was answered."""

    operation: str
    request: str
    """Method, path, workspace and body in one line, without what proves who asks."""
    jobs: tuple[str, ...]
    """Names of the DGC jobs that were asked for."""
    arguments: Mapping[str, Any]
    """The body that was sent; empty when there was none."""
    status: int
    media_type: str
    """Content-Type in lower case, without parameters."""
    file_name: str | None
    """The one that Content-Disposition names."""
    content: bytes = field(repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Give the JSON value, whatever the Content-Type; None when it is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def error_code(self) -> str | None:
        """Give the code of an error; None when the answer has none."""
        value = self.json()
        code = value.get("error_code") if isinstance(value, dict) else None
        return code if isinstance(code, str) else None

    def archive(self) -> Archive:
        """Give what the zip holds; its `problem` says when it is none."""
        return read_archive(self.content)


@frozen
class Answers:
    """What a server was asked, and what it answered."""

    by_purpose: Mapping[str, Answer]
    unanswered: Mapping[str, str]
    """Why a request was not made or says nothing, by purpose."""
    sent: tuple[str, ...]
    """Each request with its status, in order."""
    stopped: str | None
    """Why no more was asked, where that was not the plan."""


def probe(base_url: str, data: Data, send: Callable[[httpx.Request], httpx.Response], paths: Description) -> Answers:
    """Ask a server, at most `MOST` times; what writes to object storage only where the data names a place for it.

    Args:
        base_url: where the server listens.
        data: what requests may name.
        send: sends a request and gives the response, read to its end.
        paths: a document that says where the operations stand; all editions agree on that.

    Raises:
        JobexportError: `base_url` is no URL.
    """
    session = _Session(base_url.rstrip("/"), data, send, paths)
    jobs = tuple(dict.fromkeys(job for job in data.jobs if job not in _DOTS))[:100]
    place = data.obs_dirs[0] if data.obs_dirs else None
    if jobs:
        batch = session.success("batch", "batchExportJobs", jobs=jobs)
        job = _job_with_dependencies(batch) if batch else jobs[0]
        if session.success("job", "exportJob", jobs=(job,)):
            _ask_about_a_job(session, job)
    if place is None:
        session.unanswered["flink"] = "no OBS folder is known that may be written to"
    elif data.flink_jobs:
        _ask_about_flink(session, place)
    if "job" in session.answers and session.answers["job"].succeeded:
        session.ask("job-missing", "exportJob", jobs=(MISSING_JOB,))
    if jobs and batch:
        session.ask("batch-missing", "batchExportJobs", jobs=(MISSING_JOB,))
        # The Content-Type is the vendor's own client's.
        media = "application/json;charset=utf-8"
        session.ask("batch-alone", "batchExportJobs", jobs=(job,), body={"exportDepend": False}, media=media)
        session.ask("batch-empty", "batchExportJobs")
    return Answers(session.answers, session.unanswered, tuple(session.sent), session.stopped)


def _ask_about_a_job(session: _Session, job: str) -> None:
    session.ask("job-alone", "exportJob", jobs=(job,), body={"exportDepend": False})
    if session.data.obs_paths:
        session.ask("job-to-obs", "exportJob", jobs=(job,), body={"obsPath": session.data.obs_paths[0]})
    else:
        session.unanswered["job-to-obs"] = "no OBS path is known that may be written to"
    session.ask("job-status", "exportJob", jobs=(job,), body={"exportStatus": NO_STATUS})


def _ask_about_flink(session: _Session, place: str) -> None:
    def body(job: int, obs_dir: str = place) -> dict[str, Any]:
        return {"obs_dir": obs_dir, "is_selected": True, "job_selected": [job]}

    job = session.data.flink_jobs[0]
    if session.success("flink", "exportFlinkJobs", body=body(job)):
        session.ask("flink-path", "exportFlinkJobs", body=body(job, "obs://"))
        session.ask("flink-missing", "exportFlinkJobs", body=body(MISSING_FLINK_JOB))


def _job_with_dependencies(batch: Answer) -> str:
    """Choose a job whose scripts or resources came with it: only such a one shows what `exportDepend` does."""
    members = members_by_kind(batch.archive(), batch.jobs)
    users = (member.job for member in members if member.kind != "job" and member.job is not None)
    return next(users, batch.jobs[0])


@define
class _Session:
    base_url: str
    data: Data
    send: Callable[[httpx.Request], httpx.Response]
    paths: Description
    answers: dict[str, Answer] = field(factory=dict)
    unanswered: dict[str, str] = field(factory=dict)
    sent: list[str] = field(factory=list)
    stopped: str | None = None
    workspaces: dict[str, str] = field(factory=dict)
    """The workspace to name, by operation, where the server wants one."""
    failures: int = 0

    def success(
        self, purpose: str, operation: str, *, jobs: tuple[str, ...] = (), body: Mapping[str, Any] | None = None
    ) -> Answer | None:
        """Ask for what should succeed; where it is refused, once more with a workspace."""
        answer = self.ask(purpose, operation, jobs=jobs, body=body)
        known = (*self.data.workspaces, *self.data.workspace_jobs)
        if answer is not None and 400 <= answer.status < 500 and jobs and known and not self.stopped:
            workspace = self.workspaces[operation] = known[0]
            there = self.data.workspace_jobs.get(workspace, jobs)
            jobs = tuple(job for job in jobs if job in there) or jobs
            again = self.ask(purpose, operation, jobs=jobs, body=body)
            if again is not None and again.succeeded:
                self.answers[f"{purpose}-without-workspace"] = answer
                answer = again
        if answer is None or answer.succeeded:
            return answer
        code = answer.error_code() or answer.media_type or "nothing"
        self.unanswered[purpose] = f"{answer.request} was answered {answer.status} {shown(code, self.data)}"
        return None

    def ask(
        self,
        purpose: str,
        operation: str,
        *,
        jobs: tuple[str, ...] = (),
        body: Mapping[str, Any] | None = None,
        media: str = "application/json",
    ) -> Answer | None:
        """Send a request; None when it could not be sent, or was not answered, or not for its own sake (429, 5xx)."""
        if self.stopped or len(self.sent) == MOST:
            self.unanswered[purpose] = self.stopped or f"{MOST} requests were made before"
            return None
        if operation == "batchExportJobs":
            body = {"jobList": list(jobs), **(body or {})}
        headers = {"workspace": self.workspaces[operation]} if operation in self.workspaces else {}
        path = self._path(operation, jobs)
        line = " ".join(["POST", path, *(f"{name}: {value}" for name, value in headers.items())])
        if body is not None:
            line += f" {json.dumps(body, ensure_ascii=False)}"
            headers["Content-Type"] = media
        line = shown(line, self.data, longest=300)
        response = self._send(path, headers, body, line)
        if response is None or response.status_code == 429 or response.status_code >= 500:
            reason = self.sent[-1].rpartition(" → ")[2]
            self.unanswered[purpose] = f"{line} was answered {reason}" if response is not None else reason
            return None
        answer = Answer(
            operation,
            line,
            jobs,
            body or {},
            response.status_code,
            response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            _file_name(response.headers.get("content-disposition")),
            response.content,
        )
        self.answers[purpose] = answer
        return answer

    def _path(self, operation: str, jobs: tuple[str, ...]) -> str:
        place = self.paths.place(operation)
        path = str(place[1]) if place else ""
        return path.replace("{project_id}", path_segment(self.data.project)).replace(
            "{job_name}", path_segment("".join(jobs[:1]))
        )

    def _send(
        self, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None, line: str
    ) -> httpx.Response | None:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            request = httpx.Request("POST", self.base_url + path, headers=headers, content=content)
        except (httpx.InvalidURL, UnicodeError) as problem:
            raise JobexportError(f"{self.base_url!r} is no URL: {problem}; write it like https://host") from None
        try:
            response = self.send(request)
        except httpx.HTTPError as problem:
            # The words of some errors quote a header, and a header may hold the token.
            said = str(problem) if isinstance(problem, _HOPELESS) else type(problem).__name__
            self.failures += 1
            self.sent.append(f"{line} → {said}")
            if isinstance(problem, _HOPELESS) or self.failures == _MOST_FAILURES:
                self.stopped = f"the server could not be reached: {shown(said, self.data)}"
            return None
        self.sent.append(f"{line} → {response.status_code}")
        if response.status_code == 401:
            self.stopped = "the server does not accept the credentials (401)"
        return response


def shown(text: str, data: Data, longest: int = 120) -> str:
    """Give what came from a server as people may see it: one line, not too long, and never the token."""
    if data.token:
        text = text.replace(data.token, "…")
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _file_name(header: str | None) -> str | None:
    if header is None:
        return None
    message = Message()
    message["Content-Disposition"] = " ".join(header.split())
    return message.get_filename()
