"""A scaffold is a sound OpenAPI document, from which a client can be generated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift import read_page, scaffold
from jobexport.drift.facts import DataType, Endpoint, ErrorCode, PageFacts, Parameter
from jobexport.drift.scaffold.document import scaffold_document
from jobexport.drift.scaffold.names import operation_id
from jobexport.errors import JobexportError
from jobexport.spec.lint import lint_document
from tests.drift.making.clients import generates
from tests.drift.making.pages import BATCH_OTC, FLINK_CN_2020, JOB_INTL
from tests.drift.making.rendering import RenderedForm, render
from tests.drift.making.samples import ARCHIVE, NESTED, USUAL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

MADE_UP = {
    "usual": USUAL,
    "nested": NESTED,
    "archive": ARCHIVE,
    "flink": FLINK_CN_2020,
    "job": JOB_INTL,
    "batch": BATCH_OTC,
}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_page_gives_a_document_and_a_client(name: str, tmp_path: Path) -> None:
    """A client can be generated from the scaffold of any made-up page, as this project generates its own."""
    generates(read_page(render(MADE_UP[name], "rst").encode(), name=name), tmp_path)


def document(page: Any, form: RenderedForm = "html") -> Any:
    return scaffold_document(read_page(render(page, form).encode(), name="page"))


def test_tables_that_rows_lead_to_are_schemas_of_their_own() -> None:
    """A list of a structure refers to the structure's schema; a table that two rows lead to is one schema."""
    schemas = document(NESTED)["components"]["schemas"]
    assert schemas["CreateOrchardRequest"]["properties"]["trees"]["items"] == {"$ref": "#/components/schemas/Tree"}
    assert schemas["Tree"]["properties"]["best"]["$ref"] == "#/components/schemas/Apple"
    assert schemas["Tree"]["properties"]["apples"]["items"]["$ref"] == "#/components/schemas/Apple"
    assert [name for name in schemas if name.startswith("Apple")] == ["Apple"]


def test_facts_of_a_row_are_in_its_schema() -> None:
    """A row's type, default, bounds, values and `required` are in the schema; a condition is a note with the line."""
    schema = document(USUAL)["components"]["schemas"]["CopyBasketRequest"]
    weight, mode, numbers = (schema["properties"][name] for name in ("weight", "mode", "numbers"))
    assert schema["required"] == ["target"]
    assert (weight["type"], weight["default"], weight["minimum"], weight["maximum"]) == ("integer", 10, 1, 60)
    assert (mode["enum"], mode["default"]) == (["KEEP", "REPLACE", "DROP_ALL"], "KEEP")
    assert numbers["x-required-when"].startswith("see line ")


def test_a_scaffold_has_no_sentence_of_the_page() -> None:
    """A scaffold has the lines of the page, but none of its descriptions, which are the vendor's."""
    page = evolve(USUAL, body=(evolve(USUAL.body[0], prose="Words that nobody may copy."), *USUAL.body[1:]))
    text = scaffold(read_page(render(page, "html").encode(), name="page"))
    assert "nobody may copy" not in text
    assert "x-page-line" in text


def test_errors_and_examples_come_along() -> None:
    """Each status has a response, each code an example; the page's own examples are kept."""
    operation = next(iter(document(USUAL)["paths"].values()))["post"]
    codes = {
        example["value"]["error_code"]
        for example in operation["responses"]["400"]["content"]["application/json"]["examples"].values()
    }
    assert codes == {"ORC.0100", "ORC.3051"}
    assert (
        next(iter(operation["requestBody"]["content"]["application/json"]["examples"].values()))["value"]
        == USUAL.request
    )


def test_a_code_that_the_page_lists_twice_has_an_example_for_each_message() -> None:
    """Two rows with the same code are two examples with different names."""
    page = read_page(render(USUAL, "html").encode(), name="page")
    rows = tuple(ErrorCode("ORC.1", 1, message=message) for message in ("one", "two"))
    twice = evolve(page, error_codes=rows)
    operation = next(iter(scaffold_document(twice)["paths"].values()))["post"]
    examples = operation["responses"]["400"]["content"]["application/json"]["examples"]
    assert [example["value"]["error_msg"] for example in examples.values()] == ["one", "two"]


def test_an_example_that_contradicts_its_table_is_set_apart() -> None:
    """A contradicting example moves aside with its problem, and the document stays sound."""
    broken = document(evolve(USUAL, request={"target": 7}))
    media = next(iter(broken["paths"].values()))["post"]["requestBody"]["content"]["application/json"]
    assert "examples" not in media
    (example,) = media["x-contradicting-examples"].values()
    assert example["value"] == {"target": 7}
    assert "/target" in example["problem"]
    assert list(lint_document(broken)) == []


def test_a_page_without_a_request_line_is_one_sentence() -> None:
    """The message for a page without a request line names the page."""
    with pytest.raises(JobexportError, match=r"^codes\.rst: the page has no request line; "):
        scaffold(PageFacts("codes.rst", "rst", "en"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Creating a Job", "createJob"),
        ("Stopping a Batch of Jobs", "stopBatchJobs"),
        ("Deleting a Queue", "deleteQueue"),
        ("Querying the Details", "queryDetails"),
        ("Running SQL", "runSQL"),
        ("批量导出作业", "postJobsBatchExport"),
    ],
)
def test_operations_are_called_as_their_titles(title: str, name: str) -> None:
    """The operationId is the imperative of an English title, else method and path."""
    page = PageFacts("p", "rst", "en", title=title, endpoint=Endpoint("POST", "/v1/{project_id}/jobs/batch-export", 1))
    assert operation_id(page) == name


def test_tables_that_lead_to_each_other_end() -> None:
    """A structure that contains itself is followed to a bounded depth."""
    rows = [Parameter("body", ("node",) * depth, depth, DataType("object", name="Node")) for depth in range(1, 30)]
    page = PageFacts("p", "rst", "en", title="A", endpoint=Endpoint("POST", "/v1/a", 1), parameters=tuple(rows))
    assert list(lint_document(scaffold_document(page))) == []


LIST = (
    "# T\n\n## URI\n\nPOST /v1/{id}/x\n\n## Response Parameters\n\n| Parameter | Type | Description |\n|---|---|---|\n"
)
ITEM = "\n**Table 2** Beds\n\n| Parameter | Type | Description |\n|---|---|---|\n| wet | Boolean | x |\n"
SHOWN = '\n## Example Response\n\n```\n[{"wet": true}]\n```\n'


@pytest.mark.parametrize(
    "text",
    [
        f"| Array elements | Array of objects | See Table 2. |\n{ITEM}",
        f"| [items] | Array of objects | See Table 2. |\n{ITEM}",
        f"| - | Array of objects | See Table 2. |\n{ITEM}",
        f"| Array of objects | Array of objects | See Table 2. |\n{ITEM}",
        f"| 数组元素 | Array of objects | See Table 2. |\n{ITEM}",
        f"| wet | Boolean | x |\n{SHOWN}",
        f"| Array elements | Array of objects | See Table 2. |\n{ITEM}{SHOWN}",
    ],
)
def test_a_response_may_be_a_list(text: str) -> None:
    """A row that is called the elements of a list is the whole body, and so are the rows of a body shown as a list."""
    scaffolded = scaffold_document(read_page(f"{LIST}{text}".encode(), "page"))
    [media] = scaffolded["paths"]["/v1/{id}/x"]["post"]["responses"]["200"]["content"].values()
    schemas = scaffolded["components"]["schemas"]
    assert media["schema"]["type"] == "array"
    assert list(schemas) == [media["schema"]["items"]["$ref"].rpartition("/")[2]]
    assert list(next(iter(schemas.values()))["properties"]) == ["wet"]


def test_a_response_may_be_a_list_of_texts() -> None:
    """Elements without a table of their own are the items of the list."""
    scaffolded = scaffold_document(read_page(f"{LIST}| Array elements | Array of strings | x |\n".encode(), "page"))
    [media] = scaffolded["paths"]["/v1/{id}/x"]["post"]["responses"]["200"]["content"].values()
    assert media["schema"] == {"type": "array", "items": {"type": "string"}}


def schema_of(kind: str, text: str, more: str = "") -> Any:
    """Return the schema of the only row of a request with this type and text."""
    scaffolded = scaffold_document(
        read_page(f"{LIST.replace('Response', 'Request')}| a | {kind} | {text} |\n{more}".encode(), "page")
    )
    written = scaffolded["components"]["schemas"]["TRequest"]["properties"]["a"]
    del written["x-page-line"]
    return written


@pytest.mark.parametrize(
    ("kind", "text", "schema"),
    [
        ("Array of integers", "Options: 1, 2", {"type": "array", "items": {"type": "integer", "enum": [1, 2]}}),
        ("String(1)", "Options: A, BB", {"type": "string", "maxLength": 1}),
        ("Integer", "The value must be less than or equal to 3. Options: 1, 9", {"type": "integer", "maximum": 3}),
        ("String or Integer", "Options: A, B, A", {"type": ["string", "integer"], "enum": ["A", "B"]}),
        ("Double", "Options: 0, 1", {"type": "number", "format": "double"}),
    ],
)
def test_an_enum_fits_its_type_and_bounds(kind: str, text: str, schema: Any) -> None:
    """An enum has values of the type, each once, and is left out if a bound excludes one of them."""
    assert schema_of(kind, text) == schema


@pytest.mark.parametrize(
    ("kind", "text", "default"),
    [("Array of Thing objects", "Default value: []", []), ("Thing object", "Default value: {}", None)],
)
def test_a_default_beside_a_reference_is_looked_at_from_outside(kind: str, text: str, default: Any) -> None:
    """A default of a list of a structure is kept, a default of a structure itself is left to people."""
    nested = "\n**Table 2** Thing\n\n| Parameter | Type | Description |\n|---|---|---|\n| b | String | x |\n"
    assert schema_of(kind, text, nested).get("default") == default


def test_a_field_called_as_a_list_is_a_field_if_the_example_has_it() -> None:
    """An example that is an object with the row's name shows that the row is a field."""
    shown = '\n## Example Response\n\n```\n{"[items]": []}\n```\n'
    scaffolded = scaffold_document(read_page(f"{LIST}| [items] | Array of strings | x |\n{shown}".encode(), "page"))
    assert list(scaffolded["components"]["schemas"]["TResponse"]["properties"]) == ["[items]"]
