"""What schemathesis loads to run our checks: name this module under `hooks` in a schemathesis.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode

from jobexport.contract.checks import CHECKS, Check, Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import Case
    from schemathesis.checks import CheckContext
    from schemathesis.core.transport import Response

_held_to: list[Mapping[str, Any]] = []


def hold_to(document: Mapping[str, Any]) -> None:
    """Hold the server to this document, where schemathesis makes its requests from a part of it only."""
    _held_to[:] = [document]


def _register(check: Check) -> None:
    def run(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        check.function(_exchange(response, case))

    run.__name__ = check.id
    run.__doc__ = check.sentence
    schemathesis.check(run)


def _exchange(response: Response, case: Case[Any]) -> Exchange:
    media_type = response.headers.get("content-type", [""])[0]
    document = _held_to[0] if _held_to else case.operation.schema.raw_schema
    return Exchange(
        document=document,
        operation=document["paths"][case.operation.path][case.operation.method],
        valid=is_positive(case) and case.method.lower() == case.operation.method.lower(),
        path=case.path_parameters,
        body=None if case.body is NOT_SET else case.body,
        status=response.status_code,
        media_type=media_type.partition(";")[0].strip().lower(),
        content=response.content,
    )


def is_positive(case: Case[Any]) -> bool:
    """Whether schemathesis made the request to keep to the document."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


for _check in CHECKS:
    _register(_check)
