"""The one reading of `Retry-After`: seconds, or a date that is relative to the response's own `Date`.

A server whose clock is wrong counts its dates from that clock, so the difference of the two headers is the wait.
RFC 9110, 10.2.3 has whole seconds; a fraction, which some gateways send, is read too.
"""

from __future__ import annotations

import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

# A day: nobody waits longer.
_LONGEST = 86400.0

_SECONDS = re.compile(r"([0-9]+)(\.[0-9]+)?")


def read_retry_after(value: str | None, date: str | None = None) -> float | None:
    """Return the seconds to wait, from 0 to a day; a date in the past is 0.

    Args:
        value: the header, or None if the response has none.
        date: the same response's `Date`; if missing or unreadable, dates are relative to this machine's clock.

    Returns:
        None if the header is missing, or is neither seconds nor a date: `-1`, `soon`.
    """
    value = (value or "").strip()
    if _SECONDS.fullmatch(value):
        # As a float a long row of digits is infinite.
        return min(float(value), _LONGEST)
    then = _timestamp(value)
    if then is None:
        return None
    now = _timestamp(date or "")
    return min(max(then - (time.time() if now is None else now), 0.0), _LONGEST)


def _timestamp(text: str) -> float | None:
    try:
        found = parsedate_to_datetime(text)
        # One of the three forms of an HTTP date names no zone; all are GMT.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
