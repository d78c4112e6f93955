from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ExportFlinkJobsRequest")


@_attrs_define
class ExportFlinkJobsRequest:
    """The Flink jobs to export, and the folder that receives them."""

    obs_dir: str
    """ OBS folder that receives the zips, bucket first, written without a scheme. """
    is_selected: bool
    """ true exports the jobs in `job_selected`, false all jobs of the project. """
    job_selected: list[int] | Unset = UNSET
    """ Ids of the jobs to export. Required when `is_selected` is true. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        obs_dir = self.obs_dir

        is_selected = self.is_selected

        job_selected: list[int] | Unset = UNSET
        if not isinstance(self.job_selected, Unset):
            job_selected = self.job_selected

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "obs_dir": obs_dir,
                "is_selected": is_selected,
            }
        )
        if job_selected is not UNSET:
            field_dict["job_selected"] = job_selected

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        obs_dir = d.pop("obs_dir")

        is_selected = d.pop("is_selected")

        job_selected = cast(list[int], d.pop("job_selected", UNSET))

        export_flink_jobs_request = cls(
            obs_dir=obs_dir,
            is_selected=is_selected,
            job_selected=job_selected,
        )

        export_flink_jobs_request.additional_properties = d
        return export_flink_jobs_request

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
