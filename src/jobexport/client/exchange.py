"""The steps of one request: attempts until the complete response is there, read into memory or into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from attrs import field, frozen

from jobexport.archive.zip.policy import check_size
from jobexport.client.responses import is_zip, raise_error, raise_not_a_zip, too_large, unexpected
from jobexport.client.retry import Attempts
from jobexport.client.steps import Close, Receive, Send, Sleep
from jobexport.core.http import encoding_of
from jobexport.core.lenient_json import is_utf8
from jobexport.core.redact import line
from jobexport.core.strict_json import count_values, most_values
from jobexport.errors import ApiError, JobexportError, TransportError, TruncatedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jobexport.client.retry import Retries
    from jobexport.client.steps import Opened, Steps
    from jobexport.client.target import Part

T = TypeVar("T")

# The largest response that is not a zip: the names of a hundred thousand zips.
_LONGEST = 8 * 1024 * 1024
# JSON of that length could be a hundred times as large in memory.
_MOST_VALUES = 200_000
_SIGNATURE = 4
_BLOCK = 128 * 1024


@frozen(eq=False)
class Exchange:
    """A request, and the rules for sending it again."""

    operation: str
    """The operation's id, such as `exportJob`."""
    request: Mapping[str, Any] = field(repr=False)
    """The arguments of `httpx.Client.build_request`, as the generated package builds them."""
    retries: Retries
    writes: bool
    """True if the server changes something, such as OBS."""
    accepted: frozenset[int] = frozenset({200})
    """The statuses of success."""
    longest: int = _LONGEST
    """The most bytes of a response that is not a zip."""


def fetch_value(exchange: Exchange, read: Callable[[Opened, bytes], T]) -> Steps[T]:
    """Send the request and read its response, which is small.

    Args:
        exchange: the request.
        read: returns the value of a successful response.

    Raises:
        JobexportError: the error of the last attempt.
    """

    def receive(attempts: Attempts, opened: Opened) -> Steps[T]:
        content = yield from _whole(attempts, opened, b"", exchange.longest)
        return read(opened, content)

    return (yield from _attempts(exchange, receive))


def fetch_zip(exchange: Exchange, part: Part, begin: Callable[[], Callable[[bytes], None]]) -> Steps[Attempts]:
    """Send the request and write the zip in the response to a file, without a check of the zip's content.

    The result is the attempts, whose deadline holds for the check.

    Args:
        exchange: the request.
        part: the file; each attempt begins it anew.
        begin: called for each attempt; it returns a function that is called with each piece.

    Raises:
        ArchiveUnsafe: the zip is larger than any export.
        JobexportError: the error of the last attempt.
    """

    def receive(attempts: Attempts, opened: Opened) -> Steps[Attempts]:
        beginning = b""
        while len(beginning) < _SIGNATURE and (piece := (yield Receive(opened))):
            beginning += piece
        if not is_zip(beginning) or encoding_of(opened.response.headers):
            raise_not_a_zip(opened, (yield from _whole(attempts, opened, beginning)))
        part.restart()
        take, size, piece = begin(), 0, beginning
        while piece:
            # A piece that was compressed on the way may be large, and the deadline holds within it too.
            for block in _blocks(piece):
                size += len(block)
                check_size(size)
                part.write(block)
                take(block)
                attempts.remaining()
            piece = yield Receive(opened)
        _check_length(opened, size)
        part.flush()
        return attempts

    return (yield from _attempts(exchange, receive))


def _attempts(exchange: Exchange, receive: Callable[[Attempts, Opened], Steps[T]]) -> Steps[T]:
    attempts = Attempts(exchange.operation, exchange.retries, exchange.writes)
    while True:
        try:
            opened = yield Send(attempts, exchange.request)
            try:
                if opened.status not in exchange.accepted:
                    raise_error(opened, (yield from _whole(attempts, opened, b"")))
                result = yield from receive(attempts, opened)
            finally:
                yield Close(opened)
        except (TransportError, ApiError) as error:
            wait = attempts.wait_after(error)
            if wait is None:
                raise
        except JobexportError as error:
            attempts.wait_after(error)
            raise
        else:
            attempts.succeeded()
            return result
        yield Sleep(wait)


def _whole(attempts: Attempts, opened: Opened, beginning: bytes, longest: int = _LONGEST) -> Steps[bytes]:
    """Return a whole body, after its beginning."""
    pieces, size = [beginning], len(beginning)
    while piece := (yield Receive(opened)):
        pieces.append(piece)
        size += len(piece)
        if size > longest:
            too_large(opened, f"the response is not a zip, and longer than {longest} bytes")
        attempts.remaining()
    _check_length(opened, size)
    if encoding := encoding_of(opened.response.headers):
        _refuse_encoding(opened, encoding)
    content = b"".join(pieces)
    if _has_too_many(opened, content):
        too_large(opened, f"the response has more than {_MOST_VALUES} values, as no response of the service has")
    return content


def _has_too_many(opened: Opened, content: bytes) -> bool:
    """Return True if a body could have too many values. In UTF-8 the commas of texts, such as scripts, do not count."""
    if most_values(content) <= _MOST_VALUES:
        return False
    plain = is_utf8(content, opened.response.headers.get("Content-Type", ""))
    return not plain or count_values(content) > _MOST_VALUES


def _refuse_encoding(opened: Opened, encoding: str) -> NoReturn:
    """Raise the error for a compressed body; a status that is an error anyway counts for more."""
    problem = f"the response is compressed ({line(encoding):.20}), which no request asks for"
    if opened.status < 400:
        unexpected(opened, problem)
    try:
        raise_error(opened, b"")
    except ApiError as error:
        error.message = problem
        raise


def _blocks(piece: bytes) -> Iterable[bytes]:
    if len(piece) <= _BLOCK:
        return (piece,)
    return (piece[start : start + _BLOCK] for start in range(0, len(piece), _BLOCK))


def _check_length(opened: Opened, size: int) -> None:
    # The usual transport has checked the length already; a transport from outside may not.
    headers = opened.response.headers
    length = headers.get("Content-Length", "")
    # Python does not read numbers of any length.
    if not length.isdecimal() or (len(length) < 20 and size >= int(length)):
        return
    raise TruncatedResponse(opened.operation, f"{size} bytes came of {length}; try again")
