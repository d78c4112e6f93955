"""Sequences of requests along the links of a document: a fault that no single request shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.contract import Data, Live, check_edition
from tests.making.serving import serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")


class Things:
    """A server of things; one that forgets responds to a creation as if the thing were kept."""

    def __init__(self, *, forgets: bool) -> None:
        self.forgets, self.held, self.number = forgets, set[str](), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Create, show or delete a thing."""
        if scope["type"] != "http":
            return
        await receive()
        _, _, id_ = scope["path"].partition("/things/")
        self.token = dict(scope["headers"]).get(b"x-auth-token")
        status, value = self.respond(scope["method"], scope["path"], id_)
        body = b"" if status == 204 else json.dumps(value).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def respond(self, method: str, path: str, id_: str) -> tuple[int, Any]:
        """Return status and body of the response."""
        if method == "POST" and path.endswith("/things"):
            self.number += 1
            self.held |= set() if self.forgets else {f"t{self.number}"}
            return 201, {"id": f"t{self.number}"}
        if id_ in self.held and method in ("GET", "DELETE"):
            self.held -= {id_} if method == "DELETE" else set()
            return (200, {"id": id_}) if method == "GET" else (204, None)
        known = id_ and method in ("GET", "DELETE")
        return 400 if known else 405, {"error_code": "T.1", "error_msg": "there is no such thing"}


THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
ERROR = {"type": "object", "properties": {"error_code": {"type": "string"}, "error_msg": {"type": "string"}}}
MISSING = {
    "description": "missing",
    "content": {
        "application/json": {
            "schema": ERROR,
            "examples": {"thing-not-found": {"value": {"error_code": "T.1", "error_msg": "m"}}},
        }
    },
}
DONE = {"description": "done", "content": {"application/json": {"schema": THING}}}


def link(operation: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "parameters": {"project_id": "$request.path.project_id", "thing_id": "$response.body#/id"},
    }


PROJECT = {"name": "project_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
ID = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
LINKS = {"show": link("showThing"), "delete": link("deleteThing")}


SHOW = {"200": DONE | {"links": {"delete": LINKS["delete"]}}, "400": MISSING}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1", "x-edition": "things"},
    "components": {},
    "paths": {
        "/v1/{project_id}/things": {
            "parameters": [PROJECT],
            "post": {"operationId": "createThing", "responses": {"201": DONE | {"links": LINKS}}},
        },
        "/v1/{project_id}/things/{thing_id}": {
            "parameters": [PROJECT, ID],
            "get": {"operationId": "showThing", "responses": SHOW},
            "delete": {
                "operationId": "deleteThing",
                "responses": {"204": {"description": "gone"}, "400": MISSING},
            },
        },
    },
}


def run(folder: Path, *, forgets: bool = False, live: Live | None = None) -> Any:
    data = Data("p", (), (), token="a-token")
    with serving(Things(forgets=forgets)) as url:
        return check_edition(DOCUMENT, url, data, seed=1, report_dir=folder, max_examples=3, live=live)


def broken(report: Any) -> set[str]:
    return {each.check for _, failure in report.failures for each in failure.every}


def test_a_thing_that_is_forgotten_is_found_by_a_sequence(tmp_path: Path) -> None:
    """Only a request after the creation shows the fault, also if the status is not 404; a sound server passes."""
    assert "linked_object_missing" in broken(run(tmp_path / "forgets", forgets=True))
    report = run(tmp_path / "sound")
    assert "linked_object_missing" not in broken(report)
    written = json.loads((tmp_path / "sound/report.json").read_text(encoding="utf-8"))
    assert written["transitions"] == dict(sorted(report.transitions.items()))
    assert "POST /v1/{project_id}/things -> [201] show -> GET /v1/{project_id}/things/{thing_id}" in report.transitions


def test_a_server_in_use_gets_no_sequences(tmp_path: Path) -> None:
    """Sequences create and delete, so a server that is not disposable gets none of them."""
    report = run(tmp_path, forgets=True, live=Live(rate=500))
    assert not report.transitions
    assert {"createThing", "deleteThing"} <= report.left_out.keys()


NAME = {"name": "job_name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
JOBS: dict[str, Any] = {
    **DOCUMENT,
    "paths": {
        "/v1/{project_id}/things/{job_name}": {
            "parameters": [PROJECT, NAME],
            "delete": {"operationId": "deleteJob", "responses": {"204": {"description": "gone"}, "400": MISSING}},
            "get": {"operationId": "showJob", "responses": {"200": DONE, "400": MISSING}},
        },
    },
}


class Jobs(Things):
    """A server of one job, which only its own project with the right token may delete."""

    def respond(self, method: str, path: str, id_: str) -> tuple[int, Any]:
        """Return status and body of the response."""
        if self.token != b"a-token" or not path.startswith("/v1/p/"):
            return 400, {"error_code": "T.2", "error_msg": "refused"}
        return super().respond(method, path, id_)


def test_a_server_that_nothing_restores_may_have_lost_what_was_known(tmp_path: Path) -> None:
    """The run deletes the one job that it knows: from then on a request for this job may be refused."""
    jobs = Jobs(forgets=False)
    jobs.held = {"kept"}
    with serving(jobs) as url:
        data = Data("p", ("kept",), (), token="a-token")
        live = Live(disposable=True)
        report = check_edition(JOBS, url, data, seed=1, report_dir=tmp_path, max_examples=10, live=live)
    assert jobs.held == set()
    assert "known_request_refused" not in broken(report)
