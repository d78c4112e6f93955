"""Turns what httpx raises into the tree's errors. Nothing of it is kept: its requests hold the token."""

from __future__ import annotations

import httpx

from jobexport.errors import (
    ConnectionFailed,
    ConnectionLost,
    JobexportError,
    TimedOut,
    TransportError,
    TruncatedAnswer,
    UnexpectedAnswer,
)

EXCEPTIONS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)
"""All that httpx raises."""
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"


def transport_error(operation: str, error: Exception, url: httpx.URL, status: int | None = None) -> JobexportError:
    """Give the error that stands for one of httpx.

    Args:
        operation: such as `exportJob`.
        error: what httpx raised.
        url: where the request went.
        status: the answer's status; None as long as there is none.
    """
    host = url.netloc.decode("ascii", "replace")
    match error:
        case httpx.ConnectTimeout():
            return TimedOut(operation, f"no connection to {host} in time; is it the right one?", ambiguous=False)
        case httpx.PoolTimeout():
            problem = "no connection of the pool was free in time; lower the concurrency or raise the timeout"
            return TimedOut(operation, problem, ambiguous=False)
        case httpx.TimeoutException():
            return TimedOut(operation, f"{host} said nothing more before the timeout; raise it, or try again later")
        case httpx.ConnectError() | httpx.ProxyError() | httpx.UnsupportedProtocol():
            reason = " ".join(str(error).split()) or type(error).__name__
            by = "the proxy gave no connection" if isinstance(error, httpx.ProxyError) else "no connection"
            problem = f"{by} to {host} ({reason}); check the address and the network"
            found = ConnectionFailed(operation, problem, ambiguous=False)
            found.lasting = isinstance(error, httpx.UnsupportedProtocol) or _BAD_CERTIFICATE in reason
            return found
        case httpx.DecodingError() if status is not None:
            return UnexpectedAnswer(operation, status, "the body is not compressed as its head says")
        case httpx.RemoteProtocolError() if status is not None:
            return TruncatedAnswer(operation, f"{host} ended the connection in the middle of the answer; try again")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            where = "in the middle of the answer" if status is not None else "before it answered"
            return ConnectionLost(operation, f"{host} ended the connection {where}; try again")
    if isinstance(error, httpx.InvalidURL):
        found = ConnectionFailed(operation, "the base URL can't be used; check it", ambiguous=False)
        found.lasting = True
        return found
    return TransportError(operation, f"the request to {host} failed ({type(error).__name__}); try again")
