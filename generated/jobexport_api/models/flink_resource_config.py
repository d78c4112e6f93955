from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_resource_spec import FlinkResourceSpec


T = TypeVar("T", bound="FlinkResourceConfig")


@_attrs_define
class FlinkResourceConfig:
    """Resources of a job, counted by slots and memory instead of compute units."""

    max_slot: int | Unset = UNSET
    """ Slots of a task manager. """
    parallel_number: int | Unset = UNSET
    """ Parallel tasks of each operator. """
    jobmanager_resource_spec: FlinkResourceSpec | Unset = UNSET
    """ Resources of one process. """
    taskmanager_resource_spec: FlinkResourceSpec | Unset = UNSET
    """ Resources of one process. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        max_slot = self.max_slot

        parallel_number = self.parallel_number

        jobmanager_resource_spec: dict[str, Any] | Unset = UNSET
        if not isinstance(self.jobmanager_resource_spec, Unset):
            jobmanager_resource_spec = self.jobmanager_resource_spec.to_dict()

        taskmanager_resource_spec: dict[str, Any] | Unset = UNSET
        if not isinstance(self.taskmanager_resource_spec, Unset):
            taskmanager_resource_spec = self.taskmanager_resource_spec.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if max_slot is not UNSET:
            field_dict["max_slot"] = max_slot
        if parallel_number is not UNSET:
            field_dict["parallel_number"] = parallel_number
        if jobmanager_resource_spec is not UNSET:
            field_dict["jobmanager_resource_spec"] = jobmanager_resource_spec
        if taskmanager_resource_spec is not UNSET:
            field_dict["taskmanager_resource_spec"] = taskmanager_resource_spec

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_resource_spec import FlinkResourceSpec  # noqa: PLC0415

        d = dict(src_dict)
        max_slot = d.pop("max_slot", UNSET)

        parallel_number = d.pop("parallel_number", UNSET)

        _jobmanager_resource_spec = d.pop("jobmanager_resource_spec", UNSET)
        jobmanager_resource_spec: FlinkResourceSpec | Unset
        if isinstance(_jobmanager_resource_spec, Unset):
            jobmanager_resource_spec = UNSET
        else:
            jobmanager_resource_spec = FlinkResourceSpec.from_dict(_jobmanager_resource_spec)

        _taskmanager_resource_spec = d.pop("taskmanager_resource_spec", UNSET)
        taskmanager_resource_spec: FlinkResourceSpec | Unset
        if isinstance(_taskmanager_resource_spec, Unset):
            taskmanager_resource_spec = UNSET
        else:
            taskmanager_resource_spec = FlinkResourceSpec.from_dict(_taskmanager_resource_spec)

        flink_resource_config = cls(
            max_slot=max_slot,
            parallel_number=parallel_number,
            jobmanager_resource_spec=jobmanager_resource_spec,
            taskmanager_resource_spec=taskmanager_resource_spec,
        )

        flink_resource_config.additional_properties = d
        return flink_resource_config

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
