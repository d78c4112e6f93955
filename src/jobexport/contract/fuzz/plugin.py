"""The plugin that schemathesis loads in a contract run: our checks, our `Wire`, and reports to the runner.

The runner starts `st run` as a process of its own and reads JSON lines from its standard error. The file that
`JOBEXPORT_CONTRACT_RUN` names has the task; the environment has the secrets.
"""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemathesis.cli import EventHandler, handler
from schemathesis.engine import Status, events

from jobexport.auth import AccessKey
from jobexport.contract.data import Data
from jobexport.contract.fuzz import hooks
from jobexport.contract.fuzz.adapter import Line, RightCredentials
from jobexport.contract.fuzz.differences import difference
from jobexport.contract.sending.journal import Journal
from jobexport.contract.sending.live import Places
from jobexport.contract.sending.pace import Live, RunStopped, Wire
from jobexport.contract.sending.receiving import SECONDS
from jobexport.contract.verbs import changes
from jobexport.core.environment import ACCESS_KEY, CONTRACT_RUN, SECRET_KEY, SECRETS, SECURITY_TOKEN, TOKEN, read
from jobexport.core.http import client
from jobexport.core.redact import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis.engine.recorder import ScenarioRecorder

_run: dict[str, Any] = json.loads(Path(read(CONTRACT_RUN) or "").read_text(encoding="utf-8"))
_document: dict[str, Any] = _run["document"]
_known = Data.of_json(_run["data"])
_redaction = Redaction.of(map(read, SECRETS))


@handler()
class Reporter(EventHandler[Any]):
    """Writes each event to standard error as one JSON line."""

    def handle_event(self, ctx: Any, event: events.EngineEvent) -> None:
        """Write a scenario, an error or the end of the run."""
        if isinstance(event, events.ScenarioFinished) and event.is_test_scenario:
            for found in _scenarios(event):
                _write(found)
        elif isinstance(event, events.NonFatalError):
            _write({"event": "error", "label": event.label, "message": event.info.format(base_url_is_set=True)})
        elif isinstance(event, events.FatalError):
            _write({"event": "error", "label": "", "message": str(event.exception)})
        elif isinstance(event, events.EngineFinished):
            stopped = _line.wire.stopped
            reason = [stopped.reason, str(stopped)] if stopped else [event.stop_reason.value, ""]
            _write({"event": "finished", "reason": reason})


def _scenarios(event: events.ScenarioFinished) -> Iterator[dict[str, Any]]:
    """Yield the results of an event, one for each operation: a sequence along links has several operations."""
    cases: dict[str, list[str]] = {}
    for case_id, node in event.recorder.cases.items():
        cases.setdefault(event.label or node.value.operation.label, []).append(case_id)
    if event.label:
        cases.setdefault(event.label, [])
    for label, ids in cases.items():
        yield {"event": "scenario", "phase": event.phase.value, "label": label, **_checked(event.recorder, ids)}


def _checked(recorder: ScenarioRecorder, ids: list[str]) -> dict[str, Any]:
    checks: Counter[str] = Counter()
    transitions: Counter[str] = Counter()
    failures = []
    for case_id in ids:
        if (step := recorder.cases[case_id]).transition is not None and step.is_transition_applied:
            transitions[step.transition.id] += 1
        for node in recorder.checks.get(case_id, ()):
            checks[node.name] += 1
            if node.status is Status.FAILURE and node.failure_info:
                case, response = step.value, recorder.find_response(case_id=case_id)
                fields = difference(_document, node.name, node.failure_info.failure, case, response)
                failures.append({"check": node.name, "case": case_id, **fields})
    return {"checks": checks, "failures": failures, "transitions": transitions}


def _write(value: dict[str, Any]) -> None:
    print(json.dumps(value), file=sys.stderr, flush=True)


def _open_line() -> Line:
    id_, secret = read(ACCESS_KEY), read(SECRET_KEY)
    key = AccessKey(id_, secret, _known.project, read(SECURITY_TOKEN)) if id_ and secret else None
    wire = Wire(
        Journal(Path(_run["journal"]).open("a", encoding="utf-8"), _redaction),  # noqa: SIM115  # until the process ends
        Live(**_run["live"]) if _run["live"] else None,
        sent=_run["sent"],
        known=_run["known"],
        waiting=lambda seconds: _write({"event": "waiting", "seconds": seconds}),
    )
    places = Places.of(_known) if _run["live"] else None
    credentials = RightCredentials(read(TOKEN), key, _known.project_header)
    return Line(wire, credentials, _known.project, places, _changing, _restorer(_run["restore"]))


def _changing(case: Any) -> bool:
    method = case.operation.method.lower()
    return changes(_document, _document["paths"][case.operation.path][method], method)


def _restorer(url: str) -> Callable[[], None] | None:
    http = client(timeout=SECONDS)

    def restore() -> None:
        http.post(url).raise_for_status()

    return restore if url else None


def _interrupt(_number: int, _frame: Any) -> None:
    # The current request is finished and reported before the run stops.
    _line.wire.stopped = RunStopped("interrupted", "the run was interrupted")


_line = _open_line()
hooks.hold_to(_document, _known, lambda: _line.changed)
_line.install()
signal.signal(signal.SIGINT, _interrupt)
