"""Scenarios of the forms of valid requests: media types, optional fields, names, numbers, credentials."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.exports.outcomes import arrays, outcome
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.sender import ABSENT
from jobexport.contract.verbs import EXPORT_OF_FLINK_JOBS, EXPORT_OF_JOBS, Subject
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from jobexport.contract.scenarios.run import ScenarioRun


@scenario(
    "A valid request is accepted in every form that the documentation shows or allows.",
    "DGC-008",
    "DLI-014",
    requests=12,
)
def accepted_forms(run: ScenarioRun) -> None:
    """Send a valid request in every form that the documentation shows or allows."""
    body = run.any_body()
    text = json.dumps(body)
    headers = [
        {"Content-Type": name}
        for name in (
            "application/json",
            "application/json; charset=UTF-8",
            "application/json;charset=utf-8",
            "Application/JSON",
        )
    ]
    headers += [{"Content-Type": "application/json", "Accept": name} for name in ("*/*", "application/octet-stream")]
    headers += [{"Content-Type": "application/json", "X-Language": "en-us"}]
    for extra in headers:
        response = run.send(content=text.encode(), headers=extra) if body else run.send(headers=extra)
        words = ", ".join(f"{name}: {value}" for name, value in extra.items())
        expect(response.succeeded, f"a valid request with {words} gets {response.status}")
    for spelled in (
        json.dumps(body, indent=2),
        json.dumps(dict(reversed(body.items()))) if body else "",
        f" {text}\r\n",
    ):
        if body:
            response = run.send(content=spelled.encode(), headers={"Content-Type": "application/json"})
            expect(response.succeeded, f"the valid body {spelled!r} gets {response.status}")
    if not run.body_required:
        expect(run.send().succeeded, "a request without a body is refused, but the body is optional")
        if run.schema:
            expect(run.send({}).succeeded, "an empty object is refused, but no field is required")


@scenario(
    "An optional field may be left out, take its default, and take each of its values.",
    "DGC-002",
    "DGC-004",
    "DGC-102",
    requests=6,
)
def optional_fields(run: ScenarioRun) -> None:
    """Send requests without each optional field, with its default, and with each of its values."""
    needed = {*run.schema.get("required", ()), *run.schema.get("then", {}).get("required", ())}
    plain = outcome(run.send(run.example() or ABSENT))
    for name, node in run.schema.get("properties", {}).items():
        schema = deref(run.document, node)
        if name in needed:
            continue
        values = schema.get("enum") or ([True, False] if schema.get("type") == "boolean" else [])
        for value in values:
            response = run.send(run.example(**{name: value}))
            expect(
                response.succeeded,
                f"{name} {value!r} is allowed, but the response is {response.status}",
                *marks(schema),
            )
            if value == schema.get("default"):
                same = outcome(response) == plain
                text = f"{name} {value!r} is the default, but the response differs from that without {name}"
                expect(same, text, *marks(schema))


@scenario(
    "A request with an unknown field is not refused.",
    "DGC-103",
    "DGC-003",
    "DLI-014",
    requests=1,
)
def unknown_fields(run: ScenarioRun) -> None:
    """Send a valid body with an unknown field, which the document does not forbid."""
    if run.schema:
        response = run.send(run.example(x_unknown="x"))
        expect(response.succeeded, f"an unknown field is not forbidden, but the response is {response.status}")


@scenario(
    "A request may have as many jobs as the document allows.",
    "DGC-101",
    subject=EXPORT_OF_JOBS,
    requests=1,
)
def longest_list(run: ScenarioRun) -> None:
    """Request as many jobs as one request may have; the document does not say that they must differ."""
    most = run.objects.node.get("maxItems", 100) if run.objects is not None else 0
    response = run.send(**run.naming(*(run.known * most)[:most]))
    expect(response.succeeded, f"{most} names are allowed, but the response is {response.status}", "DGC-101")


@scenario(
    "Ids are exact 64-bit numbers.",
    "DLI-005",
    "DLI-004",
    subject=EXPORT_OF_FLINK_JOBS,
    requests=5,
)
def exact_numbers(run: ScenarioRun) -> None:
    """Request ids at the limits of 64 bits, which are valid even if no such job exists."""
    edges = (2**63 - 1, 2**63 - 2, -(2**63), 2**53 + 1, 0)
    for number in edges:
        response = run.send(**run.naming(number))
        missing, _ = refusal(response, "job-not-found")
        expected = (200,) if number in run.data.flink_jobs else (missing,) if run.data.complete else (200, missing)
        expect(response.status in expected, f"the valid id {number} gets {response.status}")


@scenario(
    "An empty list of ids exports no job.",
    "DLI-004",
    subject=EXPORT_OF_FLINK_JOBS,
    requests=1,
)
def no_ids(run: ScenarioRun) -> None:
    """Request an empty list of jobs, which is valid; no job must be exported."""
    response = run.send(**run.naming())
    named = [name for names in arrays(response) for name in names]
    expect(not named, f"no job was requested, but the response names {named}")


@scenario(
    "Any folder of object storage can be named.",
    "DLI-013",
    subject=Subject(takes=("obs_dirs",)),
    requests=6,
)
def folders(run: ScenarioRun) -> None:
    """Export to the known folder and to folders in it, in different spellings."""
    base = run.data.obs_dirs[0].rstrip("/")
    for folder in (
        base,
        f"{base}/",
        f"{base}/nightly",
        f"{base}/nightly/2026-11/",
        f"{base}/with blank",
        f"{base}/\u4f5c",
    ):
        response = run.send(run.example(obs_dir=folder))
        expect(response.succeeded, f"the valid folder {folder!r} gets {response.status}", "DLI-013")


@scenario(
    "Every legal name is accepted.",
    "COM-006",
    "DGC-306",
    "DGC-502",
    subject=Subject(("export", "show", "delete"), ("jobs",)),
    requests=11,
)
def legal_names(run: ScenarioRun) -> None:
    """Request jobs of every kind of legal name; if jobs can't be made, the server may say that the job is missing."""
    # Chinese names are legal in some editions: "\u4f5c\u4e1a" is "job".
    names = ("x", "7", "-", "a.b-c_d", "job.job", "UPPER", "a" * 128, ".", "..", "\u4f5c\u4e1a_1", "\u4f5c" * 128)
    for name in filter(run.allows_job, names):
        with run.changed(name, "made for its name") if run.tools.change else contextlib.nullcontext():
            response = run.send(**run.naming(name))
        status, code = refusal(response, "job-not-found")
        missing = response.status == status and response.error_code() == code and not run.tools.change
        expect(
            response.succeeded or missing,
            f"{name!r} is a legal name, but the response is {response.status}",
            "COM-006",
        )


@scenario(
    "A request that is signed with the access key is accepted.",
    "COM-004",
    requests=1,
)
def signature(run: ScenarioRun) -> None:
    """Send a request that is signed with the access key instead of the token."""
    if run.sender.signs:
        response = run.send(credentials="signed")
        expect(response.succeeded, f"a signed request gets {response.status}")
