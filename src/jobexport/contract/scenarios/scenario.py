"""Scenarios: requests in an order that schemathesis does not generate, such as an export before and after a change.

A scenario sends a few requests for one operation and compares the responses with the document or with each other. Every
check sees every response too. A module of scenarios has each as a function under `@scenario`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.contract.checks.violation import Violation
from jobexport.contract.scenarios.tools import BrokenClaim
from jobexport.contract.sender import TransportProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Subject
    from jobexport.spec.document import OperationObject


@frozen
class Scenario:
    """A few requests for one operation, and the claims that their responses must keep."""

    id: str
    sentence: str
    """The duty of the server, in one sentence."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    subject: Subject | None
    """The operations that the scenario is about, or None for every operation."""
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

    def suits(self, document: Mapping[str, Any], operation: OperationObject) -> bool:
        """Return whether the scenario can run for an operation."""
        return self.subject is None or self.subject.test(document, operation)


def scenario(
    sentence: str,
    *rests_on: str,
    subject: Subject | None = None,
    requests: int = 10,
    negative: bool = False,
    about: str = "",
) -> Callable[[Callable[[ScenarioRun], None]], Scenario]:
    """Return a decorator that makes a scenario of a function, whose name is the id; the arguments as of `Scenario`."""
    return lambda function: Scenario(
        function.__name__, sentence, rests_on, subject, function, requests, negative, about
    )


def expect(holds: object, text: str, *rests_on: str, pointer: str = "") -> None:
    """Raise a Violation with this text if `holds` is false."""
    if not holds:
        raise Violation(text, rests_on, pointer)
