from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_dependency import JobDependency


T = TypeVar("T", bound="JobCron")


@_attrs_define
class JobCron:
    """The times at which a job runs."""

    start_time: str
    """ Begin of the schedule, ISO 8601 with the zone's hours only. """
    expression: str
    """ A cron expression of six fields. """
    end_time: str | Unset = UNSET
    """ End of the schedule, in the same form. """
    expression_time_zone: str | Unset = UNSET
    """ Time zone of the expression, by default that of the service. """
    depend_pre_period: bool | Unset = UNSET
    """ Whether a run waits for the run before it. """
    depend_jobs: JobDependency | Unset = UNSET
    """ The jobs that a run waits for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_time = self.start_time

        expression = self.expression

        end_time = self.end_time

        expression_time_zone = self.expression_time_zone

        depend_pre_period = self.depend_pre_period

        depend_jobs: dict[str, Any] | Unset = UNSET
        if not isinstance(self.depend_jobs, Unset):
            depend_jobs = self.depend_jobs.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "startTime": start_time,
                "expression": expression,
            }
        )
        if end_time is not UNSET:
            field_dict["endTime"] = end_time
        if expression_time_zone is not UNSET:
            field_dict["expressionTimeZone"] = expression_time_zone
        if depend_pre_period is not UNSET:
            field_dict["dependPrePeriod"] = depend_pre_period
        if depend_jobs is not UNSET:
            field_dict["dependJobs"] = depend_jobs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_dependency import JobDependency  # noqa: PLC0415

        d = dict(src_dict)
        start_time = d.pop("startTime")

        expression = d.pop("expression")

        end_time = d.pop("endTime", UNSET)

        expression_time_zone = d.pop("expressionTimeZone", UNSET)

        depend_pre_period = d.pop("dependPrePeriod", UNSET)

        _depend_jobs = d.pop("dependJobs", UNSET)
        depend_jobs: JobDependency | Unset
        if isinstance(_depend_jobs, Unset):
            depend_jobs = UNSET
        else:
            depend_jobs = JobDependency.from_dict(_depend_jobs)

        job_cron = cls(
            start_time=start_time,
            expression=expression,
            end_time=end_time,
            expression_time_zone=expression_time_zone,
            depend_pre_period=depend_pre_period,
            depend_jobs=depend_jobs,
        )

        job_cron.additional_properties = d
        return job_cron

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
