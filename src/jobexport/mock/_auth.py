"""Decides who a request comes from: a token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.mock._request import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

EXAMPLE_TOKEN = "example-token"  # noqa: S105  # it opens nothing but this server


@frozen
class Credentials:
    """What opens the server."""

    token: str = field(repr=False)

    def admit(self, scope: Scope, headers: Mapping[str, bytes], content: bytes) -> None:
        """Let a request in, or not.

        Raises:
            Refused: the caller is not known.
        """
        del scope, content
        # A token that is missing and one that is wrong are the same to the caller.
        if not hmac.compare_digest(headers.get("x-auth-token", b""), self.token.encode()):
            raise Refused("unauthorized")

    def needs_content(self, headers: Mapping[str, bytes]) -> bool:
        """Whether the body must be read before it is known who sent it."""
        del headers
        return False
