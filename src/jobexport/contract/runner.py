"""One run of the contract test: sends the scenarios, starts schemathesis, gathers the failures, writes the reports."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from jobexport.contract.fuzz import process
from jobexport.contract.reports import writers
from jobexport.contract.reports.gather import Judgement
from jobexport.contract.reports.model import NOTHING_TO_TEST, EditionReport, OperationReport
from jobexport.contract.sandbox import sandboxed
from jobexport.contract.scenarios.registry import SANDBOX, SCENARIOS, scenarios_for
from jobexport.contract.scenarios.run import ScenarioRun
from jobexport.contract.scenarios.sandbox import check_free, clean
from jobexport.contract.scenarios.tools import Tools
from jobexport.contract.sender import check_url
from jobexport.contract.sending.interrupt import Interrupt, interruptible
from jobexport.contract.sending.journal import read_journal
from jobexport.contract.sending.live import left_out, narrowed
from jobexport.contract.sending.pace import Live, RunStopped, Wire
from jobexport.contract.sending.session import Session, Withheld, json_of, open_session
from jobexport.contract.verbs import LIST_OF_JOBS
from jobexport.core.bounds import Bound
from jobexport.core.extras import find
from jobexport.core.http import client, failure_reason
from jobexport.core.redact import Redaction
from jobexport.errors import JobexportError
from jobexport.spec.document import operations, operations_by_id
from jobexport.spec.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobexport.contract.data import Data
    from jobexport.contract.reports.accept import Acceptance
    from jobexport.contract.sandbox import Sandbox
    from jobexport.contract.scenarios.scenario import Scenario


def check_edition(
    document: Mapping[str, Any],
    url: str,
    data: Data,
    *,
    seed: int,
    report_dir: Path,
    api: str | None = None,
    max_examples: int = 60,
    live: Live | None = None,
    accept: Sequence[Acceptance] = (),
    tools: Tools | None = None,
    first: bool = False,
    progress: Callable[[str, int], None] = lambda _text, _steps: None,
) -> EditionReport:
    """Check the server at `url` against an edition's document, and write reports.

    Args:
        document: the resolved document.
        url: the base URL of the server; the `servers` of the document are not used.
        data: names that exist on the server, and credentials.
        seed: the same seed makes the same requests.
        report_dir: folder for `junit.xml`, `report.html`, `report.json` and `exchanges.har`, which are replaced.
        api: `dli` or `dgc` to test only the operations of this family.
        max_examples: number of random requests for each operation, beside the systematic requests.
        live: limits for a server in use, or None if the server exists only for the run.
        accept: known deviations.
        tools: functions that change the server's jobs and read its storage, if available.
        first: True to skip schemathesis if a scenario fails.
        progress: called with a text for people and the number of steps that ended.

    Returns:
        The report. If the run stopped early, `reason` and `ending` say why.

    Raises:
        MissingExtra: schemathesis is not installed.
        JobexportError: the server can't be reached, the folder can't be written, or schemathesis can't run.
    """
    # Checked now, because schemathesis starts only after the scenarios.
    find("schemathesis", "contract")
    _reach(url)
    writers.prepare(report_dir)
    held_to = _of_family(document, api)
    report = EditionReport(
        str(document["info"].get("x-edition", document["info"]["title"])),
        url,
        {name: OperationReport(name) for name in _labels(held_to).values()},
        seed=seed,
        folder=report_dir.name,
    )
    judgement = Judgement(report, document, load_register(), accept, Redaction.of(data.secrets))
    left = {} if live is None else {each.operation: each.reason for each in left_out(held_to, data, live)}
    boxed = {*left} & sandboxed(held_to) if tools and tools.sandbox else set()
    for operation in (name for name in left if name not in boxed):
        report.left_out[operation] = left[operation]
        del report.operations[operation]
    # Ctrl-C is handled until the reports are written.
    with contextlib.ExitStack() as handled, tempfile.TemporaryDirectory() as folder:
        task = _Task(
            held_to,
            url,
            data,
            seed,
            max_examples,
            live,
            tools or Tools(),
            frozenset(boxed),
            first,
            Path(folder),
            progress,
        )
        task.journal.touch()
        if report.operations:
            _send(task, report, judgement, handled)
        judgement.settle(read_journal(task.journal))
        writers.write(report, report_dir, read_journal(task.journal), judgement.register)
    return report


@frozen
class _Task:
    document: Mapping[str, Any]
    url: str
    data: Data
    seed: int
    max_examples: int
    live: Live | None
    tools: Tools
    boxed: frozenset[str]
    """The operations that are tested in the sandbox only."""
    first: bool
    scratch: Path
    progress: Callable[[str, int], None]

    @property
    def journal(self) -> Path:
        return self.scratch / "journal"


def _send(task: _Task, report: EditionReport, judgement: Judgement, handled: contextlib.ExitStack) -> None:
    """Send the requests of the scenarios, then the requests of schemathesis."""

    def waiting(seconds: float) -> None:
        task.progress(f"waits {seconds:.0f} s (Retry-After)", 0)

    with open_session(task.url, task.data, task.live, task.journal, waiting) as session:
        interrupt = handled.enter_context(interruptible(session.wire))
        try:
            if task.tools.sandbox is not None:
                _run_sandbox(task, task.tools.sandbox, session, report, judgement)
            _run_scenarios(task, session, report, judgement)
        except RunStopped as stopped:
            report.reason, report.ending = stopped.reason, judgement.redaction.text(str(stopped))
            return
        if not (task.first and judgement.found):
            _run_schemathesis(task, interrupt, report, judgement)


def _run_sandbox(task: _Task, box: Sandbox, session: Session, report: EditionReport, judgement: Judgement) -> None:
    """Create, import and delete objects of the sandbox, and remove all that is left of them, whatever happens."""
    document = task.document

    def permits(operation: str, request: httpx.Request) -> bool | None:
        if not box.judges(document, operation, request.method):
            return None
        return box.permits(document, operation, request.method, request.url.raw_path.decode(), json_of(request.content))

    session.permits = permits
    planned = [
        (scenario, id_)
        for scenario in SANDBOX
        for id_ in (scenario.subject.ids(document) if scenario.subject is not None else ())
    ]
    first = next(id_ for id_ in LIST_OF_JOBS.ids(document) or operations_by_id(document))
    session.scenario = "sandbox"
    run = ScenarioRun(document, first, task.data, session, task.tools)
    check_free(run)
    try:
        for scenario, operation in planned:
            task.progress(f"{operation}, {scenario.id}", 0)
            session.scenario = scenario.id
            _run_scenario(
                scenario, ScenarioRun(document, operation, task.data, session, task.tools), session, report, judgement
            )
    finally:
        session.scenario, session.wire.cleaning = "sandbox", True
        task.progress("removes what it made", 0)
        try:
            report.errors += (judgement.redaction.text(f"sandbox: {problem}") for problem in clean(run))
        except KeyboardInterrupt:
            names = ", ".join(name for names in box.attempted.values() for name in (*names, *box.zips))
            report.errors.append(f"sandbox: the removal was interrupted; delete what is left of {names}")
            raise RunStopped("interrupted", "the run was interrupted while it removed what it made") from None
        finally:
            session.wire.cleaning = False


def _run_schemathesis(task: _Task, interrupt: Interrupt, report: EditionReport, judgement: Judgement) -> None:
    run = process.FuzzRun(
        document=narrowed(task.document, task.data, task.live),
        held_to=task.document,
        url=task.url.rstrip("/"),
        data=task.data,
        seed=task.seed,
        max_examples=_examples(task, len(report.operations)),
        live=task.live and task.live.limits,
        interrupt=interrupt,
        journal=task.journal,
        restore=task.tools.restore_path,
        redaction=judgement.redaction,
    )
    labels = _labels(task.document)
    tested: set[str] = set()
    for event in process.events(run, task.scratch):
        judgement.take(event, labels)
        if event.get("checks"):
            tested.add(labels[event["label"]])
        if event["event"] == "scenario":
            # The number of sequences is not known before.
            steps = 0 if event["phase"] == "Stateful" else 1
            task.progress(f"{labels[event['label']]}, {event['phase'].lower()}", steps)
        elif event["event"] == "waiting":
            interrupt.wire.waiting(event["seconds"])
    if not report.reason:
        # A run that ends early has a reason.
        untested = (name for name in report.operations if name not in tested | task.boxed)
        report.errors += (f"{name}: schemathesis checked no response, so it proves nothing" for name in untested)


def _examples(task: _Task, operations: int) -> int:
    """Return the number of random requests for each operation: at most half of `max_requests` for a server in use."""
    if task.live is None or task.live.disposable:
        return task.max_examples
    return max(1, min(task.max_examples, task.live.max_requests // (2 * operations)))


def _run_scenarios(task: _Task, session: Session, report: EditionReport, judgement: Judgement) -> None:
    planned = [
        (scenario, operation.id)
        for operation in operations(task.document)
        if operation.id in report.operations and operation.id not in task.boxed
        for scenario in scenarios_for(task.document, operation, task.data, restores=task.tools.restore is not None)
    ]
    # Ordered by scenario, so that every operation gets requests before a limit ends the run.
    for scenario, operation in sorted(planned, key=lambda pair: SCENARIOS.index(pair[0])):
        if task.live is not None and (reason := _held_back(scenario, task.live, session.wire)):
            report.left_out[f"{operation}, {scenario.id}"] = reason
            continue
        task.progress(f"{operation}, {scenario.id}", 0)
        session.scenario = scenario.id
        run = ScenarioRun(task.document, operation, task.data, session, task.tools)
        _run_scenario(scenario, run, session, report, judgement)


def _held_back(scenario: Scenario, live: Live, wire: Wire) -> str:
    """Return the reason why a scenario must not run on this server, or an empty text."""
    if live.disposable:
        return ""
    if scenario.negative and not live.negative:
        return "the scenario sends requests that break the document; --negative allows them"
    if wire.sent + scenario.requests > live.max_requests // 2:
        # The second half is for schemathesis.
        return "the scenario needs more requests than --max-requests leaves"
    return ""


def _run_scenario(
    scenario: Scenario, run: ScenarioRun, session: Session, report: EditionReport, judgement: Judgement
) -> None:
    name, sent = f"{run.id}, {scenario.id}", session.wire.sent
    try:
        scenario.run(run)
    except Withheld as reason:
        report.left_out[name] = judgement.redaction.text(str(reason))
    finally:
        # Reported even if the run stops in the middle of the scenario.
        for broken in run.broken_claims:
            judgement.add_broken_claim(run.id, broken)
    if session.wire.sent > sent:
        report.operations[run.id].checks[scenario.id] += 1
    else:
        report.left_out.setdefault(name, NOTHING_TO_TEST)


def _reach(url: str) -> None:
    check_url(url)
    try:
        # Any response shows that the server is reachable, also the beginning of a response.
        with client(timeout=10) as http, Bound(time.monotonic() + 10).applied(), http.stream("GET", url):
            pass
    except httpx.HTTPError as problem:
        # A response that never ends is for the checks.
        if getattr(problem, "began", False):
            return
        raise JobexportError(f"cannot reach {url}: {failure_reason(problem)}; is the server running?") from None


def _of_family(document: Mapping[str, Any], api: str | None) -> Mapping[str, Any]:
    """Return the document with the paths of one family only."""
    if api is None:
        return document
    paths = [operation.path for operation in operations(document) if api in operation.tags]
    return {**document, "paths": {path: document["paths"][path] for path in paths}}


def _labels(document: Mapping[str, Any]) -> dict[str, str]:
    """Return operationIds by schemathesis's labels of operations, such as `POST /v1/{project_id}/jobs`."""
    return {f"{operation.method.upper()} {operation.path}": operation.id for operation in operations(document)}
