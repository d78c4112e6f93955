from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ImportFlinkJobsRequest")


@_attrs_define
class ImportFlinkJobsRequest:
    """The zips to import, and what happens to jobs of the same names."""

    zip_file: str
    """ OBS path of a zip, or of a folder with zips and nothing else; bucket first, without a scheme as in
    `zip_file` of the export. No page shows the form with `obs://`. """
    is_cover: bool | Unset = UNSET
    """ true replaces a job of the same name, false leaves it. No page names a default. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        zip_file = self.zip_file

        is_cover = self.is_cover

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "zip_file": zip_file,
            }
        )
        if is_cover is not UNSET:
            field_dict["is_cover"] = is_cover

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        zip_file = d.pop("zip_file")

        is_cover = d.pop("is_cover", UNSET)

        import_flink_jobs_request = cls(
            zip_file=zip_file,
            is_cover=is_cover,
        )

        import_flink_jobs_request.additional_properties = d
        return import_flink_jobs_request

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
