"""The ASGI application for one document: the operations, object storage, the control API and the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from starlette.applications import Starlette
from starlette.middleware import Middleware

from jobexport.mock.server.control import control
from jobexport.mock.server.core import DEFAULT_EDITION, Core, ServerOptions
from jobexport.mock.server.docs_page import page_routes
from jobexport.mock.server.guard import Guard, is_control
from jobexport.mock.server.obs import object_storage
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send


def create_app(
    edition: str | os.PathLike[str] | Mapping[str, Any] = DEFAULT_EDITION,
    *,
    allow_hosts: Sequence[str] = (),
    **options: Unpack[ServerOptions],
) -> Starlette:
    """Return the application that follows an edition's document.

    Args:
        edition: the id of an edition, the path of an overlay or of an OpenAPI document, or a resolved document.
        allow_hosts: names and addresses that a `Host` may have besides loopback and the address of the connection.
        options: see `ServerOptions`.

    Raises:
        JobexportError: neither edition nor file exists, the file is unusable, the document lacks a part that the server
            needs, or a name is not the name of a host.
    """
    guard = Guard.of(allow_hosts)
    core = Core(edition if isinstance(edition, Mapping) else load_edition(edition), **options)
    app = Starlette(
        routes=[*page_routes(core), object_storage(core), control(core)], middleware=[Middleware(guard.before)]
    )
    # `/v1/x/` is an unknown path, not another spelling of `/v1/x`.
    app.router.redirect_slashes = False
    app.state.core, app.state.guard = core, guard

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await core(scope, receive, send)
        else:
            await app.router.not_found(scope, receive, send)

    # The operations are not Starlette routes: Starlette matches the decoded path, where `a%2Fb` would be two segments.
    app.router.default = respond
    return app


def direct(app: Starlette) -> ASGIApp:
    """Return an application that sends requests of the API straight to the core, past Starlette's router.

    Only `/` and `/_mock/` have routes. For any other path, Starlette's middleware and router would cost as much time as
    the check of the request.
    """
    guard: Guard = app.state.guard
    core: Core = app.state.core

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/" or is_control(scope["path"]):
            await app(scope, receive, send)
        else:
            await (guard.refusal(scope) or core)(scope, receive, send)

    return respond
