"""The behaviour of DGC's scripts: list, show, create and delete them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.core import strict_json
from jobexport.mock.behaviour.jobs import MOST, USER, without
from jobexport.mock.behaviour.paging import page
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request


def list_scripts(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of listScripts under one document."""

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        query = operation.query.with_defaults(request.query)
        # No page says whether the name must be the whole name; here it is matched as the name of a job is.
        part = query.get("scriptName") or ""
        names = [name for name in workspace.scripts if part in name]
        shown = [_shown(workspace.scripts[name]) for name in page(names, query, records=world.records)]
        # One edition's example has the list under another name than its table.
        return Outcome(json_response(operation, {"total": len(names), "scripts": shown, "connections": shown}))

    return handle


def _shown(content: bytes) -> dict[str, Any]:
    return {"autoAcquireLock": True, "createUser": USER, "owner": USER, **json.loads(content)}


def show_script(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of showScript under one document."""

    def handle(request: Request) -> Outcome:
        content = world.workspace(world.place(operation, request)).scripts.get(request.path["script_name"])
        if content is None:
            raise Refused("script-not-found")
        return Outcome(json_response(operation, _shown(content)))

    return handle


def create_script(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of createScript under one document."""

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace, name = world.workspace(place), request.body["name"]
        if name in workspace.scripts:
            raise Refused("script-exists")
        if len(workspace.scripts) >= MOST:
            raise Refused("script-quota-reached")
        content = strict_json.write(request.body).encode("utf-8")
        world.change(place, evolve(workspace, scripts={**workspace.scripts, name: content}))
        return Outcome(json_response(operation, {}))

    return handle


def delete_script(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of deleteScript under one document.

    No page says what becomes of a job that uses the script; here the job stays, and its exports lack the script.
    """

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace, name = world.workspace(place), request.path["script_name"]
        if name not in workspace.scripts:
            raise Refused("script-not-found")
        world.change(place, evolve(workspace, scripts=without(workspace.scripts, name)))
        return Outcome(json_response(operation, {}))

    return handle
