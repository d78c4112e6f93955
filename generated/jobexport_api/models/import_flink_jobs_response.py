from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_job_mapping import FlinkJobMapping


T = TypeVar("T", bound="ImportFlinkJobsResponse")


@_attrs_define
class ImportFlinkJobsResponse:
    """The outcome of the import, with old and new ids."""

    is_success: bool | str | Unset = UNSET
    """ Success flag of the import. It is a success also if no job was imported. """
    message: str | Unset = UNSET
    """ A message of the service for people. May be empty. """
    job_mapping: list[FlinkJobMapping] | Unset = UNSET
    """ The jobs of the zips, each with its old and its new id. """
    jobs_mapping: FlinkJobMapping | list[FlinkJobMapping] | Unset = UNSET
    """ The jobs of the zips, each with its old and its new id. The table types it as one object. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_success: bool | str | Unset
        if isinstance(self.is_success, Unset):
            is_success = UNSET
        else:
            is_success = self.is_success

        message = self.message

        job_mapping: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.job_mapping, Unset):
            job_mapping = []
            for job_mapping_item_data in self.job_mapping:
                job_mapping_item = job_mapping_item_data.to_dict()
                job_mapping.append(job_mapping_item)

        jobs_mapping: dict[str, Any] | list[dict[str, Any]] | Unset
        if isinstance(self.jobs_mapping, Unset):
            jobs_mapping = UNSET
        elif isinstance(self.jobs_mapping, list):
            jobs_mapping = []
            for jobs_mapping_type_0_item_data in self.jobs_mapping:
                jobs_mapping_type_0_item = jobs_mapping_type_0_item_data.to_dict()
                jobs_mapping.append(jobs_mapping_type_0_item)

        else:
            jobs_mapping = self.jobs_mapping.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if is_success is not UNSET:
            field_dict["is_success"] = is_success
        if message is not UNSET:
            field_dict["message"] = message
        if job_mapping is not UNSET:
            field_dict["job_mapping"] = job_mapping
        if jobs_mapping is not UNSET:
            field_dict["jobs_mapping"] = jobs_mapping

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_job_mapping import FlinkJobMapping  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_is_success(data: object) -> bool | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(bool | str | Unset, data)

        is_success = _parse_is_success(d.pop("is_success", UNSET))

        message = d.pop("message", UNSET)

        _job_mapping = d.pop("job_mapping", UNSET)
        job_mapping: list[FlinkJobMapping] | Unset = UNSET
        if _job_mapping is not UNSET:
            job_mapping = []
            for job_mapping_item_data in _job_mapping:
                job_mapping_item = FlinkJobMapping.from_dict(job_mapping_item_data)

                job_mapping.append(job_mapping_item)

        def _parse_jobs_mapping(data: object) -> FlinkJobMapping | list[FlinkJobMapping] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                jobs_mapping_type_0 = []
                _jobs_mapping_type_0 = data
                for jobs_mapping_type_0_item_data in _jobs_mapping_type_0:
                    jobs_mapping_type_0_item = FlinkJobMapping.from_dict(jobs_mapping_type_0_item_data)

                    jobs_mapping_type_0.append(jobs_mapping_type_0_item)

                return jobs_mapping_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            jobs_mapping_type_1 = FlinkJobMapping.from_dict(data)

            return jobs_mapping_type_1

        jobs_mapping = _parse_jobs_mapping(d.pop("jobs_mapping", UNSET))

        import_flink_jobs_response = cls(
            is_success=is_success,
            message=message,
            job_mapping=job_mapping,
            jobs_mapping=jobs_mapping,
        )

        import_flink_jobs_response.additional_properties = d
        return import_flink_jobs_response

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
