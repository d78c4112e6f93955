"""The report of a run: failures, figures for each operation, and the reason why the run ended."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.reports.accept import Acceptance
    from jobexport.contract.sending.journal import Recorded, Sent

# Reasons for the end of a run that sent all requests that it was allowed to send.
_PLANNED = {"", "limit"}

_VARIABLES = {"x-auth-token": "$JOBEXPORT_TOKEN"}
# Headers that curl adds itself, or that do not matter for a repetition.
_UNSHOWN = {"host", "content-length", "connection", "accept-encoding", "user-agent", "x-schemathesis-testcaseid"}


@frozen
class Failure:
    """A broken rule of the contract, with a request that shows it, and the other rules broken by the same cause."""

    check: str
    title: str
    message: str
    curl: str
    """The request as a curl command without secrets."""
    rests_on: tuple[str, ...] = ()
    """Entries of the register."""
    pages: tuple[str, ...] = ()
    """Pages of the vendor with the rule, as `<document> (<date>)`."""
    pointer: str = ""
    """JSON pointer into the body of the response."""
    expected: str = ""
    seen: str = ""
    accepted: str = ""
    """Reason from the file of known deviations; empty if the failure is not accepted."""
    exchange: Recorded | None = field(default=None, repr=False)
    responses: int = 1
    """Number of responses that break the rule in this way."""
    also: tuple[Failure, ...] = ()
    """Other broken rules with the same cause."""

    @property
    def every(self) -> tuple[Failure, ...]:
        """This failure, and the others with the same cause."""
        return (self, *self.also)


@define
class OperationReport:
    """Figures and failures of one operation."""

    operation: str
    """operationId."""
    cases: Counter[str] = Factory(Counter)
    """Number of requests by kind and status, such as `positive 200`; status 0 means no response."""
    failures: dict[tuple[Any, ...], Failure] = field(factory=dict, repr=False)
    """One failure for each cause."""
    checks: Counter[str] = Factory(Counter)
    """Number of checked responses by check."""

    @property
    def total(self) -> int:
        """Number of requests."""
        return self.cases.total()

    @property
    def positive(self) -> int:
        """Number of requests that kept to the document."""
        return self._count("positive ")

    @property
    def succeeded(self) -> int:
        """Number of requests that kept to the document and got 2xx."""
        return self._count("positive 2")

    @property
    def accepted(self) -> int:
        """Number of failures that are accepted."""
        return sum(bool(failure.accepted) for failure in self.failures.values())

    @property
    def broken(self) -> int:
        """Number of failures that are not accepted."""
        return len(self.failures) - self.accepted

    def _count(self, prefix: str) -> int:
        return sum(number for kind, number in self.cases.items() if kind.startswith(prefix))


NOTHING_TO_TEST = "the edition, the names or the credentials have nothing that these scenarios test"
"""The reason of a scenario that sent no request for an operation."""


@define
class EditionReport:
    """The result of one run."""

    edition: str
    url: str
    operations: dict[str, OperationReport]
    """By operationId, in the document's order."""
    seed: int = 0
    folder: str = ""
    """Name of the folder with the reports of this run."""
    errors: list[str] = Factory(list)
    """Errors that kept schemathesis from testing, without repetitions."""
    left_out: dict[str, str] = Factory(dict)
    """Reasons by operation, or by `<operation>, <scenario>`, that was not run."""
    reason: str = ""
    """`reason` of the `RunStopped` that ended the run early; empty if the run came to its end."""
    ending: str = ""
    """`reason` as a sentence."""
    requests: int = 0
    """Number of all requests, including requests of checks."""
    sequence: str = ""
    """Hash of the requests; equal for equal seeds."""
    transitions: Counter[str] = Factory(Counter)
    """Number of steps along each link of the document, such as `POST /v1/x -> [200] show -> GET /v1/x/{id}`."""
    unused: list[Acceptance] = Factory(list)
    """Accepted deviations that did not occur."""

    @property
    def failures(self) -> list[tuple[str, Failure]]:
        """Every failure with its operationId, accepted ones too."""
        return [(name, failure) for name, report in self.operations.items() for failure in report.failures.values()]

    @property
    def never_succeeded(self) -> list[str]:
        """Operations that never responded with 2xx; they fail the run, because it proves little about them."""
        return [name for name, report in self.operations.items() if not report.succeeded]

    @property
    def complete(self) -> bool:
        """True if the run came to its end or to the limit of requests."""
        return self.reason in _PLANNED

    @property
    def passed(self) -> bool:
        """True if the server kept the contract except for accepted deviations, and every operation succeeded."""
        broken = [failure for _, failure in self.failures if not failure.accepted]
        return bool(self.operations) and self.complete and not (broken or self.never_succeeded or self.errors)

    def problems(self) -> list[str]:
        """Return a sentence for each reason beside failures why the run fails or is incomplete."""
        # Most scenarios fit some operations only; a scenario counts as left out if it ran for no operation.
        ran = {check for operation in self.operations.values() for check in operation.checks}
        left = {
            name: reason
            for name, reason in self.left_out.items()
            if reason != NOTHING_TO_TEST or name.rpartition(", ")[2] not in ran
        }
        found = [f"not run: {', '.join(names)}: {reason}" for reason, names in _by_reason(left).items()]
        for name in self.never_succeeded:
            if self.operations[name].positive:
                text = f"{name} never responded with 2xx, so the run proves little; does the server have the jobs?"
                found.append(text)
            else:
                found.append(f"{name} got no request that keeps to the document, so the run proves nothing")
        found += self.errors
        found += [
            f"{accepted.id} is accepted, but did not occur ({accepted.reason}); does the server keep to the page now?"
            for accepted in self.unused
        ]
        if self.ending:
            found.append(f"ended {'at its limit' if self.complete else 'before its end'}: {self.ending}")
        return found


def _by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        # A scenario that several operations lack is named once.
        short = name.rpartition(", ")[2]
        if short not in (names := found.setdefault(reason, [])):
            names.append(short)
    return found


def as_curl(sent: Sent) -> str:
    """Return a request as a curl command; for a token it has the variable `$JOBEXPORT_TOKEN`."""
    parts = ["curl", "-X", sent.method]
    for name, value in sent.headers:
        low = name.lower()
        if low in _VARIABLES:
            parts.append(f'-H "{name}: {_VARIABLES[low]}"')
        elif low not in _UNSHOWN:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if sent.content:
        parts.append(f"--data-binary {shlex.quote(_printable(sent.content))}")
    return " ".join([*parts, "--path-as-is", shlex.quote(sent.url)])


def _printable(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")


def as_plain(report: EditionReport) -> dict[str, Any]:
    """Return a report as JSON values."""
    return {
        "edition": report.edition,
        "url": report.url,
        "passed": report.passed,
        "complete": report.complete,
        "ending": report.ending,
        "seed": report.seed,
        "requests": report.requests,
        "sequence": report.sequence,
        "operations": [
            {
                "operation": operation.operation,
                "cases": operation.total,
                "valid": operation.positive,
                "succeeded": operation.succeeded,
                "share": round(operation.succeeded / operation.positive, 3) if operation.positive else None,
                "responses": dict(sorted(operation.cases.items())),
                "checks": dict(sorted(operation.checks.items())),
                "failures": [_failure(failure) for failure in operation.failures.values()],
            }
            for operation in report.operations.values()
        ],
        "transitions": dict(sorted(report.transitions.items())),
        "left_out": report.left_out,
        "unused": [{"id": accepted.id, "reason": accepted.reason} for accepted in report.unused],
        "errors": report.errors,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "check": failure.check,
        "message": failure.message or failure.title,
        "pointer": failure.pointer,
        "expected": failure.expected,
        "seen": failure.seen,
        "rests_on": list(failure.rests_on),
        "pages": list(failure.pages),
        "accepted": failure.accepted,
        "curl": failure.curl,
        "responses": failure.responses,
        "also": [_failure(other) for other in failure.also],
    }
