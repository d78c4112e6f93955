"""Findings and their kinds: the table `KINDS` has the level and the meaning of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobexport.spec.register import Statement

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""All levels, the worst first."""


KINDS: dict[str, tuple[Level, str]] = {
    "operation-gone": ("error", "no page of the new folder has the operation"),
    "operation-added": ("error", "no page of the old folder has the operation"),
    "page-gone": ("info", "a page is gone, and its operation, if any, is on another page"),
    "page-added": ("info", "a page is new, and its operation, if any, was on another page"),
    "path-changed": ("error", "the request line has another path"),
    "method-changed": ("error", "the request line has another method"),
    "path-variable-renamed": ("warning", "a variable of the path has another name"),
    "parameter-missing": ("error", "a parameter is gone"),
    "parameter-added": ("error", "a parameter is new"),
    "parameter-renamed": ("error", "a parameter has another name"),
    "type-changed": ("error", "a parameter has another type"),
    "mandatory-changed": ("error", "a request parameter is mandatory in other cases"),
    "response-mandatory-changed": ("warning", "a response parameter is mandatory in other cases"),
    "limit-changed": ("error", "a bound of a value or of a length differs"),
    "values-changed": ("error", "other values are allowed"),
    "default-changed": ("warning", "a parameter has another default"),
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
    "file-name-changed": ("error", "the file in the response has another name"),
    "archive-tree-changed": ("error", "the zip has another layout"),
    "action-changed": ("warning", "the caller needs another permission"),
    "example-contradicts-table": ("warning", "an example does not fit the page's own table"),
    "page-contradicts-itself": ("warning", "two places of the page contradict each other"),
    "settings-tables-changed": ("warning", "the page has other tables of settings"),
    "claim-gone": ("warning", "the page no longer states a claim of the register"),
    "claim-reworded": ("info", "the page no longer has the words that the register quotes"),
    "setting-changed": ("info", "a row of a table of settings differs"),
    "statement-changed": ("info", "only one of two pages states a fact"),
    "operation-name-changed": ("info", "the vendor calls the operation something else"),
    "error-message-changed": ("info", "an error code has another message"),
    "example-changed": ("info", "an example has another value"),
    "title-changed": ("info", "the page has another title"),
    "date-changed": ("info", "the page has another date"),
    "wording-changed": ("info", "a description has other words"),
}
"""Level and meaning of each kind of finding, by id.

`error`: the difference is seen on the wire. `warning`: it breaks a promise that the wire does not show. `info`: the
wording differs. A kind has one level.
"""


WHOLE_PAGE = ("operation-gone", "operation-added", "page-gone", "page-added")
"""The kinds of findings about a page that only one of two folders has."""


@frozen
class SourceLine:
    """A line of the file that the page is compared with: a source of the description, or an older page."""

    file: str
    line: int | None = None


@frozen
class Finding:
    """A difference between a page and an edition's document, or between two pages."""

    kind: str
    about: str
    """The subject, such as "response parameter `zip_file`"."""
    page: str | None
    """The fact on the page, in words, such as `string, optional`; None if missing."""
    other: str | None
    """The fact in the document or on the older page, in words; None if missing."""
    line: int
    """The line on the page; for a missing fact, the line of its table or section."""
    states: Statement
    """The fact on the page as a statement of the register; its place is empty between two pages."""
    other_line: int | None = None
    """The line on the older page; None if the page is compared with a document."""
    operation: str = ""
    source: SourceLine | None = None
    """The line to look at: on the older page, or where a maintainer edits the edition."""
    known: tuple[str, ...] = ()
    """Ids of the entries of the register that state this difference."""
    near: tuple[str, ...] = ()
    """Ids of the entries of the register for the same place."""

    @property
    def level(self) -> Level:
        """The level of its kind."""
        return KINDS[self.kind][0]


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted by level, the worst first, then by line."""
    return tuple(sorted(findings, key=lambda finding: (LEVELS.index(finding.level), finding.line)))
