"""The fields of a fault: its effects at the hooks of the pipeline, and the operations that it suits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from jobexport.mock.requests.operations import JSON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from jobexport.mock.faults.call import Call
    from jobexport.mock.requests.operations import Operation, SuccessResponse
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State

    Alter = Callable[[Call, Outcome], Awaitable[Outcome | None]]
    """A function that returns the changed outcome, or None if the fault has no effect on it."""

FOR_CLIENTS = "For testing clients"
FOR_CHECKS = "For testing contract checks"


@frozen
class Argument:
    """The number that may follow a fault's id."""

    name: str
    default: float
    least: float
    most: float
    whole: bool = True

    def read(self, text: str) -> float:
        """Parse the number.

        Raises:
            ValueError: the text is not a number, or the number is out of range.
        """
        number = int(text) if self.whole else float(text)
        if not self.least <= number <= self.most:
            raise ValueError
        return number

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.least:g} to {self.most:g}"


@frozen
class Suits:
    """A condition on the operations that a fault can happen to."""

    clause: str
    """The condition in words, such as `responds with a zip`, to complete "an operation that"."""
    test: Callable[[Operation], bool]


@frozen
class Fault:
    """One fault. Its effects, `methods` to `deliver`, stand in the order of the pipeline; most faults have one."""

    id: str
    sentence: str
    suits: Suits
    argument: Argument | None = None
    methods: frozenset[str] = frozenset()
    """Further HTTP methods to which the operation responds."""
    instead: Callable[[Call], Response] | None = field(default=None, repr=False)
    """A function that returns a response in place of the operation: nothing is checked, exported or stored."""
    admit: Callable[[Call], bool] | None = field(default=None, repr=False)
    """A function that returns True to admit a refused caller."""
    accept: Callable[[Call], Request | None] | None = field(default=None, repr=False)
    """A function of a refused request that returns the request to carry out, or None."""
    refuse: Callable[[Call], str | None] | None = field(default=None, repr=False)
    """A function of a valid request that returns the name of an error, or None."""
    misread: Callable[[Call], Request | None] | None = field(default=None, repr=False)
    """A function of a valid request that returns another request to carry out, or None."""
    prepare: Callable[[Call], State | None] | None = field(default=None, repr=False)
    """A function of a valid request that returns the state to act in, or None. A GET leaves the right state."""
    leave: Callable[[Call, State, State], State] | None = field(default=None, repr=False)
    """A function of the states before and after a change that returns the state to leave; also of later steps."""
    alter: Alter | None = field(default=None, repr=False)
    """A function that changes the response or the stored objects."""
    deliver: Callable[[ASGIApp, float], ASGIApp] | None = field(default=None, repr=False)
    """A function that changes how the response is sent."""
    chaos: bool = True
    """True if a rate without named faults may pick the fault; False for faults that take much time or memory."""
    group: str = FOR_CLIENTS
    """Heading in the list of faults."""

    @property
    def argument_usage(self) -> str:
        """The argument in the list of faults, such as `[:seconds=1]`; empty if the fault takes no argument."""
        return "" if self.argument is None else f"[:{self.argument.name}={self.argument.default:g}]"


def defects(group: str, *faults: Fault) -> tuple[Fault, ...]:
    """Return faults as a group for testing contract checks: the server seems to work and breaks its contract.

    A rate without named faults never picks them, because a client can't notice many of them.
    """
    return tuple(evolve(fault, group=f"{FOR_CHECKS}: {group}", chaos=False) for fault in faults)


def takes(*fields: str) -> Suits:
    """Return the condition that the operation's body has one of these fields."""
    return Suits(f"takes {' or '.join(fields)}", lambda operation: bool(_fields(operation) & set(fields)))


def queries(*names: str) -> Suits:
    """Return the condition that the operation has one of these parameters in its query."""
    return Suits(f"takes {' or '.join(names)}", lambda operation: bool(set(operation.query.names) & set(names)))


def _fields(operation: Operation) -> frozenset[str]:
    return operation.body.fields if operation.body else frozenset()


def _json_response(test: Callable[[SuccessResponse], bool]) -> Callable[[Operation], bool]:
    return lambda operation: JSON in operation.responses and test(operation.responses[JSON])


def refuses(*names: str) -> Suits:
    """Return the condition that the document has one of these errors for the operation, such as `job-not-found`."""
    return Suits(f"refuses with {' or '.join(names)}", lambda operation: bool(operation.errors.keys() & set(names)))


ANY = Suits("responds", lambda _: True)
CONTENT = Suits("responds with a body", lambda operation: bool(operation.responses))
ZIP = Suits("responds with a zip", lambda operation: operation.zip_type in operation.responses)
FIELDS = Suits("responds with JSON fields", _json_response(lambda response: bool(response.fields)))
LISTS = Suits(
    "responds with a list",
    _json_response(lambda response: any("array" in schema.get("type", ()) for schema in response.fields.values())),
)
ZIP_NAMES = Suits(
    "responds with names of zips",
    _json_response(lambda response: any("x-object-name" in schema for schema in response.fields.values())),
)
VERDICT = Suits("responds with is_success", _json_response(lambda response: "is_success" in response.fields))
BOOLEAN_VERDICT = Suits(
    "responds with an is_success that is not text",
    _json_response(
        lambda response: (
            "is_success" in response.fields and "string" not in response.fields["is_success"].get("type", ())
        )
    ),
)
OBS_PATH = Suits("responds with obsPath", _json_response(lambda response: "obsPath" in response.fields))
STORES = Suits("stores objects", _json_response(lambda response: response.names_objects))
BODY = Suits("takes a body", lambda operation: operation.body is not None)
ZIP_OR_LIST = Suits("responds with a zip or a list", lambda operation: ZIP.test(operation) or LISTS.test(operation))
CHANGES = Suits("does not only read", lambda operation: operation.method != "GET")
EMPTY = Suits("responds without a body", lambda operation: not operation.responses)
PAGES = Suits("responds with pages of a list", lambda operation: {"limit", "offset"} <= set(operation.query.names))
CREATES = Suits("creates an object", lambda operation: operation.method == "POST" and "name" in _fields(operation))
DELETES = Suits("deletes an object", lambda operation: operation.method == "DELETE")
SHOWS = Suits(
    "shows an object",
    lambda operation: (
        operation.method == "GET" and bool({"job_name", "script_name", "job_id"} & set(operation.path.names))
    ),
)
JOB_FIELDS = Suits("responds with the nodes of a job", _json_response(lambda response: "nodes" in response.fields))
SCRIPT_FIELDS = Suits("responds with a script", _json_response(lambda response: "content" in response.fields))
FLINK_FIELDS = Suits("responds with a Flink job", _json_response(lambda response: "job_detail" in response.fields))
FLINK_JOBS = Suits("responds with Flink jobs", _json_response(lambda response: "job_list" in response.fields))
TASK = Suits("responds with a task", _json_response(lambda response: "subtasks" in response.fields))
STARTS_TASK = Suits("starts a task", _json_response(lambda response: "taskId" in response.fields))
RESOURCE_ID = Suits(
    "responds with the id of a resource", _json_response(lambda response: "resourceId" in response.fields)
)
MAY_LACK_BODY = Suits(
    "may do without its body", lambda operation: operation.body is not None and not operation.body.required
)
NO_BODY = Suits("takes no body", lambda operation: operation.body is None)
ONE_JOB = Suits("has the job's name in its path", lambda operation: "job_name" in operation.path.names)
ZIP_OF_JOB = Suits("responds with a zip of one job", lambda operation: ZIP.test(operation) and ONE_JOB.test(operation))
BATCH = Suits(
    "responds with a zip of several jobs", lambda operation: ZIP.test(operation) and not ONE_JOB.test(operation)
)
WORKSPACE = Suits("takes a workspace", lambda operation: "workspace" in operation.headers.names)
