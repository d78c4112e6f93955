"""The strength of the contract checks: the faults and the wrong editions that they see, and their false alarms.

The mock with each fault, on each operation that the fault suits, is checked against its own edition. This is
done with the project's checks and with plain `st run` and its default checks, on the same document, names, token, seed
and number of examples. Plain `st run` goes on after a failure; its failures in the mock without the fault do not count.
Each edition's mock is checked against each other edition, with the project's checks only. The parts run their cases in
a process for each core.

    python benchmarks/contract_strength.py [PART …]

PART is the id of a fault (old ids work too: `RENAMED`), a word of a group's heading (`archives`), `editions` or
`clean`; the default is all parts. `once` tries faults only, each on the first operation that it suits, which takes
minutes instead of hours. `own` leaves plain `st run` out. A fault that the scenarios see is not tried with
schemathesis.
Exit code 1: a fault or edition was not seen and has no reason below, or a mock without faults failed.
"""

from __future__ import annotations

import json
import multiprocessing
import shlex
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from functools import cache
from itertools import islice, permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import tomli_w
from attrs import evolve, frozen
from schemathesis.cli import schemathesis as schemathesis_command

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data, mock_tools
from jobexport.contract import check_edition
from jobexport.contract.data import places
from jobexport.contract.verbs import changes, families
from jobexport.errors import JobexportError
from jobexport.mock import FAULTS
from jobexport.mock.requests.operations import read_operations
from jobexport.spec import load_edition
from jobexport.spec.document import METHODS, deref, operations, operations_by_id
from jobexport.spec.editions import edition_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jobexport.mock.faults.fault import Fault
    from jobexport.mock.requests.operations import Operation
    from jobexport.spec.document import OperationObject

Document = dict[str, Any]
Result = TypeVar("Result")

SEED, SEEDS, MAX_EXAMPLES = 1, 10, 15
# The edition with most fields first, because most faults suit it.
EDITIONS = sorted(edition_ids(), key=lambda id_: id_ != "huaweicloud-intl-2026")
OPERATIONS = tuple(dict.fromkeys(found.id for id_ in EDITIONS for found in operations(load_edition(id_))))
# Small values: long waits and large zips would show nothing more.
ARGUMENTS = {"latency": "0.01", "slow-drip": "1000000", "zip-bomb": "16"}

# Faults that break no promise. The reasons come from the vendor's pages, not from the checks.
NO_PROMISE = {
    "latency": "no page promises a time",
    "slow-drip": "no page promises a time",
    "needs-project-header": "an FAQ asks for the header, so every request has it",
    "response-no-disposition": "pages name the file, not the header",
    "refuses-body": "no page says that an operation without a documented body accepts a body",
    "checks-before-caller": "no page says which of two errors comes first",
    "admits-unsigned-project": "no page says that a signature has to cover X-Project-Id",
    "response-zip-missing": "no page says whether a zip holds one Flink job or several",
    "list-name-in-any-case": "no page says how a name is matched",
}
# Faults that break a promise of other editions than the first: the page of the first one was not to be had.
HELD_IN = {"list-status-missing": "huaweicloud-cn-2025"}
# (the mock's edition, the edition it is checked against) → reason
SAME_TRAFFIC = {
    ("huaweicloud-cn-2025", "huaweicloud-intl-2026"): "all that cn-2025 responds is right in intl-2026 too",
}

# Old id of a fault → new id, to compare older tables.
_KEPT_NAMES = (
    "201 base64 batch-name both-arrays ids-for-names in-camel-case in-data json-as-binary json-type name-of-first-job "
    "name-of-other-job name-without-prefix no-disposition no-folder no-time no-type null-message number-verdict "
    "obs-path-as-sent obs-path-of-object obs-path-without-scheme other-array prefixed-batch-name scheme snake-case "
    "text-json text-verdict zip-type"
)
RENAMED = {f"answers-{name}": f"response-{name}" for name in _KEPT_NAMES.split()} | {
    "answers-get": "responds-to-get",
    "answers-null-for-none": "response-null-list",
    "answers-one-less": "response-zip-missing",
    "answers-one-more": "response-zip-added",
    "answers-put": "responds-to-put",
    "answers-request-before": "responds-to-request-before",
    "answers-seconds": "response-time-in-seconds",
    "answers-twice": "response-zip-twice",
}

_NOT_RUN = "could not run"
ROW = "{:32} {:22} {:46} {:>6} {:>7}  {}"


@frozen
class Run:
    """The result of one run."""

    caught: tuple[str, ...]
    """Names of the failed checks, or the error that ended the run."""
    cases: int
    """Requests until the first failed request, or all requests if that request is unknown."""
    seconds: float
    """Seconds for these requests."""
    met: int
    """Number of requests of the whole run with a fault."""


def ours(document: Document, server: mock.Server, seed: int = SEED, *, first: bool = False) -> Run:
    """Check a server against a document with the project's checks."""
    started = time.time()
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = check_edition(
                document,
                server.url,
                mock_data(server),
                seed=seed,
                report_dir=Path(folder),
                max_examples=MAX_EXAMPLES,
                tools=mock_tools(server),
                first=first,
            )
        except JobexportError as problem:
            return Run((f"{_NOT_RUN}: {problem}",), len(server.core.requests), time.time() - started, _met(server))
    failures = [each for _, failure in report.failures for each in failure.every]
    caught = {failure.check: None for failure in failures}
    caught |= dict.fromkeys("never 2xx" for _ in report.never_succeeded)
    caught |= dict.fromkeys(error.rpartition(": ")[2] for error in report.errors)
    places = [place for failure in failures if (place := _place(server, failure.curl)) is not None]
    cases, end = min(places, default=(len(server.core.requests), time.time()))
    return Run(tuple(caught), cases, end - started, _met(server))


def plain(document: Document, server: mock.Server, seed: int = SEED) -> Run:
    """Check a server against a document with `st run` and its default checks."""
    started = time.time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
        (folder / "schemathesis.toml").write_text(
            tomli_w.dumps(_plain_settings(server, folder, seed)), encoding="utf-8"
        )
        _st_run(folder)
        report = folder / "report.json"
        if not report.is_file():
            output = (folder / "output.txt").read_text(encoding="utf-8")
            raise SystemExit(f"st run wrote no report: {output[-500:].strip()}")
        found = json.loads(report.read_text(encoding="utf-8"))
    caught = {item["type"]: None for item in found["failures"]}
    caught |= dict.fromkeys("an error" for _ in found["errors"])
    return Run(tuple(caught), len(server.core.requests), time.time() - started, _met(server))


def _st_run(folder: Path) -> None:
    """Run `st run` in a folder that has its document and settings.

    It runs in this process: what schemathesis keeps of an earlier run saves a third of the time.
    """
    with (
        chdir(folder),
        Path("output.txt").open("w", encoding="utf-8") as output,
        redirect_stdout(output),
        redirect_stderr(output),
        suppress(SystemExit),
    ):
        schemathesis_command(["--config-file", "schemathesis.toml", "run", "openapi.json"])


def _plain_settings(server: mock.Server, folder: Path, seed: int) -> dict[str, Any]:
    data = mock_data(server)
    bindings = {name: pair for name, pair in data.bindings().items() if pair[0]}
    return {
        "base-url": server.url,
        "seed": seed,
        "workers": 1,
        "color": False,
        "cache": {"enabled": False},
        "continue-on-failure": True,
        "reports": {"json": {"path": str(folder / "report.json")}},
        "auth": {"openapi": {"XAuthToken": {"api_key": data.token}}},
        "generation": {"max-examples": MAX_EXAMPLES, "database": "none", "no-shrink": True},
        "dictionaries": {f"known-{number}": {"values": list(pair[0])} for number, pair in enumerate(bindings.values())},
        "parameters": {
            name: {"dictionary": f"known-{number}", "probability": pair[1]}
            for number, (name, pair) in enumerate(bindings.items())
        },
    }


def _met(server: mock.Server) -> int:
    return sum(seen.chosen is not None and bool(seen.chosen.applied) for seen in server.core.requests)


def _place(server: mock.Server, curl: str) -> tuple[int, float] | None:
    """Return number and time of the first request that a curl command repeats, or None if no request matches."""
    words = shlex.split(curl)
    body = next((words[at + 1] for at, word in enumerate(words) if word == "--data-binary"), "").encode()
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    path = next((urlsplit(word).path for word in reversed(words) if word.startswith(server.url)), "")
    for number, seen in enumerate(server.core.requests, 1):
        if (seen.method, seen.path, seen.content) == (method, path, body[: len(seen.content)]):
            return number, seen.time
    return None


def served(edition: str | Document, *faults: str) -> Any:
    """Return the context of a mock of an edition, or of a document, with these faults."""
    return mock.serve(edition, faults=faults)


def held(how: Any, document: Document, edition: str | Document, *faults: str, **options: int) -> Run:
    """Serve an edition with faults and return the result of its check against a document."""
    with served(edition, *faults) as server:
        # An unlimited log, to find the first failed request.
        server.core.requests = deque()
        run: Run = how(document, server, **options)
        return run


def narrowed(edition: str, operation: str) -> Document:
    """Return an edition's document with the operations that a fault of one operation touches.

    They are the operation, those that a link leads to or from, and those on the same objects: a job that is created
    must be listed. A change also touches what reads the API, and other operations below the path of its objects; a task
    touches what an import does. Links to other operations are left out.
    """
    document = load_edition(edition)
    found = operations_by_id(document)
    leads = {id_: linked(document, other) for id_, other in found.items()}
    touched = {operation, *leads[operation], *(id_ for id_, ends in leads.items() if operation in ends)}
    kinds = [place.kind for place in places(document, found[operation])]
    for family in families(document, found[operation].tags):
        same = {family.list, family.create, family.show, family.delete, family.export}
        named = any(f"path.{family.variable}" in kind.places for kind in kinds)
        touched |= {id_ for id_ in same if id_} if named or operation in same else set()
    about = [found[operation], *only_made_by(document, operation, leads)]
    for own in (each for each in about if changes(document, each.fields, each.method)):
        objects = own.path.rpartition("/")[0] if own.path.rpartition("/")[0] in document["paths"] else own.path
        touched |= {
            id_
            for id_, other in found.items()
            if other.tags == own.tags and (other.reads or f"{other.path}/".startswith(f"{objects}/"))
        }
    paths: Document = {}
    for other in (other for id_, other in found.items() if id_ in touched):
        item = {key: value for key, value in other.item.items() if key not in METHODS}
        responses = {status: without_links(node, touched) for status, node in other.fields["responses"].items()}
        paths.setdefault(other.path, item)[other.method] = {**other.fields, "responses": responses}
    return {**document, "paths": paths}


def without_links(response: Document, kept: set[str]) -> Document:
    """Return a response with the links to these operations only."""
    if "links" not in response:
        return response
    links = {name: link for name, link in response["links"].items() if link.get("operationId") in kept}
    return {**response, "links": links}


def only_made_by(document: Document, operation: str, leads: dict[str, set[str]]) -> list[OperationObject]:
    """Return the operations that lead to one that shows a single object, such as a task, if no list leads to it."""
    found = operations_by_id(document)
    makers = [found[id_] for id_, ends in leads.items() if operation in ends and id_ != operation]
    listed = not found[operation].path.endswith("}") or any(other.reads for other in makers)
    return [] if listed else makers


def linked(document: Document, operation: OperationObject) -> set[str]:
    """Return the operationIds that the links of an operation's responses name."""
    responses = (deref(document, node) for node in operation.fields["responses"].values())
    links = [deref(document, link) for found in responses for link in found.get("links", {}).values()]
    return {link["operationId"] for link in links if "operationId" in link}


@cache
def plain_alarms(edition: str, operation: str) -> frozenset[str]:
    """Return the failures of plain `st run` in a mock without faults that has only the touched operations."""
    return frozenset(held(plain, narrowed(edition, operation), edition).caught)


@cache
def own_alarms(edition: str, operation: str) -> frozenset[str]:
    """Return the failures of the project's checks in a mock without faults that has only the touched operations."""
    document = narrowed(edition, operation)
    caught = held(ours, document, document).caught
    if failed := next((name for name in caught if name.startswith(_NOT_RUN)), None):
        # Every fault would be as if not seen.
        raise SystemExit(f"{edition}, {operation}: {failed}")
    return frozenset(caught)


@cache
def operations_of(edition: str) -> dict[str, Operation]:
    """Return the operations of an edition as the mock reads them, by operationId."""
    return {operation.id: operation for operation in read_operations(load_edition(edition))}


@cache
def documented_methods(edition: str, operation: str) -> frozenset[str]:
    """Return the methods of the operations of an edition on the path of one."""
    return frozenset(name.upper() for name in operations_by_id(load_edition(edition))[operation].item)


def suiting(fault: Fault) -> Iterable[tuple[str, str]]:
    """Yield each operation that a fault suits, with the edition to try it in.

    A further method of a fault has an effect only if no operation of the path has it.
    """
    first = HELD_IN.get(fault.id)
    for name in OPERATIONS:
        for edition in [first] if first else EDITIONS:
            operation = operations_of(edition).get(name)
            if operation is None or fault.methods & documented_methods(edition, name):
                continue
            if fault.suits.test(operation):
                yield name, edition
                break


def row(first: str, second: str, run: Run, alone: Iterable[str], reason: str | None) -> bool:
    """Print a line; return whether the fault or edition is caught or has a reason."""
    seen = ", ".join(run.caught) or (f"- {reason}" if reason else f"NOT CAUGHT, met {run.met} times")
    numbers = (run.cases, f"{run.seconds:.1f}") if run.caught else ("", "")
    print(ROW.format(first, second, seen, *numbers, ", ".join(sorted(alone)) or "-").rstrip(), flush=True)
    return bool(run.caught or reason)


def tried(fault: str, operation: str, edition: str, beside: bool) -> tuple[Run, set[str]]:
    """Return the run with a fault of an operation, and the failures of plain `st run` (`beside`) due to the fault."""
    document = narrowed(edition, operation)
    text = f"{fault}{f':{ARGUMENTS[fault]}' if fault in ARGUMENTS else ''}@{operation}"
    alone = set()
    if beside:
        alone = set(held(plain, document, edition, text).caught) - plain_alarms(edition, operation)
    # The mock serves the same operations, and what the checks see without the fault is not seen because of it.
    clean = own_alarms(edition, operation)
    run = held(ours, document, document, text, first=not clean)
    return evolve(run, caught=tuple(name for name in run.caught if name not in clean)), alone


def in_processes(function: Callable[..., Result], cases: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
    """Yield the result of a function for each case, in their order, from a process for each core."""
    # Half of a run's time is spent in waiting, so each core gets one.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(function, *zip(*cases, strict=True))


def faults(chosen: Iterable[Fault], *, once: bool, beside: bool) -> bool:
    """Print a line for each fault and operation (`once`: each fault); return whether each is caught or has a reason.

    Plain `st run` is tried too if `beside` is true.
    """
    print(ROW.format("fault", "operation", "caught by", "cases", "seconds", "plain st run"))
    cases = [
        (fault.id, operation, edition)
        for fault in chosen
        for operation, edition in islice(suiting(fault), 1 if once else None)
    ]
    fine = True
    arguments = [(*case, beside) for case in cases]
    for (fault, operation, _), (run, alone) in zip(cases, in_processes(tried, arguments), strict=True):
        fine &= row(fault, operation, run, alone, NO_PROMISE.get(fault))
    return fine


def crossed(spoken: str, edition: str) -> Run:
    """Return the check of an edition's mock against another edition."""
    return held(ours, load_edition(edition), spoken, first=True)


def editions() -> bool:
    """Print a line for each pair of editions; return whether all are told apart or have a reason."""
    print(ROW.format("mock speaks", "held to", "first seen by", "cases", "seconds", ""))
    pairs = list(permutations(edition_ids(), 2))
    fine = True
    for pair, run in zip(pairs, in_processes(crossed, pairs), strict=True):
        fine &= row(*pair, run, (), SAME_TRAFFIC.get(pair))
    return fine


def unharmed(edition: str, seed: int) -> Run:
    """Return the check of an edition's mock without faults."""
    return held(ours, load_edition(edition), edition, seed=seed)


def clean() -> bool:
    """Print the false alarms in mocks without faults; return whether there are no false alarms."""
    print(f"false alarms over {SEEDS} seeds")
    cases = [(edition, seed) for edition in edition_ids() for seed in range(1, SEEDS + 1)]
    alarms: dict[str, list[str]] = {edition: [] for edition in edition_ids()}
    for (edition, seed), run in zip(cases, in_processes(unharmed, cases), strict=True):
        alarms[edition] += [f"{name} with seed {seed}" for name in run.caught]
        if seed == SEEDS:
            print(f"{edition:24} {', '.join(alarms[edition]) or 'none'}", flush=True)
    return not any(alarms.values())


def main(parts: list[str]) -> int:
    """Measure the parts, or all parts by default; return the exit code."""
    once, own, everything = "once" in parts, "own" in parts, not {*parts} - {"own"}
    parts = [RENAMED.get(part, part) for part in parts if part not in {"once", "own"}]
    chosen = [fault for fault in FAULTS.values() if not parts or {fault.id, *fault.group.split()} & set(parts)]
    known = {"editions", "clean", *FAULTS, *(word for fault in FAULTS.values() for word in fault.group.split())}
    for part in parts:
        if part not in known:
            print(f"no part {part!r}; give a fault's id, a word of a group, editions or clean", file=sys.stderr)
            return 2
    results = []
    if everything or "clean" in parts:
        results.append(clean())
    if everything or "editions" in parts:
        results.append(editions())
    if chosen:
        results.append(faults(chosen, once=once, beside=not own))
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
