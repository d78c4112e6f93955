"""Lists of both clients, from mocks of each edition and from servers with forms of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve

from jobexport import DgcClient, errors
from jobexport.core import strict_json
from jobexport.mock import serve
from jobexport.spec.editions import edition_ids, load_edition
from tests.client.making.calls import EDITION, NO_RETRIES
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import PROJECT, many_objects
from tests.drift.making.described import DESCRIBED
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

LISTS = [("dgc", "jobs"), ("dgc", "scripts"), ("dgc", "resources"), ("dli", "jobs")]


def page(names: Sequence[str], total: Any, key: str = "scripts") -> ScriptedResponse:
    """A page of a list of DGC."""
    return ScriptedResponse.json({"total": total, key: [{"name": name} for name in names]})


def limits(server: Scripted) -> list[int]:
    """The number of items that each request asked for."""
    return [int(parse_qs(urlsplit(request.path).query)["limit"][0]) for request in server.received]


@pytest.fixture(scope="module", params=["pages", "records"])
def large(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A mock with 250 batch jobs, 105 real-time jobs, 230 scripts, 120 resources and 210 Flink jobs."""
    with serve(DESCRIBED.documents["huaweicloud-intl-2026"], state=many_objects(), page_offset=request.param) as server:
        yield server


@pytest.mark.parametrize("edition", edition_ids())
@pytest.mark.parametrize(("service", "method"), LISTS)
def test_a_list_of_every_edition_is_read(
    caller: Caller, started: Callable[[str], Server], edition: str, service: str, method: str
) -> None:
    """Whatever an edition calls list and id, all items come; a time that it lacks is None."""
    server = started(edition)
    server.core.reset()
    found = caller.listed(service, method, server, **({"workspace": WORKSPACE} if service == "dgc" else {}))
    project = server.state.projects[server.project_id]
    workspace = project.workspaces[WORKSPACE]
    held = project.flink_ids if service == "dli" else getattr(workspace, method)
    assert set(found.names) == set(held)
    assert (found.outcome.complete, found.outcome.total, found.outcome.count) == (True, len(held), len(held))
    assert abs((found.outcome.date - datetime.now(UTC)).total_seconds()) < 60
    if service == "dli":
        assert {item.name: item.id for item in found.items} == held
    if (service, method) == ("dgc", "jobs"):
        job = load_edition(edition)["components"]["schemas"]["JobSummary"]
        assert {item.updated is None for item in found.items} == {"lastUpdateTime" not in job["properties"]}
        assert {item.type for item in found.items} == {"BATCH", "REAL_TIME"}


@pytest.mark.parametrize(("service", "method", "count"), [(*LISTS[0], 355), (*LISTS[1], 230), (*LISTS[2], 120)])
def test_all_pages_come_whatever_offset_counts(
    caller: Caller, large: Server, service: str, method: str, count: int
) -> None:
    """All items of both kinds of jobs come, once each, and only the page that shows the unit comes in vain."""
    large.core.requests.clear()
    found = caller.listed(service, method, large)
    assert len(set(found.names)) == len(found.names) == count
    assert found.outcome.complete
    pages = {"jobs": 3 + 2, "scripts": 3, "resources": 2}[method]
    assert len(large.core.requests) == pages + (large.core.page_offset == "records")


def test_flink_jobs_are_counted(caller: Caller, large: Server) -> None:
    """The offset of Flink jobs counts jobs in every edition: no page comes in vain."""
    large.core.requests.clear()
    assert len(set(caller.listed("dli", "jobs", large, details=True).names)) == 210
    queries = [request.query for request in large.core.requests]
    assert sorted(query["offset"] for query in queries) == [0, 100, 200]
    assert all(query["show_detail"] is True for query in queries)


def test_both_kinds_of_jobs_are_asked_for(caller: Caller, mock: Server) -> None:
    """`jobType` is always sent: without it a list has batch jobs only, and ten of them."""
    caller.listed("dgc", "jobs", mock)
    assert [request.query for request in mock.core.requests] == [
        {"jobType": kind, "offset": 0, "limit": 100} for kind in ("BATCH", "REAL_TIME")
    ]


@pytest.mark.parametrize(
    ("body", "names", "total"),
    [
        ({"total": 1, "scripts": [{"name": "a"}]}, ["a"], 1),
        ({"total": "1", "scripts": [{"name": "a"}]}, ["a"], 1),
        ({"total": 1, "connections": [{"name": "a"}]}, ["a"], 1),
        ({"total": 0, "scripts": None}, [], 0),
        ({"total": -1, "scripts": []}, [], None),
    ],
)
def test_every_form_of_a_list_is_read(
    caller: Caller, scripted: Scripted, body: dict[str, Any], names: list[str], total: int | None
) -> None:
    """The number may be a text, the list may have the name of one page's example, and no list is an empty list."""
    scripted.respond(ScriptedResponse.json(body))
    found = caller.listed("dgc", "scripts", scripted)
    assert (found.names, found.outcome.total, found.outcome.complete) == (names, total, True)


@pytest.mark.parametrize(
    "inner",
    [
        {"total_count": 1, "jobs": [{"job_id": "7", "name": "a", "update_time": "5"}]},
        [{"total_count": "1", "jobs": [{"job_id": 7, "name": "a", "update_time": 5}]}],
    ],
)
def test_every_form_of_a_list_of_flink_jobs_is_read(caller: Caller, scripted: Scripted, inner: Any) -> None:
    """The page is an object, or a list with one; ids, times and numbers may be texts."""
    scripted.respond(ScriptedResponse.json({"is_success": "true", "job_list": inner}))
    found = caller.listed("dli", "jobs", scripted)
    assert [(job.id, job.name, job.updated, job.type) for job in found.items] == [(7, "a", 5, None)]
    assert found.outcome.complete


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"total": 1, "scripts": {}}', b'{"a": [], "b": []}', b'{"total": 1e999, "scripts": []}']
)
def test_a_response_without_a_list_is_an_error(caller: Caller, scripted: Scripted, body: bytes) -> None:
    """No other response passes for an empty list."""
    scripted.respond(ScriptedResponse(body))
    with pytest.raises(errors.UnexpectedResponse, match="listScripts"):
        caller.listed("dgc", "scripts", scripted)


def test_a_false_flag_of_success_is_an_error(caller: Caller, scripted: Scripted) -> None:
    """A list of Flink jobs with `is_success` false and status 200 is ApiError, with the message."""
    scripted.respond(ScriptedResponse.json({"is_success": "false", "message": "No.", "job_list": {"jobs": []}}))
    with pytest.raises(errors.ApiError, match=r"listFlinkJobs: No\."):
        caller.listed("dli", "jobs", scripted)


def test_numbers_keep_their_digits(caller: Caller, scripted: Scripted) -> None:
    """The JSON of an item is that of the server, also where Python would write a number in another way."""
    text = '{"name": "a", "x": 1.50, "y": 1E2, "z": 123456789012345678901234567890}'
    scripted.respond(ScriptedResponse(f'{{"total": 1, "scripts": [{text}]}}'.encode()))
    (item,) = caller.listed("dgc", "scripts", scripted).items
    assert " ".join(strict_json.write(item.fields).split()) == text.replace("{", "{ ").replace("}", " }")


@pytest.mark.parametrize(("total", "complete"), [(3, False), (1, False), (2, True), (None, True)])
def test_a_shortfall_is_reported_after_the_last_item(
    caller: Caller, scripted: Scripted, total: int | None, complete: bool
) -> None:
    """All items come first; then ListIncomplete says how many the service claims."""
    scripted.respond(page(["a", "b"], total), page([], total))
    found = caller.listed("dgc", "scripts", scripted)
    assert found.names == ["a", "b"]
    assert (found.outcome.complete, found.outcome.total, found.outcome.count) == (complete, total, 2)
    if not complete:
        assert found.error is not None
        assert (found.error.count, found.error.total) == (2, total)
        assert f"not complete: the service claims {total} items, and 2 came" in str(found.error)
    else:
        assert found.error is None


def test_an_entry_without_a_name_is_a_shortfall(caller: Caller, scripted: Scripted) -> None:
    """An entry that can't be an item does not stop the others, and is missing."""
    scripted.respond(ScriptedResponse.json({"total": 3, "scripts": [{"name": "a"}, {"type": "Shell"}, 7]}), page([], 3))
    found = caller.listed("dgc", "scripts", scripted)
    assert (found.names, found.outcome.complete) == (["a"], False)


def test_a_list_that_changed_is_walked_again(caller: Caller, scripted: Scripted) -> None:
    """A number that moves between two pages begins the list anew; items that came already do not come again."""
    scripted.respond(page(["a", "b"], 3), page(["d"], 4), page(["d"], 4), page(["a", "b", "c", "d"], 4))
    found = caller.listed("dgc", "scripts", scripted)
    assert (found.names, found.outcome.complete, found.outcome.count) == (["a", "b", "d", "c"], True, 4)


def test_a_list_that_never_rests_is_not_complete(caller: Caller, scripted: Scripted) -> None:
    """After three more walks the items that came are the result, and the list is not complete."""
    scripted.respond(*[page(["a"], 2), page(["b"], 3), page([], 3)] * 4)
    found = caller.listed("dgc", "scripts", scripted)
    assert not found.outcome.complete
    assert found.outcome.problem == "the number of items changed in each of 4 walks"
    assert (found.names, len(scripted.received)) == (["a", "b"], 12)


def test_a_refused_limit_is_lowered(caller: Caller, scripted: Scripted) -> None:
    """A server that refuses pages of 100 items is asked for ten; another refusal is the error."""
    scripted.respond(ScriptedResponse.error(400, "DLF.3051"), page(["a"], 1))
    assert caller.listed("dgc", "scripts", scripted).names == ["a"]
    assert limits(scripted) == [100, 10]
    scripted.respond(ScriptedResponse.error(400, "DLF.3051"))
    with pytest.raises(errors.InvalidRequest):
        caller.listed("dgc", "scripts", scripted)


def test_a_page_that_is_too_large_is_asked_for_in_parts(
    caller: Caller, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script may have 4 MB: the list begins anew with smaller pages, and no item comes twice."""
    monkeypatch.setattr("jobexport.client.objects.walk._LONGEST", 2000)
    large = ScriptedResponse.json({"total": 2, "scripts": [{"name": "b", "content": "x" * 3000}]})
    scripted.respond(page(["a"], 2), large, page(["a"], 2), page(["b"], 2))
    assert caller.listed("dgc", "scripts", scripted).names == ["a", "b"]
    assert limits(scripted) == [100, 100, 10, 10]


def test_commas_in_scripts_are_no_values(caller: Caller, scripted: Scripted) -> None:
    """A page may have more commas than a response may have values, if they stand in texts."""
    scripted.respond(ScriptedResponse.json({"total": 1, "scripts": [{"name": "a", "content": "1,2," * 200_000}]}))
    assert len(caller.listed("dgc", "scripts", scripted).items[0].content) == 800_000


def test_a_page_with_too_many_values_is_refused(caller: Caller, scripted: Scripted) -> None:
    """Objects of two bytes would be a hundred times as large in memory."""
    scripted.respond(ScriptedResponse(b'{"total": 1, "scripts": [' + b"{}," * 200_000 + b"{}]}"))
    with pytest.raises(errors.UnexpectedResponse, match="more than 200000 values"):
        caller.listed("dgc", "scripts", scripted)


def test_an_error_in_the_middle_is_raised(caller: Caller, scripted: Scripted) -> None:
    """A page that fails, even after attempts, is the error of the whole list."""
    scripted.respond(page(["a"], 2), ScriptedResponse.error(401, "APIGW.0301"))
    with pytest.raises(errors.Unauthorized):
        caller.with_options(retries=NO_RETRIES).listed("dgc", "scripts", scripted)


def test_items_come_as_they_are_needed(scripted: Scripted) -> None:
    """The first item needs one request, whatever the length of the list."""
    scripted.respond(page(["a"], 1000))
    with DgcClient("p", auth="token", base_url=scripted.url) as dgc:
        assert next(dgc.scripts()).name == "a"
    assert len(scripted.received) == 1


def renamed(scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The scripts, `s1` of them as `new` at the end."""
    return {name: text for name, text in scripts.items() if name != "s1"} | {
        "new": scripts["s1"].replace(b'"s1"', b'"new"')
    }


RACES: dict[str, Callable[[Mapping[str, bytes]], Mapping[str, bytes]]] = {
    "created": lambda scripts: {**scripts, **renamed(scripts)},
    "deleted": lambda scripts: {name: text for name, text in scripts.items() if name != "s1"},
    "renamed": renamed,
}


@pytest.mark.parametrize("race", [*RACES])
def test_a_list_that_changes_between_two_pages_loses_no_item_that_stayed(race: str) -> None:
    """Whatever is created or deleted after the first page, the items that stay come; a rename can't be seen."""
    with (
        serve(EDITION, state=many_objects()) as server,
        DgcClient(PROJECT, auth=server.token, base_url=server.url) as dgc,
    ):
        walk = dgc.scripts()
        names = [next(walk).name]
        project = server.state.projects[PROJECT]
        workspace = project.workspaces["default"]
        scripts = RACES[race](workspace.scripts)
        changed = evolve(workspace, scripts=scripts)
        server.core.world.state = server.state.with_workspace((PROJECT, "default"), changed)
        names += [script.name for script in walk]
    assert walk.outcome is not None
    assert walk.outcome.complete
    assert len(names) == len(set(names))
    lost = (set(workspace.scripts) & set(scripts)) - set(names)
    # A rename takes an item from the first page, and the next one moves there; the claimed number stays the same.
    assert len(lost) == (race == "renamed")
