"""The process of schemathesis, started as `st run` from a shell.

Command line, configuration and hooks are schemathesis's public interface; and server and checks each get a core.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tomli_w
from attrs import asdict, field, frozen

from jobexport.contract.sending.receiving import SECONDS
from jobexport.core.environment import (
    ACCESS_KEY,
    CONTRACT_RUN,
    NO_PROXY,
    SECRET_KEY,
    SECRETS,
    SECURITY_TOKEN,
    TOKEN,
    inherited,
)
from jobexport.core.proxies import is_own
from jobexport.errors import JobexportError
from jobexport.spec.document import has_links, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.contract.data import Data
    from jobexport.contract.sending.interrupt import Interrupt
    from jobexport.contract.sending.pace import Live
    from jobexport.core.redact import Redaction

# Statuses that a server may send for a request that breaks the document: schemathesis's list without 2xx and 5xx, 413
# and 415 for a wrong body, and those that the document has. A status of one operation alone is a status of all here:
# schemathesis has one list.
_REJECTIONS = {"400", "401", "403", "404", "405", "413", "415"}

# schemathesis calls every 400 for a valid request a failure, but a missing job is a 400 too. Our check
# valid_request_refused distinguishes the two cases by the error's code.
LEFT_OUT = "positive_data_acceptance"


@frozen
class FuzzRun:
    """The task of one run of schemathesis."""

    document: Mapping[str, Any] = field(repr=False)
    """The document for generating requests."""
    held_to: Mapping[str, Any] = field(repr=False)
    """The whole document for checking responses; `document` may be a part of it."""
    url: str
    data: Data
    seed: int
    max_examples: int
    live: Live | None
    interrupt: Interrupt
    """The handler of Ctrl-C; its `wire` counts the requests so far."""
    journal: Path
    redaction: Redaction
    restore: str = ""
    """Path of the POST request that undoes all changes of the server; empty if the server can't."""


def events(run: FuzzRun, scratch: Path) -> Iterator[dict[str, Any]]:
    """Start schemathesis and yield its events; the last event is `finished`.

    After an interrupt schemathesis finishes its current request, reports it, and ends.

    Raises:
        JobexportError: schemathesis can't run.
    """
    words: list[str] = []
    finished = False
    output = scratch / "output"
    with (
        output.open("w", encoding="utf-8") as out,
        _started(run, scratch, out) as process,
        run.interrupt.passed_on_to(process),
    ):
        for line in process.stderr or ():
            try:
                event = json.loads(line)
            except ValueError:
                words.append(line.strip())
                continue
            finished = finished or event["event"] == "finished"
            yield event
    if not finished and (stopped := run.interrupt.wire.stopped) is not None:
        # schemathesis was interrupted before its first event.
        yield {"event": "finished", "reason": [stopped.reason, str(stopped)]}
    elif not finished:
        reason = " ".join(words[-3:]) or output.read_text(encoding="utf-8")[-500:].strip()
        raise JobexportError(f"schemathesis could not run: {run.redaction.text(reason)}")


@contextlib.contextmanager
def _started(run: FuzzRun, scratch: Path, out: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603  # our own arguments
        _written(run, scratch),
        cwd=scratch,
        env=_environment(run, scratch),
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        # Without a session of its own, Ctrl-C in a terminal would end it in the middle of a request.
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            # The process still runs only if the reader of its events gave up.
            process.kill()


def _written(run: FuzzRun, scratch: Path) -> list[str]:
    """Write the files that schemathesis reads; return its command line."""
    task = {
        "document": run.held_to,
        "journal": str(run.journal),
        "data": run.data.as_json(),
        "live": asdict(run.live) if run.live else None,
        "sent": run.interrupt.wire.sent,
        "known": run.interrupt.wire.known,
        "restore": run.restore and run.url + run.restore,
    }
    (scratch / "run.json").write_text(json.dumps(task), encoding="utf-8")
    (scratch / "openapi.json").write_text(json.dumps(run.document), encoding="utf-8")
    (scratch / "schemathesis.toml").write_text(tomli_w.dumps(_configuration(run)), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(scratch / "schemathesis.toml")]
    command += ["run", str(scratch / "openapi.json")]
    # The default of --mode, all modes, would override the configuration.
    return [*command, "--mode", "positive"] if _is_careful(run) else command


def _is_careful(run: FuzzRun) -> bool:
    return run.live is not None and not run.live.negative


def _environment(run: FuzzRun, scratch: Path) -> dict[str, str]:
    token, key = run.data.token, run.data.key
    secrets = {
        TOKEN: token,
        ACCESS_KEY: key and key.id,
        SECRET_KEY: key and key.secret,
        SECURITY_TOKEN: key and key.security_token,
    }
    ours = {name: value for name, value in secrets.items() if value} | {CONTRACT_RUN: str(scratch / "run.json")}
    address = urlsplit(run.url)
    if is_own(address.hostname or "", address.port):
        # In schemathesis's process this address is not an own server, so its proxy settings need the exception.
        ours |= {NO_PROXY: "*", NO_PROXY.lower(): "*"}
    return inherited(without=SECRETS) | ours


def rejections(document: Mapping[str, Any]) -> list[str]:
    """Return the statuses that a server may send for a request that breaks the document."""
    named = {status for operation in operations(document) for status in operation.fields["responses"]}
    return sorted(_REJECTIONS | {status for status in named if status.startswith("4") and status != "429"})


def _configuration(run: FuzzRun) -> dict[str, Any]:
    careful = _is_careful(run)
    config: dict[str, Any] = {
        "base-url": run.url,
        # The token must reach no other host, whose response would be none of this server.
        "max-redirects": 0,
        "seed": run.seed,
        # Two workers make other requests for the same seed, and are not faster on two cores.
        "workers": 1,
        "color": False,
        "cache": {"enabled": False},
        "warnings": False,
        "hooks": "jobexport.contract.fuzz.plugin",
        "continue-on-failure": True,
        "generation": {"max-examples": run.max_examples, "database": "none", "no-shrink": True},
        "phases": {
            # Sequences along the links of the document create and delete, so they need a server that may be changed.
            "stateful": {
                "enabled": has_links(run.document) and (run.live is None or run.live.disposable),
                "inference": {"algorithms": []},
            },
            # A request with an undocumented method breaks the document.
            "coverage": {"unexpected-methods": []} if careful else {},
        },
        "checks": {
            LEFT_OUT: {"enabled": False},
            "negative_data_rejection": {"expected-statuses": rejections(run.document)},
            # The check sends requests without credentials.
            "ignored_auth": {"enabled": not careful},
        },
        "dictionaries": {},
        "parameters": {},
    }
    if run.live is not None:
        config["request-timeout"] = SECONDS
    for number, (name, (values, probability)) in enumerate(run.data.bindings().items()):
        if values:
            config["dictionaries"][f"known-{number}"] = {"values": list(values)}
            config["parameters"][name] = {"dictionary": f"known-{number}", "probability": probability}
    return config
