from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="JobSummary")


@_attrs_define
class JobSummary:
    """A job in a list."""

    name: str
    """ Name of the job. """
    job_type: str
    """ Kind of the job. """
    create_user: str
    """ The user who created the job. """
    create_time: int
    """ Time of the creation, in milliseconds since 1970. """
    status: str | Unset = UNSET
    """ State of the job. A real-time job is STARTING, NORMAL, EXCEPTION, STOPPING or STOPPED; a batch job
    SCHEDULING, STOPPED or PAUSED. Other operations of the service have further words. """
    owner: str | Unset = UNSET
    """ Owner of the job. """
    priority: int | Unset = UNSET
    """ Priority of the job, 0 (high), 1 or 2 (low). """
    start_time: int | Unset = UNSET
    """ Time of the start, in milliseconds since 1970. """
    end_time: int | Unset = UNSET
    """ Time of the end, in milliseconds since 1970. """
    last_instance_status: str | Unset = UNSET
    """ Result of the last run of a batch job. """
    last_instance_end_time: int | Unset = UNSET
    """ End of the last run of a batch job, in milliseconds since 1970. """
    last_update_time: int | Unset = UNSET
    """ Time of the last change, in milliseconds since 1970. """
    last_update_user: str | Unset = UNSET
    """ The user of the last change. """
    path: str | Unset = UNSET
    """ Directory of the job. """
    single_node_job_flag: bool | Unset = UNSET
    """ Whether the job has a single task. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        job_type = self.job_type

        create_user = self.create_user

        create_time = self.create_time

        status = self.status

        owner = self.owner

        priority = self.priority

        start_time = self.start_time

        end_time = self.end_time

        last_instance_status = self.last_instance_status

        last_instance_end_time = self.last_instance_end_time

        last_update_time = self.last_update_time

        last_update_user = self.last_update_user

        path = self.path

        single_node_job_flag = self.single_node_job_flag

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "jobType": job_type,
                "createUser": create_user,
                "createTime": create_time,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if owner is not UNSET:
            field_dict["owner"] = owner
        if priority is not UNSET:
            field_dict["priority"] = priority
        if start_time is not UNSET:
            field_dict["startTime"] = start_time
        if end_time is not UNSET:
            field_dict["endTime"] = end_time
        if last_instance_status is not UNSET:
            field_dict["lastInstanceStatus"] = last_instance_status
        if last_instance_end_time is not UNSET:
            field_dict["lastInstanceEndTime"] = last_instance_end_time
        if last_update_time is not UNSET:
            field_dict["lastUpdateTime"] = last_update_time
        if last_update_user is not UNSET:
            field_dict["lastUpdateUser"] = last_update_user
        if path is not UNSET:
            field_dict["path"] = path
        if single_node_job_flag is not UNSET:
            field_dict["singleNodeJobFlag"] = single_node_job_flag

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        job_type = d.pop("jobType")

        create_user = d.pop("createUser")

        create_time = d.pop("createTime")

        status = d.pop("status", UNSET)

        owner = d.pop("owner", UNSET)

        priority = d.pop("priority", UNSET)

        start_time = d.pop("startTime", UNSET)

        end_time = d.pop("endTime", UNSET)

        last_instance_status = d.pop("lastInstanceStatus", UNSET)

        last_instance_end_time = d.pop("lastInstanceEndTime", UNSET)

        last_update_time = d.pop("lastUpdateTime", UNSET)

        last_update_user = d.pop("lastUpdateUser", UNSET)

        path = d.pop("path", UNSET)

        single_node_job_flag = d.pop("singleNodeJobFlag", UNSET)

        job_summary = cls(
            name=name,
            job_type=job_type,
            create_user=create_user,
            create_time=create_time,
            status=status,
            owner=owner,
            priority=priority,
            start_time=start_time,
            end_time=end_time,
            last_instance_status=last_instance_status,
            last_instance_end_time=last_instance_end_time,
            last_update_time=last_update_time,
            last_update_user=last_update_user,
            path=path,
            single_node_job_flag=single_node_job_flag,
        )

        job_summary.additional_properties = d
        return job_summary

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
