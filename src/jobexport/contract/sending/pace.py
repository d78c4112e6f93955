"""The way of every request to a server under test: the rate, the limit, Retry-After, and the journal.

Requests of scenarios and requests of schemathesis, which runs as another process, go the same way.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from jobexport.contract.sending.journal import Got, Journal, Recorded, Sent
from jobexport.core.http import failure_reason
from jobexport.core.retry_after import read_retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

# Most waits of one request for Retry-After, and the longest wait in seconds.
_WAITS = 5
_LONGEST_WAIT = 120.0
# Requests in a row without a response, or with 401 for right credentials, until the run stops.
_HOPELESS = 3


@frozen
class Live:
    """Limits for a server in use."""

    rate: float = 3.0
    """Requests a second at most."""
    max_requests: int = 400
    negative: bool = False
    """True if requests that break the document may be sent."""
    disposable: bool = False
    """True if everything is allowed, without limits: the server exists only to be tested, and may be broken."""

    @property
    def limits(self) -> Live | None:
        """The limits, or None for a disposable server."""
        return None if self.disposable else self


class RunStopped(KeyboardInterrupt):
    """The run stops here. A KeyboardInterrupt, so that no `except Exception` takes it for the failure of a request.

    `reason` is `interrupted`, `limit`, `expired`, `refused`, `throttled` or `unreachable`; the text is a sentence.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@define
class Wire:
    """Sends requests one by one."""

    journal: Journal
    live: Live | None
    """Limits, or None for a server without other users: no rate, no limit, and no waits."""
    sent: int = 0
    """Number of requests so far."""
    known: bool = False
    """True if the server has accepted the credentials before."""
    waiting: Callable[[float], None] = lambda _: None
    """Function that is called before each wait, with its seconds."""
    stopped: RunStopped | None = None
    """Exception that a signal handler sets to stop the run before the next request."""
    cleaning: bool = False
    """True while the run removes what it made: no limit, no interruption and no silence of the server ends that."""
    _next: float = field(default=0.0, init=False)
    _proof: tuple[Sent, Callable[[], Got]] | None = field(default=None, init=False)
    _refused: int = field(default=0, init=False)
    _without_response: int = field(default=0, init=False)
    _parent: int = field(factory=os.getppid, init=False)

    def exchange(self, request: Sent, transmit: Callable[[], Got], *, right: bool) -> Got:
        """Send a request, again after each Retry-After, and return the response.

        Args:
            request: the request, for the journal.
            transmit: sends the request; each call signs it anew.
            right: True if the request has the right credentials for its project.

        Raises:
            RunStopped: the run ends.
            Exception: the error of `transmit` if there is no response.
        """
        for tried in range(_WAITS + 1):
            got, delay = self._once(request, transmit, tried)
            if delay is None:
                break
            self.waiting(delay)
            self._sleep(delay)
        if self.live is not None and right and not self.cleaning:
            self._judge(request, got, transmit)
        return got

    def _once(self, request: Sent, transmit: Callable[[], Got], tried: int = 0) -> tuple[Got, float | None]:
        self._turn()
        self.sent += 1
        started, clock = time.time(), time.perf_counter()
        try:
            got = transmit()
        except Exception as problem:
            elapsed = time.perf_counter() - clock
            self.journal.add(
                Recorded(
                    request,
                    None,
                    0,
                    f"{type(problem).__name__}: {failure_reason(problem)}",
                    started,
                    elapsed,
                    retried=False,
                )
            )
            # A response that began and never ended is no silence: the server runs, and the run goes on.
            if not getattr(problem, "began", False):
                self._count_silence()
            raise
        self._without_response = 0
        elapsed = time.perf_counter() - clock
        delay = self._delay(got)
        # After the last wait the response counts.
        retried = delay is not None and delay <= _LONGEST_WAIT and tried < _WAITS
        self.journal.add(Recorded(request, got, len(got.content), "", started, elapsed, retried))
        if delay is not None and not retried:
            raise self._stop(
                "throttled", f"the server responds with {got.status} and asks to wait {delay:.0f} s; try again later"
            )
        return got, delay

    def _turn(self) -> None:
        """Wait until the rate allows the next request.

        Raises:
            RunStopped: the limit allows no further request, or the run was interrupted.
        """
        if os.getppid() != self._parent:
            raise self._stop("interrupted", "the run was ended")
        if self.live is not None:
            if self.sent >= self.live.max_requests and not self.cleaning:
                raise self._stop(
                    "limit", f"{self.live.max_requests} requests were sent, as many as --max-requests allows"
                )
            self._sleep(self._next - time.monotonic())
            self._next = time.monotonic() + 1 / self.live.rate
        self._check()

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        # Short sleeps, so that `stopped` is seen soon after a signal.
        while (left := end - time.monotonic()) > 0:
            self._check()
            time.sleep(min(left, 0.1))

    def _check(self) -> None:
        if self.stopped is not None and not self.cleaning:
            raise self.stopped

    def _stop(self, reason: str, text: str) -> RunStopped:
        self.stopped = RunStopped(reason, text)
        return self.stopped

    def _delay(self, got: Got) -> float | None:
        """Return the seconds to wait before the same request is sent again, or None if the response counts."""
        if self.live is None or got.status not in (429, 503):
            return None
        asked = got.header("retry-after")
        if not asked and got.status == 503:
            return None
        seconds = read_retry_after(asked, got.header("date"))
        # Without a readable time, one second: either the limit is short, or a longer wait would not help.
        return 1.0 if seconds is None else seconds

    def _judge(self, request: Sent, got: Got, transmit: Callable[[], Got]) -> None:
        """Raise RunStopped if the server no longer accepts the credentials; a 401 may also concern one request only."""
        if got.status != 401:
            self._refused = 0
            if 200 <= got.status < 300:
                self.known, self._proof = True, (request, transmit)
            return
        self._refused += 1
        if self._proof is not None:
            # A request that succeeded before is sent again.
            again, send = self._proof
            refused = self._once(evolve(again, kind="other"), send)[0].status == 401
        else:
            refused = self._refused >= _HOPELESS
        if refused and self.known:
            raise self._stop("expired", "the server no longer accepts the credentials (401); get new credentials")
        if refused:
            text = "the server does not accept the credentials (401); check the credentials and the project"
            raise self._stop("refused", text)

    def _count_silence(self) -> None:
        self._without_response += 1
        if self.live is not None and self._without_response >= _HOPELESS and not self.cleaning:
            raise self._stop("unreachable", f"{_HOPELESS} requests in a row got no response; is the server running?")
