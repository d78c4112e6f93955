"""The control API under `/_mock/`: state, faults and the requests seen. It asks for no token.

Pages of other origins are refused before, by `guard`; a body must be declared as JSON, as no form can.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Mount

from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.request import (
    LARGEST_BODY,
    Disconnected,
    Refused,
    media_type,
    read_content,
    read_headers,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from jobexport.mock.server.core import Core
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import WorkspaceState

PREFIX = "/_mock"

# The largest body of every call but a seed.
_LARGEST = 64 * 1024
# Each fault of a request wraps its response once more.
_MOST_FAULTS = 100
# How often a seed is tried beside other requests.
_MOST_TURNS = 3


def control(core: Core) -> Mount:
    """Return the route of the control API, which shows and changes a running server."""
    return Mount(PREFIX, app=_application(core))


def _application(core: Core) -> ASGIApp:
    # One call at a time: a seed takes the state, builds the new state in a thread, and only then replaces the state.
    turn = asyncio.Lock()

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        # Mount leaves the whole path in `path` and its prefix in `root_path`.
        name = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
        methods = _ROUTES.get(name)
        if methods is None:
            response = _problem(404, f"{PREFIX}/{name} does not exist; choose {', '.join(sorted(_ROUTES))}")
        elif scope["method"] not in methods:
            response = _problem(405, f"{PREFIX}/{name} does not accept {scope['method']}; use {', '.join(methods)}")
            response.headers["Allow"] = ", ".join(methods)
        else:
            most = LARGEST_BODY if name == "seed" else _LARGEST
            try:
                body = await _read(scope, receive, most)
                async with turn:
                    response = JSONResponse(await methods[scope["method"]](core, body))
            except Disconnected:
                return
            except _NotJson as problem:
                response = _problem(415, str(problem))
            except Refused:
                response = _problem(413, f"the body is too large; send at most {most // 1024} KiB")
            except JobexportError as problem:
                response = _problem(400, str(problem))
        await response(scope, receive, send)

    return respond


def _problem(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


class _NotJson(Exception):  # noqa: N818  # as `Refused`
    """A body that is not declared as JSON."""


async def _read(scope: Scope, receive: Receive, most: int) -> Any:
    """Return the JSON of the body, or an empty object if the body is empty.

    Raises:
        _NotJson: the media type is not JSON; only an empty body may leave it out.
    """
    headers = read_headers(scope)
    content = await read_content(headers, receive, most)
    if (content or "content-type" in headers) and media_type(headers) != JSON:
        raise _NotJson(f"the media type of the body must be {JSON}; send Content-Type: {JSON}")
    if not content:
        return {}
    try:
        return await run_in_threadpool(strict_json.parse, content, exact=True)
    except ValueError as problem:
        raise JobexportError(f"the body is not valid JSON: {problem}; correct it") from None


async def _state(core: Core, _: Any) -> dict[str, Any]:
    core.world.settle()
    objects = getattr(core.storage, "objects", None)
    return {
        "edition": core.document.get("info", {}).get("x-edition"),
        "projects": _projects(core.state),
        "storage": str(core.storage),
        # Not every storage can list its objects.
        "objects": list(objects) if isinstance(objects, dict) else None,
    }


def _projects(state: State) -> dict[str, Any]:
    return {
        id_: {
            "flink": [{"id": job.id, "name": job.name} for job in project.flink.values()],
            "workspaces": {name: _workspace(workspace) for name, workspace in project.workspaces.items()},
        }
        for id_, project in state.projects.items()
    }


def _workspace(workspace: WorkspaceState) -> dict[str, list[str]]:
    return {
        "jobs": list(workspace.jobs),
        "submitted": list(workspace.submitted),
        "scripts": list(workspace.scripts),
        "resources": list(workspace.resources),
        "tasks": list(workspace.tasks),
    }


async def _reset(core: Core, _: Any) -> dict[str, Any]:
    core.reset()
    return await _state(core, _)


async def _restore(core: Core, _: Any) -> dict[str, Any]:
    core.restore()
    return {}


async def _seed(core: Core, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise JobexportError("the body must be an object: path in the state folder → JSON of the file")
    # In a thread, because a seed may have thousands of files. A request that changes the state in the meantime must not
    # be lost: then the files are added again, at last with no other request in between.
    for _ in range(_MOST_TURNS):
        before = core.state
        state = await run_in_threadpool(before.with_files, body)
        if core.state is before:
            break
    else:
        state = core.state.with_files(body)
    core.load(state)
    return await _state(core, body)


async def _faults(core: Core, _: Any) -> dict[str, Any]:
    faults = core.fault_set
    return {
        "faults": [{"fault": str(fault), "times": fault.times} for fault in faults.active],
        "rate": faults.rate,
        "seed": faults.seed,
    }


async def _set_faults(core: Core, body: Any) -> dict[str, Any]:
    wanted = _Wanted.read(body)
    core.set_faults(*wanted.faults, rate=wanted.rate, seed=wanted.seed)
    return await _faults(core, body)


async def _clear_faults(core: Core, body: Any) -> dict[str, Any]:
    core.set_faults()
    return await _faults(core, body)


async def _requests(core: Core, _: Any) -> dict[str, Any]:
    redaction = core.redaction
    return {"requests": [seen.as_json(redaction) for seen in core.requests]}


async def _forget_requests(core: Core, body: Any) -> dict[str, Any]:
    core.requests.clear()
    return await _requests(core, body)


_ROUTES: Mapping[str, Mapping[str, Callable[[Core, Any], Awaitable[dict[str, Any]]]]] = {
    "state": {"GET": _state},
    "reset": {"POST": _reset},
    "restore": {"POST": _restore},
    "seed": {"POST": _seed},
    "faults": {"GET": _faults, "PUT": _set_faults, "DELETE": _clear_faults},
    "requests": {"GET": _requests, "DELETE": _forget_requests},
}


@frozen
class _Wanted:
    """The checked body of `PUT /_mock/faults`."""

    faults: list[tuple[str, int | None]]
    rate: float | None
    seed: int

    @classmethod
    def read(cls, body: Any) -> _Wanted:
        """Check a body and return its values.

        Raises:
            JobexportError: the body has another form; the message names the wrong field.
        """
        if not isinstance(body, dict) or body.keys() - {"faults", "rate", "seed"}:
            raise JobexportError('the body must be an object with "faults", "rate" and "seed", each of them optional')
        faults, rate, seed = body.get("faults", []), body.get("rate"), body.get("seed", 0)
        if not isinstance(faults, list):
            raise JobexportError('"faults" must be a list of "NAME[:ARG]@OPERATION"')
        if len(faults) > _MOST_FAULTS:
            raise JobexportError(f'"faults" has {len(faults)} items; send at most {_MOST_FAULTS}')
        if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float)):
            raise JobexportError('"rate" must be a number from 0 to 1')
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise JobexportError('"seed" must be a whole number')
        return cls([_fault(item) for item in faults], rate, seed)


def _fault(item: Any) -> tuple[str, int | None]:
    fields = {"fault": item} if isinstance(item, str) else item
    if isinstance(fields, dict) and not fields.keys() - {"fault", "times"}:
        text, times = fields.get("fault"), fields.get("times")
        if isinstance(text, str) and (times is None or (type(times) is int and times > 0)):
            return text, times
    raise JobexportError(
        'each of "faults" must be "NAME[:ARG]@OPERATION" or {"fault": "NAME[:ARG]@OPERATION", "times": N}, N from 1 on'
    )
