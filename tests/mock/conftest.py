"""A server for each edition over a real socket, and short ways to call it."""

from __future__ import annotations

import contextlib
import functools
import io
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.core.redact import Redaction
from jobexport.mock import DEFAULT_EDITION, State, serve
from jobexport.mock.server import app
from jobexport.spec.editions import edition_ids, load_edition
from tests.drift.making.described import DESCRIBED
from tests.making.stored import stored
from tests.making.workspaces import default_workspace
from tests.mock.making import trips
from tests.mock.making.apis import NOW, Api
from tests.mock.making.defects import Result
from tests.mock.making.faulty import Faulty, faulty
from tests.mock.making.trips import Trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.mock.making.defects import Asked, Case, RequestArguments


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[str], Api]]:
    """A function that returns the server of an edition, started at the first call."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def open_edition(edition: str) -> Api:
            document = load_edition(edition)
            server = stack.enter_context(serve(document, clock=lambda: NOW))
            headers = {"X-Auth-Token": server.token, **default_workspace(document)}
            client = stack.enter_context(
                httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False)
            )
            return Api(edition, document, server, client)

        yield open_edition


@pytest.fixture(params=edition_ids())
def api(request: pytest.FixtureRequest, opened: Callable[[str], Api]) -> Api:
    """The server of every edition in turn."""
    return opened(request.param)


@pytest.fixture
def one_api(opened: Callable[[str], Api]) -> Api:
    """The server of one edition, for behaviour that is the same in every edition."""
    return opened(edition_ids()[-1])


@pytest.fixture(autouse=True, scope="module")
def _default_edition() -> Iterator[None]:
    """Serve the default edition with the facts that these tests name."""

    def load(edition: Any) -> Any:
        return DESCRIBED.documents[DEFAULT_EDITION] if edition == DEFAULT_EDITION else load_edition(edition)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "load_edition", load)
        yield


@pytest.fixture(scope="session")
def members() -> Any:
    """A function that returns a zip's members in their order."""

    def read(content: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert {info.compress_type for info in archive.infolist()} <= {zipfile.ZIP_DEFLATED}
            return {name: archive.read(name) for name in archive.namelist()}

    return read


@pytest.fixture
def api_for() -> Any:
    """A function that serves a state folder, under an edition, and yields a client."""

    @contextlib.contextmanager
    def opened_for(folder: Path, edition: str = DEFAULT_EDITION) -> Iterator[httpx.Client]:
        with serve(DESCRIBED.documents.get(edition, edition), state=State.load(folder), clock=lambda: NOW) as server:
            headers = {"X-Auth-Token": server.token}
            with httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False) as client:
                yield client

    return opened_for


@pytest.fixture(scope="session")
def opened_trip() -> Iterator[Trip]:
    clock = [trips.NOW]
    with serve(trips.document(), clock=lambda: clock[0]) as server:
        headers = {"X-Auth-Token": server.token}
        with httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False) as client:
            yield Trip(server, client, clock)


@pytest.fixture
def trip(opened_trip: Trip) -> Trip:
    """A server with the operations of a round trip, in the state of its start."""
    opened_trip.clock[0] = trips.NOW
    opened_trip.server.core.reset()
    opened_trip.server.core.world.task_seconds = 0.0
    opened_trip.server.core.world.records = False
    stored(opened_trip.server).clear()
    return opened_trip


@pytest.fixture(scope="session")
def running() -> Iterator[Faulty]:
    with faulty(DESCRIBED.documents[DEFAULT_EDITION]) as mock:
        yield mock


@pytest.fixture
def mock(running: Faulty) -> Faulty:
    """A server of the default edition whose faults a test sets; at first it has no faults."""
    running.core.reset()
    stored(running.server).clear()
    return running


@pytest.fixture(params=edition_ids(), scope="module")
def each(request: pytest.FixtureRequest) -> Iterator[Faulty]:
    """A server of each edition in turn whose faults a test sets."""
    with faulty(load_edition(request.param)) as mock:
        yield mock


@pytest.fixture(scope="session")
def faulty_servers() -> Iterator[Callable[[str], Faulty]]:
    """A function that returns a server whose faults a test sets, of an edition with the facts that the tests name."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(faulty(DESCRIBED.documents[edition])))


@pytest.fixture
def tried(faulty_servers: Callable[[str], Faulty]) -> Callable[[Case], None]:
    """A function that checks a case: with the fault the claim is true, without it the claim is false."""

    def send_all(mock: Faulty, requests: tuple[Asked, ...], *faults: str) -> list[Result]:
        mock.core.reset()
        mock.set(*faults)
        results: list[Result] = []
        for request in requests:
            results.append(send(mock, request(results) if callable(request) else request))
        return results

    def send(mock: Faulty, request: RequestArguments) -> Result:
        stored(mock.server).clear()
        given = dict(request)
        stored(mock.server).update(given.pop("objects", {}))
        client = mock.client if given.pop("token", True) else mock.stranger
        response = client.request(**given)
        return Result(response, dict(stored(mock.server)))

    def check(case: Case) -> None:
        mock = faulty_servers(case.edition)
        assert not case.claim(*send_all(mock, case.requests)), "the claim is true without the fault"
        assert case.claim(*send_all(mock, case.requests, f"{case.fault}@*"))
        seen = [request.as_json(Redaction.of(())) for request in mock.core.requests]
        assert {name for request in seen for name in request["faults"]} == {case.fault}

    return check
