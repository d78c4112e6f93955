"""The project's checks for schemathesis: name this module under `hooks` in a schemathesis.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from jobexport.contract.checks.exchange import JSON, CheckedExchange
from jobexport.contract.checks.registry import CHECKS, Check
from jobexport.contract.checks.responses import refusal
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemathesis import Case
    from schemathesis.checks import CheckContext
    from schemathesis.core.transport import Response
    from schemathesis.generation.stateful.state_machine import Transition

    from jobexport.contract.data import Data

# The new id of a job that was not imported.
_NO_OBJECT = {"-1"}
_held_to: list[tuple[Mapping[str, Any], Data, Callable[[], bool]]] = []


def hold_to(document: Mapping[str, Any], known: Data, changed: Callable[[], bool]) -> None:
    """Set the document and the known names for the checks; schemathesis's own document may be only a part of it.

    Args:
        document: the document.
        known: names that exist on the server at the start of each sequence.
        changed: a function that returns True if requests before the current request changed the server.
    """
    _held_to[:] = [(document, known, changed)]


def _register(check: Check) -> None:
    def run(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        check.function(_exchange(response, case))

    run.__name__ = check.id
    run.__doc__ = check.sentence
    schemathesis.check(run)


def _exchange(response: Response, case: Case[Any]) -> CheckedExchange:
    media_type = response.headers.get("content-type", [""])[0]
    document, known, changed = _held_to[0] if _held_to else (case.operation.schema.raw_schema, None, lambda: False)
    moved = changed()
    return CheckedExchange(
        document=document,
        operation=document["paths"][case.operation.path][case.operation.method],
        method=case.operation.method.lower(),
        valid=is_positive(case) and case.method.lower() == case.operation.method.lower(),
        path={name: _decoded(value) for name, value in case.path_parameters.items()},
        query=case.query or {},
        body=None if case.body is NOT_SET else case.body,
        status=response.status_code,
        media_type=media_type.partition(";")[0].strip().lower(),
        content=response.content,
        headers={name.lower(): ", ".join(values) for name, values in response.headers.items()},
        workspace=case.headers.get("workspace") if case.headers else None,
        known=None if moved else known,
        moved=moved,
    )


def _decoded(value: Any) -> Any:
    # schemathesis generates a variable of the path as it is sent: `%E4%BD%9C` for `\u4f5c`.
    return unquote(value) if isinstance(value, str) else value


def is_positive(case: Case[Any]) -> bool:
    """Return True if schemathesis generated a request that keeps to the document."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


@schemathesis.check
def linked_object_missing(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Raise if the server lacks an object that it named in the response before, along a link.

    schemathesis has such a check for 404 only, but most editions say 400 and a code, such as `job-not-found`.
    """
    recorder = ctx.internals.recorder
    node = recorder.cases.get(case.id) if recorder is not None else None
    if recorder is None or node is None or node.parent_id is None or node.transition is None:
        return
    if not (node.is_transition_applied and 400 <= response.status_code < 500 and _is_followed(case, node.transition)):
        return
    # The object may be there, and its version 5394 is not: the response before named no version.
    if any(f"query.{name}" in OTHER_NAMES for name in case.query or {}):
        return
    exchange = _exchange(response, case)
    named = [name for name in exchange.media(JSON).get("examples", {}) if name.endswith("-not-found")]
    codes = {refusal(exchange, name) for name in named}
    said = exchange.status, exchange.error_code()
    before = recorder.find_response(case_id=node.parent_id)
    if said in codes and before is not None and before.status_code < 300 and not _deleted(recorder):
        words = f"{node.transition.id}: the server lacks the object that it named in the response before"
        raise Violation(f"{words} ({said[0]} {said[1]})", about=node.transition.id)


def _is_followed(case: Case[Any], transition: Transition) -> bool:
    """Return whether each parameter has the value of the link; schemathesis replaces some of them."""
    named = False
    for container, parameters in transition.parameters.items():
        sent = getattr(case, container, None) or {}
        for name, found in parameters.items():
            # A parameter that the request before lacked, such as a workspace, has to be missing here too.
            value = found.value.ok() if isinstance(found.value, Ok) else ""
            if str(value) in _NO_OBJECT or str(sent.get(name, "")) != str(value):
                return False
            named = named or container == "path_parameters"
    return named


def _deleted(recorder: Any) -> bool:
    """Return whether a request of the sequence deleted something; then an object may be missing."""
    deletions = (id_ for id_, node in recorder.cases.items() if node.value.operation.method.lower() == "delete")
    responses = (recorder.find_response(case_id=id_) for id_ in deletions)
    return any(found is not None and found.status_code < 300 for found in responses)


for _check in CHECKS:
    _register(_check)
