from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_cron import JobCron
    from ..models.job_event import JobEvent


T = TypeVar("T", bound="JobSchedule")


@_attrs_define
class JobSchedule:
    """When the job runs, once, by a cron expression, or at an event."""

    type_: str
    """ Kind of the schedule. """
    cron: JobCron | Unset = UNSET
    """ The times at which a job runs. """
    event: JobEvent | Unset = UNSET
    """ The stream or bucket whose events start a job or a node. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        cron: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cron, Unset):
            cron = self.cron.to_dict()

        event: dict[str, Any] | Unset = UNSET
        if not isinstance(self.event, Unset):
            event = self.event.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
            }
        )
        if cron is not UNSET:
            field_dict["cron"] = cron
        if event is not UNSET:
            field_dict["event"] = event

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_cron import JobCron  # noqa: PLC0415
        from ..models.job_event import JobEvent  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        _cron = d.pop("cron", UNSET)
        cron: JobCron | Unset
        if isinstance(_cron, Unset):
            cron = UNSET
        else:
            cron = JobCron.from_dict(_cron)

        _event = d.pop("event", UNSET)
        event: JobEvent | Unset
        if isinstance(_event, Unset):
            event = UNSET
        else:
            event = JobEvent.from_dict(_event)

        job_schedule = cls(
            type_=type_,
            cron=cron,
            event=event,
        )

        job_schedule.additional_properties = d
        return job_schedule

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
