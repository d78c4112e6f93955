"""What a call does, step by step and without I/O: a generator yields the steps, and a shell takes them.

One shell blocks, the other awaits; everything else is shared. A step gives its result back to the generator, or raises
one of the tree's errors in it.

Here and elsewhere in this package what nobody compares has no `__eq__`: making one is most of the time that a class of
attrs costs when it is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
    from typing import TypeAlias

    import httpx

    from jobexport.client.retry import Attempts

T = TypeVar("T")


@define(eq=False)
class Opened:
    """An answer whose head is there; its body comes with `Receive`."""

    operation: str
    response: httpx.Response = field(repr=False)
    pieces: Iterator[bytes] | AsyncIterator[bytes] = field(repr=False)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code


@frozen(eq=False)
class Send:
    """Send a request; gives `Opened`."""

    attempts: Attempts
    request: Mapping[str, Any] = field(repr=False)


@frozen(eq=False)
class Receive:
    """Receive the next piece of a body; gives bytes, none at its end."""

    opened: Opened


@frozen(eq=False)
class Close:
    """Have done with an answer, wherever it stands."""

    opened: Opened


@frozen(eq=False)
class Sleep:
    """Wait this many seconds."""

    seconds: float


@frozen(eq=False)
class Work:
    """Do what takes the disk or the processor a while; gives what the function gives."""

    function: Callable[[], Any]
    may_hang: bool = False
    """Whether it waits for somebody else, so that who gives up must not wait for its end."""


if TYPE_CHECKING:
    Step: TypeAlias = Send | Receive | Close | Sleep | Work
    Steps: TypeAlias = Generator[Step, Any, T]
    """The steps of a call, which ends with a T."""
