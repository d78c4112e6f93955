from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.import_job_parameters_params import ImportJobParametersParams


T = TypeVar("T", bound="ImportJobParameters")


@_attrs_define
class ImportJobParameters:
    """Values for the parameters of one job."""

    name: str
    """ Name of a job, unique in its workspace. """
    params: ImportJobParametersParams | Unset = UNSET
    """ Values of the job's parameters, by name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_job_parameters_params import ImportJobParametersParams  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        _params = d.pop("params", UNSET)
        params: ImportJobParametersParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = ImportJobParametersParams.from_dict(_params)

        import_job_parameters = cls(
            name=name,
            params=params,
        )

        import_job_parameters.additional_properties = d
        return import_job_parameters

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
