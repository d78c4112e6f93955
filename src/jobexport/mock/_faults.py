"""Every fault there is: what it is called, what it does, which operations it suits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.errors import JobexportError
from jobexport.mock import _bad_zips
from jobexport.mock import _fault_answers as answers
from jobexport.mock import _fault_wire as wire
from jobexport.mock._archive import pack
from jobexport.mock._contract import BINARY, JSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from jobexport.mock._contract import Answer, Operation
    from jobexport.mock._fault_answers import Alter


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
    """One way to fail. Of the three effects most faults have one."""

    id: str
    sentence: str
    suits: Suits
    argument: Argument | None = None
    instead: Callable[[Operation, float], Response] | None = field(default=None, repr=False)
    """Answers before the operation does anything: nothing is checked, exported or stored."""
    alter: Alter | None = field(default=None, repr=False)
    """Changes what the operation answers."""
    deliver: Callable[[ASGIApp, float], ASGIApp] | None = field(default=None, repr=False)
    """Changes how the answer is sent."""
    chaos: bool = True
    """Whether it may be picked where no fault is named: not what costs much time or memory."""

    @property
    def argument_usage(self) -> str:
        """What may follow the id, with the default; empty where nothing may."""
        return "" if self.argument is None else f"[:{self.argument.name}={self.argument.default:g}]"


def _json_answer(test: Callable[[Answer], bool]) -> Callable[[Operation], bool]:
    return lambda operation: JSON in operation.answers and test(operation.answers[JSON])


_ANY = Suits("answers", lambda _: True)
_ZIP = Suits("answers with a zip", lambda operation: BINARY in operation.answers)
_FIELDS = Suits("answers with JSON fields", _json_answer(lambda answer: bool(answer.fields)))
_LISTS = Suits(
    "answers with a list",
    _json_answer(lambda answer: any("array" in schema.get("type", ()) for schema in answer.fields.values())),
)
_VERDICT = Suits("answers with is_success", _json_answer(lambda answer: "is_success" in answer.fields))


def _status(status: int) -> Callable[[Operation, float], Response]:
    return lambda operation, _: answers.error_response(operation, status)


def _throttled(operation: Operation, seconds: float) -> Response:
    return answers.error_response(operation, 429, {"Retry-After": f"{seconds:.0f}"})


_LIST = (
    Fault(
        "latency",
        "The answer comes this much later.",
        _ANY,
        Argument("seconds", 1, 0, 600, whole=False),
        deliver=wire.late,
        chaos=False,
    ),
    Fault(
        "slow-drip",
        "The body comes a few bytes at a time.",
        _ANY,
        Argument("bytes-per-second", 200, 1, 10**9),
        deliver=wire.slow,
        chaos=False,
    ),
    Fault(
        "status-429",
        "Too many requests, with Retry-After.",
        _ANY,
        Argument("retry-after", 1, 0, 86400),
        instead=_throttled,
    ),
    Fault("status-500", "The service failed.", _ANY, instead=_status(500)),
    Fault("status-502", "The gateway got no answer.", _ANY, instead=_status(502)),
    Fault("status-503", "The service is not available.", _ANY, instead=_status(503)),
    Fault("status-418", "A status of HTTP that no document has.", _ANY, instead=_status(418)),
    Fault("status-520", "A status that HTTP itself does not have.", _ANY, instead=_status(520)),
    Fault(
        "reset-before",
        "The connection is reset before anything is sent.",
        _ANY,
        instead=_status(500),
        deliver=wire.reset_at_once,
    ),
    Fault("reset-mid-body", "The connection is reset in the middle of the body.", _ANY, deliver=wire.reset_mid_body),
    Fault("truncated", "Half of the body, with the Content-Length of the half.", _ANY, alter=answers.half),
    Fault(
        "truncated-lying", "Half of the body, with the Content-Length of the whole.", _ANY, deliver=wire.end_mid_body
    ),
    Fault(
        "zip-bad-crc",
        "The first member of the zip has a wrong checksum.",
        _ZIP,
        alter=answers.zipped(_bad_zips.bad_crc),
    ),
    Fault(
        "zip-bad-directory",
        "The central directory of the zip is damaged.",
        _ZIP,
        alter=answers.zipped(_bad_zips.bad_directory),
    ),
    Fault("zip-empty", "The zip has 0 bytes.", _ZIP, alter=answers.zipped(lambda _: b"")),
    Fault("zip-no-members", "The zip is valid and holds nothing.", _ZIP, alter=answers.zipped(lambda _: pack({}))),
    Fault(
        "zip-traversal",
        "The zip has members that lead out of the folder: ../outside.txt.",
        _ZIP,
        alter=answers.zipped(_bad_zips.traversal),
    ),
    Fault(
        "zip-bomb",
        "The zip is small and unpacks to this much.",
        _ZIP,
        Argument("MiB", 256, 1, 4096),
        alter=answers.zip_bomb,
        chaos=False,
    ),
    Fault("html-instead-of-json", "The body is an HTML page, whatever the status.", _ANY, alter=answers.page),
    Fault("error-body-on-200", "Status 200 with the body of an error.", _ANY, alter=answers.error_body),
    Fault(
        "is-success-false",
        "The export failed: is_success is false, in the edition's type.",
        _VERDICT,
        alter=answers.is_success(lambda text: "false" if text else False),
    ),
    Fault(
        "is-success-string-false",
        'The export failed: is_success is the text "false".',
        _VERDICT,
        alter=answers.is_success(lambda _: "false"),
    ),
    Fault(
        "is-success-upper-false",
        'The export failed: is_success is the text "FALSE".',
        _VERDICT,
        alter=answers.is_success(lambda _: "FALSE"),
    ),
    Fault(
        "missing-field",
        "The first field of the answer is missing.",
        _FIELDS,
        alter=answers.fields(answers.without_first),
    ),
    Fault(
        "extra-field",
        "The answer has a field that no document has.",
        _FIELDS,
        alter=answers.fields(answers.with_another),
    ),
    Fault(
        "wrong-type",
        "Each field has a type that the document does not allow.",
        _FIELDS,
        alter=answers.fields(answers.of_wrong_type),
    ),
    Fault("wrong-content-type", "The Content-Type says text/plain.", _ANY, alter=answers.plain_text),
    Fault(
        "scalar-instead-of-list",
        "A single value stands in the place of each list.",
        _LISTS,
        alter=answers.fields(answers.with_scalars),
    ),
)

FAULTS = {fault.id: fault for fault in _LIST}
"""Every fault by id."""


def find_fault(name: str) -> Fault:
    """Give the fault of an id.

    Raises:
        JobexportError: there is none.
    """
    if name not in FAULTS:
        raise JobexportError(
            f"no fault {name!r}; see jobexport mock --list-faults, or choose one of {', '.join(FAULTS)}"
        )
    return FAULTS[name]
