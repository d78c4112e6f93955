"""The ASGI application for one edition: the operations, the control API and the page behind one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from starlette.applications import Starlette

from jobexport.mock.server.control import control
from jobexport.mock.server.core import DEFAULT_EDITION, Core, Options
from jobexport.mock.server.docs_page import page_routes
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send


def create_app(edition: str | Mapping[str, Any] = DEFAULT_EDITION, **options: Unpack[Options]) -> Starlette:
    """Make the application that answers as an edition's document says.

    Args:
        edition: the id of an edition, or a resolved document of your own.
        options: see `Options`.

    Raises:
        JobexportError: there is no such edition, or the document lacks what the server needs.
    """
    core = Core(load_edition(edition) if isinstance(edition, str) else edition, **options)
    app = Starlette(routes=[*page_routes(core), control(core)])
    # A path with a slash too many is an unknown path.
    app.router.redirect_slashes = False
    app.state.core = core

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await core(scope, receive, send)
        else:
            await app.router.not_found(scope, receive, send)

    # Starlette's routes match the decoded path, in which an encoded slash separates; so the operations are none.
    app.router.default = answer
    return app


def direct(app: Starlette) -> ASGIApp:
    """Give the application without the detour that most requests need not take.

    Only the root and `/_mock/` have routes. Everything else is the API's: looking it up among them, behind Starlette's
    middleware, costs as much as checking the request.
    """
    core: Core = app.state.core

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith("/_mock/"):
            await app(scope, receive, send)
        else:
            await core(scope, receive, send)

    return answer
