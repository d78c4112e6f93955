"""The bounds of each response of a server under test: its time, its bytes, its compression, its values of JSON.

A server that may be broken sends a byte now and then, or never stops. The requests of scenarios and the
requests of schemathesis keep these bounds; a response beyond them is a failure, and the run goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jobexport.core.bounds import Bound, Overlong
from jobexport.core.http import encoding_of
from jobexport.core.redact import line
from jobexport.core.strict_json import MOST_VALUES, count_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECONDS = 30.0
"""Seconds for a whole response; an export of many jobs may take long."""
LONGEST = 20 * 1024 * 1024
"""Bytes of a body, far more than a zip of the jobs that a run names; the service takes up to 10 MB for import."""


def bound() -> Bound:
    """Return the bounds of a response to a request that is sent now."""
    return Bound(time.monotonic() + SECONDS)


def check_head(headers: Mapping[str, str]) -> None:
    """Check the head of a response before its body is read.

    Raises:
        Overlong: the body is compressed, so that its length has no bound, or the head announces too many bytes.
    """
    if encoding := encoding_of(headers):
        raise Overlong(f"the body is compressed ({line(encoding):.20}), which the request did not ask for")
    length = headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > LONGEST):
        raise Overlong(f"the body has {length:.20} bytes, at most {LONGEST} are read")


def read_body(pieces: Iterable[bytes], bound: Bound) -> bytes:
    """Return a body.

    Raises:
        Overlong: the body has too many bytes, or its values would take more memory than a response may.
    """
    found: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LONGEST:
            # The traceback of an error keeps what the function has.
            found.clear()
            raise Overlong(f"the body has more than {LONGEST} bytes")
        bound.refund(len(piece))
        found.append(piece)
    content = b"".join(found)
    found.clear()
    # The bytes of a zip are no values.
    if not content.startswith(b"PK") and count_values(content) > MOST_VALUES:
        del content
        raise Overlong(f"the body is JSON of more than {MOST_VALUES} values")
    return content
