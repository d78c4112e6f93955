"""A profile of clouds.yaml, as users of OpenStack's tools keep it; openstacksdk finds, reads and uses it."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from jobexport.client import Token
from jobexport.core.environment import inherited
from jobexport.core.extras import needing
from jobexport.errors import JobexportError, TokenUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# The cloud by the end of the identity service's host.
_CLOUDS = {".otc.t-systems.com": "otc", ".myhuaweicloud.com": "huaweicloud", ".myhuaweicloud.eu": "huaweicloud"}
_TIMEOUT_SECONDS = 60.0
_FILES = ("OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE")
"""The variables with which openstacksdk finds its files."""
_BYTES = 4 << 20
"""The most bytes of a file of openstacksdk, which reads any file to its end."""


@frozen
class Profile:
    """Project, token and place of the service, as a profile has them."""

    project: str
    """The project's id."""
    token: Callable[[], Token] = field(repr=False)
    """The function that fetches a new token."""
    cloud: str | None
    """The cloud, or None if the identity service belongs to neither cloud."""
    region: str | None


def load_profile(name: str, region: str | None) -> Profile:
    """Return a profile of `clouds.yaml`: project, source of tokens, cloud and region. A first token is fetched at once.

    Raises:
        JobexportError: openstacksdk is not installed, the profile is missing, or the identity service refuses it.
    """
    with needing("openstack", "a profile of clouds.yaml"):
        from openstack.config import OpenStackConfig, loader
    # openstacksdk logs an error before it raises it, and Python prints logs that have no handler.
    for library in ("keystoneauth", "openstack"):
        logging.getLogger(library).addHandler(logging.NullHandler())
    given = (inherited().get(variable) for variable in _FILES)
    _check_files([*filter(None, given), *loader.CONFIG_FILES, *loader.SECURE_FILES, *loader.VENDOR_FILES])
    chosen: dict[str, Any] = {} if region is None else {"region_name": region}
    with _sentences(name, "can't be read", "check the file"):
        profile: Any = OpenStackConfig().get_one(cloud=name, api_timeout=_TIMEOUT_SECONDS, **chosen)
        session = profile.get_session()
        host = urlsplit(session.auth.auth_url).hostname or ""
    refused = "is refused by the identity service", "check its auth_url, user, password and project"
    with _sentences(name, *refused):
        access = session.auth.get_access(session)
    if not access.project_id:
        raise JobexportError(f"profile {name} of clouds.yaml has no project; add project_id or project_name to it")

    def fetch() -> Token:
        # The first call returns the token at hand, each further call a new token.
        nonlocal access
        held, access = access, None
        if held is None:
            with _sentences(name, *refused):
                session.invalidate()
                held = session.auth.get_access(session)
        return Token(held.auth_token, expires=held.expires)

    cloud = next((cloud for end, cloud in _CLOUDS.items() if host.endswith(end)), None)
    return Profile(access.project_id, fetch, cloud, profile.region_name or None)


def _check_files(names: Iterable[str]) -> None:
    """Raise TokenUnavailable for a file that openstacksdk would read for ever: a device, a pipe, a very long file."""
    for path in map(Path, names):
        if path.exists() and not (path.is_file() and path.stat().st_size <= _BYTES):
            raise TokenUnavailable(f"{path} is not a file, or longer than {_BYTES >> 20} MiB; check the path")


@contextlib.contextmanager
def _sentences(name: str, problem: str, advice: str) -> Iterator[None]:
    """Raise TokenUnavailable with one sentence for any error in the block."""
    from openstack.exceptions import ConfigException

    try:
        yield
    except ConfigException as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise TokenUnavailable(f"profile {name} of clouds.yaml can't be used: {reason}; {advice}") from None
    # A malformed file raises any kind of exception, whose text may quote the password.
    except Exception as error:
        reason = type(error).__name__
        raise TokenUnavailable(f"profile {name} of clouds.yaml {problem} ({reason}); {advice}") from None
