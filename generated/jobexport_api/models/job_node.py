from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_event import JobEvent
    from ..models.job_node_condition import JobNodeCondition
    from ..models.job_node_cron import JobNodeCron
    from ..models.job_node_location import JobNodeLocation
    from ..models.job_node_property import JobNodeProperty


T = TypeVar("T", bound="JobNode")


@_attrs_define
class JobNode:
    """One step of a job. Further fields occur."""

    name: str
    """ Name of the node, unique in its job. """
    type_: str
    """ Type of the node. Tables write it with spaces, examples without. """
    location: JobNodeLocation
    """ Place of the node on the canvas. Tables have whole numbers, examples decimal numbers as text. """
    properties: list[JobNodeProperty]
    """ What the node does, by name and value; the names depend on the type. """
    resources: list[Any] | Unset = UNSET
    """ Empty in an example of the oldest edition; no table has it. """
    pre_node_name: list[str] | Unset = UNSET
    """ Names of the nodes that run before. """
    conditions: list[JobNodeCondition] | Unset = UNSET
    """ Conditions for the node to run, each after one node before it. """
    polling_interval: int | Unset = UNSET
    """ Seconds between two looks at the result. """
    max_execution_time: int | Unset = UNSET
    """ Minutes until the node counts as failed. """
    retry_times: int | Unset = UNSET
    """ Number of further tries of a node that failed. """
    retry_interval: int | Unset = UNSET
    """ Seconds between two tries. """
    fail_policy: str | Unset = UNSET
    """ What happens to the job if the node fails. """
    event_trigger: JobEvent | Unset = UNSET
    """ The stream or bucket whose events start a job or a node. """
    cron_trigger: JobNodeCron | Unset = UNSET
    """ The times at which a node of a real-time job runs. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_

        location = self.location.to_dict()

        properties = []
        for properties_item_data in self.properties:
            properties_item = properties_item_data.to_dict()
            properties.append(properties_item)

        resources: list[Any] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = self.resources

        pre_node_name: list[str] | Unset = UNSET
        if not isinstance(self.pre_node_name, Unset):
            pre_node_name = self.pre_node_name

        conditions: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.conditions, Unset):
            conditions = []
            for conditions_item_data in self.conditions:
                conditions_item = conditions_item_data.to_dict()
                conditions.append(conditions_item)

        polling_interval = self.polling_interval

        max_execution_time = self.max_execution_time

        retry_times = self.retry_times

        retry_interval = self.retry_interval

        fail_policy = self.fail_policy

        event_trigger: dict[str, Any] | Unset = UNSET
        if not isinstance(self.event_trigger, Unset):
            event_trigger = self.event_trigger.to_dict()

        cron_trigger: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cron_trigger, Unset):
            cron_trigger = self.cron_trigger.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "type": type_,
                "location": location,
                "properties": properties,
            }
        )
        if resources is not UNSET:
            field_dict["resources"] = resources
        if pre_node_name is not UNSET:
            field_dict["preNodeName"] = pre_node_name
        if conditions is not UNSET:
            field_dict["conditions"] = conditions
        if polling_interval is not UNSET:
            field_dict["pollingInterval"] = polling_interval
        if max_execution_time is not UNSET:
            field_dict["maxExecutionTime"] = max_execution_time
        if retry_times is not UNSET:
            field_dict["retryTimes"] = retry_times
        if retry_interval is not UNSET:
            field_dict["retryInterval"] = retry_interval
        if fail_policy is not UNSET:
            field_dict["failPolicy"] = fail_policy
        if event_trigger is not UNSET:
            field_dict["eventTrigger"] = event_trigger
        if cron_trigger is not UNSET:
            field_dict["cronTrigger"] = cron_trigger

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_event import JobEvent  # noqa: PLC0415
        from ..models.job_node_condition import JobNodeCondition  # noqa: PLC0415
        from ..models.job_node_cron import JobNodeCron  # noqa: PLC0415
        from ..models.job_node_location import JobNodeLocation  # noqa: PLC0415
        from ..models.job_node_property import JobNodeProperty  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        location = JobNodeLocation.from_dict(d.pop("location"))

        properties = []
        _properties = d.pop("properties")
        for properties_item_data in _properties:
            properties_item = JobNodeProperty.from_dict(properties_item_data)

            properties.append(properties_item)

        resources = cast(list[Any], d.pop("resources", UNSET))

        pre_node_name = cast(list[str], d.pop("preNodeName", UNSET))

        _conditions = d.pop("conditions", UNSET)
        conditions: list[JobNodeCondition] | Unset = UNSET
        if _conditions is not UNSET:
            conditions = []
            for conditions_item_data in _conditions:
                conditions_item = JobNodeCondition.from_dict(conditions_item_data)

                conditions.append(conditions_item)

        polling_interval = d.pop("pollingInterval", UNSET)

        max_execution_time = d.pop("maxExecutionTime", UNSET)

        retry_times = d.pop("retryTimes", UNSET)

        retry_interval = d.pop("retryInterval", UNSET)

        fail_policy = d.pop("failPolicy", UNSET)

        _event_trigger = d.pop("eventTrigger", UNSET)
        event_trigger: JobEvent | Unset
        if isinstance(_event_trigger, Unset):
            event_trigger = UNSET
        else:
            event_trigger = JobEvent.from_dict(_event_trigger)

        _cron_trigger = d.pop("cronTrigger", UNSET)
        cron_trigger: JobNodeCron | Unset
        if isinstance(_cron_trigger, Unset):
            cron_trigger = UNSET
        else:
            cron_trigger = JobNodeCron.from_dict(_cron_trigger)

        job_node = cls(
            name=name,
            type_=type_,
            location=location,
            properties=properties,
            resources=resources,
            pre_node_name=pre_node_name,
            conditions=conditions,
            polling_interval=polling_interval,
            max_execution_time=max_execution_time,
            retry_times=retry_times,
            retry_interval=retry_interval,
            fail_policy=fail_policy,
            event_trigger=event_trigger,
            cron_trigger=cron_trigger,
        )

        job_node.additional_properties = d
        return job_node

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
