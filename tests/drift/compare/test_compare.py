"""The comparison of two pages finds each difference once, and nothing else; the facts are written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jobexport.drift import KINDS, compare
from jobexport.drift.facts import (
    ArchiveTree,
    DataType,
    Endpoint,
    ErrorCode,
    Example,
    FileName,
    IamAction,
    Limits,
    Mandatory,
    MediaType,
    PageFacts,
    Parameter,
    ParameterIn,
    Status,
)

STRING, BOOLEAN, INTEGER = DataType("string"), DataType("boolean"), DataType("integer")
LONG = DataType("integer", format="int64")
PLAIN = DataType("array")


def row(
    name: Any,
    type_: Any = STRING,
    at: int = 10,
    location: ParameterIn = "body",
    mandatory: Mandatory = "no",
    **more: Any,
) -> Any:
    path = tuple(name.split("."))
    return Parameter(location, path, at, type=type_, mandatory=mandatory, **more)


def page(
    *rows: Any, source: str = "new", path: str = "/v1/{project_id}/baskets", method: str = "POST", **more: Any
) -> Any:
    return PageFacts(source, "rst", "en", endpoint=Endpoint(method, path, 5), parameters=rows, **more)


def found(new: Any, old: Any) -> list[Any]:
    return [(finding.kind, finding.about, finding.line) for finding in compare(new, old)]


OLD = page(row("name"), row("count", LONG, 11), row("kind", at=12), source="old")


def with_rows(*rows: Any) -> Any:
    return evolve(OLD, source="new", parameters=rows)


def test_the_same_facts_are_no_difference() -> None:
    """A page compared with itself has no finding."""
    assert compare(OLD, OLD) == ()


def test_each_kind_has_a_level_and_a_meaning() -> None:
    """Each kind has one of three levels and a meaning of several words."""
    assert {level for level, _ in KINDS.values()} == {"error", "warning", "info"}
    assert all(len(meaning.split()) > 3 for _, meaning in KINDS.values())


def test_a_row_that_is_gone_and_one_that_is_new() -> None:
    """Two rows of different types in different places are two findings."""
    new = with_rows(row("name"), row("count", LONG, 11), row("fruit", BOOLEAN, 20))
    assert found(new, OLD) == [
        ("parameter-missing", "request parameter `kind`", 10),
        ("parameter-added", "request parameter `fruit`", 20),
    ]


@pytest.mark.parametrize("name", ["sort", "kinds", "theKind"])
def test_a_row_in_the_place_of_another_is_a_rename(name: str) -> None:
    """A new row at the same place with the same type, or with a similar name, is one finding."""
    new = with_rows(row("name"), row("count", LONG, 11), row(name, at=12))
    assert found(new, OLD) == [("parameter-renamed", "request parameter `kind`", 12)]


def test_a_rename_takes_its_table_along() -> None:
    """Rows nested in a renamed row are neither missing nor added."""
    old = page(row("trees", PLAIN), row("trees.kind", at=11), row("trees.age", INTEGER, 12))
    new = page(row("bushes", PLAIN), row("bushes.kind", at=11), row("bushes.age", STRING, 12))
    assert found(new, old) == [
        ("parameter-renamed", "request parameter `trees`", 10),
        ("type-changed", "request parameter `bushes.age`", 12),
    ]


def test_a_nested_table_that_is_gone_is_one_finding() -> None:
    """The rows nested in a missing row have no findings of their own."""
    old = page(row("name"), row("trees", PLAIN), row("trees.kind"), row("trees.age", INTEGER))
    assert found(page(row("name")), old) == [("parameter-missing", "request parameter `trees`", 10)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DataType("array", items=LONG), PLAIN),
        (LONG, INTEGER),
        (DataType("object", name="Node"), DataType("object", name="NodeInfo")),
        (STRING, DataType("unknown")),
        (
            DataType("unknown", alternatives=(STRING, BOOLEAN)),
            DataType("unknown", alternatives=(BOOLEAN, STRING)),
        ),
    ],
)
def test_what_only_one_side_says_of_a_type_is_no_difference(one: Any, other: Any) -> None:
    """`List` fits a list of anything, `Integer` fits any size, and the name of an object does not count."""
    assert found(page(row("a", one)), page(row("a", other))) in (
        [],
        [("statement-changed", "type of request parameter `a`", 10)],
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (STRING, BOOLEAN),
        (LONG, DataType("integer", format="int32")),
        (DataType("array", items=LONG), DataType("array", items=STRING)),
        (STRING, DataType("unknown", alternatives=(STRING, BOOLEAN))),
        (DataType("map", items=STRING), DataType("object")),
    ],
)
def test_other_types(one: Any, other: Any) -> None:
    """Another kind, size or item type is a difference, and so is one type against several."""
    assert found(page(row("a", one)), page(row("a", other))) == [("type-changed", "request parameter `a`", 10)]


def test_a_column_that_only_one_page_has_is_an_info() -> None:
    """A type or a mandatory mark that a page newly states is an info, not a changed type."""
    old = page(row("a", None, mandatory="unknown"))
    assert [finding.level for finding in compare(page(row("a")), old)] == ["info", "info"]


def test_true_is_not_one() -> None:
    """The defaults true and 1 differ, although `True == 1` in Python."""
    new, old = page(row("a", INTEGER, default=1)), page(row("a", INTEGER, default=True))
    assert found(new, old) == [("default-changed", "request parameter `a`", 10)]


def test_limits_and_values() -> None:
    """Each bound is a separate finding; the order of values does not matter."""
    old = page(row("a", limits=Limits(max_length=10)), row("b", limits=Limits(values=("X", "Y"))))
    new = page(row("a", limits=Limits(min_length=1, max_length=20)), row("b", limits=Limits(values=("Y", "X"))))
    assert found(new, old) == [
        ("limit-changed", "request parameter `a`, min length", 10),
        ("limit-changed", "request parameter `a`, max length", 10),
    ]


def test_headers_are_the_same_in_any_case() -> None:
    """The names of headers are compared without case."""
    old, new = page(row("workspace", location="header")), page(row("Workspace", location="header"))
    assert found(new, old) == []


def test_a_variable_renamed_in_path_and_table_is_one_finding() -> None:
    """A variable renamed in path and table is one warning, because the wire does not show its name."""
    old = page(row("id", location="path", mandatory="yes"), path="/v1/{id}")
    new = page(row("key", location="path", mandatory="yes"), path="/v1/{key}")
    (finding,) = compare(new, old)
    assert (finding.kind, finding.level) == ("path-variable-renamed", "warning")


def test_request_line() -> None:
    """Another method and another path are one finding each."""
    assert found(page(method="PUT"), page()) == [("method-changed", "method", 5)]
    assert found(page(path="/v2/{project_id}/baskets"), page()) == [("path-changed", "path", 5)]


def test_statuses() -> None:
    """A missing and a new status of the same class are one change; of different classes they are two findings."""

    def with_statuses(*codes: Any) -> Any:
        return page(statuses=tuple(Status(code, 30 + number) for number, code in enumerate(codes)))

    assert found(with_statuses(200, 404), with_statuses(200, 400)) == [("status-changed", "status 400", 31)]
    assert found(with_statuses(200, 302), with_statuses(200, 400)) == [
        ("status-added", "status 302", 31),
        ("status-missing", "status 400", 30),
    ]


def test_codes_messages_and_statuses_of_errors() -> None:
    """A replaced code, a code with another status and a code with another message are one finding each."""
    old = page(error_codes=(ErrorCode("A.1", 40, status=400, message="Gone."),))
    for code, kind in (
        (ErrorCode("A.2", 40, status=400, message="Gone."), "error-code-changed"),
        (ErrorCode("A.1", 40, status=404, message="Gone."), "error-status-changed"),
        (ErrorCode("A.1", 40, status=400, message="Not there."), "error-message-changed"),
    ):
        assert [name for name, _, _ in found(page(error_codes=(code,)), old)] == [kind]


def test_fields_of_errors() -> None:
    """An error with other fields is one finding, at the example."""
    old = page(examples=(Example("error", 50, "", {"error_code": "A.1", "error_msg": "x"}),))
    new = page(examples=(Example("error", 50, "", {"code": "A.1", "error_msg": "x"}),))
    assert found(new, old) == [("error-body-changed", "fields of an error", 50)]


def test_a_table_of_an_errors_fields_is_not_compared_with_the_success_response() -> None:
    """Rows for status 400 are fields of the error, not of the response with status 200."""
    ok = row("done", BOOLEAN, location="response", status=200)
    errors = [row(name, at=20, location="response", status=400) for name in ("error_code", "error_msg")]
    old = page(ok, examples=(Example("error", 50, "", {"error_code": "A.1", "error_msg": "x"}),))
    assert found(page(ok, *errors), old) == []
    assert found(page(ok, errors[0]), old) == [("error-body-changed", "fields of an error", 20)]


def test_media_types() -> None:
    """A replaced media type is a change; a page without a media type has no finding."""
    zips, octets = (MediaType("response", f"application/{name}", 60) for name in ("zip", "octet-stream"))
    assert found(page(media_types=(zips,)), page(media_types=(octets,))) == [
        ("media-type-changed", "media type of the response", 60)
    ]
    assert found(page(), page(media_types=(octets,))) == []


def test_files_and_trees() -> None:
    """A name that fits the pattern is no finding; another entry makes another tree."""
    old = page(file_names=(FileName("X_{name}.zip", 70),), trees=(ArchiveTree(("a/{name}.job",), 71, True),))
    assert found(page(file_names=(FileName("X_mine.zip", 70),)), old) == []
    assert found(page(file_names=(FileName("Y_mine.zip", 70),)), old) == [("file-name-changed", "name of the file", 70)]
    own = page(file_names=(FileName("X_{name}.zip", 70), FileName("Y_mine.zip", 72)))
    assert found(own, old) == [("page-contradicts-itself", "name of the file", 72)]
    new = page(trees=(ArchiveTree(("b/{name}.job",), 71, True),))
    assert found(new, old) == [("archive-tree-changed", "layout of the zip", 71)]


def test_permissions() -> None:
    """A missing permission is a finding; case and the mark of a resource do not count."""
    old = page(actions=(IamAction("a:b:c", 80, "write", "jobs *"),))
    assert found(page(actions=(IamAction("a:b:c", 80, "Write", "jobs"),)), old) == []
    assert found(page(), old) == [("action-changed", "permission", 5)]


@pytest.mark.parametrize(
    ("value", "about"),
    [
        ({"name": 7}, "request parameter `name`"),
        ({"name": "x", "other": 1}, "request example, `other`"),
        ({}, "request parameter `name`"),
        ({"name": "x", "trees": [{"age": "old"}]}, "request parameter `trees.age`"),
    ],
)
def test_an_example_that_does_not_fit_its_table(value: dict[str, Any], about: str) -> None:
    """An example with a wrong type, an unknown name or a missing mandatory name is one finding, also when nested."""
    rows = (row("name", mandatory="yes"), row("trees", PLAIN), row("trees.age", INTEGER))
    new = page(*rows, examples=(Example("request", 90, "", value),))
    old = page(*rows)
    assert found(new, old) == [("example-contradicts-table", about, 90)]
    assert found(new, evolve(new, source="old")) == []


def test_a_response_without_a_mandatory_field_contradicts_its_table() -> None:
    """An example response that lacks a mandatory field is one finding, also in an item of a list."""
    rows = (row("tasks", PLAIN, location="response"), row("tasks.begun", LONG, 11, "response", "yes"))
    new = page(*rows, examples=(Example("response", 90, "", {"tasks": [{}]}),))
    assert found(new, page(*rows)) == [("example-contradicts-table", "response parameter `tasks.begun`", 90)]


@pytest.mark.parametrize(("kind", "value"), [(PLAIN, {"age": "old"}), (DataType("object"), [{"age": "old"}])])
def test_an_example_of_another_type_is_compared_field_by_field(kind: Any, value: Any) -> None:
    """An object where the table has a list of objects, or a list where it has an object, hides no field from it."""
    rows = (row("jobs", kind, location="response"), row("jobs.age", LONG, 11, "response"))
    new = page(*rows, examples=(Example("response", 90, "", {"jobs": value}),))
    told = [about for _, about, _ in found(new, page(*rows))]
    assert told == ["response parameter `jobs`", "response parameter `jobs.age`"]


def test_words() -> None:
    """Markup, quotes, case and whitespace do not count; a sentence with other words is an info."""
    old = page(row("a", description="When “chosen” is **true**, it matters."))
    assert found(page(row("a", description='when "chosen"  is true: it matters')), old) == []
    assert found(page(row("a", description="When chosen is false, it matters.")), old) == [
        ("wording-changed", "description of request parameter `a`", 10)
    ]


@pytest.mark.parametrize(("default", "kinds"), [("false", set()), ("true", {"default-changed"})])
def test_a_default_without_a_type_is_its_spelling(default: str, kinds: set[str]) -> None:
    """A column of types that is new does not change a default: `false` of no type and false of a boolean are equal."""
    new, old = page(row("a", BOOLEAN, default=False)), page(row("a", None, default=default))
    assert {each.kind for each in compare(new, old)} - {"statement-changed"} == kinds


def test_another_meaning_in_the_place_of_a_row_is_no_rename() -> None:
    """A row with another name and another description at the same place is new, and the old one is missing."""
    old = page(row("a"), row("message", description="What went wrong."), row("b"))
    new = page(row("a"), row("gardenerId", description="ID of the gardener."), row("b"))
    assert {each.kind for each in compare(new, old)} == {"parameter-missing", "parameter-added"}
    old = page(row("a"), row("jobId", description="ID of the job."), row("b"))
    new = page(row("a"), row("userNo", description="ID of the user."), row("b"))
    assert {each.kind for each in compare(new, old)} == {"parameter-missing", "parameter-added"}


def test_the_same_meaning_in_the_place_of_a_row_is_a_rename() -> None:
    """A row with another name and most words of the old description at the same place is renamed."""
    old = page(row("a"), row("message", description="What went wrong."), row("b"))
    same = page(row("a"), row("text", description="What went wrong, in words."), row("b"))
    assert {each.kind for each in compare(same, old)} == {"parameter-renamed", "wording-changed"}


def test_a_new_column_of_types_changes_no_limit() -> None:
    """`Minimum: 1` without a type and the same words of a string are no change; two stated values are."""
    untyped = page(row("a", None, limits=Limits(minimum=1)), row("b", None, limits=Limits(values=("0", "1"))))
    new = page(row("a", STRING, limits=Limits(min_length=1)), row("b", DataType("number")))
    assert {each.kind for each in compare(new, untyped)} == {"statement-changed"}
    other = page(row("a", INTEGER, limits=Limits(minimum=2)), row("b", STRING, limits=Limits(values=("0", "2"))))
    assert {each.kind for each in compare(other, untyped)} == {"statement-changed", "limit-changed", "values-changed"}
