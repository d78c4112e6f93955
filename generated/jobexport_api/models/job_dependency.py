from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="JobDependency")


@_attrs_define
class JobDependency:
    """The jobs that a run waits for."""

    jobs: list[str]
    """ Names of the jobs. """
    depend_period: str | Unset = UNSET
    """ Which run of these jobs counts. """
    depend_fail_policy: str | Unset = UNSET
    """ What happens if such a job fails. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        jobs = self.jobs

        depend_period = self.depend_period

        depend_fail_policy = self.depend_fail_policy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "jobs": jobs,
            }
        )
        if depend_period is not UNSET:
            field_dict["dependPeriod"] = depend_period
        if depend_fail_policy is not UNSET:
            field_dict["dependFailPolicy"] = depend_fail_policy

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        jobs = cast(list[str], d.pop("jobs"))

        depend_period = d.pop("dependPeriod", UNSET)

        depend_fail_policy = d.pop("dependFailPolicy", UNSET)

        job_dependency = cls(
            jobs=jobs,
            depend_period=depend_period,
            depend_fail_policy=depend_fail_policy,
        )

        job_dependency.additional_properties = d
        return job_dependency

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
