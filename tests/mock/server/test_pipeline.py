"""The way of one request through the mock's rooms."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, FolderStorage, create_app, serve

if TYPE_CHECKING:
    from pathlib import Path

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
ALL = {"obs_dir": "a", "is_selected": False}
PACKAGE = "jobexport.mock."


@pytest.fixture(scope="module")
def core() -> Any:
    return create_app("huaweicloud-intl-2026", clock=lambda: 1_700_000_000_000).state.core


def post(core: Any, path: Any, body: Any, see: Any = None) -> Any:
    """The status of one request without a socket; `see` is called with each event of the interpreter's profiler."""
    headers = {b"x-auth-token": EXAMPLE_TOKEN.encode(), b"content-type": b"application/json"}
    scope = {"type": "http", "method": "POST", "path": path, "headers": list(headers.items())}
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Any) -> None:
        sent.append(message)

    steps = core(scope, receive, send)
    sys.setprofile(see)
    try:
        steps.send(None)
    except StopIteration:
        pass
    finally:
        sys.setprofile(None)
    return sent[0]["status"]


def rooms_of(core: Any, path: Any, body: Any) -> tuple[Any, Any]:
    """The status of a request, and the rooms whose functions it calls, in the order of the calls."""
    rooms: list[str] = []

    def see(frame: Any, event: Any, _: Any) -> None:
        module, code = frame.f_globals.get("__name__", ""), frame.f_code
        # Constructors that attrs writes are no functions of a room.
        if event == "call" and module.startswith(PACKAGE) and not code.co_filename.startswith("<"):
            room = module.removeprefix(PACKAGE).split(".")[0]
            if rooms[-1:] != [room]:
                rooms.append(room)

    return post(core, path, body, see), rooms


class TestRooms:
    @pytest.mark.parametrize(
        ("path", "body", "rooms"),
        [
            (FLINK, ALL, ["server", "requests", "behaviour", "storage"]),
            (JOB, {"obsPath": "obs://b/c"}, ["server", "requests", "behaviour", "storage"]),
            (JOB, {}, ["server", "requests", "behaviour"]),
        ],
        ids=["flink", "job to storage", "job"],
    )
    def test_from_the_outside_in(self, core: Any, path: Any, body: Any, rooms: list[Any]) -> None:
        """A request passes each room once, and enters the faults not at all while there are no faults."""
        assert rooms_of(core, path, body) == (200, rooms)

    @pytest.mark.parametrize(("path", "status"), [(FLINK, 400), ("/v1/unknown", 404)])
    def test_a_refused_request_goes_no_further(self, core: Any, path: Any, status: int) -> None:
        """A request that the document does not allow reaches neither behaviour nor storage."""
        found, rooms = rooms_of(core, path, {"obs_dir": 3})
        assert (found, set(rooms)) == (status, {"server", "requests"})

    def test_a_fault_at_another_operation_is_not_asked(self, core: Any) -> None:
        """A request that no fault can happen to enters the faults once, where they are chosen."""
        core.set_faults("stale-export@exportJob")
        try:
            _, rooms = rooms_of(core, FLINK, ALL)
        finally:
            core.set_faults()
        assert rooms == ["server", "requests", "faults", "requests", "behaviour", "storage"]


class TestRefusedByStorage:
    @pytest.mark.parametrize("fault", ["mixes-up-folders", "answers-request-before"])
    def test_what_was_not_sent_is_not_remembered(self, tmp_path: Path, fault: str) -> None:
        """A fault that remembers responses does not remember one whose objects storage refused."""
        with serve(storage=FolderStorage(tmp_path), faults=[f"{fault}@*"]) as server:

            def export(folder: str) -> Any:
                headers = {"X-Auth-Token": server.token}
                body = ALL | {"obs_dir": folder}
                return httpx.post(server.url + FLINK, json=body, headers=headers, trust_env=False, verify=False)

            assert export("n" * 256).status_code == 400
            response = export("good")
        assert response.status_code == 200
        assert all(name.startswith("good/") for name in response.json()["zip_file"])
        assert server.core.requests[-1].as_json()["faults"] == []
