"""Running the application on uvicorn: in a thread for tests, or blocking for the command line."""

from __future__ import annotations

import contextlib
import errno
import importlib
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Literal, Unpack

from attrs import field, frozen

from jobexport.core.extras import needing
from jobexport.core.proxies import address_of, own_server
from jobexport.errors import JobexportError
from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_TOKEN
from jobexport.mock.server.app import create_app, direct
from jobexport.mock.server.core import DEFAULT_EDITION, ServerOptions
from jobexport.mock.server.diagnosis import LOGGER
from jobexport.mock.state.state import EXAMPLE_PROJECT

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import uvicorn
    from starlette.types import ASGIApp

    from jobexport.mock.server.core import Core
    from jobexport.mock.state.state import State
    from jobexport.mock.storage.storage import Storage

_STARTUP_SECONDS = 10.0
# When the server stops, a running request gets this long to end.
_GRACE_SECONDS = 1


@frozen
class Server:
    """A running server."""

    url: str
    """Base URL, such as `http://127.0.0.1:8080`, without a trailing slash."""
    port: int
    core: Core = field(repr=False)
    """The core, which handles the requests."""

    @property
    def state(self) -> State:
        """The jobs."""
        return self.core.state

    @property
    def storage(self) -> Storage:
        """The storage of exports."""
        return self.core.storage

    @property
    def token(self) -> str:
        """The `X-Auth-Token` that the server accepts."""
        return self.core.token

    @property
    def access_key(self) -> str:
        """The access key (AK) whose signatures the server accepts."""
        return self.core.access_key

    @property
    def secret_key(self) -> str:
        """The secret key (SK) of the access key."""
        return self.core.secret_key

    @property
    def project_id(self) -> str:
        """The id of a project of the state: the example project if it exists, else the first one."""
        projects = self.state.projects
        return EXAMPLE_PROJECT if EXAMPLE_PROJECT in projects else next(iter(projects), "")


@contextlib.contextmanager
def serve(
    edition: str | os.PathLike[str] | Mapping[str, Any] = DEFAULT_EDITION,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    allow_hosts: Sequence[str] = (),
    **options: Unpack[ServerOptions],
) -> Iterator[Server]:
    """Serve an edition from a thread while the context lasts; inside the context the server already listens.

    Args:
        edition: as for `create_app`.
        port: the port to listen on, 0 for any free one.
        host: the address to listen on. Unless it is a loopback address, a warning is logged.
        allow_hosts: names and addresses by which the mock may be called, besides `host` and loopback.
        options: see `ServerOptions`.

    Raises:
        JobexportError: as for `create_app`, or the port is not available.
    """
    with contextlib.closing(_listen(host, port)) as listener:
        app = create_app(edition, allow_hosts=(*filter(None, [host]), *allow_hosts), **options)
        address, port = listener.getsockname()[:2]
        _warn_if_open(address, port, app.state.core)
        shown = f"[{host}]" if ":" in host else host
        with _running(direct(app), listener), own_server(host, port):
            yield Server(f"http://{shown}:{port}", port, app.state.core)


def run(
    edition: str | os.PathLike[str] | Mapping[str, Any] = DEFAULT_EDITION,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    allow_hosts: Sequence[str] = (),
    ready: Callable[[Server], None],
    **options: Unpack[ServerOptions],
) -> None:
    """Serve an edition until SIGINT, SIGTERM or SIGHUP arrives. Only the main thread can call this.

    Args:
        edition: as for `create_app`.
        port: the port to listen on, 0 for any free one.
        host: as for `serve`.
        allow_hosts: as for `serve`.
        ready: called once the server listens.
        options: see `ServerOptions`.

    Raises:
        JobexportError: as for `serve`.
    """
    stop = threading.Event()
    # uvicorn's own handlers would raise the signal again after the end, which would kill the process.
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    previous = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in numbers
        # nohup has SIGHUP ignored.
        if number != getattr(signal, "SIGHUP", None) or signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        with serve(edition, port=port, host=host, allow_hosts=allow_hosts, **options) as server:
            ready(server)
            # With a timeout, because a wait without a timeout can't be interrupted on every system.
            while not stop.wait(0.5):
                pass
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. It is opened before anything else starts, so that a busy port is one clear error."""
    if port not in range(2**16):
        raise JobexportError(f"cannot listen on {host} port {port}: a port is a number from 0 to 65535; choose another")
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        # Otherwise the port stays busy for a minute after a server on it ended.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two sockets may be bound to one port; only one of them can listen.
        listener.listen(2048)
    except OSError as problem:
        if listener is not None:
            listener.close()
        if problem.errno == errno.EADDRINUSE:
            raise JobexportError(
                f"port {port} on {host} is in use; choose another with --port, or 0 for any free one"
            ) from None
        raise JobexportError(f"cannot listen on {host} port {port}: {problem.strerror}; choose another") from None
    return listener


def _warn_if_open(address: str, port: int, core: Core) -> None:
    """Log a warning if other machines can reach the address."""
    found = address_of(address)
    if found is None or found.is_loopback:
        return
    place = f"this machine, port {port}," if found.is_unspecified else f"{address} port {port}"
    examples = {"token": core.token == EXAMPLE_TOKEN, "keys": core.access_key == EXAMPLE_ACCESS_KEY}
    public = " and ".join(name for name, is_example in examples.items() if is_example)
    calls = f", and call its operations with the example's {public}, known to all" if public else ""
    LOGGER.warning(
        "warning: anyone who reaches %s can read and change this mock under /_mock/ without a token%s; "
        "listen on --host 127.0.0.1, or set --token, --access-key, --secret-key and a firewall",
        place,
        calls,
    )


@contextlib.contextmanager
def _running(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    with needing("mock"):
        import uvicorn  # the slowest import here, and an application alone does not need it

        from jobexport.mock.server.protocol import Protocol
    config = uvicorn.Config(
        app,
        http=Protocol,
        loop=_loop(),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="jobexport-mock", daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _loop() -> Literal["asyncio", "uvloop"]:
    """Return the event loop: uvloop, the extra `uvloop`, takes about two thirds of asyncio's time for a request."""
    try:
        # Imported here: an ImportError in uvicorn's thread would reach nobody.
        importlib.import_module("uvloop")
    except ImportError:
        return "asyncio"
    return "uvloop"


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise JobexportError("the server did not start; see the messages above")
        time.sleep(0.001)
