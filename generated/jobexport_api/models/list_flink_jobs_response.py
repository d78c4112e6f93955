from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_job_list import FlinkJobList


T = TypeVar("T", bound="ListFlinkJobsResponse")


@_attrs_define
class ListFlinkJobsResponse:
    """The outcome of the listing and one page of jobs."""

    is_success: bool | str | Unset = UNSET
    """ Success flag of the listing. """
    message: str | Unset = UNSET
    """ A message of the service for people. May be empty. """
    job_list: FlinkJobList | list[FlinkJobList] | Unset = UNSET
    """ The jobs of this page. One page's table types it as an array, and its example shows the object. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.flink_job_list import FlinkJobList  # noqa: PLC0415

        is_success: bool | str | Unset
        if isinstance(self.is_success, Unset):
            is_success = UNSET
        else:
            is_success = self.is_success

        message = self.message

        job_list: dict[str, Any] | list[dict[str, Any]] | Unset
        if isinstance(self.job_list, Unset):
            job_list = UNSET
        elif isinstance(self.job_list, FlinkJobList):
            job_list = self.job_list.to_dict()
        else:
            job_list = []
            for job_list_type_1_item_data in self.job_list:
                job_list_type_1_item = job_list_type_1_item_data.to_dict()
                job_list.append(job_list_type_1_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if is_success is not UNSET:
            field_dict["is_success"] = is_success
        if message is not UNSET:
            field_dict["message"] = message
        if job_list is not UNSET:
            field_dict["job_list"] = job_list

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_job_list import FlinkJobList  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_is_success(data: object) -> bool | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(bool | str | Unset, data)

        is_success = _parse_is_success(d.pop("is_success", UNSET))

        message = d.pop("message", UNSET)

        def _parse_job_list(data: object) -> FlinkJobList | list[FlinkJobList] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                job_list_type_0 = FlinkJobList.from_dict(data)

                return job_list_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            job_list_type_1 = []
            _job_list_type_1 = data
            for job_list_type_1_item_data in _job_list_type_1:
                job_list_type_1_item = FlinkJobList.from_dict(job_list_type_1_item_data)

                job_list_type_1.append(job_list_type_1_item)

            return job_list_type_1

        job_list = _parse_job_list(d.pop("job_list", UNSET))

        list_flink_jobs_response = cls(
            is_success=is_success,
            message=message,
            job_list=job_list,
        )

        list_flink_jobs_response.additional_properties = d
        return list_flink_jobs_response

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
