from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FlinkJobMapping")


@_attrs_define
class FlinkJobMapping:
    """A job before and after the import."""

    old_job_id: int | str | Unset = UNSET
    """ Id that the job had when it was exported. Read numbers and strings. """
    new_job_id: int | str | Unset = UNSET
    """ Id of the imported job, or -1 if a job of this name exists and `is_cover` is false. Read numbers and
    strings. """
    remark: str | Unset = UNSET
    """ What happened to the job, for people. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        old_job_id: int | str | Unset
        if isinstance(self.old_job_id, Unset):
            old_job_id = UNSET
        else:
            old_job_id = self.old_job_id

        new_job_id: int | str | Unset
        if isinstance(self.new_job_id, Unset):
            new_job_id = UNSET
        else:
            new_job_id = self.new_job_id

        remark = self.remark

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if old_job_id is not UNSET:
            field_dict["old_job_id"] = old_job_id
        if new_job_id is not UNSET:
            field_dict["new_job_id"] = new_job_id
        if remark is not UNSET:
            field_dict["remark"] = remark

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_old_job_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        old_job_id = _parse_old_job_id(d.pop("old_job_id", UNSET))

        def _parse_new_job_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        new_job_id = _parse_new_job_id(d.pop("new_job_id", UNSET))

        remark = d.pop("remark", UNSET)

        flink_job_mapping = cls(
            old_job_id=old_job_id,
            new_job_id=new_job_id,
            remark=remark,
        )

        flink_job_mapping.additional_properties = d
        return flink_job_mapping

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
