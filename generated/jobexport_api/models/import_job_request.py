from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.import_job_request_same_name_policy import (
    ImportJobRequestSameNamePolicy,
    check_import_job_request_same_name_policy,
)
from ..models.import_job_request_target_status import (
    ImportJobRequestTargetStatus,
    check_import_job_request_target_status,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.import_job_parameters import ImportJobParameters
    from ..models.import_job_replacement import ImportJobReplacement
    from ..models.import_job_request_params import ImportJobRequestParams
    from ..models.job_approver import JobApprover


T = TypeVar("T", bound="ImportJobRequest")


@_attrs_define
class ImportJobRequest:
    """The zip to import, what happens to names that are taken, and values for the jobs."""

    path: str
    """ Place of the zip in OBS, with the scheme `obs://`. The zip has the form that an export has. """
    params: ImportJobRequestParams | Unset = UNSET
    """ Values of parameters that all jobs of the zip share, by name. """
    same_name_policy: ImportJobRequestSameNamePolicy | Unset = UNSET
    """ SKIP leaves a job or script alone if its name is taken, OVERWRITE replaces it. """
    jobs_param: list[ImportJobParameters] | Unset = UNSET
    """ Values of parameters of single jobs. """
    execute_user: str | Unset = UNSET
    """ The user as whom the jobs run. """
    target_status: ImportJobRequestTargetStatus | Unset = UNSET
    """ State of the imported jobs in a workspace with reviews. SAVED stores them, SUBMITTED sends them to the
    approvers, PRODUCTION makes them run at once; only an administrator of the workspace may ask for PRODUCTION. """
    approvers: list[JobApprover] | Unset = UNSET
    """ The users who approve the jobs in a workspace with reviews. """
    resources: list[ImportJobReplacement] | Unset = UNSET
    """ Names to replace while importing, such as those of connections. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        path = self.path

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        same_name_policy: str | Unset = UNSET
        if not isinstance(self.same_name_policy, Unset):
            same_name_policy = self.same_name_policy

        jobs_param: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.jobs_param, Unset):
            jobs_param = []
            for jobs_param_item_data in self.jobs_param:
                jobs_param_item = jobs_param_item_data.to_dict()
                jobs_param.append(jobs_param_item)

        execute_user = self.execute_user

        target_status: str | Unset = UNSET
        if not isinstance(self.target_status, Unset):
            target_status = self.target_status

        approvers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.approvers, Unset):
            approvers = []
            for approvers_item_data in self.approvers:
                approvers_item = approvers_item_data.to_dict()
                approvers.append(approvers_item)

        resources: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = []
            for resources_item_data in self.resources:
                resources_item = resources_item_data.to_dict()
                resources.append(resources_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "path": path,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params
        if same_name_policy is not UNSET:
            field_dict["sameNamePolicy"] = same_name_policy
        if jobs_param is not UNSET:
            field_dict["jobsParam"] = jobs_param
        if execute_user is not UNSET:
            field_dict["executeUser"] = execute_user
        if target_status is not UNSET:
            field_dict["targetStatus"] = target_status
        if approvers is not UNSET:
            field_dict["approvers"] = approvers
        if resources is not UNSET:
            field_dict["resources"] = resources

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_job_parameters import ImportJobParameters  # noqa: PLC0415
        from ..models.import_job_replacement import ImportJobReplacement  # noqa: PLC0415
        from ..models.import_job_request_params import ImportJobRequestParams  # noqa: PLC0415
        from ..models.job_approver import JobApprover  # noqa: PLC0415

        d = dict(src_dict)
        path = d.pop("path")

        _params = d.pop("params", UNSET)
        params: ImportJobRequestParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = ImportJobRequestParams.from_dict(_params)

        _same_name_policy = d.pop("sameNamePolicy", UNSET)
        same_name_policy: ImportJobRequestSameNamePolicy | Unset
        if isinstance(_same_name_policy, Unset):
            same_name_policy = UNSET
        else:
            same_name_policy = check_import_job_request_same_name_policy(_same_name_policy)

        _jobs_param = d.pop("jobsParam", UNSET)
        jobs_param: list[ImportJobParameters] | Unset = UNSET
        if _jobs_param is not UNSET:
            jobs_param = []
            for jobs_param_item_data in _jobs_param:
                jobs_param_item = ImportJobParameters.from_dict(jobs_param_item_data)

                jobs_param.append(jobs_param_item)

        execute_user = d.pop("executeUser", UNSET)

        _target_status = d.pop("targetStatus", UNSET)
        target_status: ImportJobRequestTargetStatus | Unset
        if isinstance(_target_status, Unset):
            target_status = UNSET
        else:
            target_status = check_import_job_request_target_status(_target_status)

        _approvers = d.pop("approvers", UNSET)
        approvers: list[JobApprover] | Unset = UNSET
        if _approvers is not UNSET:
            approvers = []
            for approvers_item_data in _approvers:
                approvers_item = JobApprover.from_dict(approvers_item_data)

                approvers.append(approvers_item)

        _resources = d.pop("resources", UNSET)
        resources: list[ImportJobReplacement] | Unset = UNSET
        if _resources is not UNSET:
            resources = []
            for resources_item_data in _resources:
                resources_item = ImportJobReplacement.from_dict(resources_item_data)

                resources.append(resources_item)

        import_job_request = cls(
            path=path,
            params=params,
            same_name_policy=same_name_policy,
            jobs_param=jobs_param,
            execute_user=execute_user,
            target_status=target_status,
            approvers=approvers,
            resources=resources,
        )

        import_job_request.additional_properties = d
        return import_job_request

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
