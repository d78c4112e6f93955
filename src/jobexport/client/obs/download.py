"""Reads an object of a bucket, with credentials that reach no other host than the bucket's endpoint."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from jobexport.client.shell import transport_error
from jobexport.core.bounds import DeadlinePassed
from jobexport.core.extras import needing
from jobexport.core.http import client
from jobexport.core.redact import is_secret, line, remember
from jobexport.errors import ApiError, DownloadFailed, JobexportError, ServerFault, Throttled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ObjectStore, S3Store

    from jobexport.client.retry import Attempts
    from jobexport.core.bounds import Bound

_BLOCK = 1024 * 1024
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_SIGNED_FOR = timedelta(minutes=15)
# The other statuses after which `Attempts` sends a request again need no class of their own.
_KINDS: dict[int, type[ApiError]] = {429: Throttled, 503: ServerFault}
_LONGEST_REFUSAL = 64 * 1024
_S3_CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,60})</Code>")
# Options of a store's own requests that a signed URL does not have.
_UNUSED = {"allow_invalid_certificates", "default_headers", "proxy_url", "root_certificate"}


def check_store(store: Any) -> None:
    """Check the store of a download.

    Raises:
        ValueError: it is no store of obstore, or has a client option that the download would not have.
        MissingExtra: obstore is not installed.
    """
    with needing("obs", "a download"):
        from obstore import store as stores
    kinds = (
        stores.S3Store,
        stores.LocalStore,
        stores.MemoryStore,
        stores.HTTPStore,
        stores.AzureStore,
        stores.GCSStore,
    )
    if not isinstance(store, kinds):
        raise ValueError(f"store must be a store of obstore.store, such as S3Store, not {type(store).__name__}")
    settings = getattr(store, "config", None) or {}
    remember(*(value for name, value in settings.items() if is_secret(name) and isinstance(value, str)))
    unused = _UNUSED & (getattr(store, "client_options", None) or {}).keys()
    if isinstance(store, stores.S3Store) and unused:
        option = min(unused)
        raise ValueError(f"store has the client option {option}; set HTTPS_PROXY or SSL_CERT_FILE instead of it")


def object_key(archive: str) -> str:
    """Return the key of a zip in its bucket: `"bucket/dir/a.zip" → "dir/a.zip"`."""
    return archive.removeprefix("obs://").partition("/")[2]


def pieces(store: ObjectStore, archive: str, attempts: Attempts, bound: Bound) -> Iterator[bytes]:
    """Yield the pieces of an object.

    Args:
        store: the bucket.
        archive: the name of the zip, bucket first.
        attempts: the attempts at the download.
        bound: its bounds, which the caller applies to each piece.

    Raises:
        DownloadFailed: the object can't be read.
        TimedOut: the deadline has passed.
    """
    from obstore import get
    from obstore.store import S3Store

    try:
        if isinstance(store, S3Store) and str(store.config.get("skip_signature")).lower() != "true":
            yield from _signed_pieces(store, archive, attempts, bound)
        else:
            for piece in get(store, object_key(archive)).stream(min_chunk_size=_BLOCK):
                yield bytes(piece)
    except (GeneratorExit, JobexportError):
        raise
    # Not Exception only: at some settings obstore panics, and its panic is a BaseException. This runs in a thread of
    # its own, which does not receive Ctrl-C.
    except BaseException as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _failed(attempts.operation, archive, reason) from None


def _signed_pieces(store: S3Store, archive: str, attempts: Attempts, bound: Bound) -> Iterator[bytes]:
    """Yield the pieces of an object in a store that only signs the URL.

    The store's own requests follow redirects, and take the session token of a temporary key to any host.
    """
    from obstore import sign

    while True:
        begun = False
        url = httpx.URL(sign(store, "GET", object_key(archive), _SIGNED_FOR))
        try:
            with client(_TIMEOUT) as http, http.stream("GET", url, follow_redirects=False) as response:
                problem: JobexportError | None = refusal(response, attempts.operation)
                if problem is None:
                    begun = True
                    yield from _blocks(response, bound)
                    return
        except DeadlinePassed:
            raise attempts.too_late() from None
        except httpx.HTTPError as error:
            problem = transport_error(attempts.operation, error, url, httpx.codes.OK if begun else None)
        wait = None if begun else attempts.wait_after(problem)
        if wait is None:
            reason = problem.message if isinstance(problem, ApiError) else getattr(problem, "problem", str(problem))
            raise _failed(attempts.operation, archive, reason)
        time.sleep(wait)


def _blocks(response: httpx.Response, bound: Bound) -> Iterator[bytes]:
    """Yield a body in large pieces: each piece is a step of the call."""
    block = bytearray()
    for piece in response.iter_raw():
        bound.refund(len(piece))
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def refusal(response: httpx.Response, operation: str) -> ApiError | None:
    """Return the error of a response that is not a success, or None."""
    status = response.status_code
    if status in {httpx.codes.OK, httpx.codes.CREATED}:
        return None
    host = response.url.netloc.decode("ascii")
    if response.has_redirect_location:
        other = urlsplit(response.headers["Location"]).netloc or host
        text = f"{host} redirects to {other:.100}, which is not asked; give the endpoint that has the bucket"
    else:
        code = _S3_CODE.search(next(response.iter_raw(_LONGEST_REFUSAL), b""))
        text = f"{host} responds with {status}" + (f" {code[1].decode()}" if code else "")
    return _KINDS.get(status, ApiError)(status, None, text, None, operation)


def _failed(operation: str, archive: str, reason: str) -> DownloadFailed:
    # The name and the reason are texts of servers.
    return DownloadFailed(operation, line(archive), line(reason)[:300])
