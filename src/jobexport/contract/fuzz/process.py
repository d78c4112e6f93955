"""Runs schemathesis as a process of its own, as `st run` would from a shell, and gives what it reports.

Its command line, configuration and hooks are its public face, and server and checks then have a core each.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tomlkit
from attrs import asdict, field, frozen

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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.contract.data import Data
    from jobexport.contract.sending.interrupt import Interrupt
    from jobexport.contract.sending.journal import Redaction
    from jobexport.contract.sending.pace import Live

# What a server may answer to a request that breaks the document: schemathesis's own list, less success-like answers,
# with the two statuses that name what is wrong with the body.
_REJECTIONS = ["400", "401", "403", "404", "405", "413", "415"]

# schemathesis calls every 400 for a valid request a failure; here a missing job is a 400. Our valid_request_refused
# tells the two apart by the error's code.
_LEFT_OUT = "positive_data_acceptance"

# An export of many jobs takes its time.
_SECONDS = 30


@frozen
class Run:
    """What schemathesis is to do."""

    document: Mapping[str, Any] = field(repr=False)
    """What requests are made from."""
    held_to: Mapping[str, Any] = field(repr=False)
    """What answers are held to: the whole of which the document may be a part."""
    url: str
    data: Data
    seed: int
    max_examples: int
    live: Live | None
    interrupt: Interrupt
    """Its wire knows what was sent before."""
    journal: Path
    redaction: Redaction


def events(run: Run, scratch: Path) -> Iterator[dict[str, Any]]:
    """Start schemathesis and give its events, the last one being `finished`.

    An interrupt is passed on; schemathesis then ends its request, reports what that showed, and ends.

    Raises:
        JobexportError: it could not run.
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
        # It was interrupted before it began.
        yield {"event": "finished", "reason": [stopped.reason, str(stopped)]}
    elif not finished:
        reason = " ".join(words[-3:]) or output.read_text(encoding="utf-8")[-500:].strip()
        raise JobexportError(f"schemathesis could not run: {run.redaction.text(reason)}")


@contextlib.contextmanager
def _started(run: Run, scratch: Path, out: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603  # our own arguments
        _written(run, scratch),
        cwd=scratch,
        env=_environment(run, scratch),
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        # A terminal's Ctrl-C would reach it too, and in the middle of a request.
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            # It has ended by itself unless whoever reads its events gave up.
            process.kill()


def _written(run: Run, scratch: Path) -> list[str]:
    """Write what schemathesis reads; give its command line."""
    task = {
        "document": run.held_to,
        "journal": str(run.journal),
        "data": run.data.as_json(),
        "live": asdict(run.live) if run.live else None,
        "sent": run.interrupt.wire.sent,
        "known": run.interrupt.wire.known,
    }
    (scratch / "run.json").write_text(json.dumps(task), encoding="utf-8")
    (scratch / "openapi.json").write_text(json.dumps(run.document), encoding="utf-8")
    (scratch / "schemathesis.toml").write_text(tomlkit.dumps(_configuration(run)), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(scratch / "schemathesis.toml")]
    command += ["run", str(scratch / "openapi.json")]
    # The option's default, all modes, would win over the configuration.
    return [*command, "--mode", "positive"] if _is_careful(run) else command


def _is_careful(run: Run) -> bool:
    return run.live is not None and not run.live.negative


def _environment(run: Run, scratch: Path) -> dict[str, str]:
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
        # There it is the server of another process.
        ours |= {NO_PROXY: "*", NO_PROXY.lower(): "*"}
    return inherited(without=SECRETS) | ours


def _configuration(run: Run) -> dict[str, Any]:
    careful = _is_careful(run)
    config: dict[str, Any] = {
        "base-url": run.url,
        "seed": run.seed,
        # Two workers change which requests are made, and bring no speed on two cores.
        "workers": 1,
        "color": False,
        "cache": {"enabled": False},
        "warnings": False,
        "hooks": "jobexport.contract.fuzz.plugin",
        "continue-on-failure": True,
        "generation": {"max-examples": run.max_examples, "database": "none", "no-shrink": True},
        "phases": {
            "stateful": {"enabled": False},
            # Methods that the document does not have are data that breaks it.
            "coverage": {"unexpected-methods": []} if careful else {},
        },
        "checks": {
            _LEFT_OUT: {"enabled": False},
            "negative_data_rejection": {"expected-statuses": _REJECTIONS},
            # It sends requests without credentials.
            "ignored_auth": {"enabled": not careful},
        },
        "dictionaries": {},
        "parameters": {},
    }
    if run.live is not None:
        config["request-timeout"] = _SECONDS
    for number, (name, (values, probability)) in enumerate(run.data.bindings().items()):
        if values:
            config["dictionaries"][f"known-{number}"] = {"values": list(values)}
            config["parameters"][name] = {"dictionary": f"known-{number}", "probability": probability}
    return config
