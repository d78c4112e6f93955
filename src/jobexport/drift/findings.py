"""What a finding is, and the kinds there are: `KINDS` is the table of them, with level and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobexport.spec.register import Statement

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""The worst first."""


KINDS: dict[str, tuple[Level, str]] = {
    "path-changed": ("error", "the request line has another path"),
    "method-changed": ("error", "the request line has another method"),
    "path-variable-renamed": ("warning", "a variable of the path has another name"),
    "parameter-missing": ("error", "a parameter is gone"),
    "parameter-added": ("error", "a parameter is new"),
    "parameter-renamed": ("error", "a parameter has another name"),
    "type-changed": ("error", "a parameter has another type"),
    "mandatory-changed": ("error", "a request parameter is mandatory in other cases"),
    "response-mandatory-changed": ("warning", "the answer promises a parameter in other cases"),
    "limit-changed": ("error", "a bound of a value or of a length is another"),
    "values-changed": ("error", "other values are allowed"),
    "default-changed": ("warning", "what stands for a parameter that is not sent"),
    "media-type-changed": ("error", "a body has another media type"),
    "media-type-missing": ("warning", "one of several media types is gone"),
    "status-changed": ("error", "one HTTP status took the place of another"),
    "status-added": ("error", "an HTTP status is new"),
    "status-missing": ("warning", "an HTTP status is gone"),
    "error-code-changed": ("error", "one error code took the place of another"),
    "error-code-added": ("error", "an error code is new"),
    "error-code-missing": ("warning", "an error code is gone"),
    "error-status-changed": ("error", "an error code comes with another HTTP status"),
    "error-body-changed": ("error", "an error has other fields"),
    "file-name-changed": ("error", "the file that is the answer has another name"),
    "archive-tree-changed": ("error", "the zip has another layout"),
    "action-changed": ("warning", "the caller needs another permission"),
    "example-contradicts-table": ("warning", "an example does not fit the page's own table"),
    "page-contradicts-itself": ("warning", "two other places of the page do not fit together"),
    "claim-gone": ("warning", "the page no longer says what the register says it does"),
    "claim-reworded": ("info", "the page no longer has the words that the register quotes"),
    "statement-changed": ("info", "a fact is stated that was not, or the other way round"),
    "operation-name-changed": ("info", "the vendor calls the operation something else"),
    "error-message-changed": ("info", "an error code has another message"),
    "example-changed": ("info", "an example has another value"),
    "title-changed": ("info", "the page has another title"),
    "date-changed": ("info", "the page has another date"),
    "wording-changed": ("info", "a description has other words"),
}
"""Each kind of finding with its level and what it means.

`error` is seen on the wire, `warning` breaks a promise that the wire does not show, `info` is wording. A kind has one
level, so that it is enough to decide what to do.
"""


@frozen
class SourceLine:
    """Where the other side says it: a file and a line."""

    file: str
    line: int | None = None


@frozen
class Finding:
    """A difference between a page and an edition's document, or between two pages."""

    kind: str
    about: str
    """What it is about, such as "response parameter `zip_file`"."""
    page: str | None
    """What the page says, in words; None where it says nothing."""
    other: str | None
    """What the other side says."""
    line: int
    """The page's line; of what is not there, the line of what is around it."""
    states: Statement
    """What the page says, as the register would have it; the place is empty where both sides are pages."""
    other_line: int | None = None
    """Where both sides are pages, the other page's line."""
    operation: str = ""
    source: SourceLine | None = None
    """Where to look on the other side; for an edition, where a maintainer edits."""
    known: tuple[str, ...] = ()
    """Entries of the register that hold this very difference."""
    near: tuple[str, ...] = ()
    """Entries of the register for the same place."""

    @property
    def level(self) -> Level:
        """The level of its kind."""
        return KINDS[self.kind][0]


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the worst first, then in the page's order."""
    return tuple(sorted(findings, key=lambda finding: (LEVELS.index(finding.level), finding.line)))
