"""One run of a scenario: sends its requests with known names, and holds every response to every check."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlencode

import jsonschema_rs
from attrs import Factory, define, evolve, field

from jobexport.contract.checks.exchange import CheckedExchange
from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import needs_workspace, places
from jobexport.contract.scenarios.tools import BrokenClaim, Tools
from jobexport.contract.sender import ABSENT, path_segment
from jobexport.contract.verbs import changes, creates, objects_named
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
    from collections.abc import Iterable, Iterator, Mapping

    from jobexport.contract.data import Data, NamePlace
    from jobexport.contract.sender import Received, Sender
    from jobexport.contract.verbs import Subject
    from jobexport.spec.document import OperationObject


class Rule(Protocol):
    """A check or a scenario, as a broken claim tells it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def sentence(self) -> str: ...  # noqa: D102
    @property
    def rests_on(self) -> tuple[str, ...]: ...  # noqa: D102


@define
class ScenarioRun:
    """One run of a scenario for one operation: sends the requests and checks every response."""

    document: Mapping[str, Any] = field(repr=False)
    id: str
    """operationId."""
    data: Data
    sender: Sender
    tools: Tools = Factory(Tools)
    broken_claims: list[BrokenClaim] = Factory(list)
    _operation: OperationObject = field(init=False, repr=False)
    _in_sequence: bool = field(init=False, default=False)
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
    def keeps_changes(self) -> bool:
        """True while requests build on each other; otherwise each change is undone, if the server can undo it."""
        return self._in_sequence or (self._for is not None and self._for.keeps_changes)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the request body, its reference followed; empty if the edition has no body."""
        return schema_of(self.document, self._request_media)

    @property
    def body_required(self) -> bool:
        """True if a request must have a body."""
        return bool(request_body(self.document, self._operation.fields).get("required", False))

    @property
    def changes(self) -> bool:
        """True if a request may change what the server holds."""
        return changes(self.document, self._operation.fields, self._operation.method)

    @property
    def takes_workspace(self) -> bool:
        """True if the document has the `workspace` header for the operation."""
        return self.place("workspaces") is not None

    @property
    def lacks_workspace(self) -> bool:
        """True if requests must name a workspace, but no workspace is known."""
        return self._home is None and needs_workspace(self.document, self._operation)

    @property
    def objects(self) -> NamePlace | None:
        """The place in path or body that names the objects of the operation."""
        return objects_named(self.document, self._operation)

    def place(self, kind: str) -> NamePlace | None:
        """Return the place in requests of names of a kind, as `Data` calls it; None if requests have no such names."""
        return next((place for place in places(self.document, self._operation) if place.kind.id == kind), None)

    @property
    def known(self) -> tuple[Any, ...]:
        """The known names of the operation's objects."""
        return self.data.names(self.objects.kind) if self.objects is not None else ()

    def naming(self, *names: Any, **fields: Any) -> dict[str, Any]:
        """Return the arguments of `send` for a request that names these objects, in its path or in its body.

        Args:
            names: the names or ids; only the first one if a request names one object.
            fields: other fields of the body, as of `example`.
        """
        place = self.objects
        assert place is not None  # noqa: S101  # scenarios of operations on known objects ask
        if place.where == "body":
            return {"body": self.example(**{**fields, place.name: list(names) if place.many else names[0]})}
        given = {"path": {place.name: names[0]}}
        return given | {"body": self.example(**fields)} if fields else given

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
        place = self.place("jobs")
        return jsonschema_rs.is_valid(place.schema if place is not None else {}, name)

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
        raw: str | None = None,
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
            raw: the encoded name of the object in the path, instead of a name in `path`.
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
        own = self.objects.name if raw is not None and self.objects is not None else ""
        given = {"project_id": project, **({own: unquote(raw)} if raw is not None else {}), **path}
        variables = self._variables("path")
        variables |= {key: value for key, value in given.items() if key in variables and value is not None}
        asked = self._variables("query") | dict(query)
        address = self._operation.path
        for key, value in variables.items():
            encoded = raw if raw is not None and key == own else path_segment(str(value))
            address = address.replace(f"{{{key}}}", encoded)
        address += f"?{urlencode(_written(asked), doseq=True)}" if asked else ""
        named = self._home if workspace is None else workspace
        extra = {} if named is None else {"workspace": named}
        documented = self._operation.method.upper()
        known = valid and credentials == "right" and method in (None, documented)
        received = self.sender.send(
            self.id,
            method or documented,
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
        if self.tools.restore is not None and not self.keeps_changes and self.changes:
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
        self._in_sequence = True
        try:
            yield
        finally:
            self._in_sequence = False
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

    def beside(self, operation: str) -> ScenarioRun:
        """Return a run for another operation that adds its broken claims to this run."""
        other = ScenarioRun(self.document, operation, self.data, self.sender, self.tools)
        other.broken_claims, other._for = self.broken_claims, self
        return other

    def other(self, subject: Subject) -> ScenarioRun | None:
        """Return a run beside this run for the first operation of a subject.

        Returns:
            The run, or None if the document has no such operation, or if its requests must name a workspace but no
            workspace is known.
        """
        found = subject.ids(self.document)
        run = self.beside(found[0]) if found else None
        return None if run is None or run.lacks_workspace else run

    def fail(self, scenario: Rule, violation: Violation) -> None:
        """Add the violation that ended the scenario to the broken claims."""
        self._note(scenario, violation)

    def _note(self, rule: Rule, violation: Violation) -> None:
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


def _written(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return query parameters as a URL has them: `True` → `true`."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return ABSENT
