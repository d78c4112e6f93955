"""Writes an object into a bucket, with credentials that reach no other host than the bucket's endpoint."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from jobexport.client.obs.download import object_key, refusal
from jobexport.client.retry import Attempts
from jobexport.client.shell import transport_error
from jobexport.core.http import client
from jobexport.core.redact import line
from jobexport.errors import ApiError, JobexportError, UploadFailed

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Store

    from jobexport.client.retry import Retries

UPLOAD = "upload"
_TIMEOUT = httpx.Timeout(120.0, connect=10.0)
_SIGNED_FOR = timedelta(minutes=15)


def upload(store: ObjectStore, name: str, content: bytes, retries: Retries) -> None:
    """Write an object.

    Args:
        store: the bucket.
        name: the name of the object, bucket first.
        content: its bytes.
        retries: the limits of repetitions; an object may be written twice.

    Raises:
        UploadFailed: it can't be written.
    """
    from obstore import put
    from obstore.store import S3Store

    try:
        if isinstance(store, S3Store) and str(store.config.get("skip_signature")).lower() != "true":
            _put(store, name, content, Attempts(UPLOAD, retries, writes=False))
        else:
            put(store, object_key(name), content)
    except JobexportError:
        raise
    # obstore panics at some settings, and its panic is a BaseException. This runs in a thread of its own.
    except BaseException as problem:
        raise _failed(name, str(problem).splitlines()[0] if str(problem) else type(problem).__name__) from None


def _put(store: S3Store, name: str, content: bytes, attempts: Attempts) -> None:
    """Write an object by a URL that the store only signs, as its own requests follow redirects with the keys."""
    from obstore import sign

    while True:
        url = httpx.URL(sign(store, "PUT", object_key(name), _SIGNED_FOR))
        try:
            with client(_TIMEOUT) as http, http.stream("PUT", url, content=content, follow_redirects=False) as response:
                problem: JobexportError | None = refusal(response, attempts.operation)
        except httpx.HTTPError as error:
            problem = transport_error(attempts.operation, error, url, None)
        if problem is None:
            return
        wait = attempts.wait_after(problem)
        if wait is None:
            raise _failed(name, problem.message if isinstance(problem, ApiError) else str(problem))
        time.sleep(wait)


def _failed(name: str, reason: str) -> UploadFailed:
    # The name and the reason are texts of servers.
    return UploadFailed(line(name), line(reason)[:300])
