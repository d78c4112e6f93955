"""Defects: requests that the server accepts although it should refuse them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.mock.faults.call import NOTHING, Call
from jobexport.mock.faults.fault import ANY, BODY, MAY_LACK_BODY, OBS_PATH, ONE_JOB, WORKSPACE, Fault, defects, takes
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.request import media_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.requests.request import Request

_LONGEST_NAME = 128
_TEXTS = {"true": True, "false": False}


def _without(field: str, default: Any) -> Callable[[Call], Request | None]:
    """Accept a body without a field as if it had the default."""

    def accept(call: Call) -> Request | None:
        value = call.json
        if not isinstance(value, dict) or field in value:
            return None
        return call.with_parts(value | {field: default})

    return accept


def _read_as(field: str, read: Callable[[Any], Any]) -> Callable[[Call], Request | None]:
    """Accept a field's value as another value; `read` returns that value, or `NOTHING`."""

    def accept(call: Call) -> Request | None:
        fields = call.fields
        value = read(fields[field]) if field in fields else NOTHING
        return None if value is NOTHING else call.with_parts(fields | {field: value})

    return accept


def _each(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader that applies `read` to each item of a list; `NOTHING` if no item changes."""

    def read_all(value: Any) -> Any:
        if not isinstance(value, list):
            return NOTHING
        found = [read(item) for item in value]
        return NOTHING if found == value and list(map(type, found)) == list(map(type, value)) else found

    return read_all


def _all_jobs(call: Call) -> Request | None:
    value = call.json
    if not isinstance(value, dict) or "jobList" in value or call.workspace is None:
        return None
    return call.with_parts(value | {"jobList": list(call.workspace.jobs)[:100]})


def _selected_without_ids(call: Call) -> Request | None:
    fields = call.fields
    if fields.get("is_selected") is not True or "job_selected" in fields:
        return None
    return call.with_parts(fields | {"is_selected": False})


def _text(value: Any) -> Any:
    return _TEXTS.get(value.lower(), NOTHING) if isinstance(value, str) else NOTHING


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value) else value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value


def _wrapped(value: Any) -> Any:
    """Keep the low 64 bits, like a cast: `2**64 + 100` → `100`."""
    return (value + 2**63) % 2**64 - 2**63 if type(value) is int else value


def _listed(value: Any) -> Any:
    return NOTHING if isinstance(value, list) or value is None else [value]


def _any_number_of_jobs(call: Call) -> Request | None:
    names = call.fields.get("jobList")
    if not isinstance(names, list) or len(names) <= 100:
        return None
    # The names are checked, only their number is not.
    parts = [call.with_parts(call.fields | {"jobList": names[at : at + 100]}) for at in range(0, len(names), 100)]
    return None if None in parts else call.unchecked(call.fields)


def _no_job(call: Call) -> Request | None:
    return call.unchecked(call.fields) if call.fields.get("jobList") == [] else None


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _known_jobs(call: Call) -> Request | None:
    fields, project, workspace = call.fields, call.project, call.workspace
    if project is None or workspace is None or not call.refused_as("job-not-found"):
        return None
    name, there = ("jobList", workspace.jobs) if "jobList" in fields else ("job_selected", project.flink)
    known = [job for job in fields[name] if job in there]
    return call.with_parts(fields | {name: known}) if known else None


def _cut_name(call: Call) -> Request | None:
    name = call.variables["job_name"]
    return call.with_parts(job_name=name[:_LONGEST_NAME]) if len(name) > _LONGEST_NAME else None


def _clean_name(call: Call) -> Request | None:
    name = call.variables["job_name"]
    clean = re.sub(r"[^A-Za-z0-9._-]", "", name)
    return call.with_parts(job_name=clean) if clean != name else None


def _same_but_case(call: Call) -> Request | None:
    if call.workspace is None or not call.refused_as("job-not-found"):
        return None
    found = [name for name in call.workspace.jobs if name.lower() == call.variables["job_name"].lower()]
    return call.with_parts(job_name=found[0]) if found else None


def _default_workspace(call: Call) -> Request | None:
    return call.with_parts(headers={"workspace": b""}) if call.workspace is None and call.project is not None else None


def _own_project(call: Call) -> Request | None:
    return None if call.project is not None else call.with_parts(project_id=next(iter(call.state.projects)))


def _clean_folder(field: str) -> Callable[[Call], Request | None]:
    """Accept an OBS path as the valid path that is left without forbidden parts: `a//b/../c` → `a/b/c`."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return NOTHING
        scheme = "obs://" if value.startswith("obs://") else ""
        printable = "".join(char for char in value.removeprefix("obs://").replace("\\", "/") if char.isprintable())
        folder = "/".join(part for part in printable.split("/") if part not in {"", ".", ".."})
        return scheme + (folder or "obs-export")

    return _read_as(field, read)


def _scheme_added(value: Any) -> Any:
    return f"obs://{value.lstrip('/')}" if isinstance(value, str) and "://" not in value else NOTHING


def _without_nulls(call: Call) -> Request | None:
    fields = call.fields
    left = {name: value for name, value in fields.items() if value is not None}
    return call.with_parts(left) if left != fields else None


def _status_of(value: Any) -> Any:
    return "DEVELOP" if isinstance(value, str) else NOTHING


def _as_json(call: Call) -> Request | None:
    if media_type(call.headers) == JSON or not call.content:
        return None
    return call.with_parts(headers={"content-type": JSON.encode()})


def _lenient_json(call: Call) -> Request | None:
    """Accept JSON with trailing commas, and ignore text after the last brace."""
    if call.json is not NOTHING or not call.content:
        return None
    value = re.sub(rb",\s*([}\]])", rb"\1", call.content)
    return call.with_content(value[: value.rfind(b"}") + 1])


def _empty_when_unreadable(call: Call) -> Request | None:
    return call.with_content(b"{}") if call.json is NOTHING and call.content else None


DEFECTS = defects(
    "requests wrongly accepted",
    Fault(
        "accepts-no-obs-dir",
        "Without obs_dir, zips go to a folder of the server's choice.",
        takes("obs_dir"),
        accept=_without("obs_dir", "obs-export"),
    ),
    Fault(
        "accepts-no-is-selected",
        "Without is_selected, all jobs are exported.",
        takes("is_selected"),
        accept=_without("is_selected", False),
    ),
    Fault(
        "accepts-selection-without-ids",
        "is_selected without job_selected exports all jobs.",
        takes("job_selected"),
        accept=_selected_without_ids,
    ),
    Fault("accepts-no-job-list", "Without jobList, all jobs are exported.", takes("jobList"), accept=_all_jobs),
    Fault(
        "accepts-text-for-selected",
        'is_selected may be the text "true" or "false".',
        takes("is_selected"),
        accept=_read_as("is_selected", _text),
    ),
    Fault(
        "accepts-text-for-depend",
        'exportDepend may be the text "true" or "false".',
        takes("exportDepend"),
        accept=_read_as("exportDepend", _text),
    ),
    Fault(
        "accepts-text-ids",
        "The ids of Flink jobs may be texts of digits.",
        takes("job_selected"),
        accept=_read_as("job_selected", _each(_integer)),
    ),
    Fault(
        "accepts-fractions",
        "A number with a fraction in job_selected loses its fraction.",
        takes("job_selected"),
        accept=_read_as("job_selected", _each(_whole)),
    ),
    Fault(
        "accepts-beyond-int64",
        "Of an id beyond 64 bits, the low 64 bits count.",
        takes("job_selected"),
        accept=_read_as("job_selected", _each(_wrapped)),
    ),
    Fault(
        "accepts-one-name",
        "jobList may be a single name instead of a list.",
        takes("jobList"),
        accept=_read_as("jobList", _listed),
    ),
    Fault("accepts-101-jobs", "jobList may be of any length.", takes("jobList"), accept=_any_number_of_jobs),
    Fault("accepts-no-job", "An empty jobList gives an empty zip.", takes("jobList"), accept=_no_job),
    Fault(
        "accepts-spaced-names",
        "Spaces around the names in jobList are ignored.",
        takes("jobList"),
        accept=_read_as("jobList", _each(_trimmed)),
    ),
    Fault(
        "accepts-missing-jobs",
        "Jobs that do not exist are skipped if the request also names existing jobs.",
        takes("jobList", "job_selected"),
        accept=_known_jobs,
    ),
    Fault("accepts-long-name", "A job name is cut at 128 characters.", ONE_JOB, accept=_cut_name),
    Fault("accepts-odd-name", "Characters that a job name may not have are removed.", ONE_JOB, accept=_clean_name),
    Fault("accepts-other-case", "The case of a job name is ignored.", ONE_JOB, accept=_same_but_case),
    Fault(
        "accepts-any-workspace",
        "An unknown workspace is read as the default workspace.",
        WORKSPACE,
        accept=_default_workspace,
    ),
    Fault("accepts-any-project", "An unknown project is read as the caller's own project.", ANY, accept=_own_project),
    Fault(
        "accepts-any-obs-dir",
        "An invalid obs_dir is turned into a valid path.",
        takes("obs_dir"),
        accept=_clean_folder("obs_dir"),
    ),
    Fault(
        "accepts-obs-path-without-scheme",
        "obsPath may lack its obs://.",
        OBS_PATH,
        accept=_read_as("obsPath", _scheme_added),
    ),
    Fault(
        "accepts-any-status",
        "An unknown exportStatus is read as DEVELOP.",
        takes("exportStatus"),
        accept=_read_as("exportStatus", _status_of),
    ),
    Fault("accepts-null", "A field with the value null counts as absent.", BODY, accept=_without_nulls),
    Fault("accepts-any-media-type", "The body is read as JSON, whatever its Content-Type.", BODY, accept=_as_json),
    Fault("accepts-sloppy-json", "Trailing commas, and text after the JSON, are ignored.", BODY, accept=_lenient_json),
    Fault(
        "accepts-broken-json",
        "A body that can't be read counts as an empty object.",
        MAY_LACK_BODY,
        accept=_empty_when_unreadable,
    ),
)
