"""Holds one server to one edition: starts schemathesis on the edition's document and gathers what it reports.

schemathesis runs as a process of its own, as `st run` would from a shell: its command line, configuration and hooks are
its public face, and server and checks then have a core each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import tomlkit
from attrs import Factory, define, field, frozen

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.contract.data import Data

# What a server may answer to a request that breaks the document: schemathesis's own list, less success-like answers,
# with the two statuses that name what is wrong with the body.
_REJECTIONS = ["400", "401", "403", "404", "405", "413", "415"]

# schemathesis calls every 400 for a valid request a failure; here a missing job is a 400. Our valid_request_refused
# tells the two apart by the error's code.
_LEFT_OUT = "positive_data_acceptance"

_LOG = "schemathesis.log"

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@frozen
class Failure:
    """A contract that was broken, with one request that shows it."""

    check: str
    title: str
    message: str
    curl: str
    """The request as a curl command, secrets redacted."""


@define
class OperationReport:
    """What happened to one operation."""

    operation: str
    """operationId."""
    cases: Counter[str] = Factory(Counter)
    """Number of requests by kind and status, such as `positive 200`."""
    failures: dict[tuple[str, str], Failure] = field(factory=dict, repr=False)
    """One failure for each check and title."""

    @property
    def total(self) -> int:
        """Number of requests."""
        return self.cases.total()

    @property
    def positive(self) -> int:
        """Number of requests that kept to the document."""
        return self._count("positive ")

    @property
    def succeeded(self) -> int:
        """Number of requests that kept to the document and were answered 2xx."""
        return self._count("positive 2")

    def _count(self, prefix: str) -> int:
        return sum(number for kind, number in self.cases.items() if kind.startswith(prefix))


@define
class EditionReport:
    """The outcome of one run."""

    edition: str
    url: str
    operations: dict[str, OperationReport]
    """By operationId, in the document's order."""
    errors: list[str] = Factory(list)
    """What kept schemathesis from testing, each once."""

    @property
    def failures(self) -> list[tuple[str, Failure]]:
        """Every failure with its operationId."""
        return [(name, failure) for name, report in self.operations.items() for failure in report.failures.values()]

    @property
    def never_succeeded(self) -> list[str]:
        """Operations that never answered 2xx: for them the run proves little, so it counts as failed."""
        return [name for name, report in self.operations.items() if not report.succeeded]

    @property
    def passed(self) -> bool:
        """Whether the server kept the contract, and every operation succeeded at least once."""
        return bool(self.operations) and not (self.failures or self.never_succeeded or self.errors)


def check_edition(
    document: Mapping[str, Any],
    url: str,
    data: Data,
    *,
    seed: int,
    report_dir: Path,
    api: str | None = None,
    max_examples: int = 60,
    progress: Callable[[str], None] = lambda _: None,
) -> EditionReport:
    """Hold the server at `url` to an edition's document, and write JUnit and HTML reports.

    Args:
        document: the resolved document.
        url: where the server listens; the document's own servers are not used.
        data: names that exist on the server.
        seed: the same seed gives the same requests.
        report_dir: folder for `junit.xml` and `html/`; what stood there before is replaced.
        api: `dli` or `dgc` to test only that family.
        max_examples: requests made up for each operation, beside the systematic ones.
        progress: called with the name of each phase that ends.

    Raises:
        JobexportError: the server can't be reached, the folder can't be written, or schemathesis could not run.
    """
    _reach(url)
    edition = str(document["info"].get("x-edition", document["info"]["title"]))
    operations = {
        operation["operationId"]: OperationReport(operation["operationId"])
        for operation in _operations(document)
        if api is None or api in operation["tags"]
    }
    report = EditionReport(edition, url, operations)
    labels = {f"{method.upper()} {path}": item["operationId"] for path, method, item in _items(document)}
    _prepare(report_dir)
    with tempfile.TemporaryDirectory() as scratch:
        config = _configuration(document, url, data, seed, report_dir, max_examples)
        command = _write_inputs(Path(scratch), document, config, api)
        for event in _events(command, Path(scratch), report_dir, data):
            _gather(report, labels, event, progress)
    return report


def _reach(url: str) -> None:
    try:
        # Any answer will do; that there is one is the question.
        httpx.get(url, timeout=10)
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise JobexportError(f"{url!r} is no URL: {problem}; write it like http://127.0.0.1:8080") from None
    except httpx.UnsupportedProtocol:
        raise JobexportError(f"{url!r} is no URL; write it like http://127.0.0.1:8080") from None
    except httpx.HTTPError as problem:
        raise JobexportError(f"cannot reach {url}: {problem}; is the server running?") from None


def _items(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (operation for _, _, operation in _items(document))


def _prepare(report_dir: Path) -> None:
    try:
        if (report_dir / "html").exists():
            shutil.rmtree(report_dir / "html")
        (report_dir / "html").mkdir(parents=True)
        for name in ("junit.xml", _LOG):
            (report_dir / name).unlink(missing_ok=True)
    except OSError as problem:
        raise JobexportError(f"cannot write {report_dir}: {problem.strerror}; choose another --report-dir") from None


def _configuration(
    document: Mapping[str, Any], url: str, data: Data, seed: int, report_dir: Path, max_examples: int
) -> dict[str, Any]:
    config: dict[str, Any] = {
        "base-url": url,
        "seed": seed,
        # Two workers change which requests are made, and bring no speed on two cores.
        "workers": 1,
        "color": False,
        "cache": {"enabled": False},
        "warnings": False,
        "hooks": "jobexport.contract._reporter",
        "continue-on-failure": True,
        "reports": {
            "junit": {"path": str((report_dir / "junit.xml").absolute())},
            "html": {"path": str((report_dir / "html").absolute())},
        },
        "generation": {"max-examples": max_examples, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            _LEFT_OUT: {"enabled": False},
            "negative_data_rejection": {"expected-statuses": _REJECTIONS},
        },
        "dictionaries": {},
        "parameters": {},
    }
    if data.token is not None:
        config["auth"] = {"openapi": {"XAuthToken": {"api_key": "${JOBEXPORT_TOKEN}"}}}
    for number, (name, (values, probability)) in enumerate(data.bindings().items()):
        if values:
            config["dictionaries"][f"known-{number}"] = {"values": list(values)}
            config["parameters"][name] = {"dictionary": f"known-{number}", "probability": probability}
    return config


def _write_inputs(scratch: Path, document: Mapping[str, Any], config: dict[str, Any], api: str | None) -> list[str]:
    (scratch / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    (scratch / "schemathesis.toml").write_text(tomlkit.dumps(config), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(scratch / "schemathesis.toml")]
    command += ["run", str(scratch / "openapi.json")]
    if api is not None:
        command += ["--include-tag", api]
    return command


def _events(command: list[str], scratch: Path, report_dir: Path, data: Data) -> Iterator[dict[str, Any]]:
    environment = dict(os.environ)
    if data.token is not None:
        environment["JOBEXPORT_TOKEN"] = data.token
    finished = False
    with (
        (report_dir / _LOG).open("w", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603  # our own arguments
            command, cwd=scratch, env=environment, stdout=log, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        words: list[str] = []
        for line in process.stderr or ():
            try:
                event = json.loads(line)
            except ValueError:
                words.append(line.strip())
                continue
            finished = finished or event["event"] == "finished"
            yield event
    if not finished:
        reason = " ".join(words[-3:]) or (report_dir / _LOG).read_text(encoding="utf-8")[-500:].strip()
        raise JobexportError(f"schemathesis could not run: {reason}; see {report_dir / _LOG}")


def _gather(
    report: EditionReport, labels: Mapping[str, str], event: Mapping[str, Any], progress: Callable[[str], None]
) -> None:
    if event["event"] == "error":
        text = f"{event['label']}: {event['message']}".removeprefix(": ").splitlines()[0]
        if text not in report.errors:
            report.errors.append(text)
    elif event["event"] == "scenario" and (name := labels.get(event["label"])) in report.operations:
        operation = report.operations[name]
        operation.cases.update(event["cases"])
        for fields in event["failures"]:
            operation.failures.setdefault((fields["check"], fields["title"]), Failure(**fields))
        progress(f"{name}, {event['phase'].lower()}")
