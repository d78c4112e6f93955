"""A nested table is below the row that leads to it, and each parameter has the location of its table."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import pytest

from jobexport.drift import read_page
from jobexport.drift.pages import reader
from jobexport.drift.pages.bounds import Deadline
from jobexport.drift.pages.tables import nesting

HEADS = "| Parameter | Mandatory | Type | Description |\n|---|---|---|---|\n"


def table(number: int, title: str, *rows: str) -> str:
    """Return a Markdown table; a row is given as `name | type | description`."""
    cells = (row.split(" | ") for row in rows)
    lines = (f"| {name} | Yes | {kind} | {text} |\n" for name, kind, text in cells)
    return f"\n**Table {number}** {title}\n\n{HEADS}{''.join(lines)}"


def paths(*parts: str, start: str = "# T\n\n## URI\n\nPOST /v1/{id}/x\n\n## Request Parameters\n") -> set[str]:
    """Return location and path of each parameter of a page, such as `body a.b`."""
    page = read_page((start + "".join(parts)).encode(), "page")
    found = [f"{each.location} {'.'.join(each.path)}" for each in page.parameters]
    assert len(found) == len(set(found))
    return set(found)


def test_a_number_leads_to_a_table() -> None:
    """A row that names a table's number is the parent of its rows."""
    found = paths(table(1, "Request parameters", "a | Object | See Table 2."), table(2, "Whatever", "b | String | x"))
    assert found == {"body a", "body a.b"}


def test_a_link_leads_to_a_table() -> None:
    """A link in the type leads to the table that it names, whatever the table's title."""
    first = table(1, "Request parameters", "a | [Thing](#x1) object | x")
    second = table(2, "What it holds", "b | String | x").replace("\n**", '\n<a name="x1"></a>\n\n**', 1)
    second = second.replace("\n\n| P", '\n\n<a name="x1"></a>\n\n| P', 1)
    assert paths(first, second) == {"body a", "body a.b"}


def test_a_structure_s_name_leads_to_its_table() -> None:
    """A table whose title has the name of a row's type, or of the row itself, is below that row."""
    found = paths(
        table(1, "Request parameters", "a | Array of Thing objects | x", "things | Object | x"),
        table(2, "Thing data structure description", "b | String | x"),
        table(3, "Parameters of things", "c | String | x"),
    )
    assert found == {"body a", "body a.b", "body things", "body things.c"}


def test_a_table_may_have_several_parents() -> None:
    """The rows of a table that two rows lead to are read twice, with both paths."""
    found = paths(
        table(1, "Request parameters", "a | Thing object | x", "b | List<Thing> | x"),
        table(2, "Thing", "c | String | x"),
    )
    assert found == {"body a", "body a.c", "body b", "body b.c"}


def test_tables_that_lead_to_each_other_end() -> None:
    """A structure that contains itself, directly or through another, is entered once on each path."""
    found = paths(
        table(1, "Request parameters", "a | One object | x"),
        table(2, "One", "two | Two object | x", "one | One object | x"),
        table(3, "Two", "one | One object | x"),
    )
    assert found == {"body a", "body a.two", "body a.one", "body a.two.one"}


def test_variants_in_a_list_do_not_stand_below_the_row() -> None:
    """If the text leads to a table and list items lead to variants of it, the variants have separate paths."""
    found = paths(
        table(
            1, "Request parameters", "a | List<Pair> | See Table 2.<br>- Kind A: see Table 3<br>- Kind B: see Table 4"
        ),
        table(2, "Pair", "name | String | x"),
        table(3, "Parameters of kind A", "b | String | x"),
        table(4, "Parameters of kind B", "c | String | x"),
    )
    assert found == {"body a", "body a.name", "body [Parameters of kind A].b", "body [Parameters of kind B].c"}


def test_variants_alone_stand_below_the_row() -> None:
    """If only list items lead to tables, all these tables are below the row."""
    found = paths(
        table(1, "Request parameters", "a | Object | One of:<br>- A: see Table 2<br>- B: see Table 3"),
        table(2, "Kind A", "b | String | x"),
        table(3, "Kind B", "c | String | x"),
    )
    assert found == {"body a", "body a.b", "body a.c"}


def test_variants_of_the_items_of_a_list_stand_apart() -> None:
    """If the list items of a list lead to several tables, each is about some items, and none is below the row."""
    found = paths(
        table(1, "Request parameters", "a | List<Pair> | For each kind:<br>- A: see Table 2<br>- B: see Table 3"),
        table(2, "Parameters of kind A", "b | String | x"),
        table(3, "Parameters of kind B", "c | String | x"),
    )
    assert found == {"body a", "body [Parameters of kind A].b", "body [Parameters of kind B].c"}


def test_a_text_has_no_table_below_it() -> None:
    """A row of type String that mentions a table has no rows below it."""
    found = paths(table(1, "Request parameters", "a | String | See Table 2."), table(2, "Patterns", "b | String | x"))
    assert found == {"body a", "body [Patterns].b"}


def test_a_structure_of_the_response_does_not_describe_the_request() -> None:
    """Tables of the same name in request and response belong to their own side."""
    found = paths(
        table(1, "Request parameters", "a | Thing object | x"),
        table(2, "Thing", "b | String | x"),
        "\n## Response Parameters\n",
        table(3, "Response parameters", "a | Thing object | x"),
        table(4, "Thing", "c | String | x"),
    )
    assert found == {"body a", "body a.b", "response a", "response a.c"}


def test_a_table_of_the_uri_is_told_into_path_and_query() -> None:
    """A row named in braces in the path is a path parameter; an optional row, or a name after `?`, is in the query."""
    start = "# T\n\n## URI\n\nGET /v1/{project_id}/jobs/{name}?limit={limit}\n"
    rows = ("project_id | String | x", "name | String | x", "limit | Integer | x", "offset | Integer | x")
    found = paths(table(1, "URI parameters", *rows), start=start)
    assert found == {"path project_id", "path name", "query limit", "query offset"}


def test_a_variable_that_the_table_calls_by_another_name_stays_in_the_path() -> None:
    """A mandatory row that no variable is named after is the path variable that no row names."""
    start = "# T\n\n## URI\n\nPOST /v1/{project_id}/jobs/{name}/export\n"
    found = paths(table(1, "URI parameters", "project_id | String | x", "job_name | String | x"), start=start)
    assert found == {"path project_id", "path job_name"}


def test_headers_are_told_by_titles() -> None:
    """The title of a table of headers decides between request and response."""
    found = paths(
        table(1, "Request header parameters", "a | String | x"),
        table(2, "Request parameters", "b | String | x"),
        "\n## Response Parameters\n",
        table(3, "Response header parameters", "c | String | x"),
        table(4, "Parameters", "d | String | x"),
    )
    assert found == {"header a", "body b", "response-header c", "response d"}


def test_a_table_of_files_is_no_body() -> None:
    """The variables of a tree of files are not fields of the response, even if one row has another name."""
    shown = "jobs\n├─{job}.job\nscripts\n├─{script}.script"
    tree = f"\n## Response Parameters\n\nThe file is X_{{job}}.zip:\n\n```\n{shown}\n```\n"
    rows = ("job | String | x", "script | String | x", "other | String | x")
    assert paths(tree, table(1, "Response parameters", *rows)) == set()
    page = read_page(("# T\n" + tree + table(1, "Response parameters", *rows)).encode(), "page")
    assert [each.role for each in page.tables] == ["files"]


def test_tables_that_multiply_are_cut_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that lead to each other many times give 5000 parameters and an unread entry, and no more are made."""
    # The number of parameters is the bound here, so the deadline is out of the way.
    monkeypatch.setattr(reader, "Deadline", lambda: Deadline(3600))
    made = itertools.count()
    evolve = attrs.evolve

    def counted(value: Any, **changes: Any) -> Any:
        next(made)
        return evolve(value, **changes)

    monkeypatch.setattr(nesting, "evolve", counted)
    tables = [
        table(number, f"T{number}", *(f"f{each} | T{number + 1} object | x" for each in range(8)))
        for number in range(1, 40)
    ]
    page = read_page(("# T\n\n## Request Parameters\n" + "".join(tables)).encode(), "page")
    assert len(page.parameters) == 5000
    assert "More than 5000 parameters" in page.unread[0].reason
    assert next(made) < 3 * 5000


def test_only_the_first_table_that_a_text_names_is_below_the_row() -> None:
    """Of two tables in one text only the first is below the row; the second has a separate path."""
    found = paths(
        table(1, "Request parameters", "a | Object | See Table 2. For old ones, see Table 3."),
        table(2, "Kind A", "b | String | x"),
        table(3, "Kind B", "c | String | x"),
    )
    assert found == {"body a", "body a.b", "body [Kind B].c"}


def test_a_default_of_any_shape_leads_to_no_error() -> None:
    """A row whose default is a list or an object is read as any other row, also above a nested table."""
    rows = ("a | Array | The default value is [].", "b | Object | Default value: {}", "c | Thing object | x")
    found = paths(table(1, "Request parameters", *rows), table(2, "Thing", "d | String | x"))
    assert found == {"body a", "body b", "body c", "body c.d"}


@pytest.mark.parametrize(
    ("cell", "mandatory"),
    [
        ("POST/PUT请求必填。GET不能包含。", "conditional"),
        ("Required for POST", "conditional"),
        ("POST: Yes; GET: No", "conditional"),
        ("Yes for POST", "conditional"),
        ("Conditional", "conditional"),
        ("No (mandatory for POST)", "conditional"),
        ("否（POST必选）", "conditional"),
        ("Yes (POST)", "yes"),
        ("No (optional)", "no"),
        ("可选填", "unknown"),
    ],
)
def test_a_cell_that_names_a_case_is_a_condition(cell: str, mandatory: str) -> None:
    """A cell of the mandatory column that names the case of a mandatory parameter makes it conditional."""
    page = read_page(f"# T\n\n## Request Parameters\n\n{HEADS}| a | {cell} | String | x |\n".encode(), "page")
    assert [each.mandatory for each in page.parameters] == [mandatory]


RESPONSE = "# T\n\n## Response Parameters\n"


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ("resources | List<Resource> | x", "Resource parameters"),
        ("job | Object | x", "Job parameters"),
        ("scripts | Array of Script objects | x", "Script parameters"),
    ],
)
def test_a_table_named_after_a_subject_stands_below_its_row(row: str, title: str) -> None:
    """`Resource parameters` is the table of a row of type `Resource`, if there is such a row."""
    name = row.partition(" ")[0]
    found = paths(table(1, "Response parameters", row), table(2, title, "label | String | x"), start=RESPONSE)
    assert found == {f"response {name}", f"response {name}.label"}


def test_a_table_named_after_a_subject_that_no_row_has_is_a_body() -> None:
    """`Job parameters` describes the request if no row leads to it."""
    assert paths(table(1, "Job parameters", "a | String | x")) == {"body a"}


@pytest.mark.parametrize(
    "line",
    [
        "Bed data structure description",
        "Bed structure:",
        "Parameters of the Bed",
        "Bed字段数据结构说明",
        "The Bed structure is as follows:",
    ],
)
def test_a_line_above_a_table_may_name_its_structure(line: str) -> None:
    """A table without a caption is below the row of the structure that the line above it names."""
    beds, bed = (f"{HEADS}| {row} | x |\n" for row in ("beds | No | List<Bed>", "label | Yes | String"))
    found = paths("Parameter description\n\n", beds, f"\n{line}\n\n", bed)
    assert found == {"body beds", "body beds.label"}


STATES = "| Parameter | Type | Description |\n|---|---|---|\n| dry | String | x |\n| wet | String | x |\n"


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Garden states", ("dry", "wet")),
        ("Values of state", ("dry", "wet")),
        ("状态说明", ("dry", "wet")),
        ("Patterns", ()),
    ],
)
def test_a_table_of_a_row_s_values_has_no_parameters(title: str, values: tuple[str, ...]) -> None:
    """A table that a text leads to, named after its row, lists the values of the row; any other table stays."""
    first = table(1, "Response parameters", "state | String | See Table 2.")
    page = read_page(f"{RESPONSE}{first}\n**Table 2** {title}\n\n{STATES}".encode(), "page")
    assert page.parameters[0].limits.values == values
    assert [each.role for each in page.tables] == ["parameters", "other" if values else "parameters"]
    assert len(page.parameters) == (1 if values else 3)


@pytest.mark.parametrize(
    ("method", "title", "kind", "example", "location"),
    [
        ("GET", "Request parameters", "Integer", "", "query"),
        ("GET", "Request parameters", "Array of strings", "", "query"),
        ("GET", "Request parameters", "Timestamp", "", "query"),
        ("HEAD", "Request parameters", "-", "", "query"),
        ("GET", "Request body parameters", "Integer", "", "body"),
        ("GET", "Request parameters", "Object", "", "body"),
        ("GET", "Request parameters", "Integer", '\n## Example Request\n\n```\n{"size": 1}\n```\n', "body"),
        ("DELETE", "Request parameters", "Integer", "", "body"),
        ("POST", "Request parameters", "Integer", "", "body"),
    ],
)
def test_the_request_parameters_of_a_get_are_in_the_query(
    method: str, title: str, kind: str, example: str, location: str
) -> None:
    """A GET sends its flat table of request parameters in the query, unless the page shows or names a body."""
    start = f"# T\n\n## URI\n\n{method} /v1/{{id}}/x\n\n## Request Parameters\n"
    page = read_page(f"{start}{table(1, title, f'size | {kind} | x')}{example}".encode(), "page")
    assert [each.location for each in page.parameters] == [location]
    assert [each.location for each in page.tables] == [location]
