"""The rules for sending a request again: decided here without waiting, for blocking and async clients alike.

Why this is not a library's: `stamina` and `tenacity` wait by themselves and call a function again, but a step here only
yields a wait, which a blocking or an async shell takes. Neither shortens the timeouts of a request to the rest of the
deadline (`Attempts.remaining`). `httpx-retries` repeats inside the transport, where a zip that breaks off in its middle
is out of reach, and has no deadline for all attempts together.
"""

from __future__ import annotations

import logging
import random
import time
from typing import TYPE_CHECKING

from attrs import define, field, frozen, validators

from jobexport.errors import ApiError, ServerFault, Throttled, TimedOut, TransportError

if TYPE_CHECKING:
    from jobexport.errors import JobexportError

LOGGER = logging.getLogger("jobexport.client")

_BAD_GATEWAY, _UNAVAILABLE, _GATEWAY_TIMEOUT = 502, 503, 504


@frozen
class Retries:
    """Limits for sending a request again.

    A request is sent again after 429 and 503 (not before the time that `Retry-After` names), after 502 and 504, and
    after a connection that failed, was reset, timed out or broke off. Waits are drawn from 0 to a limit that doubles
    each time.

    An export that writes to OBS is sent again only if the server can't have done it: after 429, 503 and a connection
    that never came about.
    """

    times: int = field(default=3, validator=validators.ge(0))
    """Most attempts after the first attempt."""
    deadline: float | None = field(default=900.0)
    """Seconds for all attempts and waits of a request, the response's body included; None for no deadline.

    The deadline ends each wait for the server, for the function that fetches tokens, and the check of a zip. A download
    from object storage has as long for each zip. With a transport from outside that is not httpx's, or that speaks
    HTTP/2, a blocking client checks the deadline only between two pieces of a response.
    """
    first_wait: float = field(default=0.5, validator=validators.ge(0))
    """Most seconds of the first wait."""
    longest_wait: float = field(default=30.0, validator=validators.ge(0))
    """Most seconds of any wait, unless the server names a time."""
    repeat_writes: bool = False
    """True to send an export to OBS again even if the server may have done it already. OBS may then have it twice."""

    def __attrs_post_init__(self) -> None:
        if self.deadline is not None and self.deadline <= 0:
            raise ValueError("deadline must be more than 0 seconds, or None")


@define(eq=False)
class Attempts:
    """The attempts at one request. Its times are times of `time.monotonic`."""

    operation: str
    retries: Retries
    writes: bool
    """True if sending the request twice has a different effect than once."""
    number: int = 1
    started: float = field(factory=time.monotonic)

    @property
    def until(self) -> float | None:
        """The time of the deadline, or None without a deadline."""
        return None if self.retries.deadline is None else self.started + self.retries.deadline

    def remaining(self) -> float | None:
        """Return the seconds left until the deadline, or None without a deadline.

        Raises:
            TimedOut: the deadline has passed.
        """
        left = self._left()
        if left is not None and left <= 0:
            raise self.too_late()
        return left

    def _left(self) -> float | None:
        return None if self.until is None else self.until - time.monotonic()

    def too_late(self) -> TimedOut:
        """Build the error for a deadline that has passed."""
        problem = f"not done within the deadline of {self.retries.deadline or 0:g} s; give `retries` a longer one"
        return TimedOut(self.operation, problem)

    def wait_after(self, error: JobexportError) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up."""
        wait = self._wait(error) if self._may_repeat(error) else None
        left = self._left()
        if wait is not None and (self.number > self.retries.times or (left is not None and wait >= left)):
            wait = None
        taken = time.monotonic() - self.started
        following = "giving up" if wait is None else f"again in {wait:.2f} s"
        level = logging.INFO if wait is None else logging.WARNING
        LOGGER.log(level, "attempt %d failed after %.2f s, %s: %s", self.number, taken, following, error)
        self.number += 1
        return wait

    def succeeded(self) -> None:
        """Log that the response is complete."""
        if LOGGER.isEnabledFor(logging.INFO):
            taken = time.monotonic() - self.started
            LOGGER.info("attempt %d succeeded after %.2f s: %s", self.number, taken, self.operation)

    def _may_repeat(self, error: JobexportError) -> bool:
        repeatable = not self.writes or self.retries.repeat_writes
        if isinstance(error, TransportError):
            return not error.lasting and (repeatable or not error.ambiguous)
        if not isinstance(error, ApiError):
            return False
        if isinstance(error, Throttled) or error.status == _UNAVAILABLE:
            return True
        return repeatable and error.status in {_BAD_GATEWAY, _GATEWAY_TIMEOUT}

    def _wait(self, error: JobexportError) -> float:
        # Random, so that many clients do not come back at the same moment; not a secret.
        limit = min(self.retries.longest_wait, self.retries.first_wait * 2.0 ** min(self.number - 1, 60))
        jitter = random.uniform(0, limit)  # noqa: S311
        asked = error.retry_after if isinstance(error, Throttled | ServerFault) else None
        return jitter if asked is None else asked + min(jitter, self.retries.first_wait)
