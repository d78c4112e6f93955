"""Removes an object from a bucket, with credentials that reach no other host than the bucket's endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from jobexport.client.obs.download import object_key
from jobexport.core.http import client
from jobexport.core.redact import line

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_SIGNED_FOR = timedelta(minutes=5)
# An object that is not there is removed, too.
_REMOVED = {httpx.codes.OK, httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND}


def remove(store: ObjectStore, archive: str) -> str | None:
    """Remove an object, and return None; or return the reason why it could not be removed.

    Args:
        store: the bucket.
        archive: the name of the object, bucket first.
    """
    from obstore import delete, sign
    from obstore.store import S3Store

    try:
        if not isinstance(store, S3Store) or str(store.config.get("skip_signature")).lower() == "true":
            delete(store, object_key(archive))
            return None
        # The store only signs the URL, as its own requests take the keys to any host that a redirect names.
        url = sign(store, "DELETE", object_key(archive), _SIGNED_FOR)
        with client(_TIMEOUT) as http:
            response = http.delete(url, follow_redirects=False)
    except httpx.HTTPError as problem:
        return type(problem).__name__
    # obstore panics at some settings, and its panic is a BaseException.
    except (Exception, BaseException) as problem:
        if isinstance(problem, KeyboardInterrupt | SystemExit):
            raise
        return line(str(problem).splitlines()[0] if str(problem) else type(problem).__name__)[:200]
    return None if response.status_code in _REMOVED else f"the service responds with {response.status_code}"
