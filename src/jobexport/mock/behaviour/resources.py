"""The behaviour of DGC's resources: list, create and delete them. A resource is the place of a file, not the file."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.core import strict_json
from jobexport.mock.behaviour.jobs import MOST, without
from jobexport.mock.behaviour.paging import page
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import WorkspaceState


def list_resources(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of listResources under one document."""

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        query = operation.query.with_defaults(request.query)
        part = query.get("resourceName") or ""
        names = [name for name in workspace.resources if part in name]
        shown = [_shown(workspace, name) for name in page(names, query, records=world.records)]
        return Outcome(json_response(operation, {"total": len(names), "resources": shown}))

    return handle


def _shown(workspace: WorkspaceState, name: str) -> dict[str, Any]:
    id_ = workspace.resource_id(name)
    # The page calls the id `id`; a client of the service reads `resourceId`.
    return {**json.loads(workspace.resources[name]), "id": id_, "resourceId": id_}


def create_resource(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of createResource under one document."""

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace, name = world.workspace(place), request.body["name"]
        if name in workspace.resources:
            raise Refused("resource-exists")
        if len(workspace.resources) >= MOST:
            raise Refused("resource-quota-reached")
        content, id_ = strict_json.write(request.body).encode("utf-8"), os.urandom(16).hex()
        world.change(
            place,
            evolve(
                workspace,
                resources={**workspace.resources, name: content},
                created_ids={**workspace.created_ids, name: id_},
            ),
        )
        return Outcome(json_response(operation, {"resourceId": id_, "id": id_}))

    return handle


def delete_resource(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of deleteResource under one document."""

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace = world.workspace(place)
        name = workspace.resource_names.get(request.path["resource_id"])
        if name is None:
            raise Refused("resource-not-found")
        world.change(
            place,
            evolve(
                workspace,
                resources=without(workspace.resources, name),
                created_ids=without(workspace.created_ids, name),
            ),
        )
        return Outcome(json_response(operation, {}))

    return handle
