from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.system_subtask import SystemSubtask


T = TypeVar("T", bound="SystemTask")


@_attrs_define
class SystemTask:
    """A task that goes on after the response to the request that began it."""

    id: str
    """ Id of the task. """
    name: str
    """ The task in words, for people only. """
    start_time: int
    """ Begin of the task, in milliseconds since 1970. """
    last_update: int
    """ Last change of the task, in milliseconds since 1970. """
    status: str
    """ State of the task. The vendor's client knows WARNING too, which no page explains. """
    project_id: str | Unset = UNSET
    """ Project of the task. """
    end_time: int | Unset = UNSET
    """ End of the task, in milliseconds since 1970; absent while it runs. """
    message: str | Unset = UNSET
    """ The reason of a failure in words, for people only. """
    subtasks: list[SystemSubtask] | Unset = UNSET
    """ The parts of the task, such as the import of each job. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        start_time = self.start_time

        last_update = self.last_update

        status = self.status

        project_id = self.project_id

        end_time = self.end_time

        message = self.message

        subtasks: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.subtasks, Unset):
            subtasks = []
            for subtasks_item_data in self.subtasks:
                subtasks_item = subtasks_item_data.to_dict()
                subtasks.append(subtasks_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "startTime": start_time,
                "lastUpdate": last_update,
                "status": status,
            }
        )
        if project_id is not UNSET:
            field_dict["projectId"] = project_id
        if end_time is not UNSET:
            field_dict["endTime"] = end_time
        if message is not UNSET:
            field_dict["message"] = message
        if subtasks is not UNSET:
            field_dict["subtasks"] = subtasks

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.system_subtask import SystemSubtask  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        start_time = d.pop("startTime")

        last_update = d.pop("lastUpdate")

        status = d.pop("status")

        project_id = d.pop("projectId", UNSET)

        end_time = d.pop("endTime", UNSET)

        message = d.pop("message", UNSET)

        _subtasks = d.pop("subtasks", UNSET)
        subtasks: list[SystemSubtask] | Unset = UNSET
        if _subtasks is not UNSET:
            subtasks = []
            for subtasks_item_data in _subtasks:
                subtasks_item = SystemSubtask.from_dict(subtasks_item_data)

                subtasks.append(subtasks_item)

        system_task = cls(
            id=id,
            name=name,
            start_time=start_time,
            last_update=last_update,
            status=status,
            project_id=project_id,
            end_time=end_time,
            message=message,
            subtasks=subtasks,
        )

        system_task.additional_properties = d
        return system_task

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
