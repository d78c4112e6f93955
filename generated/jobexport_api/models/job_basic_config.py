from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_basic_config_custom_fields import JobBasicConfigCustomFields
    from ..models.job_basic_config_tags_type_0 import JobBasicConfigTagsType0


T = TypeVar("T", bound="JobBasicConfig")


@_attrs_define
class JobBasicConfig:
    """Basic settings of a job. Further fields occur."""

    owner: str | Unset = UNSET
    """ Owner of the job. """
    priority: int | Unset = UNSET
    """ Priority of the job, 0 (high), 1 or 2 (low). """
    execute_user: str | Unset = UNSET
    """ The user as whom the job runs. """
    instance_timeout: int | Unset = UNSET
    """ Minutes until a run counts as failed. An example has 0, below the limit of the table. """
    custom_fields: JobBasicConfigCustomFields | Unset = UNSET
    """ Fields of the user. """
    agency: None | str | Unset = UNSET
    """ The agency as which the job runs. """
    tags: JobBasicConfigTagsType0 | list[str] | None | Unset = UNSET
    """ Tags of the job; an object in examples, a list of texts in the vendor's client. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.job_basic_config_tags_type_0 import JobBasicConfigTagsType0  # noqa: PLC0415

        owner = self.owner

        priority = self.priority

        execute_user = self.execute_user

        instance_timeout = self.instance_timeout

        custom_fields: dict[str, Any] | Unset = UNSET
        if not isinstance(self.custom_fields, Unset):
            custom_fields = self.custom_fields.to_dict()

        agency: None | str | Unset
        if isinstance(self.agency, Unset):
            agency = UNSET
        else:
            agency = self.agency

        tags: dict[str, Any] | list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, JobBasicConfigTagsType0):
            tags = self.tags.to_dict()
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if owner is not UNSET:
            field_dict["owner"] = owner
        if priority is not UNSET:
            field_dict["priority"] = priority
        if execute_user is not UNSET:
            field_dict["executeUser"] = execute_user
        if instance_timeout is not UNSET:
            field_dict["instanceTimeout"] = instance_timeout
        if custom_fields is not UNSET:
            field_dict["customFields"] = custom_fields
        if agency is not UNSET:
            field_dict["agency"] = agency
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_basic_config_custom_fields import JobBasicConfigCustomFields  # noqa: PLC0415
        from ..models.job_basic_config_tags_type_0 import JobBasicConfigTagsType0  # noqa: PLC0415

        d = dict(src_dict)
        owner = d.pop("owner", UNSET)

        priority = d.pop("priority", UNSET)

        execute_user = d.pop("executeUser", UNSET)

        instance_timeout = d.pop("instanceTimeout", UNSET)

        _custom_fields = d.pop("customFields", UNSET)
        custom_fields: JobBasicConfigCustomFields | Unset
        if isinstance(_custom_fields, Unset):
            custom_fields = UNSET
        else:
            custom_fields = JobBasicConfigCustomFields.from_dict(_custom_fields)

        def _parse_agency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agency = _parse_agency(d.pop("agency", UNSET))

        def _parse_tags(data: object) -> JobBasicConfigTagsType0 | list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tags_type_0 = JobBasicConfigTagsType0.from_dict(data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_1 = cast(list[str], data)

                return tags_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(JobBasicConfigTagsType0 | list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        job_basic_config = cls(
            owner=owner,
            priority=priority,
            execute_user=execute_user,
            instance_timeout=instance_timeout,
            custom_fields=custom_fields,
            agency=agency,
            tags=tags,
        )

        job_basic_config.additional_properties = d
        return job_basic_config

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
