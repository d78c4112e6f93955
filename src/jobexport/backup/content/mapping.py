"""A map of names for another workspace: a line for each, as `connection:hive_cn = hive_otc`.

The left side is a reference as `manifest.jsonl` has it. `user:* = admin` stands for all users without a line of their
own, and `user:* = *` keeps their names. A bucket's line is for all paths in it; a line for an `obs_file` goes before.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.backup.content import references
from jobexport.backup.content.references import BUCKET, KEYS, OBS_FILE, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_ANY = "*"
_LINE = re.compile(r"(?P<kind>\w+):(?P<old>.+?)\s+=\s+(?P<new>.+)")


@define(eq=False)
class NameMap:
    """New names by kind of reference and old name."""

    _lines: dict[tuple[str, str], str]
    own: Collection[tuple[str, str]] = ()
    """The items of the backup by kind and name: their names stay."""
    _used: set[tuple[str, str]] = field(factory=set)

    @classmethod
    def parse(cls, text: str) -> NameMap:
        """Return the map of a file's text; empty lines and lines that begin with `#` are comments.

        Raises:
            ValueError: a line is not of the form, names no kind of reference, or is there twice.
        """
        lines: dict[tuple[str, str], str] = {}
        for number, whole in enumerate(text.splitlines(), start=1):
            line = whole.strip()
            if not line or line.startswith("#"):
                continue
            found = _LINE.fullmatch(line)
            if not found or found["kind"] not in KEYS:
                raise ValueError(
                    f"line {number} is not of the form KIND:OLD = NEW, with a KIND of {', '.join(KEYS)}, "
                    f"as in connection:hive_cn = hive_otc"
                )
            key = found["kind"], found["old"]
            if key in lines:
                raise ValueError(f"line {number}: {':'.join(key)} has a line already")
            if found["new"] == _ANY != found["old"]:
                raise ValueError(f"line {number}: * on the right keeps a name, so it goes with * on the left")
            if found["kind"] == OBS_FILE and "/" not in found["new"] + found["old"]:
                raise ValueError(f"line {number}: an obs_file is bucket/key")
            lines[key] = found["new"]
        return cls(lines)

    def new(self, kind: str, name: str) -> str | None:
        """Return the new name, or None if the map has no line for it."""
        if (kind, name) in self.own:
            return name
        for key in ((kind, name), (kind, _ANY)):
            if key in self._lines:
                self._used.add(key)
                return name if self._lines[key] == _ANY else self._lines[key]
        if kind == OBS_FILE:
            bucket, _, rest = name.partition("/")
            new = self.new(BUCKET, bucket)
            return None if new is None else f"{new}/{rest}"
        return None

    def unused(self) -> list[str]:
        """Return the lines that no reference has needed, as `connection:hive_cn`."""
        return [":".join(key) for key in self._lines if key not in self._used]

    def unmapped(self, refs: Iterable[str]) -> list[str]:
        """Return the references that the map has no line for; for a file in OBS, its bucket is among them."""
        found = [references.split(ref) for ref in refs]
        return [":".join(key) for key in found if self.new(*key) is None and key[0] != OBS_FILE]

    def applied(self, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a definition with the new names; a name without a line stays."""
        # Texts come before the places, as a new name is not to be replaced again.
        changed: dict[str, Any] = self._texts(copy.deepcopy(dict(fields)))
        for place in references.places(kind, changed):
            if references.is_name(place.value) and (new := self.new(place.kind, place.value)) is not None:
                place.put(new)
        return changed

    def _texts(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._texts(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._texts(item) for item in value]
        return references.renamed(value, self._path, self._variable) if isinstance(value, str) else value

    def _path(self, bucket: str, key: str) -> tuple[str, str]:
        if not references.is_name(bucket):
            return bucket, key
        if key and not key.endswith("/") and (found := self.new(OBS_FILE, f"{bucket}/{key}")) is not None:
            bucket, _, key = found.partition("/")
            return bucket, key
        return self.new(BUCKET, bucket) or bucket, key

    def _variable(self, name: str) -> str:
        return self.new(VARIABLE, name) or name
