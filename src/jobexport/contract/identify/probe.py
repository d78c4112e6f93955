"""The probe: a few requests, each with a purpose, whose responses show the edition of a server."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
from attrs import define, field, frozen

from jobexport.contract.checks.archives import disposition
from jobexport.contract.checks.exchange import Archive, read_archive
from jobexport.contract.identify.tree import members_by_kind
from jobexport.contract.sender import check_url, path_segment
from jobexport.core import lenient_json
from jobexport.core.redact import Redaction, printable
from jobexport.spec.document import operations, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.identify.description import Description
    from jobexport.spec.document import OperationObject
    from jobexport.spec.register import Entry, Register

MOST = 12
"""Most requests of a probe for exports; each readable operation gets one more."""

# Legal names that no job has.
MISSING_JOB = "no_such.job-to-export"
MISSING_FLINK_JOB = 4611686018427387903
NO_STATUS = "NEITHER_DEVELOP_NOR_SUBMIT"

# Errors that a further request would meet too: no server, or a server of another protocol.
_HOPELESS = (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ConnectTimeout)
_MOST_FAILURES = 2
_DOTS = {".", ".."}
_VARIABLE = re.compile(r"\{([^{}]*)\}")


@frozen
class ProbeResponse:
    """The response to one request of the probe."""

    operation: str
    request: str
    """Method, path, workspace and body in one line, without credentials."""
    jobs: tuple[str, ...]
    """Names of the requested DGC jobs."""
    arguments: Mapping[str, Any]
    """The body that was sent; empty if no body was sent."""
    status: int
    content_type: str
    """Content-Type as the server sent it; empty if it is missing."""
    file_name: str | None
    """File name in Content-Disposition, or None if it is missing."""
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """Content-Type in lower case, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def succeeded(self) -> bool:
        """True if the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the JSON value, whatever the media type, or None if the content is not JSON."""
        return lenient_json.parse(self.content, self.content_type)

    def error_code(self) -> str | None:
        """Return the code of an error, or None if the response has no code."""
        value = self.json()
        code = value.get("error_code") if isinstance(value, dict) else None
        return code if isinstance(code, str) else None

    def archive(self) -> Archive:
        """Return the content of the zip; its `problem` says if the response is not a zip."""
        return read_archive(self.content)


@frozen
class ProbeResponses:
    """The requests of a probe, and the responses of the server."""

    by_purpose: Mapping[str, ProbeResponse]
    not_observed: Mapping[str, str]
    """Reasons, by purpose, why a request was not sent or shows no fact."""
    sent: tuple[str, ...]
    """Each request with its status, in order."""
    stopped: str | None
    """Reason why the probe stopped early, or None if it came to its end."""
    asked: tuple[str, ...] = ()
    """Operations beside the exports, each asked once; their purpose is the operation itself."""


def probe(
    base_url: str,
    data: Data,
    send: Callable[[httpx.Request], httpx.Response],
    union: Description,
    register: Register,
    api: str | None = None,
) -> ProbeResponses:
    """Send at most `MOST` requests for exports, and one for each other operation that reads and tells editions apart.

    Requests that write to object storage are sent only if `data` names a place for them.

    Args:
        base_url: the base URL of the server.
        data: names that exist on the server.
        send: sends a request and returns the response, read to its end.
        union: the union, which has the paths of the operations, equal in all editions.
        register: the register, which names the operations in which editions differ.
        api: `dli` or `dgc` to ask this family only.

    Raises:
        JobexportError: `base_url` is not a URL.
    """
    check_url(base_url)
    session = _Session(base_url.rstrip("/"), data, send, union)
    most = union.get("batchExportJobs", "requestBody", "content", "application/json", "schema", "properties", "jobList")
    jobs = tuple(dict.fromkeys(job for job in data.jobs if job not in _DOTS and api != "dli"))[: most.get("maxItems")]
    place = data.obs_dirs[0] if data.obs_dirs else None
    if jobs:
        batch = session.success("batch", "batchExportJobs", jobs=jobs)
        job = _job_with_dependencies(batch) if batch else jobs[0]
        if session.success("job", "exportJob", jobs=(job,)):
            _ask_about_a_job(session, job)
    if place is None:
        session.not_observed["flink"] = "no OBS folder for exports is known"
    elif data.flink_jobs and api != "dgc":
        _ask_about_flink(session, place)
    if "job" in session.responses and session.responses["job"].succeeded:
        session.ask("job-missing", "exportJob", jobs=(MISSING_JOB,))
    if jobs and batch:
        session.ask("batch-missing", "batchExportJobs", jobs=(MISSING_JOB,))
        # The Content-Type of the vendor's own client.
        media = "application/json;charset=utf-8"
        session.ask("batch-alone", "batchExportJobs", jobs=(job,), body={"exportDepend": False}, media=media)
        session.ask("batch-empty", "batchExportJobs")
    asked = tuple(_read_others(session, readable(union, register, api)))
    return ProbeResponses(session.responses, session.not_observed, tuple(session.sent), session.stopped, asked)


def readable(union: Description, register: Register, api: str | None = None) -> tuple[OperationObject, ...]:
    """Return each operation that only reads, and of which editions say different things that traffic can show.

    With `api`, these are operations of this family only.
    """
    return tuple(
        operation
        for operation in operations(union.document)
        if operation.reads
        and (api is None or api in operation.tags)
        and any(_tells_apart(entry, operation.id) for entry in register.entries)
    )


def _read_others(session: _Session, others: tuple[OperationObject, ...]) -> Iterator[str]:
    """Ask each of these operations once; yield its id."""
    for operation in others:
        names = session.names(())
        lacking = [name for name in _VARIABLE.findall(operation.path) if name not in names]
        session.most += 1
        if lacking:
            session.not_observed[operation.id] = f"no {' and no '.join(lacking)} is known"
        elif (refused := session.ask(operation.id, operation.id)) is not None and not refused.succeeded:
            session.not_observed[operation.id] = f"{refused.request} got {refused.status}"
        yield operation.id


def _tells_apart(entry: Entry, operation: str) -> bool:
    says = {tuple(sorted(statement.key() for statement in claim.says)) for claim in entry.claims if claim.says}
    return entry.wire and operation in entry.operations and len(says) > 1


def _ask_about_a_job(session: _Session, job: str) -> None:
    session.ask("job-alone", "exportJob", jobs=(job,), body={"exportDepend": False})
    if session.data.obs_paths:
        session.ask("job-to-obs", "exportJob", jobs=(job,), body={"obsPath": session.data.obs_paths[0]})
    else:
        session.not_observed["job-to-obs"] = "no OBS path for exports is known"
    session.ask("job-status", "exportJob", jobs=(job,), body={"exportStatus": NO_STATUS})


def _ask_about_flink(session: _Session, place: str) -> None:
    def body(job: int, obs_dir: str = place) -> dict[str, Any]:
        return {"obs_dir": obs_dir, "is_selected": True, "job_selected": [job]}

    job = session.data.flink_jobs[0]
    if session.success("flink", "exportFlinkJobs", body=body(job)):
        session.ask("flink-path", "exportFlinkJobs", body=body(job, "obs://"))
        session.ask("flink-missing", "exportFlinkJobs", body=body(MISSING_FLINK_JOB))


def _job_with_dependencies(batch: ProbeResponse) -> str:
    """Return a job with scripts or resources in the zip, because only such a job shows the effect of `exportDepend`."""
    members = members_by_kind(batch.archive(), batch.jobs)
    users = (member.job for member in members if member.kind != "job" and member.job is not None)
    return next(users, batch.jobs[0])


@define
class _Session:
    base_url: str
    data: Data
    send: Callable[[httpx.Request], httpx.Response]
    union: Description
    responses: dict[str, ProbeResponse] = field(factory=dict)
    not_observed: dict[str, str] = field(factory=dict)
    sent: list[str] = field(factory=list)
    stopped: str | None = None
    workspaces: dict[str, str] = field(factory=dict)
    """Workspace by operation, if the server needs a workspace."""
    failures: int = 0
    most: int = MOST

    def names(self, jobs: tuple[str, ...]) -> dict[str, str]:
        """Return known values for the variables of paths; the first of `jobs` goes before other known jobs."""
        known = ((place.partition("."), values) for place, (values, _) in self.data.bindings().items())
        names = {name: str(values[0]) for (where, _, name), values in known if where == "path" and values}
        return names | ({"job_name": jobs[0]} if jobs else {})

    def success(
        self, purpose: str, operation: str, *, jobs: tuple[str, ...] = (), body: Mapping[str, Any] | None = None
    ) -> ProbeResponse | None:
        """Send a request that should succeed, after a refusal again with a workspace; return a success or None."""
        response = self.ask(purpose, operation, jobs=jobs, body=body)
        known = (*self.data.workspaces, *self.data.workspace_jobs)
        if response is not None and 400 <= response.status < 500 and jobs and known and not self.stopped:
            workspace = self.workspaces[operation] = known[0]
            there = self.data.workspace_jobs.get(workspace, jobs)
            jobs = tuple(job for job in jobs if job in there) or jobs
            again = self.ask(purpose, operation, jobs=jobs, body=body)
            if again is not None and again.succeeded:
                self.responses[f"{purpose}-without-workspace"] = response
                response = again
        if response is None or response.succeeded:
            return response
        code = response.error_code() or response.media_type or "nothing"
        self.not_observed[purpose] = f"{response.request} got {response.status} {shown(code, self.data)}"
        return None

    def ask(
        self,
        purpose: str,
        operation: str,
        *,
        jobs: tuple[str, ...] = (),
        body: Mapping[str, Any] | None = None,
        media: str = "application/json",
    ) -> ProbeResponse | None:
        """Send a request; return None if it can't be sent, or if the response does not depend on it (429, 5xx)."""
        if self.stopped or len(self.sent) == self.most:
            self.not_observed[purpose] = self.stopped or f"the limit of {self.most} requests was reached"
            return None
        if operation == "batchExportJobs":
            body = {"jobList": list(jobs), **(body or {})}
        headers = {"workspace": self.workspaces[operation]} if operation in self.workspaces else {}
        method, path = self._address(operation, jobs)
        line = " ".join([method, path, *(f"{name}: {value}" for name, value in headers.items())])
        if body is not None:
            line += f" {json.dumps(body, ensure_ascii=False)}"
            headers["Content-Type"] = media
        line = shown(line, self.data, longest=300)
        response = self._send(method, path, headers, body, line)
        if response is None or response.status_code == 429 or response.status_code >= 500:
            reason = self.sent[-1].rpartition(" → ")[2]
            self.not_observed[purpose] = f"{line} got {reason}" if response is not None else reason
            return None
        probed = ProbeResponse(
            operation,
            line,
            jobs,
            body or {},
            response.status_code,
            response.headers.get("content-type", ""),
            disposition(response.headers.get("content-disposition", ""))[1],
            response.content,
        )
        self.responses[purpose] = probed
        return probed

    def _address(self, operation: str, jobs: tuple[str, ...]) -> tuple[str, str]:
        """Return the method of an operation, and its path with names that the server knows."""
        found = operations_by_id(self.union.document)[operation]
        names = self.names(jobs)
        path = _VARIABLE.sub(lambda match: path_segment(names.get(match[1], "")), found.path)
        return found.method.upper(), path

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None, line: str
    ) -> httpx.Response | None:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = httpx.Request(method, self.base_url + path, headers=headers, content=content)
        try:
            response = self.send(request)
        except httpx.HTTPError as problem:
            # The text of some errors quotes a header, and a header may have the token.
            said = shown(str(problem), self.data) if isinstance(problem, _HOPELESS) else type(problem).__name__
            self.failures += 1
            self.sent.append(f"{line} → {said}")
            if isinstance(problem, _HOPELESS) or self.failures == _MOST_FAILURES:
                self.stopped = f"the server could not be reached: {said}"
            return None
        self.sent.append(f"{line} → {response.status_code}")
        if response.status_code == 401:
            self.stopped = "the server does not accept the credentials (401)"
        return response


def shown(text: str, data: Data, longest: int = 120) -> str:
    """Return a text of the server for people: in one line, at most `longest` characters, without secrets."""
    text = printable(" ".join(Redaction.of(data.secrets).text(text).split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"
