"""Checks of JSON answers, of errors, and of what was answered at all."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.exchange import JSON, ZIP
from jobexport.contract.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.exchange import Exchange

# Errors that say the request breaks the contract, rather than that something it names is not there.
_REFUSALS = ("invalid-request", "job-name-invalid")
# Statuses that say nothing of the request: too many of them, and faults of the server (which schemathesis reports).
_NOT_THE_REQUEST = {429, *range(500, 600)}
# What the pages call the time of the export: milliseconds since 1970. Clocks differ, but not by more than a day.
_DAY_MS = 24 * 60 * 60 * 1000


def undocumented_field(exchange: Exchange) -> None:
    """Raise when a JSON answer has a field that this edition's schema does not know."""
    value = exchange.json()
    schema = exchange.deref(exchange.media(JSON).get("schema", {}))
    if not isinstance(value, dict) or "properties" not in schema:
        return
    unknown = sorted(value.keys() - schema["properties"].keys())
    if unknown:
        known = ", ".join(schema["properties"])
        raise Violation(
            f"the answer has {', '.join(unknown)}, which this edition does not document; it has {known}",
            _marks(schema) if exchange.status == 200 else ("COM-001",),
            f"/{unknown[0]}",
        )


def missing_field(exchange: Exchange) -> None:
    """Raise when a successful JSON answer lacks a field that every example of it has."""
    value = exchange.json()
    examples = [example["value"] for example in exchange.media(JSON).get("examples", {}).values()]
    if exchange.status != 200 or not isinstance(value, dict) or not examples or "error_code" in value:
        return
    promised = set.intersection(*(set(example) for example in examples))
    missing = sorted(promised - value.keys())
    if missing:
        properties = exchange.deref(exchange.media(JSON)["schema"])["properties"]
        rests_on = tuple(id_ for name in missing for id_ in _marks(properties.get(name, {})))
        raise Violation(f"the answer lacks {', '.join(missing)}, which the documentation's example has", rests_on)


def error_in_success(exchange: Exchange) -> None:
    """Raise when a 200 carries an error."""
    value = exchange.json()
    if exchange.status == 200 and isinstance(value, dict) and value.keys() & {"error_code", "error_msg"}:
        raise Violation(f"status 200, but the body is an error: {value.get('error_code')} {value.get('error_msg')!r}")


def error_body(exchange: Exchange) -> None:
    """Raise when an error's body is not the documented object, with a code and a message that are not empty."""
    if exchange.status < 400 or not exchange.response():
        return
    value = exchange.json()
    if not isinstance(value, dict):
        raise Violation(f"an error is a JSON object; this one is {exchange.media_type or 'of no type'}")
    for name in ("error_code", "error_msg"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise Violation(f"{name} must be text that says something, not {value.get(name)!r}", pointer=f"/{name}")


def error_code(exchange: Exchange) -> None:
    """Raise when an error's code is not documented for the API and the status."""
    value = exchange.json()
    code = value.get("error_code") if isinstance(value, dict) else None
    if exchange.status < 400 or not isinstance(code, str) or not exchange.response():
        return
    documented = set(documented_codes(exchange))
    if code not in documented:
        marks = _marks(exchange.response())
        raise Violation(
            f"{code!r} is no code documented for {exchange.status}; documented are {', '.join(sorted(documented))}",
            marks,
            "/error_code",
        )


def documented_codes(exchange: Exchange) -> Iterator[str]:
    """Give the codes that an operation's error may have: those of the status's examples, those of the API's list."""
    for example in exchange.media(JSON).get("examples", {}).values():
        yield example["value"]["error_code"]
    lists = exchange.document["components"].get("x-error-codes", {})
    for tag in exchange.operation.get("tags", ()):
        yield from lists.get(tag, {}).get(str(exchange.status), ())


def valid_request_refused(exchange: Exchange) -> None:
    """Raise when a request that keeps to the document is called invalid."""
    value = exchange.json()
    if not exchange.valid or exchange.status != 400 or not isinstance(value, dict):
        return
    for name in _REFUSALS:
        code = example_code(exchange, name)
        if code is not None and value.get("error_code") == code:
            raise Violation(f"a valid request was refused as {name}: {code} {value.get('error_msg')!r}")


def known_request_refused(exchange: Exchange) -> None:
    """Raise when a valid request for what the server holds does not succeed."""
    if _unknown(exchange) == () and exchange.status != 200 and exchange.status not in _NOT_THE_REQUEST:
        raise Violation(f"everything the request names is there, but the answer is {exchange.status}{_code(exchange)}")


def unknown_name(exchange: Exchange) -> None:
    """Raise when a valid request for what the server does not hold is not refused with the documented code."""
    unknown = _unknown(exchange)
    if not unknown or exchange.status in _NOT_THE_REQUEST:
        return
    codes = {code for name in unknown if (code := example_code(exchange, name, 400)) is not None}
    value = exchange.json()
    if exchange.status == 200:
        raise Violation(f"the request names what is not there ({', '.join(unknown)}), but the answer is 200")
    if codes and not (exchange.status == 400 and isinstance(value, dict) and value.get("error_code") in codes):
        raise Violation(
            f"documented for this is 400 {' or '.join(sorted(codes))}, but the answer is "
            f"{exchange.status}{_code(exchange)}",
            pointer="/error_code",
        )


def export_succeeded(exchange: Exchange) -> None:
    """Raise when a 200 says that the export failed, or says it in no documented way."""
    value = exchange.json()
    properties = exchange.deref(exchange.media(JSON).get("schema", {})).get("properties", {})
    if exchange.status != 200 or not isinstance(value, dict) or "is_success" not in properties:
        return
    said = value.get("is_success", True)
    if isinstance(said, str) and said not in ("true", "false"):
        raise Violation(f"is_success is {said!r}; as text it is 'true' or 'false'", pointer="/is_success")
    if said in (False, "false") and _unknown(exchange) == ():
        raise Violation("everything the request names is there, but is_success says that the export failed")


def object_names(exchange: Exchange) -> None:
    """Raise when a named object lies elsewhere than asked, or its name is not built as documented."""
    value = exchange.json()
    if exchange.status != 200 or not isinstance(value, dict):
        return
    folder = exchange.arguments.get("obs_dir")
    for name, names in _named(exchange, value):
        for found in names if isinstance(folder, str) else ():
            match = _object(str(folder), found)
            if match is None:
                expected = f"{str(folder).rstrip('/')}/<job name>_<13 digits>.zip"
                raise Violation(f"the zip is named {found!r}; documented is {expected}", pointer=f"/{name}")
            _check_time(match[2], f"/{name}")
        if len(set(names)) != len(names):
            raise Violation(f"{name} names a zip twice: {names}", pointer=f"/{name}")
    if "obsPath" in value and isinstance(exchange.arguments.get("obsPath"), str):
        asked, given = exchange.arguments["obsPath"].rstrip("/"), str(value["obsPath"])
        match = re.fullmatch(rf"{re.escape(asked)}/(?:[^/]+/)?(\d{{13}})", given)
        if match is None:
            raise Violation(f"obsPath is {given!r}; expected is {asked}/<folder>/<13 digits>", pointer="/obsPath")
        _check_time(match[1], "/obsPath")


def flink_jobs(exchange: Exchange) -> None:
    """Raise when the zips that an answer names are not those of the Flink jobs that were asked for."""
    value = exchange.json()
    if exchange.status != 200 or not exchange.valid or not isinstance(value, dict) or _unknown(exchange) != ():
        return
    known = exchange.known
    for field_name, names in _named(exchange, value):
        chosen = exchange.arguments["is_selected"]
        if not chosen and not (known and known.complete):
            continue
        ids = set(exchange.arguments["job_selected"]) if chosen else set(known.flink_jobs) if known else set()
        if len(names) != len(ids):
            raise Violation(f"{len(ids)} jobs were to be exported; the answer names {len(names)}", (), f"/{field_name}")
        matches = [_object(str(exchange.arguments["obs_dir"]), name) for name in names]
        found = sorted(match[1] for match in matches if match)
        expected = sorted(known.flink_names[id_] for id_ in ids if id_ in known.flink_names) if known else []
        if len(expected) == len(ids) and len(found) == len(names) and found != expected:
            raise Violation(f"the zips are of the jobs {found}; asked for were {expected}", (), f"/{field_name}")


def obs_path_answer(exchange: Exchange) -> None:
    """Raise when a success is a zip though `obsPath` was sent and is documented, or JSON though it was not sent."""
    if exchange.status != 200 or not exchange.valid or not exchange.documents("obsPath"):
        return
    sent = "obsPath" in exchange.arguments
    expected = JSON if sent else ZIP
    if exchange.media_type != expected:
        word = "was" if sent else "was not"
        raise Violation(f"obsPath {word} sent, so the answer must be {expected}, not {exchange.media_type}")


def example_code(exchange: Exchange, name: str, status: int | None = None) -> str | None:
    """Give the code of a named example of the response; None when the document has none of this name."""
    responses = exchange.operation["responses"]
    response = exchange.deref(responses.get(str(status or exchange.status), {}))
    example = response.get("content", {}).get(JSON, {}).get("examples", {}).get(name)
    return None if example is None else str(example["value"]["error_code"])


def _unknown(exchange: Exchange) -> tuple[str, ...] | None:
    """Say which of the things that a valid request names the server lacks, by the names of the errors' examples.

    Returns:
        Nothing (an empty tuple) when the server holds all of them; None when that can't be told.
    """
    known = exchange.known
    if known is None or not exchange.valid:
        return None
    missing: list[str] = []
    if exchange.path.get("project_id") != known.project:
        missing.append("no-permission")
    surely = (
        _unknown_flink(exchange, known, missing)
        if exchange.id == "exportFlinkJobs"
        else _unknown_dgc(exchange, known, missing)
    )
    if missing:
        return tuple(missing) if known.complete else None
    return () if surely else None


def _unknown_flink(exchange: Exchange, known: Data, missing: list[str]) -> bool:
    """Add what is missing; say whether everything else is known to be there."""
    asked, selected = exchange.arguments, exchange.arguments.get("job_selected", ())
    if asked.get("is_selected") is True and not set(selected) <= set(known.flink_jobs):
        missing.append("job-not-found")
    folder = str(asked.get("obs_dir")).rstrip("/")
    if folder not in known.obs_dirs:
        # Whether this is a place to write to is the server's to say.
        missing += ["obs-path-invalid", "obs-object-missing"] if missing else []
        return False
    return not (asked.get("is_selected") is True and not selected)


def _unknown_dgc(exchange: Exchange, known: Data, missing: list[str]) -> bool:
    workspace = exchange.workspace
    jobs = known.jobs if workspace is None else known.workspace_jobs.get(workspace)
    if jobs is None:
        if workspace in known.workspaces or workspace == "":
            return False
        missing.append("no-permission")
    elif not set(exchange.requested_jobs()) <= set(jobs):
        missing.append("job-not-found")
    target = exchange.arguments.get("obsPath") if exchange.documents("obsPath") else None
    if target is not None and target not in known.obs_paths:
        missing += ["obs-path-invalid"] if missing else []
        return False
    return True


def _named(exchange: Exchange, value: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Give the documented arrays of an answer that name zips."""
    properties = exchange.deref(exchange.media(JSON).get("schema", {})).get("properties", {})
    for name, schema in properties.items():
        names = value.get(name)
        if "x-object-name" in schema and isinstance(names, list) and all(isinstance(item, str) for item in names):
            yield name, names


def _object(folder: str, name: str) -> re.Match[str] | None:
    folder = folder.removeprefix("obs://").rstrip("/")
    return re.fullmatch(rf"{re.escape(folder)}/([^/]+)_(\d{{13}})\.zip", name)


def _check_time(digits: str, pointer: str) -> None:
    away = abs(int(digits) - time.time() * 1000)
    if away > _DAY_MS:
        raise Violation(f"{digits} is not the time of the export in milliseconds since 1970", pointer=pointer)


def _code(exchange: Exchange) -> str:
    value = exchange.json()
    return f" {value['error_code']}" if isinstance(value, dict) and "error_code" in value else ""


def _marks(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the register entries that a spot of the document names, and those of its properties."""
    marks = node.get("x-inconsistency", ())
    own = (marks,) if isinstance(marks, str) else tuple(marks)
    return own + tuple(mark for schema in node.get("properties", {}).values() for mark in _marks(schema))
