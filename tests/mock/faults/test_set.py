"""The set of faults: ids, operations, times, errors, and random choice."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.core.redact import Redaction
from jobexport.errors import JobexportError
from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, FAULTS, FolderStorage, create_app, serve
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.mock.faults.registry import find_fault
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    from tests.mock.making.faulty import Faulty

HERE = Path(__file__).parent
FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
FIELD = "is_selected|is_success|exportDepend|exportStatus|jobList|obs_dir|obsPath|job_selected|message|error_(code|msg)"
STATUSES = (429, 500, 502, 503, 418, 520)
OPERATIONS = ("exportFlinkJobs", "exportJob", "batchExportJobs")


class TestWhere:
    def test_every_fault_is_seen_above(self) -> None:
        """Every fault has a test on the wire."""
        names = (
            "test_wire.py",
            "test_client_responses.py",
            *sorted(str(path.relative_to(HERE)) for path in HERE.glob("defects/test_*.py")),
        )
        text = "".join((HERE / name).read_text(encoding="utf-8") for name in names)
        text += " ".join(f"status-{status}" for status in STATUSES)
        assert [id_ for id_ in FAULTS if not re.search(rf"\b{id_}\b(?!-)", text)] == []

    def test_ids_and_sentences(self) -> None:
        """Ids are kebab-case; each has one sentence of its own, which may begin with the name of a field."""
        assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", id_) for id_ in FAULTS)
        assert all(re.fullmatch(rf"([A-Z]|{FIELD})[^\n]*\.", fault.sentence) for fault in FAULTS.values())
        assert len({fault.sentence for fault in FAULTS.values()}) == len(FAULTS)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_one_operation(self, mock: Faulty, operation: str) -> None:
        """A fault at one operation does not affect the other operations."""
        mock.set(f"status-503@{operation}")
        assert {id_: mock.call(id_).status_code for id_ in OPERATIONS} == {
            id_: 503 if id_ == operation else 200 for id_ in OPERATIONS
        }

    def test_every_suitable_operation(self, mock: Faulty) -> None:
        """With `*` a fault happens at every operation that it suits."""
        mock.set("zip-empty@*")
        assert [mock.call(id_).content == b"" for id_ in OPERATIONS] == [False, True, True]

    def test_several(self, mock: Faulty) -> None:
        """All faults at an operation happen, but only the first of those that replace its response."""
        mock.set("html-instead-of-json@*", "status-503@*", "status-500@*")
        response = mock.job()
        assert (response.status_code, response.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
        assert mock.last()["faults"] == ["status-503", "html-instead-of-json"]

    def test_times(self, mock: Faulty) -> None:
        """A fault with a number happens that number of times."""
        mock.set(("status-503@exportJob", 2))
        assert [mock.job().status_code for _ in range(4)] == [503, 503, 200, 200]

    @pytest.mark.parametrize(("fault", "times"), [("html-instead-of-json", 0), ("missing-field", 1)])
    def test_times_without_place_in_storage(self, tmp_path: Path, fault: str, times: int) -> None:
        """If storage refuses a name, the fault counts once, and only if it changed the error response."""
        with serve(storage=FolderStorage(tmp_path)) as server:
            server.core.set_faults((f"{fault}@*", 1))
            body = {"obs_dir": "x" * 300, "is_selected": False}
            headers = {"X-Auth-Token": server.token}
            assert (
                httpx.post(server.url + FLINK, json=body, headers=headers, trust_env=False, verify=False).status_code
                == 400
            )
            assert server.core.requests[-1].as_json(Redaction.of(()))["faults"] == [fault][times:]
            assert server.core.fault_set.active[0].times == times

    def test_outside_of_operations(self, mock: Faulty) -> None:
        """Unknown paths and methods meet no fault."""
        mock.set("status-503@*")
        assert mock.client.post("/v1/nowhere").status_code == 404
        assert mock.client.get(JOB).status_code == 405

    def test_options(self) -> None:
        """Faults can be set when the server is made."""
        with serve(faults=["status-418@exportJob"]) as server:
            assert httpx.post(server.url + JOB, trust_env=False, verify=False).status_code == 418


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("status-500", "'status-500' names no operation; write it as NAME"),
            ("nope@exportJob", "no fault 'nope'; jobexport mock --list-faults lists them"),
            ("@exportJob", "no fault ''"),
            ("status-500@exportAll", "no operation 'exportAll'; choose exportFlinkJobs, "),
            ("status-500@", "no operation ''"),
            (
                "zip-empty@exportFlinkJobs",
                "needs an operation that responds with a zip; choose batchExportJobs or exportJob$",
            ),
            (
                "is-success-false@exportJob",
                "needs an operation that responds with is_success; choose (\\w+ or )*exportFlinkJobs( or \\w+)*$",
            ),
            ("status-500:1@*", "status-500 takes no argument; leave out ':1'"),
            ("latency:@*", "seconds must be a number from 0 to 600, not ''"),
            ("latency:-1@*", "not '-1'"),
            ("latency:601@*", "not '601'"),
            ("latency:nan@*", "not 'nan'"),
            ("latency:inf@*", "not 'inf'"),
            ("status-429:1.5@*", "retry-after must be a whole number from 0 to 86400, not '1.5'"),
            ("slow-drip:0@*", "must be a whole number from 1 "),
            ("zip-bomb:4097@*", "MiB must be"),
        ],
    )
    def test_unusable(self, text: str, words: str) -> None:
        """An invalid fault is one sentence that names the valid choices."""
        with pytest.raises(JobexportError, match=f"^[^\n]*{words}") as caught:
            create_app(faults=[text])
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
    def test_rate(self, rate: Any) -> None:
        """A rate is a probability."""
        with pytest.raises(JobexportError, match="is not a probability"):
            create_app(fault_rate=rate)

    def test_document_without_zips(self) -> None:
        """If the document has no suitable operation, the message says so."""
        document = json.loads(json.dumps(load_edition(DEFAULT_EDITION)))
        for path in [path for path in document["paths"] if "streaming" not in path]:
            del document["paths"][path]
        with pytest.raises(JobexportError, match="responds with a zip; this document has no such operation"):
            create_app(document, faults=["zip-empty@*"])

    def test_find(self) -> None:
        """A fault is found by its id."""
        assert find_fault("latency").id == "latency"


class TestChaos:
    def run(self, mock: Any, count: int = 60, **options: Any) -> list[Any]:
        """Call each operation in turn and return the faults that happened."""
        mock.set(**options)
        mock.core.requests.clear()
        for number in range(count):
            with contextlib.suppress(httpx.TransportError):
                mock.call(OPERATIONS[number % 3])
        return [seen.as_json(Redaction.of(()))["faults"] for seen in mock.core.requests]

    def test_same_seed(self, mock: Faulty) -> None:
        """The same seed and requests meet the same faults; another seed meets other faults."""
        first = self.run(mock, rate=0.5, seed=7)
        assert self.run(mock, rate=0.5, seed=7) == first
        assert self.run(mock, rate=0.5, seed=8) != first

    def test_rate(self, mock: Faulty) -> None:
        """The rate is about the share of requests with a fault, and no request meets two faults."""
        found = Counter(map(len, self.run(mock, 150, rate=0.3, seed=1)))
        assert found.keys() == {0, 1}
        assert 25 < found[1] < 65

    def test_never_and_always(self, mock: Faulty) -> None:
        """Rate 0 is never, rate 1 always."""
        assert self.run(mock, 30, rate=0) == [[]] * 30
        mock.set("status-503@*", rate=1)
        assert {mock.job().status_code for _ in range(10)} == {503}
        mock.set("status-503@*", rate=0)
        assert {mock.job().status_code for _ in range(10)} == {200}

    def test_quick_ones_only(self, mock: Faulty) -> None:
        """Without named faults, every fault for clients is picked, but those with much time or memory."""
        operations = mock.core._routes.operations
        mock.set(rate=1, seed=5)
        picked = {
            fault.fault.id
            for _ in range(600)
            for operation in operations.values()
            for fault in mock.core.fault_set.choose(operation).faults
        }
        assert {id_ for id_, fault in FAULTS.items() if fault.group == FOR_CLIENTS} - picked == {
            "latency",
            "needs-project-header",
            "slow-drip",
            "zip-bomb",
        }
        assert {FAULTS[id_].group for id_ in picked} == {FOR_CLIENTS}

    def test_suitable_ones_only(self, mock: Faulty) -> None:
        """A picked fault suits the operation."""
        mock.set(rate=1, seed=5)
        for operation in mock.core._routes.operations.values():
            for _ in range(200):
                (fault,) = mock.core.fault_set.choose(operation).faults
                assert fault.fault.suits.test(operation)

    def test_named_ones_only(self, mock: Faulty) -> None:
        """With named faults, only these are picked."""
        mock.set("status-500@*", "status-503@exportJob", rate=1, seed=2)
        assert {mock.job().status_code for _ in range(20)} == {500, 503}
        assert {mock.batch().status_code for _ in range(5)} == {500}
