"""The control API under `/_mock/`: state, faults and the requests seen. It asks for no token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.responses import JSONResponse
from starlette.routing import Mount

from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.mock.requests.request import Disconnected, Refused, read_content, read_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from jobexport.mock.server.core import Core
    from jobexport.mock.state.state import State, WorkspaceState

PREFIX = "/_mock"


def control(core: Core) -> Mount:
    """Return the route of the control API, which shows and changes a running server."""
    return Mount(PREFIX, app=_application(core))


def _application(core: Core) -> ASGIApp:
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
            try:
                body = await _read(scope, receive)
                response = JSONResponse(methods[scope["method"]](core, body))
            except Disconnected:
                return
            except Refused:
                response = _problem(413, "the body is too large; send at most 12 MiB")
            except JobexportError as problem:
                response = _problem(400, str(problem))
        await response(scope, receive, send)

    return respond


def _problem(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


async def _read(scope: Scope, receive: Receive) -> Any:
    """Return the JSON of the body, or an empty object if the body is empty."""
    content = await read_content(read_headers(scope), receive)
    if not content:
        return {}
    try:
        return strict_json.parse(content, exact=True)
    except ValueError as problem:
        raise JobexportError(f"the body is not valid JSON: {problem}; correct it") from None


def _state(core: Core, _: Any) -> dict[str, Any]:
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
    }


def _reset(core: Core, _: Any) -> dict[str, Any]:
    core.reset()
    return _state(core, _)


def _seed(core: Core, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise JobexportError("the body must be an object: path in the state folder → JSON of the file")
    core.load(core.state.with_files(body))
    return _state(core, body)


def _faults(core: Core, _: Any) -> dict[str, Any]:
    faults = core.fault_set
    return {
        "faults": [{"fault": str(fault), "times": fault.times} for fault in faults.active],
        "rate": faults.rate,
        "seed": faults.seed,
    }


def _set_faults(core: Core, body: Any) -> dict[str, Any]:
    wanted = _Wanted.read(body)
    core.set_faults(*wanted.faults, rate=wanted.rate, seed=wanted.seed)
    return _faults(core, body)


def _clear_faults(core: Core, body: Any) -> dict[str, Any]:
    core.set_faults()
    return _faults(core, body)


def _requests(core: Core, _: Any) -> dict[str, Any]:
    return {"requests": [seen.as_json() for seen in core.requests]}


def _forget_requests(core: Core, body: Any) -> dict[str, Any]:
    core.requests.clear()
    return _requests(core, body)


_ROUTES: Mapping[str, Mapping[str, Callable[[Core, Any], dict[str, Any]]]] = {
    "state": {"GET": _state},
    "reset": {"POST": _reset},
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
