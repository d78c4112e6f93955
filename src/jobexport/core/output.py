"""The one way to standard output: letters that its encoding lacks or that nobody sees are escaped.

A failure is one sentence.

Inside `standard_output`, `print`, click, rich and argparse all write to one stream of ours.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from jobexport.core.redact import printable

if TYPE_CHECKING:
    from collections.abc import Iterator


# Colours and line breaks are made by programs of ours, and the blanks of other scripts are no harm.
_STEERING = "".join(map(chr, range(0x20))) + "\x7f\u00a0\u3000"


class OutputFailed(BaseException):
    """Failure to write standard output. It is not an Exception, so that no handler takes it for one job's failure.

    Its text is a sentence, or empty if a pipe's reader has gone, as `head` does. Its notes are added to the sentence.
    """


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """Escape letters that standard output's encoding lacks; end the program when standard output can't be written.

    Raises:
        SystemExit: exit code 2, in the block or at its end; standard error has a sentence, unless a pipe's reader has
            gone.
    """
    before = sys.stdout
    with _escaping(before):
        stream = _Stream(before)
        sys.stdout = cast("TextIO", stream)
        try:
            try:
                yield
            finally:
                stream.flush()
        except OutputFailed as failure:
            sentence = "; ".join([str(failure), *getattr(failure, "__notes__", ())])
            with contextlib.suppress(OSError):
                if str(failure):
                    print(f"Error: {sentence}", file=sys.stderr)
            raise SystemExit(2) from None
        finally:
            sys.stdout = before


@contextlib.contextmanager
def _escaping(stream: Any) -> Iterator[None]:
    if not hasattr(stream, "reconfigure"):
        yield
        return
    errors = stream.errors
    stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        stream.reconfigure(errors=errors)


class _Stream:
    """A stream of text whose failures are OutputFailed."""

    def __init__(self, stream: TextIO | None) -> None:
        self._closed = stream is None
        # Python has no stream for a standard output that was closed; the file also keeps its number from other files.
        self._stream = stream or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # as long as the process
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        """Write a text."""
        if self._closed and text:
            raise OutputFailed("standard output is closed")
        with self._sentence():
            self._stream.write(printable(text, _STEERING))
            return len(text)

    def flush(self) -> None:
        """Write the buffered text."""
        with self._sentence():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            self._drop()
            gone = isinstance(problem, BrokenPipeError)
            text = "" if gone else f"standard output can't be written: {problem.strerror or type(problem).__name__}"
            raise OutputFailed(text) from None

    def _drop(self) -> None:
        """Discard the buffered text: Python would try to write it once more at its end."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


class _Bytes(io.RawIOBase):
    """The stream for bytes in UTF-8. click writes completions to it; if the stream's encoding is ASCII, every text."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Leave the stream open: it is not ours."""
