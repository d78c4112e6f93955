"""A folder of pages is one sound OpenAPI document, from which a client can be generated."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift import PageFacts, read_page
from jobexport.drift.facts import DataType, Endpoint, Limits, Parameter, Reference
from jobexport.drift.scaffold import FolderScaffold
from jobexport.drift.scaffold.names import operation_ids, singular, variable_names
from jobexport.errors import JobexportError
from jobexport.spec.lint import lint_document
from tests.drift.making.clients import generates, loaded
from tests.drift.making.effort import alive
from tests.drift.making.pages import BATCH_OTC, FLINK_CN_2020, FLINK_OTC_2024, FLINK_OTC_2026, JOB_INTL
from tests.drift.making.rendering import render
from tests.drift.making.samples import ARCHIVE, NESTED, USUAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

STRING = DataType("string")
_lines = itertools.count(2)


def page(
    title: str, line: str, *rows: Parameter, names: tuple[str, ...] = (), references: tuple[Reference, ...] = ()
) -> PageFacts:
    """Return the facts of a page with a request line such as `GET /v1/jobs`."""
    method, path = line.split()
    source = f"{title.lower().replace(' ', '_')}.rst"
    return PageFacts(
        source,
        "rst",
        "en",
        title=title,
        operation_names=names,
        endpoint=Endpoint(method, path, 1),
        parameters=rows,
        references=references,
    )


def row(location: Any, *path: str, type_: DataType = STRING, **facts: Any) -> Parameter:
    return Parameter(location, path, next(_lines), type_, **facts)


def folder(pages: Sequence[PageFacts]) -> tuple[Any, FolderScaffold]:
    """Return the document of some pages, which is sound, and its maker with the notes."""
    made = FolderScaffold("manual")
    for each in pages:
        made.add(each)
    document = made.document()
    assert list(lint_document(document)) == []
    return document, made


def operations(document: Any) -> dict[str, Any]:
    return {each["operationId"]: each for item in document["paths"].values() for each in item.values()}


def test_made_up_pages_give_a_document_and_a_client(tmp_path: Path) -> None:
    """A client and tests are generated from one document of nine pages, three of which describe one operation."""
    made = FolderScaffold("manual")
    for number, each in enumerate(
        (USUAL, NESTED, ARCHIVE, FLINK_OTC_2024, FLINK_OTC_2026, FLINK_CN_2020, JOB_INTL, BATCH_OTC)
    ):
        made.add(read_page(render(each, "rst").encode(), name=f"{number}.rst"))
    # Constructs that the generator refuses: values with one name, fractions as values, headers that are lists,
    # two variables of one name, a property called like a reference.
    clashing = Limits(values=("asc", "ASC", "asc"))
    made.add(
        page(
            "Listing",
            "GET /v2/{id}/lists/{id}",
            row("query", "order", limits=clashing),
            row("header", "X-Tags", type_=DataType("array", items=STRING)),
            row("response", "$ref", type_=DataType("number"), limits=Limits(values=("0.5", "1"))),
        )
    )
    document = generates(made.text(), tmp_path)
    assert loaded(document) == len(operations(document)) == made.counts.operations == 7
    names = [each["name"] for each in operations(document)["list"]["parameters"]]
    assert names == ["id", "id2", "order", "X-Tags"]
    assert operations(document)["list"]["parameters"][2]["schema"]["enum"] == ["asc", "ASC"]


def test_one_shape_is_one_schema() -> None:
    """Tables with the same rows are one schema; a schema with one row more has its operation's name before its own."""
    nodes = DataType("array", items=DataType("object", name="Node"))
    rows = (row("body", "nodes", type_=nodes), row("body", "nodes", "name"))
    more = (*rows, row("body", "nodes", "size"))
    document, made = folder(
        [
            page("Creating a Job", "POST /v1/jobs", *rows),
            page("Changing a Job", "PUT /v1/jobs", *rows),
            page("Running a Job", "POST /v1/runs", *more),
        ]
    )
    assert list(document["components"]["schemas"]) == ["JobRequest", "Node", "RunJobRequest", "RunJobNode"]
    assert (made.counts.before, made.counts.schemas) == (6, 4)


@pytest.mark.parametrize(
    ("titles", "fields", "name"),
    [
        (("Creating a Jar Job", "Creating a SQL Job"), ("id", "name", "state"), "CreateJobResponse"),
        (("Deleting a Queue", "Stopping All Jobs"), ("is_success", "message"), "IsSuccessMessageResponse"),
        (("Deleting a Queue", "Stopping All Jobs"), ("id", "name", "state"), "DeleteQueueResponse"),
    ],
)
def test_a_body_of_several_operations_has_the_name_of_what_they_share(
    titles: tuple[str, str], fields: tuple[str, ...], name: str
) -> None:
    """The words of all operations, else the only fields, else the first operation."""
    rows = [row("response", each) for each in fields]
    document, _ = folder([page(title, f"POST /v1/x{at}", *rows) for at, title in enumerate(titles)])
    assert list(document["components"]["schemas"]) == [name]


@pytest.mark.parametrize(
    ("uses", "names"), [(["best"], ["Job", "ListJobsJobMode"]), (["best", "worst"], ["ListJobsJob", "JobMode"])]
)
def test_no_schema_has_the_name_of_a_class_within_another(uses: list[str], names: list[str]) -> None:
    """`Job` with values of `mode` makes a generator write a class `JobMode`; another schema gets another name."""
    jobs = DataType("array", items=DataType("object", name="Job"))
    mode = DataType("object", name="JobMode")
    rows = (
        row("response", "jobs", type_=jobs),
        row("response", "jobs", "mode", limits=Limits(values=("A", "B"))),
        *(row("response", name, type_=mode) for name in uses),
        *(row("response", name, "name") for name in uses),
    )
    document, _ = folder([page("Listing Jobs", "GET /v1/jobs", *rows)])
    assert list(document["components"]["schemas"]) == ["ListJobsResponse", *names]


def test_two_pages_of_an_operation_are_merged() -> None:
    """The operation has the parameters, fields and responses of both; a fact of one page only is optional."""
    one = page(
        "Creating",
        "POST /v1/{id}/jobs",
        row("body", "name", mandatory="yes"),
        row("body", "old", mandatory="yes"),
        row("query", "all", mandatory="yes"),
    )
    other = page(
        "Creating",
        "POST /v1/{job_id}/jobs",
        row("body", "name", mandatory="yes", type_=DataType("integer")),
        row("body", "new"),
        row("query", "dry", mandatory="yes"),
    )
    document, made = folder([one, other])
    ((path, item),) = document["paths"].items()
    assert path == "/v1/{job_id}/jobs"
    assert [(each["name"], each["required"]) for each in item["post"]["parameters"]] == [
        ("job_id", True),
        ("all", False),
        ("dry", False),
    ]
    schema = document["components"]["schemas"]["CreateRequest"]
    assert (list(schema["properties"]), schema["required"]) == (["name", "old", "new"], ["name"])
    assert made.notes[-1].endswith("merged; where they differ, the first counts: request name.")


@pytest.mark.parametrize("side", ["request", "response"])
def test_a_body_that_another_page_describes_is_taken_from_there(side: Any) -> None:
    """A link to a page of the folder by title, identifier or file gives the body; a body of its own goes first."""
    location = {"request": "body", "response": "response"}[side]
    known = page("Running a Job", "POST /v1/run", row(location, "name"))
    pages = [
        page("Testing", "POST /v1/test", references=(Reference(side, "running-a-job.html#section5", 7),)),
        page("Trying", "POST /v1/try", references=(Reference(side, "#dli_02_17__section5", 7),)),
        page("Own", "POST /v1/own", row(location, "size"), references=(Reference(side, "running_a_job.rst", 7),)),
        page("Lost", "POST /v1/lost", references=(Reference(side, "elsewhere.html", 7),)),
    ]
    document, made = folder([*pages, evolve(known, document_id="dli_02_17")])
    found = operations(document)
    bodies = {
        name: (each.get("requestBody", {}) if side == "request" else each["responses"]["200"]).get("content")
        for name, each in found.items()
    }
    assert bodies["test"] == bodies["try"] == bodies["runJob"]
    assert bodies["own"] not in (None, bodies["runJob"])
    assert bodies["lost"] is None
    assert f"testing.rst line 7: the {side} is that of running_a_job.rst." in made.notes


def test_a_sentence_that_leads_to_another_page_is_read() -> None:
    """`The response is the same as …; see …` in the section of the response is a reference with its line."""
    text = render(evolve(USUAL, response=()), "rst")
    at = text.index("Response Parameters\n")
    end = text.index("\n\n", at)
    link = "\n\nThe response is the same as that of a copy. For details, see :ref:`Copying <dli_02_0088__section1>`."
    facts = read_page((text[:end] + link + text[end:]).encode(), "page")
    assert [(each.side, each.target) for each in facts.references] == [("response", "#dli_02_0088__section1")]


def test_an_operation_of_several_pages_has_the_best_name() -> None:
    """An operationId from an English title goes before a title of another language, the vendor's own before both."""
    line = "POST /v1/jobs"
    document, _ = folder([page("创建作业", line), page("Creating a Job", line), page("Adding a Job", line)])
    assert list(operations(document)) == ["createJob"]
    document, _ = folder([page("Creating a Job", line), page("Adding a Job", line, names=("BuildJob",))])
    assert list(operations(document)) == ["buildJob"]


def test_no_page_is_held() -> None:
    """The document is made without any page in memory, so a manual may have any number."""
    made = FolderScaffold("manual")
    before = alive()
    for number in range(5):
        made.add(page("Listing", f"GET /v1/jobs{number}", row("query", "limit")))
    made.text()
    assert alive() == before


def test_pages_without_operations_are_noted() -> None:
    """A page without a request line is left out with a note; only such pages are one sentence."""
    codes = PageFacts("codes.rst", "rst", "en")
    _, made = folder([codes, page("Listing", "GET /v1/jobs")])
    assert made.notes == ["codes.rst has no request line and is left out."]
    with pytest.raises(JobexportError, match=r"^manual: no page has a request line; "):
        folder([codes])


@pytest.mark.parametrize(
    ("operations", "names"),
    [
        (["list GET /v1/jobs", "list GET /v1/jobs/{job_id}"], ["list", "listByJobId"]),
        (
            ["deleteJob DELETE /v1/streaming/jobs/{id}", "deleteJob DELETE /v1/jobs/{id}"],
            ["deleteStreamingJob", "deleteJob"],
        ),
        (["show GET /v1/jobs", "show GET /v2/jobs"], ["show", "showV2"]),
        (["sqlJob GET /v1/a", "SQLJob POST /v1/a"], ["sqlJob", "postA"]),
    ],
)
def test_operation_ids_are_unique(operations: list[str], names: list[str]) -> None:
    """Of operations with one name, the shortest path keeps it; the others get what only their path has."""
    found = operation_ids([(name, method, path) for name, method, path in map(str.split, operations)])
    assert found == names


@pytest.mark.parametrize(
    ("paths", "written"),
    [
        (["/jobs/{name}", "/jobs/{job_name}/run"], ["/jobs/{job_name}", "/jobs/{job_name}/run"]),
        (
            ["/{projectId}/a", "/{project_id}/b", "/{project_id}/c"],
            ["/{project_id}/a", "/{project_id}/b", "/{project_id}/c"],
        ),
        (["/jobs/{id}/run", "/jobs/{name}/stop"], ["/jobs/{id}/run", "/jobs/{name}/stop"]),
        (["/jobs/{id}", "/jobs/{name}"], ["/jobs/{id}", "/jobs/{id}"]),
        (["/a/{id}/b/{id}"], ["/a/{id}/b/{id2}"]),
        (["/a/{job.name}/b/{1}/{名}"], ["/a/{job_name}/b/{variable_1}/{variable}"]),
    ],
)
def test_variables_of_a_path_are_unified(paths: list[str], written: list[str]) -> None:
    """The same spot has one name if the names are alike, and always if the paths differ in names only."""
    assert list(variable_names(paths).values()) == written


@pytest.mark.parametrize(
    ("plural", "name"),
    [
        ("jobs", "job"),
        ("entries", "entry"),
        ("boxes", "box"),
        ("address", "address"),
        ("status", "status"),
        ("series_of", "series_of"),
    ],
)
def test_items_of_a_list_are_named_in_the_singular(plural: str, name: str) -> None:
    """The schema of an item of `jobs` is `Job`."""
    assert singular(plural) == name
