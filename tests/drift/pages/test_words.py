"""Words of a page: request lines, heads of columns, error codes and the examples of errors."""

from __future__ import annotations

import pytest

from jobexport.drift import read_page
from jobexport.drift.facts import Endpoint, PageFacts
from jobexport.drift.pages import vocabulary as words


def read(text: str) -> PageFacts:
    return read_page(f"# T\n\n{text}".encode(), "page")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("GET /v1/{id}/beds", "/v1/{id}/beds"),
        ("GET/v1/{id}/beds", "/v1/{id}/beds"),
        ("GET/rest/{id}/beds", "/rest/{id}/beds"),
        ("GET：/v1/{id}/beds", "/v1/{id}/beds"),
        ("GET /v1/{id}/beds[?wet]", "/v1/{id}/beds"),
        ("GEThttps://garden.example.com/v1/{id}/beds", "/v1/{id}/beds"),
        ("GET /v1/{id}/beds?wet={wet}", "/v1/{id}/beds"),
        ("GET /v1/{id}/beds{?wet}", "/v1/{id}/beds"),
        ("GET /v1/{id}/beds{?wet,dry}", "/v1/{id}/beds"),
    ],
)
def test_a_request_line_has_a_method_and_a_path(line: str, path: str) -> None:
    """A lost blank, a query and a template of a query do not change the path."""
    assert read(f"## URI\n\n{line}\n").endpoint == Endpoint("GET", path, 5)


def test_methods_beside_each_other_are_no_request_line() -> None:
    """`GET/POST` names two methods and no path."""
    assert read("## URI\n\nGET/POST\n").endpoint is None


def test_a_variable_of_a_template_is_a_query_parameter() -> None:
    """A mandatory row that a template of a query names is located in the query."""
    table = "| Parameter | Mandatory |\n|---|---|\n| id | Yes |\n| dry | Yes |\n"
    page = read(f"## URI\n\nDELETE /v1/{{project}}/{{id}}{{?dry}}\n\n{table}")
    assert [(each.name, each.location) for each in page.parameters] == [("id", "path"), ("dry", "query")]


@pytest.mark.parametrize("title", ["Request Syntax", "Syntax", "Request Line", "请求语法"])
def test_a_request_syntax_is_a_request_line(title: str) -> None:
    """The first line of a listing below the title Request Syntax is the operation's request line."""
    page = read(f"## {title}\n\n```\nGET /?soil HTTP/1.1\nHost: garden.example.com\n```\n")
    assert page.endpoint == Endpoint("GET", "/", 6)
    assert page.examples == ()


@pytest.mark.parametrize(
    ("head", "meaning"), [("是 否必选", "mandatory"), ("参数 名称", "name"), ("Is mandatory", "mandatory")]
)
def test_a_blank_within_a_chinese_word_does_not_count(head: str, meaning: str) -> None:
    """A head that the vendor's tool broke is known; blanks between other words stay."""
    assert words.column(head) == meaning


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        ("NoSuchGarden", True),
        ("Forbidden", True),
        ("Common.BadRequest", True),
        ("N/A", False),
        ("None", False),
        ("ORC.0100", True),
        ("error_code", False),
    ],
)
def test_an_error_code_may_be_a_word(code: str, read_as: bool) -> None:
    """A word in capitals in a column of error codes is a code; a field's name is not."""
    heads = "| Error Code | Description | HTTP Status Code |\n|---|---|---|\n"
    page = read(f"## Errors\n\n{heads}| {code} | No. | 404 Not Found |\n")
    assert [(each.code, each.status) for each in page.error_codes] == ([(code, 404)] if read_as else [])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('{"is_success": true, "error_code": "", "message": ""}', "response"),
        ('{"error_code": "", "error_msg": ""}', "response"),
        ('{"errorCode": null, "plan": "drip"}', "response"),
        ('{"error_code": 0, "plan": "drip"}', "response"),
        ('{"success": "true", "error_code": "", "error_msg": "done"}', "response"),
        ('{"error_code": "0", "error_msg": "done"}', "response"),
        ('{"is_success": false, "error_code": "ORC.0100"}', "error"),
        ('{"error_code": "", "error_msg": "No such garden."}', "error"),
    ],
)
def test_an_empty_field_of_errors_is_no_error(value: str, kind: str) -> None:
    """A success that lists the fields of errors without content is an example of the response."""
    assert [each.kind for each in read(f"## Example Response\n\n```\n{value}\n```\n").examples] == [kind]
