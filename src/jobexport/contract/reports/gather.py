"""Gathers the report of a run: failures with their sources, accepted deviations, and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from jobexport.contract.checks.definitions import takers
from jobexport.contract.reports.causes import OURS, Came, came, cause, first
from jobexport.contract.reports.model import EditionReport, Failure, as_curl
from jobexport.contract.sending.journal import Sequence
from jobexport.spec.document import operations_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.contract.reports.accept import Acceptance
    from jobexport.contract.scenarios.tools import BrokenClaim
    from jobexport.contract.sending.journal import Recorded
    from jobexport.core.redact import Redaction
    from jobexport.spec.register import Register

_COUNTED = ("positive", "negative", "linked")


@frozen
class _Found:
    """A failure in one exchange, before it is known what came back."""

    operation: str
    failure: Failure
    about: str
    case: str

    @property
    def rule(self) -> tuple[Any, ...]:
        """The broken rule: failures of an own rule differ only in words, but a check of schemathesis has several."""
        failure = self.failure
        return failure.check, "" if failure.check in OURS else failure.title, failure.pointer, failure.rests_on


@define
class Judgement:
    """Judges the results of a run and adds them to its report."""

    report: EditionReport
    document: Mapping[str, Any] = field(repr=False)
    register: Register = field(repr=False)
    accept: Iterable[Acceptance]
    redaction: Redaction
    """Redaction of everything that a response may quote."""
    found: list[_Found] = field(factory=list, init=False, repr=False)
    """The failures so far, one for each broken rule of an exchange."""

    def take(self, event: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        """Add an event of schemathesis to the report."""
        if event["event"] == "error":
            message = self.redaction.text(event["message"])
            text = f"{event['label']}: {message}".removeprefix(": ").splitlines()[0]
            if text not in self.report.errors:
                self.report.errors.append(text)
        elif event["event"] == "finished":
            self._finish(*event["reason"])
        elif event["event"] == "scenario":
            operation = labels[event["label"]]
            self.report.operations[operation].checks.update(event["checks"])
            self.report.transitions.update(event.get("transitions", {}))
            for fields in event["failures"]:
                self._add(operation, **fields)

    def add_broken_claim(self, operation: str, broken: BrokenClaim) -> None:
        """Add a broken claim of a scenario to the report."""
        self._add(
            broken.operation if broken.operation in self.report.operations else operation,
            check=broken.check,
            case=broken.case,
            title=broken.message,
            message=broken.message,
            rests_on=broken.rests_on,
            pointer=broken.pointer,
            expected=broken.expected,
            seen=broken.message,
            about=broken.about,
        )

    def settle(self, exchanges: Iterable[Recorded]) -> None:
        """Complete the report with the exchanges of the journal, after the last failure was added."""
        sequence = Sequence()
        waiting: dict[str, list[_Found]] = {}
        for found in self.found:
            waiting.setdefault(found.case, []).append(found)
        seen: dict[tuple[str, str], Came | None] = {}
        shown: dict[tuple[Any, ...], Recorded] = {}
        for recorded in exchanges:
            self.report.requests += 1
            sequence.add(recorded)
            sent = recorded.sent
            operation = self.report.operations.get(sent.operation)
            if operation is not None and sent.kind in _COUNTED and not recorded.retried:
                operation.cases[f"{sent.kind} {recorded.got.status if recorded.got else 0}"] += 1
            for found in waiting.get(sent.case, ()) if sent.case else ():
                # A check judges the last of several exchanges with one id.
                response = came(self.document, found.operation, recorded.got)
                seen[found.operation, found.case] = response
                key = found.operation, found.rule, response
                if key not in shown or shown[key].sent.case == sent.case:
                    shown[key] = recorded
        self.report.sequence = str(sequence)
        self._group(seen, shown)
        used = {id_ for _, failure in self.report.failures for each in failure.every for id_ in each.rests_on}
        self.report.unused = [accepted for accepted in self.accept if accepted.id not in used]

    def _group(self, seen: Mapping[tuple[str, str], Came | None], shown: Mapping[tuple[Any, ...], Recorded]) -> None:
        """Add one failure for each cause to the report."""
        causes: dict[tuple[str, tuple[Any, ...]], dict[tuple[Any, ...], Failure]] = {}
        for found in self.found:
            response = seen.get((found.operation, found.case))
            group = causes.setdefault((found.operation, cause(found.failure, found.about, response)), {})
            if found.rule in group:
                group[found.rule] = evolve(group[found.rule], responses=group[found.rule].responses + 1)
                continue
            failure = found.failure
            if (recorded := shown.get((found.operation, found.rule, response))) is not None:
                failure = evolve(failure, exchange=recorded, curl=as_curl(recorded.sent))
            if failure.check in OURS and response is not None:
                failure = evolve(failure, seen=str(response))
            group[found.rule] = failure
        for (operation, key), group in causes.items():
            self.report.operations[operation].failures[key] = first(group.values())

    def _finish(self, reason: str, ending: str) -> None:
        if reason == "server_unavailable":
            self.report.reason, self.report.ending = "unreachable", "the server stopped responding"
        elif ending:
            self.report.reason, self.report.ending = reason, self.redaction.text(ending)

    def _add(
        self,
        operation: str,
        *,
        check: str,
        case: str,
        title: str,
        message: str,
        rests_on: Iterable[str],
        pointer: str,
        expected: str,
        seen: str,
        about: str,
    ) -> None:
        title, message, pointer, expected, seen = map(self.redaction.text, (title, message, pointer, expected, seen))
        ids = tuple(id_ for id_ in rests_on if self._is_about(id_, operation))
        failure = Failure(
            check,
            title,
            message,
            "",
            rests_on=ids,
            pages=self._pages(operation, ids),
            pointer=pointer,
            expected=expected,
            seen=seen,
            accepted=next((accepted.reason for accepted in self.accept if accepted.id in ids), ""),
        )
        self.found.append(_Found(operation, failure, about, case))

    def _pages(self, operation: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the edition's pages behind the broken rule; by default, the page of the operation."""
        edition = self.report.edition
        try:
            page = self.register.page(edition, operation)
        except KeyError:
            # The user's own document rests on no page.
            return ()
        own = f"{page.document} ({page.date})"
        claims = [self.register.entry(id_).claim(edition) for id_ in ids if self._is_known(id_, edition)]
        return tuple(dict.fromkeys(claim.page or own for claim in claims)) or (own,)

    def _is_about(self, id_: str, operation: str) -> bool:
        # A definition in a zip is described where it is created.
        found = operations_by_id(self.document).get(operation)
        concerned = {operation, *(takers(self.document, found.fields) if found else ())}
        return any(entry.id == id_ and concerned & {*entry.operations} for entry in self.register.entries)

    def _is_known(self, id_: str, edition: str) -> bool:
        return any(
            entry.id == id_ and any(edition in claim.editions for claim in entry.claims)
            for entry in self.register.entries
        )
