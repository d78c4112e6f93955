from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_basic_config import JobBasicConfig
    from ..models.job_node import JobNode
    from ..models.job_parameter import JobParameter
    from ..models.job_schedule import JobSchedule


T = TypeVar("T", bound="JobDetails")


@_attrs_define
class JobDetails:
    """A job as showJob shows it. Further fields occur."""

    name: str
    """ Name of the job. """
    nodes: list[JobNode]
    """ The nodes of the job. """
    schedule: JobSchedule
    """ When the job runs, once, by a cron expression, or at an event. """
    id: int | Unset = UNSET
    """ Id of the job. An exported job has no such field. """
    params: list[JobParameter] | Unset = UNSET
    """ Parameters of the job. """
    directory: str | Unset = UNSET
    """ Directory of the job. """
    process_type: str | Unset = UNSET
    """ Kind of the job. """
    last_update_user: str | Unset = UNSET
    """ The user of the last change. """
    log_path: str | Unset = UNSET
    """ OBS folder of the logs. """
    basic_config: JobBasicConfig | Unset = UNSET
    """ Basic settings of a job. Further fields occur. """
    description: None | str | Unset = UNSET
    """ A text of the user. """
    empty_running_job: None | str | Unset = UNSET
    """ Whether the job may run without doing anything, `0` or `1`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        nodes = []
        for nodes_item_data in self.nodes:
            nodes_item = nodes_item_data.to_dict()
            nodes.append(nodes_item)

        schedule = self.schedule.to_dict()

        id = self.id

        params: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = []
            for params_item_data in self.params:
                params_item = params_item_data.to_dict()
                params.append(params_item)

        directory = self.directory

        process_type = self.process_type

        last_update_user = self.last_update_user

        log_path = self.log_path

        basic_config: dict[str, Any] | Unset = UNSET
        if not isinstance(self.basic_config, Unset):
            basic_config = self.basic_config.to_dict()

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        empty_running_job: None | str | Unset
        if isinstance(self.empty_running_job, Unset):
            empty_running_job = UNSET
        else:
            empty_running_job = self.empty_running_job

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "nodes": nodes,
                "schedule": schedule,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if params is not UNSET:
            field_dict["params"] = params
        if directory is not UNSET:
            field_dict["directory"] = directory
        if process_type is not UNSET:
            field_dict["processType"] = process_type
        if last_update_user is not UNSET:
            field_dict["lastUpdateUser"] = last_update_user
        if log_path is not UNSET:
            field_dict["logPath"] = log_path
        if basic_config is not UNSET:
            field_dict["basicConfig"] = basic_config
        if description is not UNSET:
            field_dict["description"] = description
        if empty_running_job is not UNSET:
            field_dict["emptyRunningJob"] = empty_running_job

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_basic_config import JobBasicConfig  # noqa: PLC0415
        from ..models.job_node import JobNode  # noqa: PLC0415
        from ..models.job_parameter import JobParameter  # noqa: PLC0415
        from ..models.job_schedule import JobSchedule  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        nodes = []
        _nodes = d.pop("nodes")
        for nodes_item_data in _nodes:
            nodes_item = JobNode.from_dict(nodes_item_data)

            nodes.append(nodes_item)

        schedule = JobSchedule.from_dict(d.pop("schedule"))

        id = d.pop("id", UNSET)

        _params = d.pop("params", UNSET)
        params: list[JobParameter] | Unset = UNSET
        if _params is not UNSET:
            params = []
            for params_item_data in _params:
                params_item = JobParameter.from_dict(params_item_data)

                params.append(params_item)

        directory = d.pop("directory", UNSET)

        process_type = d.pop("processType", UNSET)

        last_update_user = d.pop("lastUpdateUser", UNSET)

        log_path = d.pop("logPath", UNSET)

        _basic_config = d.pop("basicConfig", UNSET)
        basic_config: JobBasicConfig | Unset
        if isinstance(_basic_config, Unset):
            basic_config = UNSET
        else:
            basic_config = JobBasicConfig.from_dict(_basic_config)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_empty_running_job(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        empty_running_job = _parse_empty_running_job(d.pop("emptyRunningJob", UNSET))

        job_details = cls(
            name=name,
            nodes=nodes,
            schedule=schedule,
            id=id,
            params=params,
            directory=directory,
            process_type=process_type,
            last_update_user=last_update_user,
            log_path=log_path,
            basic_config=basic_config,
            description=description,
            empty_running_job=empty_running_job,
        )

        job_details.additional_properties = d
        return job_details

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
