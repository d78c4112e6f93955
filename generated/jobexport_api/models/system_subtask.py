from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SystemSubtask")


@_attrs_define
class SystemSubtask:
    """A part of a task."""

    id: str
    """ Id of the part. """
    name: str
    """ The part in words, for people only. """
    last_update: int
    """ Last change of the part, in milliseconds since 1970. """
    status: str
    """ State of the part, with the words of a task's state. """
    start_time: int | Unset = UNSET
    """ Begin of the part, in milliseconds since 1970. """
    end_time: int | Unset = UNSET
    """ End of the part, in milliseconds since 1970. """
    task_id: str | Unset = UNSET
    """ Id of the task that the part belongs to. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        last_update = self.last_update

        status = self.status

        start_time = self.start_time

        end_time = self.end_time

        task_id = self.task_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "lastUpdate": last_update,
                "status": status,
            }
        )
        if start_time is not UNSET:
            field_dict["startTime"] = start_time
        if end_time is not UNSET:
            field_dict["endTime"] = end_time
        if task_id is not UNSET:
            field_dict["taskId"] = task_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        last_update = d.pop("lastUpdate")

        status = d.pop("status")

        start_time = d.pop("startTime", UNSET)

        end_time = d.pop("endTime", UNSET)

        task_id = d.pop("taskId", UNSET)

        system_subtask = cls(
            id=id,
            name=name,
            last_update=last_update,
            status=status,
            start_time=start_time,
            end_time=end_time,
            task_id=task_id,
        )

        system_subtask.additional_properties = d
        return system_subtask

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
