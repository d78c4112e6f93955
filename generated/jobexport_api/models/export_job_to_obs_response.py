from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExportJobToObsResponse")


@_attrs_define
class ExportJobToObsResponse:
    """The response if `obsPath` was sent: the place of the zip. The object `{job_name}.zip`, without `DLF_`, appears there
    some seconds later.

    """

    obs_path: str
    """ Folder of the zip, `obs://<bucket>/<path>/<folder>/<milliseconds since 1970>`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        obs_path = self.obs_path

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "obsPath": obs_path,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        obs_path = d.pop("obsPath")

        export_job_to_obs_response = cls(
            obs_path=obs_path,
        )

        export_job_to_obs_response.additional_properties = d
        return export_job_to_obs_response

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
