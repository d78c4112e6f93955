"""The items of lists: jobs, scripts, resources, Flink jobs. Each keeps its JSON exactly as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

JobType = Literal["BATCH", "REAL_TIME"]
JOB_TYPES: tuple[JobType, ...] = ("BATCH", "REAL_TIME")
"""The kinds of jobs, each with a list of its own."""


@frozen
class ListedJob:
    """A job in a list of DGC."""

    name: str
    type: str
    """The kind of the job, `BATCH` or `REAL_TIME`."""
    fields: Mapping[str, Any] = field(repr=False)
    """The JSON of the job in the list; its numbers keep their digits (`strict_json.Number`)."""

    @classmethod
    def of(cls, fields: Mapping[str, Any], kind: JobType) -> ListedJob | None:
        """Return the job of a list's entry, or None if it has no name."""
        name = text(fields.get("name"))
        return None if name is None else cls(name, text(fields.get("jobType")) or kind, fields)

    @property
    def updated(self) -> int | None:
        """The time of the last change in milliseconds since 1970; None in an edition that does not show it."""
        return number(self.fields.get("lastUpdateTime"))

    @property
    def status(self) -> str | None:
        """The state of the job, such as `STOPPED`; None if missing."""
        return text(self.fields.get("status"))

    @property
    def owner(self) -> str | None:
        """The owner of the job; None if missing."""
        return text(self.fields.get("owner"))

    @property
    def directory(self) -> str | None:
        """The folder of the job in the workspace; None if missing."""
        return text(self.fields.get("path"))


@frozen
class ListedScript:
    """A script in a list of DGC."""

    name: str
    fields: Mapping[str, Any] = field(repr=False)
    """The JSON of the script in the list; its numbers keep their digits (`strict_json.Number`)."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> ListedScript | None:
        """Return the script of a list's entry, or None if it has no name."""
        name = text(fields.get("name"))
        return None if name is None else cls(name, fields)

    @property
    def content(self) -> str | None:
        """The text of the script; None if the list does not show it, then `show_script` does."""
        found = self.fields.get("content")
        return found if isinstance(found, str) else None

    @property
    def owner(self) -> str | None:
        """The owner of the script; None if missing."""
        return text(self.fields.get("owner"))

    @property
    def directory(self) -> str | None:
        """The folder of the script in the workspace; None if missing."""
        return text(self.fields.get("directory"))


@frozen
class ListedResource:
    """A resource in a list of DGC: the place of a file in OBS, not the file."""

    name: str
    fields: Mapping[str, Any] = field(repr=False)
    """The JSON of the resource in the list; its numbers keep their digits (`strict_json.Number`)."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> ListedResource | None:
        """Return the resource of a list's entry, or None if it has no name."""
        name = text(fields.get("name"))
        return None if name is None else cls(name, fields)

    @property
    def id(self) -> str | None:
        """The id of the resource, `id` on its page and `resourceId` for a client of the service; None if missing."""
        return text(self.fields.get("id")) or text(self.fields.get("resourceId"))

    @property
    def location(self) -> str | None:
        """The place of the file in OBS; None if missing."""
        return text(self.fields.get("location"))

    @property
    def directory(self) -> str | None:
        """The folder of the resource in the workspace; None if missing."""
        return text(self.fields.get("directory"))


@frozen
class ListedFlinkJob:
    """A Flink job in a list of DLI."""

    id: int
    name: str
    fields: Mapping[str, Any] = field(repr=False)
    """The JSON of the job in the list; its numbers keep their digits (`strict_json.Number`)."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> ListedFlinkJob | None:
        """Return the job of a list's entry, or None if it has no id or no name. The id may be a number or a text."""
        id_, name = number(fields.get("job_id")), text(fields.get("name"))
        return None if id_ is None or name is None else cls(id_, name, fields)

    @property
    def type(self) -> str | None:
        """The kind of the job, such as `flink_sql_job`; None if missing."""
        return text(self.fields.get("job_type"))

    @property
    def status(self) -> str | None:
        """The state of the job, such as `job_running`; None if missing."""
        return text(self.fields.get("status"))

    @property
    def updated(self) -> int | None:
        """The time of the last change in milliseconds since 1970; None if the list does not show it."""
        return number(self.fields.get("update_time"))


def text(value: Any) -> str | None:
    """Return a text that is not empty, or None for any other value."""
    return value if isinstance(value, str) and value else None


def number(value: Any) -> int | None:
    """Return an integer, also one that is sent as a text, as editions differ; None for any other value."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return value if type(value) is int else None
