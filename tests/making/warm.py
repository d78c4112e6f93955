"""Processes of Python that start with their modules imported: forks of one process that imported them once.

`python()` is the path of a program that stands in for `sys.executable` with `-m module`, `-c code` or a file. It passes
arguments, environment, folder and standard streams to the fork, signals too, and ends as the fork ends. A test of how
Python starts, of what is imported, or of time or memory needs a real start.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULES = ("jobexport.cli.commands", "jobexport.contract", "jobexport.mock",
           "openapi_python_client.cli", "schemathesis.cli.commands.run.executor",
           "schemathesis.specs.openapi.schemas", "schemathesis.engine.run.unit", "hypothesis.strategies")  # fmt: skip

_STAND_IN = """#!{python} -IS
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
task = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(server, [len(task).to_bytes(8, "big")], [0, 1, 2])
server.sendall(task)
pid = int(server.recv(16))
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: os.kill(pid, number))
server.send(b"!")
ended = int(server.recv(16) or 1)
if ended < 0:
    signal.signal(-ended, signal.SIG_DFL)
    os.kill(os.getpid(), -ended)
os._exit(ended)
"""


@functools.cache
def python(*, at_first_use: bool = False) -> str:
    """Return the path of the program that stands in for `sys.executable`, and start the process to fork.

    On a system without process descriptors it is `sys.executable` itself.

    Args:
        at_first_use: True to start the process when the program is first used; until then a thread waits.
    """
    if not hasattr(os, "pidfd_open"):
        return sys.executable
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    address = str(Path(folder.name) / "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    stand_in = Path(folder.name) / "python"
    stand_in.write_text(_STAND_IN.format(python=sys.executable, address=address), encoding="utf-8")
    stand_in.chmod(0o755)
    started: list[subprocess.Popen[bytes]] = []

    code = f"from tests.making.warm import serve; serve({listener.fileno()})"
    command, root = [sys.executable, "-c", code], Path(__file__).parents[2]

    def start() -> None:
        if at_first_use:
            select.select([listener], [], [])
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, cwd=root, pass_fds=[listener.fileno()]))
        listener.close()

    def end() -> None:
        with folder:
            for server in started:
                server.communicate()

    threading.Thread(target=start, daemon=True).start() if at_first_use else start()
    atexit.register(end)
    return str(stand_in)


def serve(descriptor: int) -> None:
    """Fork for each connection until standard input ends, that is, until the tests have ended."""
    for name in MODULES:
        importlib.import_module(name)
    gc.freeze()
    with socket.socket(fileno=descriptor) as listener:
        while 0 not in select.select([listener.fileno(), 0], [], [])[0]:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                _wait(connection)
            connection.close()
            _reap(os.WNOHANG)
    _reap(0)


def _reap(options: int) -> None:
    """Take note of the forks that have ended, so that their processor time counts as this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _wait(connection: socket.socket) -> NoReturn:
    """Fork the process that was asked for, and pass on how it ends; kill it if the stand-in ends before it."""
    length, streams, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        arguments, environment, folder = json.loads(stream.read(int.from_bytes(length, "big")))
    ready, go = os.pipe()
    pid = os.fork()
    if not pid:
        connection.close()
        os.read(ready, 1)
        os.close(ready)
        os.close(go)
        _become(arguments, environment, folder, streams)
    connection.sendall(b"%d" % pid)
    connection.recv(1)  # now the stand-in passes on signals
    os.write(go, b"!")
    if connection.fileno() in select.select([connection.fileno(), os.pidfd_open(pid)], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        connection.sendall(b"%d" % code)
    finally:
        os._exit(0)


def _become(arguments: Sequence[str], environment: dict[str, str], folder: str, streams: Sequence[int]) -> NoReturn:
    """Run a module or code as a new interpreter would."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding)
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), encoding, line_buffering=os.isatty(1))
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w")), encoding, "backslashreplace", line_buffering=True
    )
    code: object = 0
    try:
        if arguments[0] == "-m":
            sys.argv = [*arguments[1:]]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        elif arguments[0] == "-c":
            sys.argv = ["-c", *arguments[2:]]
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(arguments[1], vars(main))  # noqa: S102  # what `python -c` is for
        else:
            sys.argv = [*arguments]
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as ended:
        code = ended.code
    except BaseException as problem:
        traceback.print_exc()
        if isinstance(problem, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        code = 1
    if not (code is None or isinstance(code, int)):
        sys.stderr.write(f"{code}\n")
        code = 1
    try:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code or 0)
