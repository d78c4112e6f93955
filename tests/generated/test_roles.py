"""The tables of fields and of errors that the client looks for: made from the description, used by the client."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path

import pytest
from jobexport_api import models
from jobexport_api.types import ERRORS, ROLES

from jobexport.client import objects, responses
from jobexport.mock.requests.operations import read_operations
from jobexport.spec.editions import BASE, CHECKOUT, PACKAGE, edition_ids, load_edition
from jobexport.spec.load import load_yaml
from jobexport.spec.roles import ROLES as KNOWN
from jobexport.spec.roles import error_names, generated_roles

FIELDS = [
    (model, name, attribute)
    for model, roles in ROLES.items()
    for names in roles.values()
    for name, attribute in names.items()
]


def test_the_table_has_the_marks_of_the_union() -> None:
    """Model, role and name of each field with `x-role` are in the table, and nothing else is."""
    marked: dict[str, dict[str, list[str]]] = {}
    for model, schema in load_yaml(CHECKOUT / BASE)["components"]["schemas"].items():
        for name, fields in schema.get("properties", {}).items():
            if "x-role" in fields:
                marked.setdefault(model, {}).setdefault(fields["x-role"], []).append(name)
    assert {model: {role: [*names] for role, names in roles.items()} for model, roles in ROLES.items()} == marked


@pytest.mark.parametrize(("model", "name", "attribute"), FIELDS)
def test_an_attribute_of_the_table_holds_the_field(model: str, name: str, attribute: str) -> None:
    """A model that is read from JSON has the field's value in the attribute that the table names."""
    class_ = getattr(models, model)
    names = {name for other, name, _ in FIELDS if other == model}
    value: object = (
        [] if {"items", "mapping", "page"} & {role for role, held in ROLES[model].items() if name in held} else "value"
    )
    assert getattr(class_.from_dict(dict.fromkeys(names, []) | {name: value}), attribute) == value


def test_the_table_is_read_as_lint_reads_it() -> None:
    """Lint, which must not import the package that it checks, reads the same table."""
    assert generated_roles(CHECKOUT / PACKAGE) == ROLES


@pytest.mark.parametrize("edition", edition_ids())
def test_each_error_of_an_edition_is_in_the_table_of_errors(edition: str) -> None:
    """The code of each error that the mock of an edition sends is in ERRORS, with the error's name."""
    errors = [
        (name, json.loads(error.content)["error_code"])
        for operation in read_operations(load_edition(edition))
        for name, error in operation.errors.items()
    ]
    assert errors
    assert [(name, code) for name, code in errors if name not in ERRORS[code]] == []


def test_a_code_that_one_edition_changes_is_in_the_table_beside_the_old_code() -> None:
    """The table has the codes of all editions under the name of the error, not those of the union alone."""
    old = load_edition(edition_ids()[0])
    changed = copy.deepcopy(old)
    response = changed["components"]["responses"]["BodyTooLarge"]
    response["content"]["application/json"]["examples"]["body-too-large"]["value"]["error_code"] = "NEW.1"
    names = error_names([old, changed])
    assert names["NEW.1"] == ["body-too-large"]
    assert names == error_names([old]) | {"NEW.1": ["body-too-large"]}


READERS = [Path(responses.__file__), *Path(objects.__file__).parent.glob("*.py")]


def nodes(path: Path) -> list[ast.AST]:
    """All nodes of a module's tree."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def test_the_client_looks_for_each_role() -> None:
    """Lint allows exactly the roles that the client reads."""
    calls = [node for path in READERS for node in nodes(path) if isinstance(node, ast.Call)]
    readers = {"_by_role", "_value", "raw"}
    read = [call.args[1] for call in calls if isinstance(call.func, ast.Name) and call.func.id in readers]
    assert {node.value for node in read if isinstance(node, ast.Constant)} == KNOWN


def test_the_client_names_no_field_itself() -> None:
    """No marked field's name stands as a text in a module that reads responses, nor in the first as an attribute."""
    texts = {node.value for path in READERS for node in nodes(path) if isinstance(node, ast.Constant)}
    reached = {node.attr for node in nodes(READERS[0]) if isinstance(node, ast.Attribute)}
    # `message` is also a role's name, and an attribute of the client's own values.
    assert ({name for _, name, _ in FIELDS} - KNOWN) & texts == set()
    assert {attribute for _, _, attribute in FIELDS} & reached == set()
