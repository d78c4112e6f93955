from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.resource_package import ResourcePackage


T = TypeVar("T", bound="Resource")


@_attrs_define
class Resource:
    """A resource in a list of resources."""

    name: str
    """ Name of a resource. """
    type_: str
    """ The kind of the file. """
    location: str
    """ Place of the file in OBS, or of the main file of a jar with others. """
    id: str | Unset = UNSET
    """ Id of the resource. """
    resource_id: str | Unset = UNSET
    """ Id of the resource, in the name that a public client reads. """
    depend_files: list[str] | Unset = UNSET
    """ Places of further files that the main file needs, 10,240 characters in all. """
    depend_packages: list[ResourcePackage] | Unset = UNSET
    """ Further files with their kinds; it goes before `dependFiles`. """
    desc: str | Unset = UNSET
    """ The resource in words. """
    directory: str | Unset = UNSET
    """ Folder of the resource in the workspace. Without it the resource is in the root folder. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_

        location = self.location

        id = self.id

        resource_id = self.resource_id

        depend_files: list[str] | Unset = UNSET
        if not isinstance(self.depend_files, Unset):
            depend_files = self.depend_files

        depend_packages: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.depend_packages, Unset):
            depend_packages = []
            for depend_packages_item_data in self.depend_packages:
                depend_packages_item = depend_packages_item_data.to_dict()
                depend_packages.append(depend_packages_item)

        desc = self.desc

        directory = self.directory

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "type": type_,
                "location": location,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if resource_id is not UNSET:
            field_dict["resourceId"] = resource_id
        if depend_files is not UNSET:
            field_dict["dependFiles"] = depend_files
        if depend_packages is not UNSET:
            field_dict["dependPackages"] = depend_packages
        if desc is not UNSET:
            field_dict["desc"] = desc
        if directory is not UNSET:
            field_dict["directory"] = directory

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.resource_package import ResourcePackage  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        location = d.pop("location")

        id = d.pop("id", UNSET)

        resource_id = d.pop("resourceId", UNSET)

        depend_files = cast(list[str], d.pop("dependFiles", UNSET))

        _depend_packages = d.pop("dependPackages", UNSET)
        depend_packages: list[ResourcePackage] | Unset = UNSET
        if _depend_packages is not UNSET:
            depend_packages = []
            for depend_packages_item_data in _depend_packages:
                depend_packages_item = ResourcePackage.from_dict(depend_packages_item_data)

                depend_packages.append(depend_packages_item)

        desc = d.pop("desc", UNSET)

        directory = d.pop("directory", UNSET)

        resource = cls(
            name=name,
            type_=type_,
            location=location,
            id=id,
            resource_id=resource_id,
            depend_files=depend_files,
            depend_packages=depend_packages,
            desc=desc,
            directory=directory,
        )

        resource.additional_properties = d
        return resource

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
