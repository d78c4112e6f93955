"""The project's checks for schemathesis: name this module under `hooks` in a schemathesis.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode

from jobexport.contract.checks.exchange import CheckedExchange
from jobexport.contract.checks.registry import CHECKS, Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import Case
    from schemathesis.checks import CheckContext
    from schemathesis.core.transport import Response

    from jobexport.contract.data import Data

_held_to: list[tuple[Mapping[str, Any], Data]] = []


def hold_to(document: Mapping[str, Any], known: Data) -> None:
    """Set the document and the known names for the checks; schemathesis's own document may be only a part of it."""
    _held_to[:] = [(document, known)]


def _register(check: Check) -> None:
    def run(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        check.function(_exchange(response, case))

    run.__name__ = check.id
    run.__doc__ = check.sentence
    schemathesis.check(run)


def _exchange(response: Response, case: Case[Any]) -> CheckedExchange:
    media_type = response.headers.get("content-type", [""])[0]
    document, known = _held_to[0] if _held_to else (case.operation.schema.raw_schema, None)
    return CheckedExchange(
        document=document,
        operation=document["paths"][case.operation.path][case.operation.method],
        valid=is_positive(case) and case.method.lower() == case.operation.method.lower(),
        path=case.path_parameters,
        query=case.query or {},
        body=None if case.body is NOT_SET else case.body,
        status=response.status_code,
        media_type=media_type.partition(";")[0].strip().lower(),
        content=response.content,
        headers={name.lower(): ", ".join(values) for name, values in response.headers.items()},
        workspace=case.headers.get("workspace") if case.headers else None,
        known=known,
    )


def is_positive(case: Case[Any]) -> bool:
    """Return True if schemathesis generated a request that keeps to the document."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


for _check in CHECKS:
    _register(_check)
