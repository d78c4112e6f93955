"""Defects: requests that a server refuses although the document allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.mock.faults.fault import (
    ANY,
    BODY,
    MAY_LACK_BODY,
    NO_BODY,
    OBS_PATH,
    ONE_JOB,
    WORKSPACE,
    ZIP,
    Argument,
    Fault,
    defects,
    takes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call

_INVALID = "invalid-request"


def _where(field: str, test: Callable[[Any], bool], error: str = _INVALID) -> Callable[[Call], str | None]:
    """Return a test that refuses some values of a field."""
    return lambda call: error if field in call.fields and test(call.fields[field]) else None


def _name(test: Callable[[str], Any]) -> Callable[[Call], str | None]:
    """Return a test that refuses some job names, in path or body."""

    def refuse(call: Call) -> str | None:
        names = [name for name in call.asked if isinstance(name, str)]
        return "job-name-invalid" if any(map(test, names)) else None

    return refuse


def _any_id(test: Callable[[int], bool]) -> Callable[[Call], str | None]:
    return _where("job_selected", lambda ids: any(map(test, ids)))


def _charset(call: Call) -> str | None:
    return "unsupported-media-type" if b";" in call.headers.get("content-type", b"") else None


def _written_otherwise(call: Call) -> str | None:
    kind = call.headers.get("content-type", b"")
    return "unsupported-media-type" if kind and not kind.startswith(b"application/json") else None


def _no_body(call: Call) -> str | None:
    return _INVALID if not call.content else None


def _empty_object(call: Call) -> str | None:
    return _INVALID if call.json == {} else None


def _any_body(call: Call) -> str | None:
    return _INVALID if call.content else None


def _absent(field: str) -> Callable[[Call], str | None]:
    return lambda call: _INVALID if field not in call.fields else None


def _unknown_field(call: Call) -> str | None:
    known = call.operation.body.fields if call.operation.body else frozenset()
    return _INVALID if call.fields.keys() - known else None


def _ids_beside_all(call: Call) -> str | None:
    return _INVALID if call.fields.get("is_selected") is False and "job_selected" in call.fields else None


def _escaped(call: Call) -> str | None:
    raw = call.scope.get("raw_path") or b""
    return "job-not-found" if b"%" in raw else None


def _no_workspace(call: Call) -> str | None:
    return _INVALID if not call.headers.get("workspace") else None


def _workspace(call: Call) -> str | None:
    return "no-permission" if call.headers.get("workspace") else None


def _accepting_zips(call: Call) -> str | None:
    accept = call.headers.get("accept", b"*/*")
    return _INVALID if b"*/*" not in accept and b"json" not in accept else None


def _now_and_then(call: Call) -> str | None:
    return _INVALID if call.count % call.number == 0 else None


DEFECTS = defects(
    "requests wrongly refused",
    Fault("refuses-charset", "A Content-Type with a parameter is refused.", BODY, refuse=_charset),
    Fault("refuses-upper-case-type", "A Content-Type in upper case is refused.", BODY, refuse=_written_otherwise),
    Fault("refuses-no-body", "A request without a body is refused.", MAY_LACK_BODY, refuse=_no_body),
    Fault("refuses-empty-object", "A body without fields is refused.", MAY_LACK_BODY, refuse=_empty_object),
    Fault("refuses-body", "A body is refused although the operation ignores bodies.", NO_BODY, refuse=_any_body),
    Fault("refuses-unknown-field", "A field that the document lacks is refused.", BODY, refuse=_unknown_field),
    Fault("refuses-absent-depend", "exportDepend is required.", takes("exportDepend"), refuse=_absent("exportDepend")),
    Fault(
        "refuses-depend-false",
        "exportDepend may be true only.",
        takes("exportDepend"),
        refuse=_where("exportDepend", lambda value: value is False),
    ),
    Fault(
        "refuses-default-depend",
        "exportDepend may not have its default value.",
        takes("exportDepend"),
        refuse=_where("exportDepend", lambda value: value is True),
    ),
    Fault(
        "refuses-default-status",
        "exportStatus may be SUBMIT only.",
        takes("exportStatus"),
        refuse=_where("exportStatus", lambda value: value == "DEVELOP"),
    ),
    Fault("refuses-dots", "A job name with a dot is refused.", ZIP, refuse=_name(lambda name: "." in name)),
    Fault(
        "refuses-long-names",
        "A job name of more than 64 characters is refused.",
        ZIP,
        refuse=_name(lambda name: len(name) > 64),
    ),
    Fault(
        "refuses-128-characters",
        "A job name of 128 characters is too long.",
        ZIP,
        refuse=_name(lambda name: len(name) == 128),
    ),
    Fault("refuses-escapes", "A job name with a percent-encoded character is not found.", ONE_JOB, refuse=_escaped),
    Fault(
        "refuses-large-ids",
        "Ids of Flink jobs beyond 53 bits are refused.",
        takes("job_selected"),
        refuse=_any_id(lambda number: abs(number) > 2**53),
    ),
    Fault(
        "refuses-negative-ids",
        "Ids of Flink jobs below 1 are refused.",
        takes("job_selected"),
        refuse=_any_id(lambda number: number < 1),
    ),
    Fault(
        "refuses-no-ids",
        "An empty job_selected is refused.",
        takes("job_selected"),
        refuse=_where("job_selected", lambda ids: not ids),
    ),
    Fault(
        "refuses-ids-beside-all",
        "job_selected is refused if is_selected is false.",
        takes("job_selected"),
        refuse=_ids_beside_all,
    ),
    Fault(
        "refuses-100-jobs",
        "jobList may have 99 names at most.",
        takes("jobList"),
        refuse=_where("jobList", lambda names: len(names) >= 100),
    ),
    Fault(
        "refuses-single-job",
        "jobList must have two names or more.",
        takes("jobList"),
        refuse=_where("jobList", lambda names: len(names) == 1),
    ),
    Fault(
        "refuses-repeated-name",
        "jobList may not repeat a name.",
        takes("jobList"),
        refuse=_where("jobList", lambda names: len(set(names)) < len(names)),
    ),
    Fault("refuses-workspace", "A workspace header is refused.", WORKSPACE, refuse=_workspace),
    Fault("refuses-no-workspace", "The workspace header is required.", WORKSPACE, refuse=_no_workspace),
    Fault("refuses-accept-zip", "An Accept header with the zip's media type is refused.", ZIP, refuse=_accepting_zips),
    Fault(
        "refuses-subfolders",
        "obs_dir may be a bucket only.",
        takes("obs_dir"),
        refuse=_where("obs_dir", lambda text: "/" in text.strip("/"), "obs-path-invalid"),
    ),
    Fault(
        "refuses-non-ascii-obs-dir",
        "obs_dir may be ASCII only.",
        takes("obs_dir"),
        refuse=_where("obs_dir", lambda text: not text.isascii(), "obs-path-invalid"),
    ),
    Fault(
        "refuses-trailing-slash",
        "obsPath may not end in a slash.",
        OBS_PATH,
        refuse=_where("obsPath", lambda text: text.endswith("/"), "obs-path-invalid"),
    ),
    Fault(
        "refuses-now-and-then",
        "Every Nth valid request is refused.",
        ANY,
        Argument("requests", 5, 1, 1000),
        refuse=_now_and_then,
    ),
)
