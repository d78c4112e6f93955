from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="JobNodeLocation")


@_attrs_define
class JobNodeLocation:
    """Place of the node on the canvas. Tables have whole numbers, examples decimal numbers as text."""

    x: float | int | str
    """ Distance from the left. """
    y: float | int | str
    """ Distance from the top. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        x: float | int | str
        x = self.x

        y: float | int | str
        y = self.y

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "x": x,
                "y": y,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_x(data: object) -> float | int | str:
            return cast(float | int | str, data)

        x = _parse_x(d.pop("x"))

        def _parse_y(data: object) -> float | int | str:
            return cast(float | int | str, data)

        y = _parse_y(d.pop("y"))

        job_node_location = cls(
            x=x,
            y=y,
        )

        job_node_location.additional_properties = d
        return job_node_location

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
