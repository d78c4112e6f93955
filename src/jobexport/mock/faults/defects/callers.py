"""Defects: callers who are wrongly admitted or refused, and methods that should not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from jobexport import signing
from jobexport.mock.faults.fault import ANY, BODY, CHANGES, Fault, defects
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.faults.call import Call


def _token(call: Call) -> bytes | None:
    return call.headers.get("x-auth-token")


def _is_signed(call: Call) -> bool:
    return _token(call) is None and "authorization" in call.headers


def _nobody(call: Call) -> bool:
    return _token(call) is None and not _is_signed(call)


def _any_token(call: Call) -> bool:
    return bool(_token(call))


def _empty_token(call: Call) -> bool:
    return _token(call) == b""


def _beginning(call: Call) -> bool:
    token = _token(call)
    return bool(token) and call.credentials.token.encode().startswith(token or b"")


def _other_case(call: Call) -> bool:
    return (_token(call) or b"").lower() == call.credentials.token.encode().lower()


def _any_signature(call: Call) -> bool:
    if not _is_signed(call):
        return False
    try:
        claim = signing.Authorization.parse(call.headers["authorization"].decode("latin-1"))
    except ValueError:
        return False
    return claim.access_key == call.credentials.access_key


def _signed_by(
    call: Call,
    *,
    clock: Callable[[], int] | None = None,
    project: str | None = None,
    headers: Mapping[str, bytes] | None = None,
    hashed: bool = False,
) -> bool:
    """Return whether the signature would be right at another time, for another project, or with other headers.

    Args:
        call: the request.
        clock: a function that returns the time, in milliseconds since 1970.
        project: the id of the other project.
        headers: the complete other headers.
        hashed: True to trust the hash in the headers instead of the body's hash.
    """
    if not _is_signed(call):
        return False
    credentials = call.credentials if clock is None else evolve(call.credentials, clock=clock)
    variables = call.variables if project is None else {**call.variables, "project_id": project}
    scope = call.scope
    if headers is not None:
        # A signature that covers a header which is left out is refused, as a header that was not sent.
        scope = {
            **scope,
            "headers": [pair for pair in scope["headers"] if pair[0].decode("latin-1").lower() in headers],
        }
    try:
        signed = credentials.examine(call.operation, variables, scope, headers or call.headers)
        if signed is None:
            return False
        if hashed:
            return signed.payload is not None and signed.expected(signed.payload) == signed.claimed
        signed.verify(call.content)
    except Refused:
        return False
    return True


def _old(call: Call) -> bool:
    try:
        date = signing.parse_date(call.headers.get(signing.DATE_HEADER.lower(), b"").decode("latin-1"))
    except ValueError:
        return False
    return _signed_by(call, clock=lambda: date)


def _hashed(call: Call) -> bool:
    return _signed_by(call, hashed=True)


def _other_project(call: Call) -> bool:
    return _signed_by(call, project=call.headers.get("x-project-id", b"").decode("latin-1"))


def _unsigned_project(call: Call) -> bool:
    return _signed_by(call, headers={name: value for name, value in call.headers.items() if name != "x-project-id"})


def _known(call: Call) -> bool:
    return _is_signed(call) and call.headers["authorization"] in call.memory.get("known", ())


def _remember(call: Call) -> None:
    if _is_signed(call):
        call.memory.setdefault("known", set()).add(call.headers["authorization"])


def _signature(call: Call) -> str | None:
    return "unauthorized" if _is_signed(call) else None


DEFECTS = defects(
    "wrong authentication",
    Fault("admits-no-token", "A caller without token and signature is admitted.", ANY, admit=_nobody),
    Fault("admits-any-token", "Any token is accepted.", ANY, admit=_any_token),
    Fault("admits-empty-token", "An empty token is accepted.", ANY, admit=_empty_token),
    Fault("admits-beginning", "The beginning of the token is enough.", ANY, admit=_beginning),
    Fault("admits-other-case", "The case of the token is ignored.", ANY, admit=_other_case),
    Fault(
        "admits-any-signature", "A wrong signature is accepted if the access key is right.", ANY, admit=_any_signature
    ),
    Fault(
        "admits-other-body",
        "A signature is accepted if it fits the hash in the headers, whatever the body.",
        BODY,
        admit=_hashed,
    ),
    Fault(
        "admits-known-signature",
        "A signature that was right once is accepted with any request.",
        ANY,
        admit=_known,
        refuse=_remember,
    ),
    Fault("admits-old-date", "A signature is accepted whatever its age.", ANY, admit=_old),
    Fault(
        "admits-other-project",
        "A signature for one project is accepted for another project.",
        ANY,
        admit=_other_project,
    ),
    Fault("admits-unsigned-project", "A signature may leave out the X-Project-Id.", ANY, admit=_unsigned_project),
    Fault("refuses-signatures", "A correct signature is refused.", ANY, refuse=_signature),
    Fault(
        "checks-before-caller",
        "For an unknown caller with an invalid request, the error is that of the request.",
        ANY,
        admit=lambda _: True,
        refuse=lambda call: "unauthorized" if call.stranger else None,
    ),
    Fault("responds-to-get", "GET does what POST does.", CHANGES, methods=frozenset({"GET"})),
    Fault("responds-to-put", "PUT does what POST does.", ANY, methods=frozenset({"PUT"})),
)
