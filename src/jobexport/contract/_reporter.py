"""What schemathesis loads in a run of ours: the checks, and a handler that tells the runner what happened.

The runner starts `st run` as a process of its own and reads one JSON object a line from its standard error.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from schemathesis.cli import EventHandler, handler
from schemathesis.engine import Status, events

# Importing the hooks registers the checks.
from jobexport.contract.hooks import is_positive


@handler()
class Reporter(EventHandler[Any]):
    """Writes what happened to standard error, one JSON object a line."""

    def handle_event(self, ctx: Any, event: events.EngineEvent) -> None:
        """Report a scenario, an error or the end of the run."""
        if isinstance(event, events.ScenarioFinished) and event.is_test_scenario:
            _write(_scenario(event))
        elif isinstance(event, events.NonFatalError):
            _write({"event": "error", "label": event.label, "message": event.info.format(base_url_is_set=True)})
        elif isinstance(event, events.FatalError):
            _write({"event": "error", "label": "", "message": str(event.exception)})
        elif isinstance(event, events.EngineFinished):
            _write({"event": "finished", "reason": event.stop_reason.value})


def _scenario(event: events.ScenarioFinished) -> dict[str, Any]:
    recorder = event.recorder
    cases: Counter[str] = Counter()
    for case_id, node in recorder.cases.items():
        interaction = recorder.interactions.get(case_id)
        # A case with a parent was made by a check, say without the token.
        if node.parent_id is not None or interaction is None:
            continue
        status = interaction.response.status_code if interaction.response else 0
        cases[f"{'positive' if is_positive(node.value) else 'negative'} {status}"] += 1
    failures = [
        {
            "check": check.name,
            "title": info.failure.title,
            "message": info.failure.message,
            "curl": info.code_sample,
        }
        for checks in recorder.checks.values()
        for check in checks
        if check.status is Status.FAILURE and (info := check.failure_info)
    ]
    return {
        "event": "scenario",
        "phase": event.phase.value,
        "label": event.label,
        "cases": cases,
        "failures": failures,
    }


def _write(value: dict[str, Any]) -> None:
    print(json.dumps(value), file=sys.stderr, flush=True)
