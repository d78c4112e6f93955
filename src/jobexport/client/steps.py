"""The steps of a call, without I/O: a generator yields them, and a shell carries them out.

`Shell` blocks, `AsyncShell` awaits; everything else is shared. The shell sends the result of a step back into the
generator, or raises an error of the tree in it.

Classes that nobody compares have no `__eq__`, here and elsewhere in this package: building it is most of the import
time of an attrs class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
    from typing import TypeAlias

    import httpx

    from jobexport.client.retry import Attempts
    from jobexport.core.bounds import Bound

T = TypeVar("T")


@define(eq=False)
class Opened:
    """A response whose head is there; its body comes with `Receive`."""

    attempts: Attempts
    response: httpx.Response = field(repr=False)
    pieces: Iterator[bytes] | AsyncIterator[bytes] = field(repr=False)
    bound: Bound = field(repr=False)
    """Bounds of the response, which hold for each `Receive`."""

    @property
    def operation(self) -> str:
        """The operation's id, such as `exportJob`."""
        return self.attempts.operation

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code


@frozen(eq=False)
class Send:
    """The step that sends a request; its result is `Opened`."""

    attempts: Attempts
    request: Mapping[str, Any] = field(repr=False)


@frozen(eq=False)
class Receive:
    """The step that receives the next piece of a body; its result is the bytes, `b""` at the end."""

    opened: Opened


@frozen(eq=False)
class Close:
    """The step that closes a response, read or not."""

    opened: Opened


@frozen(eq=False)
class Sleep:
    """The step that waits this many seconds."""

    seconds: float


@frozen(eq=False)
class Work:
    """The step that calls a function which uses the disk or the processor; its result is the function's."""

    function: Callable[[], Any]
    may_hang: bool = False
    """True if the function waits for another machine: a cancelled call does not wait for its end."""
    seconds: float | None = None
    """Seconds until nobody waits any more for a function that may hang; then TimeoutError is raised in the steps."""


@frozen(eq=False)
class Together:
    """The step that carries out the steps of several calls at once; its result is the list of their results.

    The first error ends the other calls, and is raised in the steps.
    """

    calls: Sequence[Steps[Any]]


if TYPE_CHECKING:
    Step: TypeAlias = Send | Receive | Close | Sleep | Work | Together
    Steps: TypeAlias = Generator[Step, Any, T]
    """The steps of a call, which ends with a T."""
