"""What a fault is: where on a request's way it takes effect, and which operations it suits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from jobexport.mock.requests.operations import BINARY, JSON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from jobexport.mock.faults.call import Call
    from jobexport.mock.requests.operations import Answer, Operation
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request

    Alter = Callable[[Call, Outcome], Awaitable[Outcome | None]]
    """Gives the changed outcome; None when the fault does not fit this answer."""

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
        """Give the number that a text stands for.

        Raises:
            ValueError: it is none, or out of range.
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
    """Which operations a fault can happen to."""

    what: str
    """What such an operation does, to follow "an operation that"."""
    test: Callable[[Operation], bool]


@frozen
class Fault:
    """One way to fail. Of the effects, which stand here in the order in which they come, most faults have one."""

    id: str
    sentence: str
    suits: Suits
    argument: Argument | None = None
    methods: frozenset[str] = frozenset()
    """Further HTTP methods under which the operation answers."""
    instead: Callable[[Call], Response] | None = field(default=None, repr=False)
    """Answers before the operation does anything: nothing is checked, exported or stored."""
    admit: Callable[[Call], bool] | None = field(default=None, repr=False)
    """Whether to let in a caller who is refused."""
    accept: Callable[[Call], Request | None] | None = field(default=None, repr=False)
    """Takes a request that is refused: gives what it is understood as, or None."""
    refuse: Callable[[Call], str | None] | None = field(default=None, repr=False)
    """Refuses a request that is right: gives the name of the error, or None."""
    misread: Callable[[Call], Request | None] | None = field(default=None, repr=False)
    """Does another request than the one that came: gives that one, or None."""
    alter: Alter | None = field(default=None, repr=False)
    """Changes what the operation answers or stores."""
    deliver: Callable[[ASGIApp, float], ASGIApp] | None = field(default=None, repr=False)
    """Changes how the answer is sent."""
    chaos: bool = True
    """Whether it may be picked where no fault is named: not what costs much time or memory."""
    group: str = FOR_CLIENTS
    """The heading under which it is listed."""

    @property
    def argument_usage(self) -> str:
        """What may follow the id, with the default; empty where nothing may."""
        return "" if self.argument is None else f"[:{self.argument.name}={self.argument.default:g}]"


def defects(group: str, *faults: Fault) -> tuple[Fault, ...]:
    """Give faults of a server that seems to work and breaks its contract.

    Chaos never picks them: it shows how a client takes what it can see, and many of these no client can.
    """
    return tuple(evolve(fault, group=f"{FOR_CHECKS}: {group}", chaos=False) for fault in faults)


def takes(*fields: str) -> Suits:
    """Those whose body has one of these fields."""
    return Suits(f"takes {' or '.join(fields)}", lambda operation: bool(_fields(operation) & set(fields)))


def _fields(operation: Operation) -> frozenset[str]:
    return operation.body.fields if operation.body else frozenset()


def _json_answer(test: Callable[[Answer], bool]) -> Callable[[Operation], bool]:
    return lambda operation: JSON in operation.answers and test(operation.answers[JSON])


ANY = Suits("answers", lambda _: True)
ZIP = Suits("answers with a zip", lambda operation: BINARY in operation.answers)
FIELDS = Suits("answers with JSON fields", _json_answer(lambda answer: bool(answer.fields)))
LISTS = Suits(
    "answers with a list",
    _json_answer(lambda answer: any("array" in schema.get("type", ()) for schema in answer.fields.values())),
)
VERDICT = Suits("answers with is_success", _json_answer(lambda answer: "is_success" in answer.fields))
BOOLEAN_VERDICT = Suits(
    "answers with an is_success that is no text",
    _json_answer(
        lambda answer: "is_success" in answer.fields and "string" not in answer.fields["is_success"].get("type", ())
    ),
)
OBS_PATH = Suits("answers with obsPath", _json_answer(lambda answer: "obsPath" in answer.fields))
STORES = Suits("stores objects", lambda operation: JSON in operation.answers)
BODY = Suits("takes a body", lambda operation: operation.body is not None)
MAY_LACK_BODY = Suits(
    "may do without its body", lambda operation: operation.body is not None and not operation.body.required
)
NO_BODY = Suits("takes no body", lambda operation: operation.body is None)
ONE_JOB = Suits("has the job's name in its path", lambda operation: "job_name" in operation.path.names)
BATCH = Suits(
    "answers with a zip of several jobs", lambda operation: ZIP.test(operation) and not ONE_JOB.test(operation)
)
WORKSPACE = Suits("takes a workspace", lambda operation: "workspace" in operation.headers.names)
