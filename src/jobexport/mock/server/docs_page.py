"""The page for people: the running edition's operations to try out, the other editions' documents, and the register.

Swagger UI comes from the package offapi: it ships release 5, which knows OpenAPI 3.1, follows each release and has no
dependencies. swagger-ui-bundle stays at 4; swagger-ui-py weighs three times as much and needs Jinja; fastapi-offline,
flask-swagger-ui and drf-spectacular-sidecar need a web framework each. offapi's files are used by their names, so its
release is pinned. No file is read before the first request for the page.
"""

from __future__ import annotations

import functools
import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route

from jobexport.core.extras import find
from jobexport.errors import JobexportError
from jobexport.mock.requests.auth import EXAMPLE_TOKEN
from jobexport.mock.server.marked import marked
from jobexport.mock.server.now_page import Now
from jobexport.spec.matrix import as_html, sections

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import Scope

    from jobexport.mock.server.core import Core
    from jobexport.spec.register import Entry, Register

_FOLDER = Path(__file__).parent / "page"
_OWN_DOCUMENT = "own document"
_SWAGGER_UI = {"swagger-ui.js": "swagger_bundle.js", "swagger-ui.css": "swagger_style.css"}
_OWN = ("page.js", "now.js", "page.css")
# Swagger UI sets styles on its elements and draws with data: images; everything else comes from this server.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NOTE = Template(
    '<p class="note">You are reading <b>$edition</b>, but this server speaks <b>$running</b>: requests from '
    "this page get the responses of $running. To serve $edition: <code>jobexport mock --edition $edition</code></p>"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def page_routes(core: Core) -> list[Route]:
    """Return the routes of the page of a server."""
    page = _Page(core)
    return [
        _Get("/", _with_error_text(page.index)),
        _Get("/_mock/now", page.now),
        _Get("/_mock/inconsistencies", _with_error_text(page.inconsistencies)),
        _Get("/_mock/openapi/{edition}.json", _with_error_text(page.document)),
        _Get("/_mock/page/{name}", _with_error_text(page.asset)),
    ]


class _Page:
    """The content of the page; each part is read at the first request for it."""

    def __init__(self, core: Core) -> None:
        self.core = core

    @property
    def running(self) -> str:
        """The edition that the server speaks; a document of the caller's own may have no id."""
        return str(self.core.document.get("info", {}).get("x-edition", _OWN_DOCUMENT))

    @functools.cached_property
    def register(self) -> Register:
        from jobexport.spec import load_register

        return load_register()

    @functools.cached_property
    def titles(self) -> dict[str, str]:
        """Title by edition id; the running edition is always included."""
        from jobexport.spec import editions

        return {edition.id: edition.title for edition in editions()} | {
            self.running: str(self.core.document["info"].get("summary", ""))
        }

    @functools.cache  # noqa: B019  # a page lives as long as its server
    def marked(self, edition: str) -> dict[str, Any]:
        from jobexport.spec import load_edition

        # The caller's own document may have the id of a known edition.
        document = self.core.document if edition == self.running else load_edition(edition)
        return marked(document, edition, self.register)

    def index(self, request: Request) -> Response:
        edition = request.query_params.get("edition", self.running)
        self.known(edition)
        _swagger_ui()
        note = _NOTE.substitute(edition=html.escape(edition), running=html.escape(self.running))
        schemes = self.core.document.get("components", {}).get("securitySchemes", {})
        token = next((name for name, scheme in schemes.items() if scheme.get("name", "").lower() == "x-auth-token"), "")
        return _html(
            "index.html",
            edition=html.escape(edition),
            running=html.escape(self.running),
            tabs="".join(self.tab(known, known == edition) for known in self.titles),
            note="" if edition == self.running else note,
            document=html.escape(f"/_mock/openapi/{edition}.json"),
            scheme=html.escape(token),
            # Only the example token is shown: anybody who reaches the server can read the page.
            token=EXAMPLE_TOKEN if self.core.token == EXAMPLE_TOKEN else "",
        )

    def tab(self, edition: str, current: bool) -> str:
        name, title = html.escape(edition), html.escape(self.titles[edition])
        attribute = ' aria-current="page"' if current else ""
        running = " <small>● running</small>" if edition == self.running else ""
        return f'<a href="/?edition={name}" title="{title}"{attribute}>{name}{running}</a>'

    async def now(self, request: Request) -> Response:
        del request
        now = await Now.of(self.core)
        return await run_in_threadpool(lambda: _html("now.html", running=html.escape(self.running), now=now.as_html()))

    def inconsistencies(self, request: Request) -> Response:
        del request
        groups = sections(self.register)
        contents = "".join(f'<a href="#{_anchor(title)}">{as_html(title)}</a>' for title in groups)
        entries = "\n".join(
            "\n".join((f'<h2 id="{_anchor(title)}">{as_html(title)}</h2>', *(_section(e, self.running) for e in found)))
            for title, found in groups.items()
        )
        return _html("inconsistencies.html", running=html.escape(self.running), contents=contents, entries=entries)

    def document(self, request: Request) -> Response:
        edition = request.path_params["edition"]
        self.known(edition)
        return JSONResponse(self.marked(edition), headers=_HEADERS)

    def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name in _SWAGGER_UI:
            return FileResponse(_swagger_ui() / _SWAGGER_UI[name], headers=_HEADERS)
        if name in _OWN:
            return FileResponse(_FOLDER / name, headers=_HEADERS)
        raise JobexportError(f"the page has no file {name!r}; it has {', '.join((*_SWAGGER_UI, *_OWN))}")

    def known(self, edition: str) -> None:
        if edition not in self.titles:
            raise JobexportError(f"there is no edition {edition!r}; choose one of {', '.join(self.titles)}")


class _Get(Route):
    """A route for GET and HEAD only. Requests with other methods go on to the API."""

    def __init__(self, path: str, endpoint: Callable[[Request], Response | Awaitable[Response]]) -> None:
        super().__init__(path, endpoint, methods=["GET"])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL else (Match.NONE, {})


def _with_error_text(show: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return an endpoint that responds with 404 and the sentence of the error where `show` raises JobexportError."""

    # Starlette runs a plain function in a thread, so that reading documents delays no other request.
    def endpoint(request: Request) -> Response:
        try:
            return show(request)
        except JobexportError as problem:
            return PlainTextResponse(f"{problem}\n", status_code=404, headers=_HEADERS)

    return endpoint


def _html(name: str, **values: str) -> Response:
    template = Template((_FOLDER / name).read_text(encoding="utf-8"))
    return HTMLResponse(template.substitute(values), headers=_HEADERS)


def _swagger_ui() -> Path:
    # Located, not imported: an import would read all 9 MB of the package.
    return Path(str(find("offapi", "mock").origin)).parent


def _section(entry: Entry, running: str) -> str:
    rows = [
        (", ".join(claim.editions), claim.fact, "running" if running in claim.editions else "")
        for claim in entry.claims
    ] + [(f"observed: {observation.by}", observation.fact, "") for observation in entry.observed]
    table = "".join(
        f'<tr class="{style}"><th scope="row">{as_html(who)}</th><td>{as_html(fact)}</td></tr>'
        for who, fact, style in rows
    )
    return (
        f'<section id="{entry.id}"><h3>{entry.id} {as_html(entry.title)}</h3>'
        f"<p>{as_html(', '.join(entry.operations))}</p><table>{table}</table>"
        f"<p>The description of all editions: {as_html(entry.union)}</p><p>One edition's: {as_html(entry.overlay)}</p>"
        "</section>"
    )


def _anchor(title: str) -> str:
    return html.escape(title.split()[0])
