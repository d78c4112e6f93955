"""The interface between code that builds requests and code that sends them, with all kinds of credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from attrs import field, frozen

from jobexport.core.http import is_base_url
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSENT: Any = object()
"""The value for "no body"; None is JSON's null."""


NOBODY = ("none", "empty-token", "wrong-token", "near-token", "cut-token", "case-token", "wrong-key")
"""Credentials of no known caller: no token, an empty token, a wrong token, the right token with one letter more, with
one letter less, in the other case, and a signature with an unknown key."""
FORGED = (
    "wrong-secret",
    "altered-body",
    "altered-hashed-body",
    "altered-path",
    "old",
    "unsigned-host",
    "other-project",
)
"""Forged signatures, which need an access key: made with another secret, for another body, for another body whose hash
is signed too, for another path, an hour ago, without the header `host`, for another project."""


def path_segment(name: str) -> str:
    """Return a name as exactly one segment of a URL's path: `"a/b" → "a%2Fb"`, `".." → "%2E%2E"`.

    Every client on the way would take `.` and `..` for steps.
    """
    encoded = quote(name, safe="")
    return encoded.replace(".", "%2E") if encoded in {".", ".."} else encoded


def check_url(url: str) -> None:
    """Check the base URL of a server under test.

    Raises:
        JobexportError: it is not such a URL. The text does not show a user or a password.
    """
    if not is_base_url(url):
        shown = "the server's URL, which has an @," if "@" in url else f"{url!r}"
        raise JobexportError(
            f"{shown} is not a URL; write it like http://127.0.0.1:8080, without user, query and fragment"
        )


class TransportProblem(Exception):  # noqa: N818  # a state of the wire, not of this program
    """The response is missing or incomplete. The text is one sentence."""

    def __init__(self, text: str, case: str = "", unreachable: bool = False) -> None:
        super().__init__(text)
        self.case = case
        """Id of the exchange in the journal."""
        self.unreachable = unreachable
        """True if no connection was made."""


@frozen
class Received:
    """The response to a request of `Sender`."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    content: bytes = field(repr=False)
    case: str = ""
    """Id of the exchange in the journal."""


class Sender(Protocol):
    """Sends requests to the server under test: adds credentials, keeps the rate, and writes the journal."""

    @property
    def signs(self) -> bool:
        """True if the sender has an access key, which `signed` and the FORGED credentials need."""

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
        linked: bool = False,
    ) -> Received:
        """Send a request.

        Args:
            operation: the operationId.
            method: the HTTP method.
            path: the encoded path below the base URL, with its query.
            body: the value to send as JSON.
            content: the bytes to send instead of `body`.
            headers: headers beside the credentials; `Content-Type` is `application/json` by default if `body` is given.
            credentials: `right` (of the run), `signed` (with the access key), or an item of NOBODY or FORGED.
            valid: True if the request keeps to the document; for the journal.
            linked: True if the request may have names that earlier responses made; for the journal.

        Raises:
            TransportProblem: the response is missing or incomplete.
        """
