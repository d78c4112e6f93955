from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="JobNodeCondition")


@_attrs_define
class JobNodeCondition:
    """An expression that decides whether a node runs after another."""

    pre_node_name: str
    """ Name of the node before. """
    expression: str
    """ An expression of the service that is true or false. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pre_node_name = self.pre_node_name

        expression = self.expression

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "preNodeName": pre_node_name,
                "expression": expression,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pre_node_name = d.pop("preNodeName")

        expression = d.pop("expression")

        job_node_condition = cls(
            pre_node_name=pre_node_name,
            expression=expression,
        )

        job_node_condition.additional_properties = d
        return job_node_condition

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
