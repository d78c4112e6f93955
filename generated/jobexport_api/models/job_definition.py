from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_definition_target_status import JobDefinitionTargetStatus, check_job_definition_target_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_approver import JobApprover
    from ..models.job_basic_config import JobBasicConfig
    from ..models.job_node import JobNode
    from ..models.job_parameter import JobParameter
    from ..models.job_schedule import JobSchedule


T = TypeVar("T", bound="JobDefinition")


@_attrs_define
class JobDefinition:
    """A job as createJob takes it, and as a `.job` in an exported zip holds it. Further fields occur."""

    name: str
    """ Name of a job, unique in its workspace. """
    nodes: list[JobNode]
    """ The nodes of the job, which run in the order of their `preNodeName`. """
    schedule: JobSchedule
    """ When the job runs, once, by a cron expression, or at an event. """
    params: list[JobParameter] | Unset = UNSET
    """ Parameters of the job. """
    directory: str | Unset = UNSET
    """ Directory of the job. """
    process_type: str | Unset = UNSET
    """ Kind of the job. """
    job_type: str | Unset = UNSET
    """ Kind of the job, in the oldest edition. """
    last_update_user: str | Unset = UNSET
    """ The user of the last change. """
    log_path: str | Unset = UNSET
    """ OBS folder of the logs. """
    resources: list[Any] | Unset = UNSET
    """ Empty in an example of the oldest edition; no table has it. """
    version: str | Unset = UNSET
    """ In an example of the oldest edition; no table has it. """
    basic_config: JobBasicConfig | Unset = UNSET
    """ Basic settings of a job. Further fields occur. """
    target_status: JobDefinitionTargetStatus | Unset = UNSET
    """ State of the new job in a workspace with reviews. """
    approvers: list[JobApprover] | Unset = UNSET
    """ The users who approve the job in a workspace with reviews. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        nodes = []
        for nodes_item_data in self.nodes:
            nodes_item = nodes_item_data.to_dict()
            nodes.append(nodes_item)

        schedule = self.schedule.to_dict()

        params: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = []
            for params_item_data in self.params:
                params_item = params_item_data.to_dict()
                params.append(params_item)

        directory = self.directory

        process_type = self.process_type

        job_type = self.job_type

        last_update_user = self.last_update_user

        log_path = self.log_path

        resources: list[Any] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = self.resources

        version = self.version

        basic_config: dict[str, Any] | Unset = UNSET
        if not isinstance(self.basic_config, Unset):
            basic_config = self.basic_config.to_dict()

        target_status: str | Unset = UNSET
        if not isinstance(self.target_status, Unset):
            target_status = self.target_status

        approvers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.approvers, Unset):
            approvers = []
            for approvers_item_data in self.approvers:
                approvers_item = approvers_item_data.to_dict()
                approvers.append(approvers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "nodes": nodes,
                "schedule": schedule,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params
        if directory is not UNSET:
            field_dict["directory"] = directory
        if process_type is not UNSET:
            field_dict["processType"] = process_type
        if job_type is not UNSET:
            field_dict["jobType"] = job_type
        if last_update_user is not UNSET:
            field_dict["lastUpdateUser"] = last_update_user
        if log_path is not UNSET:
            field_dict["logPath"] = log_path
        if resources is not UNSET:
            field_dict["resources"] = resources
        if version is not UNSET:
            field_dict["version"] = version
        if basic_config is not UNSET:
            field_dict["basicConfig"] = basic_config
        if target_status is not UNSET:
            field_dict["targetStatus"] = target_status
        if approvers is not UNSET:
            field_dict["approvers"] = approvers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_approver import JobApprover  # noqa: PLC0415
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

        _params = d.pop("params", UNSET)
        params: list[JobParameter] | Unset = UNSET
        if _params is not UNSET:
            params = []
            for params_item_data in _params:
                params_item = JobParameter.from_dict(params_item_data)

                params.append(params_item)

        directory = d.pop("directory", UNSET)

        process_type = d.pop("processType", UNSET)

        job_type = d.pop("jobType", UNSET)

        last_update_user = d.pop("lastUpdateUser", UNSET)

        log_path = d.pop("logPath", UNSET)

        resources = cast(list[Any], d.pop("resources", UNSET))

        version = d.pop("version", UNSET)

        _basic_config = d.pop("basicConfig", UNSET)
        basic_config: JobBasicConfig | Unset
        if isinstance(_basic_config, Unset):
            basic_config = UNSET
        else:
            basic_config = JobBasicConfig.from_dict(_basic_config)

        _target_status = d.pop("targetStatus", UNSET)
        target_status: JobDefinitionTargetStatus | Unset
        if isinstance(_target_status, Unset):
            target_status = UNSET
        else:
            target_status = check_job_definition_target_status(_target_status)

        _approvers = d.pop("approvers", UNSET)
        approvers: list[JobApprover] | Unset = UNSET
        if _approvers is not UNSET:
            approvers = []
            for approvers_item_data in _approvers:
                approvers_item = JobApprover.from_dict(approvers_item_data)

                approvers.append(approvers_item)

        job_definition = cls(
            name=name,
            nodes=nodes,
            schedule=schedule,
            params=params,
            directory=directory,
            process_type=process_type,
            job_type=job_type,
            last_update_user=last_update_user,
            log_path=log_path,
            resources=resources,
            version=version,
            basic_config=basic_config,
            target_status=target_status,
            approvers=approvers,
        )

        job_definition.additional_properties = d
        return job_definition

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
