"""Scenarios: requests in an order that schemathesis does not generate, such as an export before and after a change.

A scenario sends a few requests for one operation and compares the responses with the document or with each other. Every
check sees every response too.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

import jsonschema_rs
from attrs import Factory, define, evolve, field, frozen

from jobexport.contract.checks.exchange import CheckedExchange
from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import changes, creates, needs_workspace, places
from jobexport.contract.sender import ABSENT, TransportProblem, path_segment
from jobexport.spec.document import (
    at,
    deref,
    media,
    operations_by_id,
    parameters,
    request_body,
    schema_of,
    undocumented_methods,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from jobexport.contract.checks.registry import Check
    from jobexport.contract.data import Data
    from jobexport.contract.sandbox import Sandbox
    from jobexport.contract.sender import Received, Sender
    from jobexport.spec.document import OperationObject


@frozen
class BrokenClaim:
    """A claim of the documentation that the server broke in a scenario."""

    check: str
    """Id of the scenario or the check."""
    rests_on: tuple[str, ...]
    pointer: str
    message: str
    expected: str
    """The duty of the server, in one sentence."""
    case: str
    """Id of the exchange in the journal."""
    operation: str = ""
    """operationId of the request that broke the claim, if it is another than the scenario's."""
    about: str = ""
    """The subject, if it is another than the rule's."""


@frozen
class Tools:
    """Functions that change and read the state of a server; only the project's own mock offers them."""

    change: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and description. In its context the job of the default workspace has this description; an
    unknown job is a copy of another job."""
    change_flink: Callable[[int, str], AbstractContextManager[None]] | None = None
    """Function of id and description. In its context the Flink job has this description."""
    change_script: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and content. In its context the script of the default workspace has this content; a missing
    script is there as a copy of another."""
    fetch: Callable[[str], bytes | None] | None = None
    """Function of the name `<bucket>/<folder>/…`. Returns the object in storage, or None if it is missing."""
    store: Callable[[str, bytes], None] | None = None
    """Function of the name `<bucket>/<folder>/…` and the content of an object, which is in storage then."""
    slow_tasks: Callable[[float], AbstractContextManager[None]] | None = None
    """Function of seconds. In its context each task that begins runs as long."""
    restore: Callable[[], None] | None = None
    """Function that undoes what requests changed on the server since the run began."""
    restore_path: str = ""
    """Path of a POST request with the same effect as `restore`, for schemathesis's process; empty if missing."""
    sandbox: Sandbox | None = None
    """The objects that scenarios may change on a server in use, if the user named a prefix."""


@define
class ScenarioRun:
    """One run of a scenario for one operation: sends the requests and checks every response."""

    document: Mapping[str, Any] = field(repr=False)
    id: str
    """operationId."""
    data: Data
    sender: Sender
    tools: Tools = Tools()
    broken_claims: list[BrokenClaim] = Factory(list)
    _operation: OperationObject = field(init=False, repr=False)
    keeps_changes: bool = False
    """True while requests build on each other; otherwise each change is undone, if the server can undo it."""
    _home: str | None = field(init=False, default=None)
    """The workspace of the known jobs, if requests must name it."""
    _last: tuple[str, Received] | None = field(init=False, default=None)
    """operationId and response of the last request."""
    _for: ScenarioRun | None = field(init=False, default=None, repr=False)
    """The run of the scenario, if this run is for another operation beside it."""

    def __attrs_post_init__(self) -> None:
        self._operation = operations_by_id(self.document)[self.id]
        if needs_workspace(self.document, self._operation):
            self._home = next(iter(self.data.workspaces), None)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the request body, its reference followed; empty if the edition has no body."""
        return schema_of(self.document, self._request_media)

    @property
    def body_required(self) -> bool:
        """True if a request must have a body."""
        return bool(request_body(self.document, self._operation.fields).get("required", False))

    @property
    def takes_workspace(self) -> bool:
        """True if the document has the `workspace` header for the operation."""
        return any(place.kind.id == "workspaces" for place in places(self.document, self._operation))

    @property
    def _request_media(self) -> Mapping[str, Any]:
        return media(request_body(self.document, self._operation.fields))

    @property
    def _examples(self) -> Iterable[Any]:
        found: Iterable[Any] = self._request_media.get("examples", {}).values()
        return found

    @property
    def other_methods(self) -> tuple[str, ...]:
        """Methods that the document has for no operation that the path can mean, such as `PUT`."""
        return undocumented_methods(self.document, self._operation)

    def example(self, **altered: Any) -> dict[str, Any]:
        """Return a valid body with known names, altered in these fields; ABSENT removes a field.

        The body has the fields that it must have, as many names as the documentation's example, and its other values.
        """
        schema = self.schema
        shown: Mapping[str, Any] = next((item["value"] for item in self._examples), {})
        required = dict.fromkeys((*schema.get("required", ()), *schema.get("then", {}).get("required", ())))
        body = {name: self._value(name, shown.get(name, ABSENT)) for name in required}
        body |= altered
        return {name: value for name, value in body.items() if value is not ABSENT}

    def any_body(self) -> dict[str, Any] | None:
        """Return a valid body that is not empty and writes to no place of its own; None if the edition has no body."""
        if not self.schema:
            return None
        stored = {place.name for place in places(self.document, self._operation) if place.kind.in_storage}
        shown = (dict(item["value"]) for item in self._examples)
        return self.example() or next((value for value in shown if not stored & value.keys()), {})

    def _value(self, name: str, shown: Any) -> Any:
        """Return a valid value for a field of the body: known names, or else the documentation's value."""
        node = deref(self.document, self.schema.get("properties", {}).get(name, {}))
        shown = next(iter(node.get("examples", ())), ABSENT) if shown is ABSENT else shown
        for place in places(self.document, self._operation):
            if (place.where, place.name) == ("body", name) and (known := self.data.names(place.kind)):
                return list(known[: len(shown) if isinstance(shown, list) else 1]) if place.many else known[0]
        if name == "name" and isinstance(shown, str) and creates(self.document, self._operation):
            return self.data.free(shown)
        return shown

    def allows_job(self, name: str) -> bool:
        """Return whether the document allows a text as the name of a job."""
        found = (place.schema for place in places(self.document, self._operation) if place.kind.id == "jobs")
        return jsonschema_rs.is_valid(next(found, {}), name)

    def _variables(self, where: str) -> dict[str, Any]:
        """Return valid values of the required parameters in `path` or `query`: known names, or else the examples."""
        known = {
            place.name: self.data.names(place.kind)[0]
            for place in places(self.document, self._operation)
            if place.where == where and self.data.names(place.kind)
        }
        found: dict[str, Any] = {}
        for (place_in, name), location in parameters(self.document, self._operation.location).items():
            node = deref(self.document, at(self.document, location))
            if place_in == where and node.get("required", False):
                examples = schema_of(self.document, node).get("examples", ())
                found[name] = known.get(name, node.get("example", next(iter(examples), "")))
        return found

    def send(
        self,
        body: Any = ABSENT,
        *,
        content: bytes | None = None,
        job: str | None = None,
        raw_job: str | None = None,
        project: str | None = None,
        workspace: str | None = None,
        path: Mapping[str, Any] = {},
        query: Mapping[str, Any] = {},
        headers: Mapping[str, str] = {},
        method: str | None = None,
        credentials: str = "right",
        valid: bool = True,
    ) -> CheckedExchange:
        """Send one request for the operation and check its response.

        Args:
            body: the JSON value; by default `example()` if the operation needs a body.
            content: the bytes to send instead of `body`.
            job: name of the job in the path, if the path has one; by default the first known job.
            raw_job: the encoded name of the job in the path, instead of `job`.
            project: id of the project; by default the known project.
            workspace: the `workspace` header; by default the first known workspace if the document requires one.
            path: values of other variables of the path; by default known names, or else the document's examples.
            query: values of query parameters beside the required ones.
            headers: other headers.
            method: the HTTP method; by default the operation's.
            credentials: as in `Sender.send`.
            valid: True if the request keeps to the document.

        Raises:
            TransportProblem: the response is missing or incomplete.
        """
        if body is ABSENT and content is None and self.body_required:
            body = self.example()
        name = job or (unquote(raw_job) if raw_job else None)
        given = {"project_id": project, "job_name": name, **path}
        variables = self._variables("path")
        variables |= {key: value for key, value in given.items() if key in variables and value is not None}
        asked = self._variables("query") | dict(query)
        address = self._operation.path
        for key, value in variables.items():
            encoded = raw_job if key == "job_name" and raw_job is not None else path_segment(str(value))
            address = address.replace(f"{{{key}}}", encoded)
        address += f"?{urlencode(_written(asked), doseq=True)}" if asked else ""
        named = self._home if workspace is None else workspace
        extra = {} if named is None else {"workspace": named}
        own = self._operation.method.upper()
        known = valid and credentials == "right" and method in (None, own)
        received = self.sender.send(
            self.id,
            method or own,
            address,
            body=body,
            content=content,
            headers={**headers, **extra},
            credentials=credentials,
            valid=known,
            linked=self.keeps_changes,
        )
        self._remember(received)
        meant = body if content is None else _parsed(content)
        exchange = CheckedExchange(
            document=self.document,
            operation=self._operation.fields,
            method=self._operation.method,
            valid=known,
            path=variables,
            query=asked,
            body=None if meant is ABSENT else meant,
            status=received.status,
            media_type=received.headers.get("content-type", "").partition(";")[0].strip().lower(),
            content=received.content,
            headers=received.headers,
            workspace=workspace,
            # Within a sequence the server has other names than before.
            known=None if self.keeps_changes else self.data,
            moved=self.keeps_changes,
        )
        for check in CHECKS:
            try:
                check.function(exchange)
            except Violation as violation:
                self._note(check, violation)
        if (
            self.tools.restore is not None
            and not self.keeps_changes
            and changes(self.document, self._operation.fields, self._operation.method)
        ):
            self.tools.restore()
        return exchange

    def _remember(self, received: Received) -> None:
        """Keep the last response, also for the scenario that this run stands beside."""
        run: ScenarioRun | None = self
        while run is not None:
            run._last = self.id, received
            run = run._for

    @contextlib.contextmanager
    def in_sequence(self) -> Iterator[None]:
        """Yield while the changes of requests last, such as a job that one request creates and the next one shows."""
        self.keeps_changes = True
        try:
            yield
        finally:
            self.keeps_changes = False
            if self.tools.restore is not None:
                self.tools.restore()

    @contextlib.contextmanager
    def changed(self, job: str, description: str) -> Iterator[None]:
        """Yield while a job of the default workspace has this description; needs `tools.change`."""
        assert self.tools.change is not None  # noqa: S101  # the callers asked
        before = self.data
        with self.tools.change(job, description):
            self.data = evolve(before, jobs=tuple(dict.fromkeys((*before.jobs, job))))
            try:
                yield
            finally:
                self.data = before

    def has(self, operation: str) -> bool:
        """Return True if the document has this operation."""
        return operation in operations_by_id(self.document)

    def beside(self, operation: str) -> ScenarioRun:
        """Return a run for another operation that adds its broken claims to this run."""
        other = ScenarioRun(self.document, operation, self.data, self.sender, self.tools)
        other.broken_claims, other.keeps_changes, other._for = self.broken_claims, self.keeps_changes, self
        return other

    def fail(self, scenario: Scenario, violation: Violation) -> None:
        """Add the violation that ended the scenario to the broken claims."""
        self._note(scenario, violation)

    def _note(self, rule: Check | Scenario, violation: Violation) -> None:
        rests_on = violation.rests_on or rule.rests_on
        operation, case = (self._last[0], self._last[1].case) if self._last else (self.id, "")
        self.broken_claims.append(
            BrokenClaim(
                rule.id,
                rests_on,
                violation.pointer,
                str(violation),
                rule.sentence,
                case,
                operation,
                violation.about,
            )
        )


@frozen
class Scenario:
    """A few requests for one operation, and the claims that their responses must keep."""

    id: str
    sentence: str
    """The duty of the server, in one sentence."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    operations: tuple[str, ...] | None
    """operationIds that the scenario can run for, or None for every operation."""
    function: Callable[[ScenarioRun], None] = field(repr=False)
    requests: int = 10
    """Number of requests at most, for plans."""
    negative: bool = False
    """True if the scenario sends requests that break the document."""
    about: str = ""
    """The subject, if other rules have the same subject: their failures may have one cause."""

    def run(self, run: ScenarioRun) -> None:
        """Send the requests of the scenario; add each broken claim to the run."""
        try:
            self.function(run)
        except Violation as violation:
            run.fail(self, violation)
        except (AttributeError, LookupError, StopIteration, TypeError, ValueError) as problem:
            # A check has reported the wrong form of a response, or no check knows it.
            if not run.broken_claims:
                text = f"a response has a form that the scenario can't read: {type(problem).__name__}: {problem}"
                run.fail(self, Violation(text))
        except TransportProblem as problem:
            run.broken_claims.append(
                BrokenClaim(
                    "whole_response", (), "", str(problem), "Every request gets a complete response.", problem.case
                )
            )


def expect(holds: object, text: str, *rests_on: str, pointer: str = "") -> None:
    """Raise a Violation with this text if `holds` is false."""
    if not holds:
        raise Violation(text, rests_on, pointer)


def _written(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return query parameters as a URL has them: `True` → `true`."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return ABSENT
