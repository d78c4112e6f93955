from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="JobEvent")


@_attrs_define
class JobEvent:
    """The stream or bucket whose events start a job or a node."""

    event_type: str
    """ Kind of the source. """
    channel: str | Unset = UNSET
    """ Name of the stream. """
    fail_policy: str | Unset = UNSET
    """ What happens after a run that failed. """
    concurrent: int | Unset = UNSET
    """ Number of runs at the same time. """
    read_policy: str | Unset = UNSET
    """ Where reading begins, LAST after the place of the last reading, NEW at the newest event. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event_type = self.event_type

        channel = self.channel

        fail_policy = self.fail_policy

        concurrent = self.concurrent

        read_policy = self.read_policy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "eventType": event_type,
            }
        )
        if channel is not UNSET:
            field_dict["channel"] = channel
        if fail_policy is not UNSET:
            field_dict["failPolicy"] = fail_policy
        if concurrent is not UNSET:
            field_dict["concurrent"] = concurrent
        if read_policy is not UNSET:
            field_dict["readPolicy"] = read_policy

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        event_type = d.pop("eventType")

        channel = d.pop("channel", UNSET)

        fail_policy = d.pop("failPolicy", UNSET)

        concurrent = d.pop("concurrent", UNSET)

        read_policy = d.pop("readPolicy", UNSET)

        job_event = cls(
            event_type=event_type,
            channel=channel,
            fail_policy=fail_policy,
            concurrent=concurrent,
            read_policy=read_policy,
        )

        job_event.additional_properties = d
        return job_event

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
