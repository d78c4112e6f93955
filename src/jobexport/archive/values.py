"""Jobs, scripts and resources of an export: typed properties for documented fields, and all fields as JSON.

A `.job` has the fields of the create-job page, a `.script` has the fields of the create-script page, a `.resource`
presumably has the fields of the create-resource page. The pages contradict themselves, so a value of another type is
not an error: the property is None or empty, and `as_json` returns all fields that were read. A number that Python would
write in another way, such as `1.50`, is a float that keeps its text (`core.strict_json.Number`). A repr shows no field,
as parameters may be secrets.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from jobexport.archive.names import segment_name

Fields = Mapping[str, Any]


@frozen
class Node:
    """A node of a job."""

    _fields: Fields = field(repr=False)

    @property
    def name(self) -> str | None:
        """The name, which no other node of the job has."""
        return _text(self._fields, "name")

    @property
    def type(self) -> str | None:
        """The type, such as `HiveSQL` or `Hive SQL`: the page's table and its example differ."""
        return _text(self._fields, "type")

    @property
    def properties(self) -> dict[str, Any]:
        """The node's settings by name, such as `scriptName`."""
        named = _objects(self._fields, "properties")
        return {name: item.get("value") for item in named if (name := _text(item, "name")) is not None}

    def as_json(self) -> dict[str, Any]:
        """Return a copy of all fields as they were read."""
        return copy.deepcopy(dict(self._fields))


@frozen
class Job:
    """A job. `member` is its place in the zip."""

    member: str
    _fields: Fields = field(repr=False)

    @property
    def name(self) -> str:
        """The name, or the member's name if missing."""
        return _name(self.member, self._fields)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes in the job's order."""
        return tuple(Node(fields) for fields in _objects(self._fields, "nodes"))

    @property
    def schedule(self) -> dict[str, Any] | None:
        """The schedule of the job's runs."""
        return _object(self._fields, "schedule")

    @property
    def params(self) -> tuple[dict[str, Any], ...]:
        """The parameters, which may be secrets."""
        return _objects(self._fields, "params")

    @property
    def directory(self) -> str | None:
        """The folder in the console's tree, such as `/dir/a`."""
        return _text(self._fields, "directory")

    @property
    def last_update_user(self) -> str | None:
        """The user who changed the job last."""
        return _text(self._fields, "lastUpdateUser")

    @property
    def approvers(self) -> tuple[str, ...]:
        """Names of the people who review it."""
        return _approvers(self._fields)

    def as_json(self) -> dict[str, Any]:
        """Return a copy of all fields as they were read, also of fields that no page has."""
        return copy.deepcopy(dict(self._fields))


@frozen
class Script:
    """A script. `member` is its place in the zip; a batch export has it in the folder of each job that uses it."""

    member: str
    _fields: Fields = field(repr=False)

    @property
    def name(self) -> str:
        """The name, or the member's name if missing."""
        return _name(self.member, self._fields)

    @property
    def type(self) -> str | None:
        """The type, such as `DLISQL`, `Shell` or `PYTHON`."""
        return _text(self._fields, "type")

    @property
    def content(self) -> str | None:
        """The script's text."""
        return _text(self._fields, "content")

    @property
    def directory(self) -> str | None:
        """The folder in the console's tree."""
        return _text(self._fields, "directory")

    @property
    def connection_name(self) -> str | None:
        """The connection that the script runs on."""
        return _text(self._fields, "connectionName")

    @property
    def database(self) -> str | None:
        """The database of the script's SQL."""
        return _text(self._fields, "database")

    @property
    def queue_name(self) -> str | None:
        """The DLI queue that the script runs on."""
        return _text(self._fields, "queueName")

    @property
    def description(self) -> str | None:
        """The description, for people."""
        return _text(self._fields, "description")

    @property
    def approvers(self) -> tuple[str, ...]:
        """Names of the people who review it."""
        return _approvers(self._fields)

    def as_json(self) -> dict[str, Any]:
        """Return a copy of all fields as they were read, also of fields that no page has."""
        return copy.deepcopy(dict(self._fields))


@frozen
class Resource:
    """A resource: not the file, but its place in OBS. `member` is the resource's place in the zip."""

    member: str
    _fields: Fields = field(repr=False)

    @property
    def name(self) -> str:
        """The name, or the member's name if missing."""
        return _name(self.member, self._fields)

    @property
    def type(self) -> str | None:
        """`archive`, `file` or `jar`."""
        return _text(self._fields, "type")

    @property
    def location(self) -> str | None:
        """OBS path of the file."""
        return _text(self._fields, "location")

    @property
    def depend_files(self) -> tuple[str, ...]:
        """OBS paths of the files that a jar needs."""
        return _texts(self._fields, "dependFiles")

    @property
    def directory(self) -> str | None:
        """The folder in the console's tree."""
        return _text(self._fields, "directory")

    @property
    def description(self) -> str | None:
        """The description, for people; the field is called `desc`."""
        return _text(self._fields, "desc")

    def as_json(self) -> dict[str, Any]:
        """Return a copy of all fields as they were read, also of fields that no page has."""
        return copy.deepcopy(dict(self._fields))


def _name(member: str, fields: Fields) -> str:
    stem = member.rpartition("/")[2].rpartition(".")[0]
    return _text(fields, "name") or segment_name(stem) or member


def _text(fields: Fields, key: str) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) else None


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    value = fields.get(key)
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _object(fields: Fields, key: str) -> dict[str, Any] | None:
    value = fields.get(key)
    return copy.deepcopy(value) if isinstance(value, dict) else None


def _objects(fields: Fields, key: str) -> tuple[dict[str, Any], ...]:
    value = fields.get(key)
    return tuple(copy.deepcopy(item) for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _approvers(fields: Fields) -> tuple[str, ...]:
    return tuple(name for item in _objects(fields, "approvers") if (name := _text(item, "approverName")) is not None)
