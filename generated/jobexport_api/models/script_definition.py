from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.script_definition_target_status import ScriptDefinitionTargetStatus, check_script_definition_target_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_approver import JobApprover
    from ..models.script_definition_configuration import ScriptDefinitionConfiguration


T = TypeVar("T", bound="ScriptDefinition")


@_attrs_define
class ScriptDefinition:
    """A script to create. A `.script` of an export holds the same; read that leniently, with unknown fields."""

    name: str
    """ Name of a script, unique in its workspace. """
    type_: str
    """ Language of the script. """
    content: str
    """ Text of the script. A page for creating allows 4 MB, pages for reading 64 KB. """
    directory: str | Unset = UNSET
    """ Folder of the script in the workspace. Without it the script is in the root folder. """
    connection_name: str | Unset = UNSET
    """ The connection that runs the script. """
    database: str | Unset = UNSET
    """ Database of an SQL script. """
    queue_name: str | Unset = UNSET
    """ Queue of DLI, for the type DLISQL only. """
    configuration: ScriptDefinitionConfiguration | Unset = UNSET
    """ Settings of a run, for the type DLISQL only. """
    description: str | Unset = UNSET
    """ The script in words. """
    target_status: ScriptDefinitionTargetStatus | Unset = UNSET
    """ State of the script in a workspace with reviews. SAVED stores it, SUBMITTED sends it to the approvers,
    PRODUCTION makes it ready to run at once; only an administrator of the workspace may ask for PRODUCTION. """
    approvers: list[JobApprover] | Unset = UNSET
    """ The users who approve the script in a workspace with reviews. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_

        content = self.content

        directory = self.directory

        connection_name = self.connection_name

        database = self.database

        queue_name = self.queue_name

        configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.configuration, Unset):
            configuration = self.configuration.to_dict()

        description = self.description

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
                "type": type_,
                "content": content,
            }
        )
        if directory is not UNSET:
            field_dict["directory"] = directory
        if connection_name is not UNSET:
            field_dict["connectionName"] = connection_name
        if database is not UNSET:
            field_dict["database"] = database
        if queue_name is not UNSET:
            field_dict["queueName"] = queue_name
        if configuration is not UNSET:
            field_dict["configuration"] = configuration
        if description is not UNSET:
            field_dict["description"] = description
        if target_status is not UNSET:
            field_dict["targetStatus"] = target_status
        if approvers is not UNSET:
            field_dict["approvers"] = approvers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_approver import JobApprover  # noqa: PLC0415
        from ..models.script_definition_configuration import ScriptDefinitionConfiguration  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        content = d.pop("content")

        directory = d.pop("directory", UNSET)

        connection_name = d.pop("connectionName", UNSET)

        database = d.pop("database", UNSET)

        queue_name = d.pop("queueName", UNSET)

        _configuration = d.pop("configuration", UNSET)
        configuration: ScriptDefinitionConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = ScriptDefinitionConfiguration.from_dict(_configuration)

        description = d.pop("description", UNSET)

        _target_status = d.pop("targetStatus", UNSET)
        target_status: ScriptDefinitionTargetStatus | Unset
        if isinstance(_target_status, Unset):
            target_status = UNSET
        else:
            target_status = check_script_definition_target_status(_target_status)

        _approvers = d.pop("approvers", UNSET)
        approvers: list[JobApprover] | Unset = UNSET
        if _approvers is not UNSET:
            approvers = []
            for approvers_item_data in _approvers:
                approvers_item = JobApprover.from_dict(approvers_item_data)

                approvers.append(approvers_item)

        script_definition = cls(
            name=name,
            type_=type_,
            content=content,
            directory=directory,
            connection_name=connection_name,
            database=database,
            queue_name=queue_name,
            configuration=configuration,
            description=description,
            target_status=target_status,
            approvers=approvers,
        )

        script_definition.additional_properties = d
        return script_definition

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
