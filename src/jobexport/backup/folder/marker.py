"""The marker of a backup: which workspace it is of, how many items the service and the backup have, and its digests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from jobexport.backup.folder import layout
from jobexport.core import strict_json
from jobexport.errors import BackupDamaged, BackupFormatUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT, MAJOR, MINOR = "jobexport-backup", 1, 0
_FORMAT = re.compile(r"jobexport-backup/(\d{1,4})(?:\.(\d{1,4}))?")


@frozen
class Origin:
    """The service and the workspace that a backup is of."""

    service: str
    """`dgc` or `dli`."""
    project: str
    workspace: str | None = None
    """The id of the workspace; None for the default workspace, and for DLI."""
    cloud: str | None = None
    region: str | None = None

    def differences(self, other: Origin) -> list[str]:
        """Return what keeps two origins from being one: `["project is a, not b"]`. An unknown cloud is any cloud."""
        found = []
        for name, value in asdict(self).items():
            wanted = getattr(other, name)
            unknown = name in {"cloud", "region"} and None in {value, wanted}
            if value != wanted and not unknown:
                found.append(f"{name} is {value or 'the default one'}, not {wanted or 'the default one'}")
        return found


@frozen
class Marker:
    """The marker. It has no time, so that a workspace without changes leaves it as it is."""

    origin: Origin
    export_status: str | None
    """The version of each job: `DEVELOP` is the version in development; None for DLI."""
    counts: Mapping[str, int]
    """The items that the service has and the backup holds, by kind."""
    total: Mapping[str, int | None]
    """The service's own number of items, by kind; None if its list has no number."""
    complete: bool
    """True if the service's items are all there, each with its last content."""
    sha256: Mapping[str, str]
    """Digests of the manifest and the requirements."""
    tool: str
    """The version of the tool that last changed the backup."""
    edition: str | None = None
    """The edition of the documentation that the service follows, if the user named it."""

    def write(self) -> bytes:
        """Return the marker as the bytes of its file."""
        plain = {
            "format": f"{FORMAT}/{MAJOR}",
            "tool": f"jobexport {self.tool}",
            **asdict(self.origin),
            "edition": self.edition,
            "exportStatus": self.export_status,
            "complete": self.complete,
            "counts": dict(self.counts),
            "total": dict(self.total),
            "sha256": dict(self.sha256),
        }
        return strict_json.write(plain).encode()


def read(content: bytes) -> Marker:
    """Return the marker of a file's bytes.

    Raises:
        BackupFormatUnknown: a later major version wrote it.
        BackupDamaged: it breaks a rule of the format.
    """
    try:
        plain = strict_json.parse(content, file=True)
        if not isinstance(plain, dict):
            raise TypeError("it is not a JSON object")
        _check_format(plain)
        return _marker(plain)
    except (ValueError, TypeError, KeyError) as problem:
        reason = f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)
        raise BackupDamaged(layout.MARKER, reason) from None


def _check_format(plain: Mapping[str, Any]) -> None:
    found = _FORMAT.fullmatch(str(plain["format"]))
    if not found:
        raise ValueError(f"its format is {plain['format']!r:.40}, not {FORMAT}/{MAJOR}")
    if int(found[1]) != MAJOR:
        tool = plain.get("tool")
        raise BackupFormatUnknown(found[0], tool if isinstance(tool, str) else None)


def _marker(plain: Mapping[str, Any]) -> Marker:
    origin = Origin(
        service=_text(plain, "service"),
        project=_text(plain, "project"),
        workspace=_text_or_none(plain, "workspace"),
        cloud=_text_or_none(plain, "cloud"),
        region=_text_or_none(plain, "region"),
    )
    if origin.service not in layout.KINDS_OF:
        raise ValueError(f"service {origin.service!r:.40} is unknown")
    if not isinstance(plain["complete"], bool):
        raise TypeError("complete is neither true nor false")
    sha256 = {key: _text(plain["sha256"], key) for key in (layout.MANIFEST, layout.REQUIREMENTS)}
    return Marker(
        origin=origin,
        export_status=_text_or_none(plain, "exportStatus"),
        counts={kind: _number(plain["counts"], kind) for kind in layout.KINDS_OF[origin.service]},
        total={
            kind: None if plain["total"][kind] is None else _number(plain["total"], kind)
            for kind in layout.KINDS_OF[origin.service]
        },
        complete=plain["complete"],
        sha256=sha256,
        edition=_text_or_none(plain, "edition"),
        tool=_text(plain, "tool").removeprefix("jobexport "),
    )


def _text(plain: Mapping[str, Any], key: str) -> str:
    value = plain[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is not a text")
    return value


def _text_or_none(plain: Mapping[str, Any], key: str) -> str | None:
    return None if plain.get(key) is None else _text(plain, key)


def _number(plain: Mapping[str, Any], key: str) -> int:
    value = plain[key]
    if type(value) is not int or value < 0:
        raise TypeError(f"the number for {key} is not a number")
    return value
