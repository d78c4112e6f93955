"""After a call that was cancelled or interrupted has returned, nothing of it goes on: no thread, no lock."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import AsyncDgcClient, AsyncDliClient, DgcClient
from jobexport.client import calls, schedule
from jobexport.client.batch import Batch
from jobexport.core.disk.files import locked
from tests.client.making.calls import NO_RETRIES
from tests.client.making.scripted import ScriptedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.scripted import Scripted

JOBS = ["job_batch", "job_stream"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Held:
    """A function that waits in its first call until it is let go, and notes whether it has returned."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.begun, self.may_end, self.done = function, threading.Event(), threading.Event(), False

    def __call__(self, *args: Any, **options: Any) -> Any:
        self.begun.set()
        self.may_end.wait(60)
        result = self.function(*args, **options)
        self.done = True
        return result


def hold(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> Held:
    held = Held(getattr(owner, name))
    # A lambda is bound to its object, unlike an object that can be called.
    monkeypatch.setattr(owner, name, lambda *args, **options: held(*args, **options))
    return held


def cancelled_twice(held: Held, call: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Cancel a call twice while the function runs, and let the function go."""

    async def main() -> None:
        task = asyncio.create_task(call())
        while not held.begun.is_set():
            await asyncio.sleep(0.001)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0.005)
        held.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


async def export(mock: Server, folder: Path, held: Held) -> None:
    """Export the jobs; when the call ends, the held function has ended."""
    async with AsyncDgcClient(mock.project_id, auth=mock.token, base_url=mock.url) as dgc:
        try:
            await dgc.export_jobs(JOBS, to=folder)
        finally:
            assert held.done


def test_a_run_that_is_cancelled_twice_leaves_no_thread(
    mock: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call returns after the thread that writes zips; no file is half written."""
    held = hold(monkeypatch, Batch, "_split")

    cancelled_twice(held, lambda: export(mock, tmp_path, held))
    assert names(tmp_path) == [f"{name}.zip" for name in JOBS]


def test_a_run_that_is_cancelled_while_it_begins_leaves_no_lock(
    mock: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is free for the next run."""
    held = hold(monkeypatch, Batch, "_begin")

    cancelled_twice(held, lambda: export(mock, tmp_path, held))
    with locked(tmp_path):
        pass


def test_a_download_that_is_cancelled_writes_nothing_later(
    scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Object storage may hang; once it sends the rest, nobody writes it to the disk."""
    from obstore.store import MemoryStore

    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": ["b/x.zip"]}))
    reading, go_on, read = threading.Event(), threading.Event(), threading.Event()

    def pieces(*_: object) -> Iterator[bytes]:
        reading.set()
        go_on.wait(60)
        read.set()
        yield b"PK"

    monkeypatch.setattr(calls, "pieces", pieces)

    async def main() -> None:
        async with AsyncDliClient("p", auth="t", base_url=scripted.url, retries=NO_RETRIES) as dli:
            task = asyncio.create_task(dli.export_flink_jobs("b", download_to=tmp_path, store=MemoryStore()))
            while not reading.is_set():
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert names(tmp_path) == []
        go_on.set()
        assert await asyncio.to_thread(read.wait, 60)

    asyncio.run(main())
    assert names(tmp_path) == []


def test_a_run_that_is_interrupted_twice_leaves_no_thread(
    mock: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C, and Ctrl-C again, waits for the thread that writes zips, though not for a silent server."""
    monkeypatch.setattr(schedule, "GRACE_SECONDS", 0.0)
    held = hold(monkeypatch, Batch, "_split")
    main = threading.get_ident()

    def interrupt() -> None:
        held.begun.wait(60)
        for _ in range(2):
            signal.pthread_kill(main, signal.SIGINT)
            threading.Event().wait(0.05)
        held.may_end.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with DgcClient(mock.project_id, auth=mock.token, base_url=mock.url) as dgc:
        with pytest.raises(KeyboardInterrupt):
            dgc.export_jobs(JOBS, to=tmp_path)
        assert held.done
    thread.join()
    assert names(tmp_path) == [f"{name}.zip" for name in JOBS]
