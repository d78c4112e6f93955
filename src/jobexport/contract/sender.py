"""What a scenario, and whatever else writes requests, asks of the one who sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSENT: Any = object()
"""What stands for "no body": None is JSON's null."""


NOBODY = ("none", "empty-token", "wrong-token", "near-token", "cut-token", "case-token", "wrong-key")
"""Credentials that open nothing: no token, one that is empty, another, the right one with a letter more, with one less,
in the other case, and a signature under a key that nobody has."""
FORGED = (
    "wrong-secret",
    "altered-body",
    "altered-hashed-body",
    "altered-path",
    "old",
    "unsigned-host",
    "other-project",
)
"""Signatures that look right, to be had with an access key only: made with another secret, for another body, for
another body whose hash is signed too, for another path, an hour ago, for a header less, for another project."""


def path_segment(name: str) -> str:
    """Return a name as exactly one segment of a URL's path: `"a/b" → "a%2Fb"`, `".." → "%2E%2E"`.

    Every client on the way would take `.` and `..` for steps.
    """
    encoded = quote(name, safe="")
    return encoded.replace(".", "%2E") if encoded in {".", ".."} else encoded


class TransportProblem(Exception):  # noqa: N818  # a state of the wire, not of this program
    """No answer came, or not all of it. Its text is one sentence."""

    def __init__(self, text: str, case: str = "", unreachable: bool = False) -> None:
        super().__init__(text)
        self.case = case
        """What the record calls the exchange."""
        self.unreachable = unreachable
        """Whether no connection came about."""


@frozen
class Answer:
    """What came back for one request."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    content: bytes = field(repr=False)
    case: str = ""
    """What the record calls the exchange."""


class Sender(Protocol):
    """Sends a request to the server under test, with credentials, in due time, and records it."""

    @property
    def signs(self) -> bool:
        """Whether it has an access key, so that `signed` and the FORGED credentials can be had."""

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        body: Any = ABSENT,
        content: bytes | None = None,
        headers: Mapping[str, str] = {},
        credentials: str = "right",
        valid: bool = False,
    ) -> Answer:
        """Send a request.

        Args:
            operation: the operationId it is meant for.
            method: of HTTP.
            path: below the base URL, encoded.
            body: sent as JSON.
            content: sent as it is, in the place of `body`.
            headers: beside those of the credentials; `Content-Type` is JSON's where there is a body and none is given.
            credentials: `right` (as the run has them), `signed` (with the access key), or one of NOBODY and FORGED.
            valid: whether the request keeps to the document, for the record.

        Raises:
            TransportProblem: no answer came, or not all of it.
        """
