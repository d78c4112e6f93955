"""Checks of names: known names succeed, unknown names are refused, and the response names the requested objects."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.responses import example_code, refusal
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import KINDS, OTHER_NAMES
from jobexport.contract.verbs import changes, creates
from jobexport.spec.document import media, operations, response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.data import Data, Kind

# Errors that call the request invalid; other errors say that a name is unknown.
_REFUSALS = ("invalid-request", "job-name-invalid")
# Statuses that do not depend on the request: too many requests, and faults of the server, which schemathesis reports.
_NOT_THE_REQUEST = {429, *range(500, 600)}
# The pages give the time of the export in milliseconds since 1970. Clocks differ by less than a day.
_DAY_MS = 24 * 60 * 60 * 1000


def valid_request_refused(exchange: CheckedExchange) -> None:
    """Raise if the response calls a request invalid that keeps to the document."""
    value = exchange.json()
    if not exchange.valid or exchange.status not in range(400, 500) or not isinstance(value, dict):
        return
    for name in _REFUSALS:
        code = example_code(exchange, name)
        if code is not None and value.get("error_code") == code:
            raise Violation(f"a valid request was refused as {name}: {code} {value.get('error_msg')!r}")


def known_request_refused(exchange: CheckedExchange) -> None:
    """Raise if a valid request fails although the server has everything that the request names."""
    if _unknown(exchange) == () and not exchange.succeeded and exchange.status not in _NOT_THE_REQUEST:
        raise Violation(
            f"the server has everything that the request names, but the response is {exchange.status}{_code(exchange)}"
        )


def unknown_name(exchange: CheckedExchange) -> None:
    """Raise if a valid request with an unknown name is not refused with the documented code."""
    unknown = _unknown(exchange)
    if not unknown or exchange.status in _NOT_THE_REQUEST:
        return
    documented = {(status, code) for name in unknown for status, code in [refusal(exchange, name)] if code is not None}
    if exchange.succeeded:
        text = f"the request has an unknown name ({', '.join(unknown)}), but the response is {exchange.status}"
        raise Violation(text, about=_about(exchange, unknown))
    got = exchange.status, exchange.error_code()
    if documented and got not in documented:
        wanted: dict[int, list[str]] = {}
        for status, code in sorted(documented):
            wanted.setdefault(status, []).append(code)
        words = " or ".join(f"{status} {' or '.join(codes)}" for status, codes in wanted.items())
        raise Violation(
            f"documented for an unknown name is {words}, but the response is {exchange.status}{_code(exchange)}",
            pointer="/error_code",
            about=_about(exchange, unknown),
        )


def _about(exchange: CheckedExchange, unknown: tuple[str, ...]) -> str:
    if "no-permission" not in unknown:
        return ""
    project = exchange.known.project if exchange.known else None
    return "project" if exchange.path.get("project_id") != project else "workspace"


def taken_name(exchange: CheckedExchange) -> None:
    """Raise if a valid request creates an object under a taken name, or is refused as if a free name were taken."""
    known, name = exchange.known, exchange.arguments.get("name")
    held = _held_names(exchange, known) if known is not None and exchange.valid else None
    if held is None or not isinstance(name, str) or exchange.status in _NOT_THE_REQUEST:
        return
    got = exchange.status, exchange.error_code()
    errors = media(response(exchange.document, exchange.operation, 400)).get("examples", {})
    documented = {refusal(exchange, error) for error in errors if error.endswith("-exists")}
    if name in held and exchange.succeeded:
        raise Violation(f"the name {name!r} is taken, but the response is {exchange.status}", about="taken name")
    if name in held and documented and got not in documented:
        words = " or ".join(f"{status} {code}" for status, code in sorted(documented, key=str))
        text = f"documented for a taken name is {words}, but the response is {exchange.status}{_code(exchange)}"
        raise Violation(text, pointer="/error_code", about="taken name")
    if name not in held and got in documented:
        text = f"the name {name!r} is free, but the response is {exchange.status}{_code(exchange)}"
        raise Violation(text, pointer="/error_code", about="taken name")


def _held_names(exchange: CheckedExchange, known: Data) -> tuple[str, ...] | None:
    """Return the names that objects of the kind to create have; None if not all are known, or nothing is created."""
    found = next(each for each in operations(exchange.document) if each.fields is exchange.operation)
    if not (known.complete and creates(exchange.document, found) and _has_workspace(known, exchange.workspace)):
        return None
    if exchange.path.get("project_id") != known.project:
        return None
    below = next(each.path for each in operations(exchange.document) if each.path.startswith(f"{found.path}/{{"))
    variable = below.rpartition("{")[2].partition("}")[0]
    kind = next((kind for kind in KINDS if f"path.{variable}" in kind.places), None)
    if kind is None:
        return None
    # A path has the id of a resource, and a request to create one has its name.
    if kind.id == "resource_ids":
        return known.resources if exchange.workspace is None else None
    return known.held(kind, exchange.workspace)


def export_succeeded(exchange: CheckedExchange) -> None:
    """Raise if `is_success` of a 200 is false, or a text other than `true` and `false`."""
    value = exchange.json()
    properties = exchange.schema().get("properties", {})
    if not exchange.succeeded or not isinstance(value, dict) or "is_success" not in properties:
        return
    said = value.get("is_success", True)
    if isinstance(said, str) and said not in ("true", "false"):
        raise Violation(f"is_success is {said!r}; as text it is 'true' or 'false'", pointer="/is_success")
    if said in (False, "false") and _unknown(exchange) == ():
        raise Violation("the server has everything that the request names, but is_success says that the export failed")


def object_names(exchange: CheckedExchange) -> None:
    """Raise if a named object is not in the requested folder, or its name is not built as documented."""
    value = exchange.json()
    if not exchange.succeeded or not isinstance(value, dict):
        return
    folder = exchange.arguments.get("obs_dir")
    for name, names in _named(exchange, value):
        for found in names if isinstance(folder, str) else ():
            match = _object(str(folder), found)
            if match is None:
                expected = f"{str(folder).rstrip('/')}/<job name>_<13 digits>.zip"
                raise Violation(f"the name of the zip is {found!r}; documented is {expected}", pointer=f"/{name}")
            _check_time(match[2], f"/{name}")
        if len(set(names)) != len(names):
            raise Violation(f"{name} names a zip twice: {names}", pointer=f"/{name}")
    if "obsPath" in value and isinstance(exchange.arguments.get("obsPath"), str):
        asked, given = exchange.arguments["obsPath"].rstrip("/"), str(value["obsPath"])
        match = re.fullmatch(rf"{re.escape(asked)}/(?:[^/]+/)?(\d{{13}})", given)
        if match is None:
            raise Violation(f"obsPath is {given!r}; documented is {asked}/<folder>/<13 digits>", pointer="/obsPath")
        _check_time(match[1], "/obsPath")


def flink_jobs(exchange: CheckedExchange) -> None:
    """Raise if the response names no zip, more zips than requested Flink jobs, or the zip of another job.

    No page says whether a zip holds one job or several, so fewer zips than jobs are no failure.
    """
    value = exchange.json()
    if not exchange.succeeded or not exchange.valid or not isinstance(value, dict) or _unknown(exchange) != ():
        return
    known = exchange.known
    for field_name, names in _named(exchange, value):
        chosen = exchange.arguments["is_selected"]
        if not chosen and not (known and known.complete):
            continue
        ids = set(exchange.arguments["job_selected"]) if chosen else set(known.flink_jobs) if known else set()
        if len(names) > len(ids) or (ids and not names):
            text = f"{len(ids)} jobs were requested, but the response names {len(names)} zips"
            raise Violation(text, (), f"/{field_name}")
        matches = [_object(str(exchange.arguments["obs_dir"]), name) for name in names]
        found = sorted(match[1] for match in matches if match)
        expected = sorted(known.flink_names[id_] for id_ in ids if id_ in known.flink_names) if known else []
        # With fewer zips than jobs, a zip of several jobs has a name that no page tells.
        if len(expected) == len(ids) == len(found) == len(names) and found != expected:
            raise Violation(f"the zips are of the jobs {found}; requested were {expected}", (), f"/{field_name}")


def _unknown(exchange: CheckedExchange) -> tuple[str, ...] | None:
    """Return the error examples that suit the unknown names of a valid request, such as `job-not-found`.

    Returns:
        Names of examples; an empty tuple if the server has everything that the request names, or None if that is not
        known.
    """
    known = exchange.known
    if known is None or not exchange.valid:
        return None
    missing: list[str] = []
    surely = _has_workspace(known, exchange.workspace)
    if surely is False:
        missing.append("no-permission")
    stored: list[str] = []
    for kind, values in _asked(exchange):
        held = known.held(kind, exchange.workspace) if surely is not False or not kind.of_workspace else None
        unknown = held is not None and any(not _is_in(value, held) for value in values)
        if kind.in_storage and unknown:
            stored += kind.refusals
        elif unknown:
            missing += kind.refusals
        elif held is None or not values:
            surely = None
    if missing:
        return (*missing, *stored) if known.complete else None
    # Only the server knows whether it may write to another folder, and whether a change is allowed.
    changing = changes(exchange.document, exchange.operation, exchange.method)
    unnamed = [name for name in exchange.path if not any(f"path.{name}" in kind.places for kind in KINDS)]
    unnamed += [name for name in exchange.query if f"query.{name}" in OTHER_NAMES]
    return () if surely and not (stored or changing or unnamed) else None


def _has_workspace(known: Data, workspace: str | None) -> bool | None:
    """Return whether the server has a workspace; None if only its jobs are not known."""
    if workspace is None or workspace in known.workspace_jobs:
        return True
    return None if workspace == "" or workspace in known.workspaces else False


def _asked(exchange: CheckedExchange) -> Iterator[tuple[Kind, list[Any]]]:
    """Yield the names in a valid request by kind, without those that the document lacks or that do not matter."""
    schema = exchange.body_schema()
    conditional = schema.get("then", {}).get("required", ())
    met = all(
        exchange.arguments.get(name) == condition.get("const")
        for name, condition in schema.get("if", {}).get("properties", {}).items()
    )
    sent = {"path": exchange.path, "query": exchange.query, "body": exchange.arguments}
    for kind in KINDS:
        for place in kind.places:
            where, _, name = place.removesuffix("[*]").partition(".")
            if where == "body" and (name not in schema.get("properties", {}) or (name in conditional and not met)):
                continue
            if (value := sent.get(where, {}).get(name)) is not None:
                yield kind, value if isinstance(value, list) else [value]


def _is_in(value: Any, names: tuple[Any, ...]) -> bool:
    # An id in a path is text; a folder may end in a slash.
    texts = set(map(str, names))
    return value in names or str(value) in texts or str(value).rstrip("/") in texts


def _named(exchange: CheckedExchange, value: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the documented arrays of zip names in a response, each with its field."""
    properties = exchange.schema().get("properties", {})
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


def _code(exchange: CheckedExchange) -> str:
    value = exchange.json()
    return f" {value['error_code']}" if isinstance(value, dict) and "error_code" in value else ""
