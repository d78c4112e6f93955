"""Credentials from the environment: a token, or an access key under the names that the vendor's own SDK reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from attrs import field, frozen

from jobexport.core.environment import ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN, TOKEN, read

if TYPE_CHECKING:
    from jobexport.auth import AccessKey


@frozen
class EnvironmentCredentials:
    """The credentials in the environment; all may be missing."""

    token: str | None = field(default=None, repr=False)
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.token or self.access_key)

    def key(self, project: str) -> AccessKey | None:
        """Return the access key for a project, or None if a token is set (it goes first) or the key is incomplete."""
        from jobexport.auth import AccessKey

        if self.token or not (self.access_key and self.secret_key):
            return None
        return AccessKey(self.access_key, self.secret_key, project, self.security_token)


def read_credentials() -> EnvironmentCredentials:
    """Read the environment.

    Raises:
        UsageError: a header can't carry a value.
    """
    found = {name: read(name) for name in (TOKEN, ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN)}
    for name, value in found.items():
        # The HTTP library refuses a stray line break with a message that quotes the value, which is secret.
        if value is not None and not re.fullmatch(r"[\x21-\x7e]+", value):
            raise click.UsageError(f"{name} can't be sent in a header; set it to a value without spaces or line breaks")
    token, id_, secret, temporary = found.values()
    if not (id_ and secret):
        # Half a key is not usable.
        id_ = secret = temporary = None
    return EnvironmentCredentials(token, id_, secret, temporary)
