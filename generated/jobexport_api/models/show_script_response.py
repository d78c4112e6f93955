from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.show_script_response_configuration import ShowScriptResponseConfiguration


T = TypeVar("T", bound="ShowScriptResponse")


@_attrs_define
class ShowScriptResponse:
    """A script."""

    name: str
    """ Name of a script, unique in its workspace. """
    type_: str
    """ Language of the script. """
    content: str
    """ Text of the script. The pages for reading allow 64 KB, a page for creating 4 MB. """
    directory: str | Unset = UNSET
    """ Folder of the script in the workspace. Without it the script is in the root folder. """
    connection_name: str | Unset = UNSET
    """ The connection that runs the script. """
    database: str | Unset = UNSET
    """ Database of an SQL script. """
    queue_name: str | Unset = UNSET
    """ Queue of DLI, for the type DLISQL only. """
    configuration: ShowScriptResponseConfiguration | Unset = UNSET
    """ Settings of a run, for the type DLISQL only. """
    description: str | Unset = UNSET
    """ The script in words. """
    auto_acquire_lock: bool | Unset = UNSET
    """ true if the script is locked for a user who opens it. """
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

        auto_acquire_lock = self.auto_acquire_lock

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
        if auto_acquire_lock is not UNSET:
            field_dict["autoAcquireLock"] = auto_acquire_lock

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.show_script_response_configuration import ShowScriptResponseConfiguration  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        content = d.pop("content")

        directory = d.pop("directory", UNSET)

        connection_name = d.pop("connectionName", UNSET)

        database = d.pop("database", UNSET)

        queue_name = d.pop("queueName", UNSET)

        _configuration = d.pop("configuration", UNSET)
        configuration: ShowScriptResponseConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = ShowScriptResponseConfiguration.from_dict(_configuration)

        description = d.pop("description", UNSET)

        auto_acquire_lock = d.pop("autoAcquireLock", UNSET)

        show_script_response = cls(
            name=name,
            type_=type_,
            content=content,
            directory=directory,
            connection_name=connection_name,
            database=database,
            queue_name=queue_name,
            configuration=configuration,
            description=description,
            auto_acquire_lock=auto_acquire_lock,
        )

        show_script_response.additional_properties = d
        return show_script_response

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
