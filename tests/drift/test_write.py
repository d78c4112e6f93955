"""Edits of the sources after changed pages: drift says nothing new, lint is clean, other editions stay as they were."""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift import Described, check_page, read_page
from jobexport.drift.edits.advise import LEFT_TO_PEOPLE
from jobexport.drift.facts import DataType, Limits
from jobexport.drift.write import follow_pages, left_lines, texts_of, write_all
from jobexport.errors import JobexportError, TargetUnwritable
from jobexport.spec.links import links
from jobexport.spec.load import tree
from jobexport.spec.overlay import apply_overlay
from jobexport.spec.statements.held import unheld
from tests.drift.making.described import DESCRIBED
from tests.drift.making.effort import effort
from tests.drift.making.mutations import mutation
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import LONG, STRING, Field, render
from tests.drift.making.samples import APPLE
from tests.spec.making.overlays import removals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def facts_of(page: Any) -> Any:
    return read_page(render(page, "rst").encode(), name="page")


def bare(node: Any) -> Any:
    """Return a document without the marks of the register."""
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if key != "x-inconsistency"}
    return [bare(item) for item in node] if isinstance(node, list) else node


def is_for_people(reason: str) -> bool:
    """Check whether an edit of the description is not enough: the code that sends requests has to follow too."""
    return reason in LEFT_TO_PEOPLE.values() or reason.endswith((" change both", " too"))


def problems(page: Any, edition: str) -> list[Any]:
    """Return what is wrong after a page was followed."""
    facts = facts_of(page)
    try:
        written = follow_pages([facts], DESCRIBED, edition)
    except JobexportError as problem:
        assert "nothing to compare" in str(problem)  # noqa: PT017  # a page whose path is that of no operation
        return []
    after = written.described
    again = check_page(facts, after, edition)
    left = {(item.finding.kind, item.finding.about) for item in written.left}
    found: list[Any] = [("left", item.finding, item.reason) for item in written.left if not is_for_people(item.reason)]
    found += [("new", item.kind, item.about) for item in again.new if (item.kind, item.about) not in left]
    for id_ in DESCRIBED.editions:
        if id_ != edition and bare(after.documents[id_]) != bare(DESCRIBED.documents[id_]):
            found.append(("changes", id_))
    found += [("unsupported", target) for target in unsupported(after, edition) if target not in before(edition)]
    # A role that moved to a field of another name needs people.
    return found + [problem for problem in written.problems if "mark that property" not in problem]


@functools.cache
def before(edition: str) -> list[str]:
    """Return what no statement supports from the start: the pages of this description have no later editions."""
    return unsupported(DESCRIBED, edition)


def unsupported(after: Described, edition: str) -> list[str]:
    """Return the targets of overlay actions that remove a field or a type, though no statement fails without them."""
    overlay, found = after.overlays[edition], []
    for number in removals(overlay["actions"]):
        action = overlay["actions"][number]
        kept = [other for other in overlay["actions"] if other is not action]
        document = apply_overlay(after.union or {}, {**overlay, "actions": kept}, strict=False)
        if next(unheld(after.register, after.union or {}, {**after.documents, edition: document}), None) is None:
            found.append(action["target"])
    return found


@pytest.mark.parametrize("seed", range(effort(2, 30)))
def test_a_single_change_is_written_without_a_rest(seed: Any) -> None:
    """After 2 (thorough: 210) changes, each written, the page has no new finding and the sources are sound."""
    rng = random.Random(f"write {seed}")  # noqa: S311  # no secrets
    for edition, _, page in effort([rng.choice(PAGES)], PAGES):
        changed = mutation(page, rng)
        assert problems(changed.page, edition) == [], (edition, changed.kinds, changed.about)


def nested(page: Any, rng: Any) -> Any:
    """Return the page with an additional row that leads to a nested table."""
    table = rng.choice(["body", "response"])
    kinds = [APPLE, DataType("array", items=APPLE), DataType("map", items=APPLE)]
    row = Field("thing", rng.choice(kinds), "no", children=(Field("x"), Field("y", LONG, "no")))
    return evolve(page, **{table: (*getattr(page, table), row)})


@pytest.mark.parametrize("seed", range(effort(1, 20)))
def test_several_changes_are_written_without_a_rest(seed: Any) -> None:
    """The same holds for a page with two to five changes, compared with any edition."""
    rng = random.Random(f"several {seed}")  # noqa: S311  # no secrets
    edition, _, page = rng.choice(PAGES)
    edition = rng.choice([edition, *DESCRIBED.editions])
    for _ in range(rng.randrange(2, 6)):
        page = mutation(page, rng).page
    page = nested(page, rng) if rng.random() < 0.4 else page
    assert problems(page, edition) == [], edition


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    """If the second file can't take its place, the first is as it was, and no part is left."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("old\n", encoding="utf-8")
    (two / "inside").mkdir(parents=True)
    with pytest.raises(TargetUnwritable, match=r"two\.yaml"):
        write_all({one: "new\n", two: "new\n"})
    assert one.read_text(encoding="utf-8") == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.yaml", "two.yaml"]


def test_a_changed_path_is_left_to_people() -> None:
    """The client sends one path: the finding is listed with page, line and place, and no file changes for it."""
    page = evolve(PAGES[0][2], path="/v2.0/{project_id}/streaming/jobs/export")
    written = follow_pages([facts_of(page)], DESCRIBED, "otc-2024")
    (line,) = left_lines(written)
    assert line.startswith("left: page line ")
    assert "path-changed" in line
    assert "/paths/~1v1.0~1{project_id}~1streaming~1jobs~1export/post" in line
    assert written.texts == texts_of(DESCRIBED)


def test_a_header_that_the_generator_refuses_is_left_to_people() -> None:
    """Of two new headers the map is listed with its reason, and the other one is written."""
    new = (Field("brand", DataType("map", items=APPLE), "no"), Field("shade", LONG, "no"))
    page = evolve(PAGES[3][2], headers=(*PAGES[3][2].headers, *new))
    written = follow_pages([facts_of(page)], DESCRIBED, "otc-2024")
    (line,) = left_lines(written)
    assert "parameter-added: header `brand`" in line
    assert "takes no header of this type" in line
    assert written.described.union is not None
    listed = written.described.union["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]["parameters"]
    known = (DESCRIBED.union or {})["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"].get("parameters", [])
    assert [node["name"] for node in listed if node not in known] == ["shade"]


def test_a_type_that_the_client_does_not_read_is_left_to_people() -> None:
    """The names of the zips as one text are listed with the reason, as the client reads a list; nothing is written."""
    base = PAGES[2][2]
    page = evolve(base, response=(*base.response[:2], evolve(base.response[2], type=DataType("string"))))
    line, _ = left_lines(follow_pages([facts_of(page)], DESCRIBED, "huaweicloud-cn-2020"))  # and its example
    assert "type-changed: response parameter `zip_files`" in line
    assert "reads a field with the role zip-paths as array of string, not as string" in line


def of_rows(table: str, which: str, **changes: Any) -> Callable[[Any], Any]:
    """Return a function that changes a row of a page, or drops it without changes."""

    def change(page: Any) -> Any:
        rows = (evolve(row, **changes) if row.name == which else row for row in getattr(page, table))
        return evolve(page, **{table: tuple(row for row in rows if changes or row.name != which)})

    return change


@functools.cache
def unchanged(number: int) -> Described:
    """Return the sources after a page of ours that says nothing new."""
    edition, _, page = PAGES[number]
    return follow_pages([facts_of(page)], DESCRIBED, edition).described


UNSENT: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "a mandatory field is renamed": (6, of_rows("body", "jobList", name="jobNames")),
    "a mandatory field is gone": (1, of_rows("body", "obs_dir")),
    "a mandatory field is optional": (1, of_rows("body", "obs_dir", mandatory="no")),
    "an optional field is mandatory": (5, of_rows("body", "exportDepend", mandatory="yes")),
    "a field has another type": (1, of_rows("body", "is_selected", type=STRING)),
    "a variable of the path has another type": (1, of_rows("path_fields", "project_id", type=LONG)),
    "a new field is mandatory": (6, lambda page: evolve(page, body=(*page.body, Field("brand")))),
    "a new header is mandatory": (5, lambda page: evolve(page, headers=(*page.headers, Field("brand")))),
    "a header is gone": (5, of_rows("headers", "workspace")),
}


@pytest.mark.parametrize("case", UNSENT)
def test_a_request_that_no_code_sends_is_left_to_people(case: str) -> None:
    """Nobody sends the new form until code changes: the finding is listed with the reason, and nothing is written."""
    number, change = UNSENT[case]
    edition, _, page = PAGES[number]
    written = follow_pages([facts_of(change(page))], DESCRIBED, edition)
    assert written.left
    assert all("the client, the mock and the contract test" in item.reason for item in written.left)
    assert (written.described.union, written.described.overlays) == (
        unchanged(number).union,
        unchanged(number).overlays,
    )


SENT: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "an optional field is renamed": (5, of_rows("body", "exportStatus", name="state")),
    "an optional field is gone": (5, of_rows("body", "exportStatus")),
    "a header is mandatory": (5, of_rows("headers", "workspace", mandatory="yes")),
    "a new field is optional": (6, lambda page: evolve(page, body=(*page.body, Field("brand", STRING, "no")))),
}


@pytest.mark.parametrize("case", SENT)
def test_a_request_that_some_edition_has_is_written(case: str) -> None:
    """The code copes with a field that requests may leave out, and a user fills a header."""
    number, change = SENT[case]
    edition, _, page = PAGES[number]
    written = follow_pages([facts_of(change(page))], DESCRIBED, edition)
    assert written.left == ()
    assert (
        written.described.union != unchanged(number).union or written.described.overlays != unchanged(number).overlays
    )


def test_a_type_that_another_edition_sends_is_written() -> None:
    """A type that requests have in one edition is written in another."""
    edition, _, page = PAGES[1]
    texts = of_rows("body", "is_selected", type=STRING)(page)
    documents = {id_: tree(document) for id_, document in DESCRIBED.documents.items()}
    fields = documents["otc-2024"]["components"]["schemas"]["ExportFlinkJobsRequest"]["properties"]
    fields["is_selected"]["type"] = "string"
    described = evolve(DESCRIBED, documents=documents)
    left = follow_pages([facts_of(texts)], described, edition).left
    assert not any("`is_selected`" in item.finding.about for item in left), left


def test_a_variable_with_another_name_is_written_and_its_type_left_to_people() -> None:
    """A segment of the path is paired by its place: the new name is written, and a type that nobody sends is left."""
    page, new = PAGES[4][2], Field("projectidId", DataType("array", items=APPLE), prose="项目。")
    path = page.path.replace("{project_id}", "{projectidId}")
    page = evolve(page, path=path, path_fields=(new, page.path_fields[1]))
    assert problems(page, "huaweicloud-cn-2020") == []
    (left,) = follow_pages([facts_of(page)], DESCRIBED, "huaweicloud-cn-2020").left
    assert (left.finding.kind, left.finding.about) == ("type-changed", "path variable `projectidId`")
    assert "no edition has this type" in left.reason


def test_the_actions_of_other_editions_name_what_they_remove() -> None:
    """The overlay of another edition removes `bundles` or a status under that name, not under the name it replaces."""
    base = PAGES[2][2]
    assert DESCRIBED.union is not None
    told = DESCRIBED.union["paths"][base.path]["post"]["responses"]
    new = next(status for status in range(422, 500) if str(status) not in told)
    statuses = ((200, "成功。"), (new, "失败。"))
    page = evolve(base, response=(*base.response[:2], evolve(base.response[2], name="bundles")), statuses=statuses)
    after = follow_pages([facts_of(page)], DESCRIBED, "huaweicloud-cn-2020").described
    added = after.overlays["otc-2026"]["actions"][len(DESCRIBED.overlays["otc-2026"]["actions"]) :]
    said = {
        action["target"].rstrip("']").rpartition(".")[2].rpartition("'")[2]: action["description"] for action in added
    }
    assert {name: text.partition(":")[0].rpartition(" ")[2] for name, text in said.items()} == {
        "bundles": "`bundles`",
        str(new): f"`{new}`",
    }


def test_an_installed_package_is_not_written() -> None:
    """Without sources --write is one sentence."""
    shipped = Described(DESCRIBED.register, DESCRIBED.documents, None, {}, DESCRIBED.root, DESCRIBED.files)
    with pytest.raises(JobexportError, match="in a checkout"):
        follow_pages([facts_of(PAGES[0][2])], shipped, "otc-2024")


def test_an_action_that_the_page_makes_needless_is_dropped() -> None:
    """Where the page agrees with the union again, the overlay loses an action and gets no other."""
    page = evolve(PAGES[0][2], response=PAGES[1][2].response)  # is_success is a String, and the example a boolean
    overlay = follow_pages([facts_of(page)], DESCRIBED, "otc-2024").described.overlays["otc-2024"]
    old = DESCRIBED.overlays["otc-2024"]["actions"]
    assert [action for action in old if action not in overlay["actions"]] == [
        action
        for action in old
        if action["target"].endswith("ExportFlinkJobsResponse.properties.is_success.type[?@ == 'string']")
    ]
    assert len(overlay["actions"]) == len(old) - 1


def test_a_renamed_field_keeps_its_role_and_the_union_has_both_names() -> None:
    """The client finds the field by its role, in each edition under its own name."""
    page = renamed(PAGES[0][2], "zip_file", "archives", shown=True)
    after = follow_pages([facts_of(page)], DESCRIBED, "otc-2024").described

    def names(document: Any) -> set[str]:
        properties = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
        return {name for name, schema in properties.items() if schema.get("x-role") == "zip-paths"}

    assert names(after.union) == names(DESCRIBED.union) | {"archives"}
    assert names(after.documents["otc-2024"]) == {"archives"}
    assert names(after.documents["otc-2026"]) == names(DESCRIBED.documents["otc-2026"])


def renamed(page: Any, old: str, new: str, *, shown: bool) -> Any:
    """Return a page with another name of a response's field: in its table and, if shown, in its example."""
    response = tuple(evolve(row, name=new) if row.name == old else row for row in page.response)
    body = {new if shown and name == old else name: value for name, value in page.response_body.items()}
    return evolve(page, response=response, response_body=body)


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("number", [0, 1])
def test_each_action_for_a_renamed_field_is_supported_by_a_statement(number: int, shown: bool) -> None:
    """`is_success`, of which no entry states the name, is renamed: without an action of the overlay a statement fails.

    If the example keeps the old name, the document has both: the new one with the type of the table alone, and the old
    one as the union has it.
    """
    edition, _, page = PAGES[number]
    page = renamed(page, "is_success", "succeeded", shown=shown)
    assert problems(page, edition) == []
    fields = follow_pages([facts_of(page)], DESCRIBED, edition).described.documents[edition]["components"]["schemas"]
    assert ("is_success" in fields["ExportFlinkJobsResponse"]["properties"]) is not shown


def test_a_field_that_an_example_shows_is_removed_alone_and_seen() -> None:
    """The document keeps a field that only the example has: an overlay that removes it contradicts a statement."""
    edition, _, page = PAGES[0]
    written = follow_pages([facts_of(renamed(page, "message", "words", shown=False))], DESCRIBED, edition).described
    document = tree(written.documents[edition])
    assert list(unheld(written.register, written.union or {}, written.documents)) == []
    del document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]["message"]
    (item,) = unheld(written.register, written.union or {}, {**written.documents, edition: document})
    assert (item.statement.at.rpartition("/")[2], item.seen) == ("message", ())


def test_a_type_beside_an_example_of_another_type_is_seen() -> None:
    """The example shows an object, so a document that allows a text too contradicts the table's boolean."""
    edition, _, page = PAGES[0]
    page = evolve(page, response_body=page.response_body | {"is_success": {"nested": 1}})
    written = follow_pages([facts_of(page)], DESCRIBED, edition).described
    assert unsupported(written, edition) == before(edition)


def test_a_type_that_neither_table_nor_example_has_is_gone() -> None:
    """The example showed a boolean beside the table's text; now it shows an object, and only the text is left."""
    edition, _, page = PAGES[1]
    page = evolve(page, response_body=page.response_body | {"is_success": {"nested": 1}})
    assert problems(page, edition) == []
    after = follow_pages([facts_of(page)], DESCRIBED, edition).described.documents[edition]
    assert after["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]["is_success"]["type"] == ["string"]


def test_the_name_that_no_page_has_any_longer_is_absent_everywhere() -> None:
    """The last page with `zip_files` calls it otherwise: an overlay that no longer removes the old name is seen."""
    edition, _, page = PAGES[2]
    rows = (evolve(row, name="bundles") if row.name == "zip_files" else row for row in page.response)
    after = follow_pages([facts_of(evolve(page, response=tuple(rows)))], DESCRIBED, edition).described
    assert list(unheld(after.register, after.union or {}, after.documents)) == []
    overlay = after.overlays["otc-2026"]
    number = next(at for at, action in enumerate(overlay["actions"]) if action["target"].endswith(".zip_files"))
    alone = overlay | {"actions": [action for at, action in enumerate(overlay["actions"]) if at != number]}
    document = apply_overlay(after.union or {}, alone, strict=False)
    found = list(unheld(after.register, after.union or {}, {**after.documents, "otc-2026": document}))
    assert {(item.edition, item.statement.at.rpartition("/")[2]) for item in found} == {("otc-2026", "zip_files")}


def test_a_status_that_is_there_already_keeps_its_errors() -> None:
    """The page says 401 in the place of 400: the codes of both are errors of 401, also that of an unknown caller."""
    edition, _, page = PAGES[1]
    page = evolve(page, statuses=((200, "It worked."), (401, "It did not.")))
    assert problems(page, edition) == []
    after = follow_pages([facts_of(page)], DESCRIBED, edition).described.documents[edition]
    responses = after["paths"][page.path]["post"]["responses"]
    assert "400" not in responses
    assert {"unauthorized", "job-not-found"} <= responses["401"]["content"]["application/json"]["examples"].keys()


def test_another_status_of_success_is_left_to_people() -> None:
    """The client takes 200 for a success, so a page that says 201 needs a change of the client, too."""
    page = evolve(PAGES[1][2], statuses=((201, "It worked."), (400, "It did not.")), response_body=None)
    left = follow_pages([facts_of(page)], DESCRIBED, "otc-2026").left
    assert any(item.finding.kind == "status-changed" and "a success; change both" in item.reason for item in left)


THINGS = Field("things", DataType("array", items=APPLE), "no", children=(Field("y", STRING, "no"),))
CONTRADICTIONS: dict[str, tuple[tuple[Field, ...], dict[str, Any]]] = {
    "an empty text": ((Field("message", LONG, "no"),), {"message": ""}),
    "two values of one field": ((THINGS,), {"things": [{"y": "a", "x": 1}, {"y": "b", "x": 2}]}),
    "mandatory, of another type, and missing": ((Field("message", LONG),), {}),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_an_example_that_contradicts_its_table_is_written_without_a_rest(case: str) -> None:
    """Each value that an example has in spite of the table is a claim, and a missing one has the table's type."""
    edition, _, page = PAGES[0]
    rows, values = CONTRADICTIONS[case]
    names = {row.name for row in rows}
    kept = {name: value for name, value in page.response_body.items() if name not in names}
    page = evolve(
        page, response=(*(row for row in page.response if row.name not in names), *rows), response_body=kept | values
    )
    assert problems(page, edition) == []


def test_a_link_follows_a_renamed_field() -> None:
    """The link to the import takes the first zip of the new field, and other editions keep their link."""
    edition, _, page = PAGES[0]
    after = follow_pages([facts_of(renamed(page, "zip_file", "archives", shown=True))], DESCRIBED, edition).described
    bodies = {
        id_: link.fields["requestBody"]["zip_file"]
        for id_ in (edition, "otc-2026")
        for link in links(after.documents[id_])
        if link.source.id == "exportFlinkJobs"
    }
    assert bodies == {edition: "$response.body#/archives/0", "otc-2026": "$response.body#/zip_file/0"}


def test_a_link_without_what_it_needs_is_gone() -> None:
    """Where the field is gone, nothing is its first item, and the edition has no link to the import."""
    edition, _, page = PAGES[0]
    body = {name: value for name, value in page.response_body.items() if name != "zip_file"}
    page = evolve(page, response=page.response[:2], response_body=body)
    assert problems(page, edition) == []
    after = follow_pages([facts_of(page)], DESCRIBED, edition).described
    assert [link.name for link in links(after.documents[edition]) if link.source.id == "exportFlinkJobs"] == []


def opened(document: Any) -> Any:
    """Return a document in which values of `exportStatus` are an open list: a server may have further ones."""
    if isinstance(document, dict):
        named = {"enum": "x-open-enum"} if document.get("enum") == ["DEVELOP", "SUBMIT"] else {}
        return {named.get(key, key): opened(value) for key, value in document.items()}
    return [opened(item) for item in document] if isinstance(document, list) else document


def test_values_of_an_open_list_are_compared_and_written_as_such() -> None:
    """An open list is held against the page like an enum, and a new value of the page goes into it."""
    edition, _, page = PAGES[5]
    documents = {id_: opened(document) for id_, document in DESCRIBED.documents.items()}
    described = evolve(DESCRIBED, union=opened(DESCRIBED.union), documents=documents)
    assert list(unheld(described.register, described.union or {}, documents)) == []
    status = evolve(page.body[-1], limits=Limits(values=("DEVELOP", "SUBMIT", "DRAFT")))
    facts = facts_of(evolve(page, body=(*page.body[:-1], status)))
    others = {finding.kind: finding.other for finding in check_page(facts, described, edition).new}
    assert others["values-changed"] == "DEVELOP, SUBMIT"
    after = follow_pages([facts], described, edition).described
    schema = after.documents[edition]["components"]["schemas"]["ExportJobRequest"]["properties"]["exportStatus"]
    assert (schema["x-open-enum"], "enum" in schema) == (["DEVELOP", "SUBMIT", "DRAFT"], False)


def test_a_status_belongs_to_the_entry_of_status_codes() -> None:
    """A new status is claimed where statuses are, an error code where error codes are; a new field gets an entry."""
    page = evolve(
        PAGES[0][2],
        statuses=(*PAGES[0][2].statuses, (409, "Busy.")),
        errors=(("DLI.0037", "The job is being edited."),),
        body=(*PAGES[0][2].body, Field("packed", LONG, "no")),
    )
    register = follow_pages([facts_of(page)], DESCRIBED, "otc-2024").described.register
    values = {
        fact: [item.value for item in register.entry(id_).claim("otc-2024").says if item.fact == fact]
        for id_, fact in (("DLI-010", "error-code"), ("DLI-011", "status"))
    }
    assert values == {"error-code": ["DLI.0037"], "status": [200, 400, 409]}
    known = {entry.id for entry in DESCRIBED.register.entries}
    (new,) = [entry for entry in register.entries if entry.id not in known]
    assert (new.title, new.wire, new.operations) == ("Request parameter `packed`", True, ("exportFlinkJobs",))
    assert [claim.fact for claim in new.claims] == ["`packed`; int64; not mandatory", "absent"]
    assert sorted(edition for claim in new.claims for edition in claim.editions) == DESCRIBED.editions
