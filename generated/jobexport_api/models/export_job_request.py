from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.export_job_request_export_status import (
    ExportJobRequestExportStatus,
    check_export_job_request_export_status,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ExportJobRequest")


@_attrs_define
class ExportJobRequest:
    """Options for the export of a job."""

    export_depend: bool | Unset = UNSET
    """ true adds the scripts and resources that the job uses, false leaves them out. """
    obs_path: str | Unset = UNSET
    """ OBS folder that receives the zip. Without it the zip is the response. """
    export_status: ExportJobRequestExportStatus | Unset = UNSET
    """ The version of the job to export, DEVELOP for the current draft, SUBMIT for the last submitted version. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        export_depend = self.export_depend

        obs_path = self.obs_path

        export_status: str | Unset = UNSET
        if not isinstance(self.export_status, Unset):
            export_status = self.export_status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if export_depend is not UNSET:
            field_dict["exportDepend"] = export_depend
        if obs_path is not UNSET:
            field_dict["obsPath"] = obs_path
        if export_status is not UNSET:
            field_dict["exportStatus"] = export_status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        export_depend = d.pop("exportDepend", UNSET)

        obs_path = d.pop("obsPath", UNSET)

        _export_status = d.pop("exportStatus", UNSET)
        export_status: ExportJobRequestExportStatus | Unset
        if isinstance(_export_status, Unset):
            export_status = UNSET
        else:
            export_status = check_export_job_request_export_status(_export_status)

        export_job_request = cls(
            export_depend=export_depend,
            obs_path=obs_path,
            export_status=export_status,
        )

        export_job_request.additional_properties = d
        return export_job_request

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
