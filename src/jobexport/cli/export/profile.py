"""A profile of clouds.yaml, as users of OpenStack's tools keep it; openstacksdk finds, reads and uses it."""

from __future__ import annotations

import contextlib
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from jobexport.client import Token
from jobexport.core.environment import inherited
from jobexport.core.extras import needing
from jobexport.core.redact import is_secret, remember
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
    given = [*filter(None, (inherited().get(variable) for variable in _FILES))]
    _check_files([*given, *loader.CONFIG_FILES, *loader.SECURE_FILES, *loader.VENDOR_FILES])
    chosen: dict[str, Any] = {} if region is None else {"region_name": region}
    # The file that comes first; openstacksdk tells which one it took only if its form is right.
    where = [next((path for path in (*given[:1], *loader.CONFIG_FILES) if Path(path).is_file()), "")]
    with _skipped_files(), _sentences(name, where, "can't be read", "check the file"):
        config: Any = OpenStackConfig()
        where[0] = _place(config.config_filename, name)
        profile: Any = config.get_one(cloud=name, api_timeout=_TIMEOUT_SECONDS, **chosen)
        session = profile.get_session()
        host = urlsplit(session.auth.auth_url).hostname or ""
    # YAML reads a password of digits as a number.
    remember(*(str(value) for key, value in profile.config["auth"].items() if is_secret(key)))
    refused = where, "is refused by the identity service", "check its auth_url, user, password and project"
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


class _Skipped(logging.Handler):
    """Handler of the log lines of openstacksdk about a file that it can't parse and passes over."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the file, the line and the kind of the fault, without the values that the text may quote."""
        if isinstance(record.args, tuple) and len(record.args) == _FILE_AND_ERROR:
            path, error = record.args
            if isinstance(error, Exception):
                self.problems.append(_fault(str(path), error))


_FILE_AND_ERROR = 2


@contextlib.contextmanager
def _skipped_files() -> Iterator[None]:
    """Raise TokenUnavailable with the fault of a file that was passed over, if the block fails with one."""
    skipped, logger = _Skipped(), logging.getLogger("openstack.config")
    logger.addHandler(skipped)
    try:
        yield
    except TokenUnavailable:
        if skipped.problems:
            raise TokenUnavailable(f"{skipped.problems[0]}; correct the file") from None
        raise
    finally:
        logger.removeHandler(skipped)


def _fault(path: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = getattr(error, "lineno", None) if mark is None else mark.line + 1
    # A name in quotes may be the beginning of a password, such as *word.
    said = re.sub("'.*'", "…", str(getattr(error, "problem", None) or getattr(error, "msg", None) or "not UTF-8"))
    return (
        f"{path}{f' line {line}' if line else ''} is not valid {'JSON' if path.endswith('json') else 'YAML'} ({said})"
    )


def _place(path: str | None, name: str) -> str:
    """Return the file of a profile, with its line if the file has the profile; empty if there is no file."""
    import yaml

    if path is None:
        return ""
    with contextlib.suppress(OSError, ValueError, yaml.YAMLError, RecursionError):
        node: Any = yaml.compose(Path(path).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        for key in ("clouds", name):
            found = next((pair for pair in node.value if pair[0].value == key), None)
            if found is None:
                return str(path)
            start, node = found
        return f"{path} line {start.start_mark.line + 1}"
    return path


@contextlib.contextmanager
def _sentences(name: str, where: list[str], problem: str, advice: str) -> Iterator[None]:
    """Raise TokenUnavailable with one sentence for any error in the block."""
    from keystoneauth1.exceptions import ConnectionError as Unreachable
    from keystoneauth1.exceptions import DiscoveryFailure, MissingRequiredOptions
    from openstack.exceptions import ConfigException

    try:
        yield
    except ConfigException as error:
        reason = " ".join(str(error).split())[:600].rstrip(".")
        said = f"can't be used: {reason}; {advice}"
    except MissingRequiredOptions as error:
        names = ", ".join(option.dest for option in error.options)
        said = f"lacks {names}; add what is missing under auth"
    except (Unreachable, DiscoveryFailure) as error:
        reason = type(error).__name__
        said = f"names an identity service that can't be reached ({reason}); check its auth_url and the network"
    # A malformed file raises any kind of exception, whose text may quote the password.
    except Exception as error:
        said = f"{problem} ({type(error).__name__}); {advice}"
    else:
        return
    raise TokenUnavailable(f"profile {name} of clouds.yaml {said}{f' ({where[0]})' if where[0] else ''}")
