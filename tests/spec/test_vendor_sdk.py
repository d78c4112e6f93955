"""The union against the models of the vendor's own SDK: they agree, or an entry of the register has the difference."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from jobexport.spec.document import operations_by_id
from jobexport.spec.register import load_register
from tests.drift.making.vendor_sdk import Agreement, compare_fields, operation_fields, sdk_fields
from tests.spec.making.resolved import UNION

if TYPE_CHECKING:
    from tests.drift.making.vendor_sdk import Name

REGISTER = load_register()
OPERATIONS = operations_by_id(UNION)
# The share of facts that agree at least. The union has what pages say, and a changed page brings fields that the SDK
# lacks; each such field has an entry.
FLOORS = {"query": 0.8, "body": 0.75, "response": 0.8, "type": 0.97, "required": 0.85}


@functools.cache
def compared(operation: str) -> Agreement:
    """Return where the union and the SDK agree about an operation."""
    place = OPERATIONS[operation]
    sdk = sdk_fields(place.method.upper(), place.path)
    assert sdk is not None
    found = Agreement()
    compare_fields(found, operation, operation_fields(UNION, operation)[0], sdk)
    return found


def explained(operation: str, location: str, name: Name) -> bool:
    """Check whether an entry is about the place of a field, or has an observation of the SDK that names the field."""
    at = operation_fields(UNION, operation)[1].get((location, name))
    for entry in (each for each in REGISTER.entries if operation in each.operations):
        says = {statement.at for claim in entry.claims for statement in claim.says}
        facts = " ".join(seen.fact for seen in entry.observed if "SDK" in seen.by)
        if at in {*entry.pointers, *says} or f"`{name[-1]}`" in facts or f"`{'.'.join(name)}`" in facts:
            return True
    return False


@pytest.mark.parametrize("kind", FLOORS)
def test_the_union_agrees_with_the_vendor_s_sdk(kind: str) -> None:
    """The operations of the union agree with the SDK's models in most of their facts."""
    whole = Agreement()
    for operation in OPERATIONS:
        whole.agreed.update(compared(operation).agreed)
        whole.compared.update(compared(operation).compared)
    assert whole.agreed[kind] >= FLOORS[kind] * whole.compared[kind] > 0, (whole.agreed[kind], whole.compared[kind])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_entry_has_each_difference_from_the_vendor_s_sdk(operation: str) -> None:
    """No field differs between the union and the SDK without an entry of the register."""
    found = compared(operation)
    pairs = zip(found.differences, found.places, strict=True)
    assert [text for text, (location, name) in pairs if not explained(operation, location, name)] == []
