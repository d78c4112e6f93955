"""What every request to a server under test goes through: the pace, the limit, Retry-After, and the record.

The runner's own requests and those of schemathesis, which runs as another process, share it.
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

# How often one request waits for what Retry-After asks, and the longest wait, in seconds.
_WAITS = 5
_LONGEST_WAIT = 120.0
# Requests in a row without an answer, or refused although they are right, after which nothing else is to be expected.
_HOPELESS = 3


@frozen
class Live:
    """How to treat a server that is in use."""

    rate: float = 3.0
    """Requests a second, at most."""
    max_requests: int = 400
    negative: bool = False
    """Whether requests that break the document may be sent."""


class Stopped(KeyboardInterrupt):
    """The run ends here. As an interrupt it passes everything that takes exceptions for failures.

    `reason` is `interrupted`, `limit`, `expired`, `refused`, `throttled` or `unreachable`; the text is a sentence.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@define
class Wire:
    """Sends requests one after the other."""

    journal: Journal
    live: Live | None
    """None for a server that nobody else uses: no pace, no limit, and nothing is waited for."""
    sent: int = 0
    """Number of requests."""
    known: bool = False
    """Whether the server has let the credentials in before."""
    waiting: Callable[[float], None] = lambda _: None
    """Called with the seconds that the server asks to wait."""
    stopped: Stopped | None = None
    """Set from a signal handler, this ends the run before the next request."""
    _next: float = field(default=0.0, init=False)
    _proof: tuple[Sent, Callable[[], Got]] | None = field(default=None, init=False)
    _refused: int = field(default=0, init=False)
    _unanswered: int = field(default=0, init=False)
    _parent: int = field(factory=os.getppid, init=False)

    def exchange(self, request: Sent, transmit: Callable[[], Got], *, right: bool) -> Got:
        """Send a request and give the answer.

        Args:
            request: what is sent, for the record.
            transmit: sends it; called again, it signs it again.
            right: whether it has the right credentials for its project.

        Raises:
            Stopped: the run ends.
            Exception: what `transmit` raises when no answer comes.
        """
        for tried in range(_WAITS + 1):
            got, delay = self._once(request, transmit, tried)
            if delay is None:
                break
            self.waiting(delay)
            self._sleep(delay)
        if self.live is not None and right:
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
            self._count_silence()
            raise
        self._unanswered = 0
        elapsed = time.perf_counter() - clock
        delay = self._delay(got)
        # After the last wait the answer stands.
        retried = delay is not None and delay <= _LONGEST_WAIT and tried < _WAITS
        self.journal.add(Recorded(request, got, len(got.content), "", started, elapsed, retried))
        if delay is not None and not retried:
            raise self._stop(
                "throttled", f"the server answers {got.status} and asks to wait {delay:.0f} s; try again later"
            )
        return got, delay

    def _turn(self) -> None:
        """Wait for the next request's turn.

        Raises:
            Stopped: it has none.
        """
        if os.getppid() != self._parent:
            raise self._stop("interrupted", "the run was ended")
        if self.live is not None:
            if self.sent >= self.live.max_requests:
                raise self._stop(
                    "limit", f"{self.live.max_requests} requests were sent, as many as --max-requests allows"
                )
            self._sleep(self._next - time.monotonic())
            self._next = time.monotonic() + 1 / self.live.rate
        self._check()

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        # In short naps, so that a signal's handler is heard.
        while (left := end - time.monotonic()) > 0:
            self._check()
            time.sleep(min(left, 0.1))

    def _check(self) -> None:
        if self.stopped is not None:
            raise self.stopped

    def _stop(self, reason: str, text: str) -> Stopped:
        self.stopped = Stopped(reason, text)
        return self.stopped

    def _delay(self, got: Got) -> float | None:
        """Give the seconds that the server asks to wait before the same request; None when it does not."""
        if self.live is None or got.status not in (429, 503):
            return None
        asked = got.header("retry-after")
        if not asked and got.status == 503:
            return None
        seconds = read_retry_after(asked, got.header("date"))
        # A limit that names no time, or none that can be read, is over in a moment, or it is no use to wait.
        return 1.0 if seconds is None else seconds

    def _judge(self, request: Sent, got: Got, transmit: Callable[[], Got]) -> None:
        """Tell credentials that are good no more from a request that the server refuses for itself."""
        if got.status != 401:
            self._refused = 0
            if 200 <= got.status < 300:
                self.known, self._proof = True, (request, transmit)
            return
        self._refused += 1
        if self._proof is not None:
            # What was let in before is sent again.
            again, send = self._proof
            refused = self._once(evolve(again, kind="other"), send)[0].status == 401
        else:
            refused = self._refused >= _HOPELESS
        if refused and self.known:
            raise self._stop("expired", "the credentials were let in and are no more; get new ones and run it again")
        if refused:
            raise self._stop("refused", "the server does not know the credentials (401); check them and the project")

    def _count_silence(self) -> None:
        self._unanswered += 1
        if self.live is not None and self._unanswered >= _HOPELESS:
            raise self._stop("unreachable", f"{_HOPELESS} requests in a row got no answer; is the server running?")
