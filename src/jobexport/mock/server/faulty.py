"""The way of a request that faults happen to: the same steps as any other's, with the faults in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.mock.requests.request import Refused, check_request, read_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive

    from jobexport.mock.faults.active import Chosen
    from jobexport.mock.faults.call import Call
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request
    from jobexport.mock.server.request_log import Seen


async def outcome_of(
    chosen: Chosen, call: Call, behave: Callable[[Request], Outcome], receive: Receive, seen: Seen
) -> Outcome:
    """Give what the operation answers under these faults, before they alter it.

    Raises:
        Refused: the request is, rightly or not.
        Disconnected: it did not arrive.
    """
    if (instead := chosen.instead(call)) is not None:
        seen.keep(await read_content(call.headers, receive))
        return instead
    await _enter(chosen, call, receive, seen)
    try:
        call.request = check_request(call.operation, call.variables, call.headers, call.content)
        if (name := chosen.refuse(call)) is not None:
            raise Refused(name)
        chosen.misread(call)
        return behave(call.request)
    except Refused as refused:
        call.refused = refused
        accepted = chosen.accept(call)
        if accepted is None:
            raise
        call.request, call.refused = accepted, None
        return behave(accepted)


async def _enter(chosen: Chosen, call: Call, receive: Receive, seen: Seen) -> None:
    """Let the caller in and read the body."""
    signed, refusal = None, None
    try:
        signed = call.credentials.examine(call.operation, call.variables, call.scope, call.headers)
    except Refused as refused:
        if not chosen.may_admit:
            raise
        refusal = refused
    call.content = await read_content(call.headers, receive)
    seen.keep(call.content)
    try:
        if signed is not None:
            signed.verify(call.content)
    except Refused as refused:
        refusal = refused
    if refusal is not None:
        if not chosen.admit(call):
            raise refusal
        call.stranger = True
