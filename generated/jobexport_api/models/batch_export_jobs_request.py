from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchExportJobsRequest")


@_attrs_define
class BatchExportJobsRequest:
    """The jobs to export, with or without their scripts and resources."""

    job_list: list[str]
    """ Names of the jobs, 1 to 100 of them. """
    export_depend: bool | Unset = UNSET
    """ true adds the scripts and resources that the job uses, false leaves them out. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job_list = self.job_list

        export_depend = self.export_depend

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "jobList": job_list,
            }
        )
        if export_depend is not UNSET:
            field_dict["exportDepend"] = export_depend

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        job_list = cast(list[str], d.pop("jobList"))

        export_depend = d.pop("exportDepend", UNSET)

        batch_export_jobs_request = cls(
            job_list=job_list,
            export_depend=export_depend,
        )

        batch_export_jobs_request.additional_properties = d
        return batch_export_jobs_request

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
