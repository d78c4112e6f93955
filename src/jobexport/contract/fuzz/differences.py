"""The difference behind a failed check of schemathesis or of ours, and the register entries that it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from schemathesis.core.failures import AcceptedNegativeData, CustomFailure, Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import (
    IgnoredAuth,
    JsonSchemaError,
    MissingContentType,
    MissingHeaders,
    UndefinedContentType,
    UndefinedStatusCode,
)

from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.violation import Violation
from jobexport.contract.fuzz import marks
from jobexport.spec.document import marks as named
from jobexport.spec.document import to_pointer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import Case
    from schemathesis.core.transport import Response

_OURS = {check.id: check for check in CHECKS}


def difference(
    document: Mapping[str, Any], check: str, failure: Failure, case: Case[Any], response: Response | None
) -> dict[str, Any]:
    """Return title, message, `rests_on`, pointer, expected and seen value, and the subject of a failure.

    `rests_on` is empty if no entry of the register is about the place.
    """
    operation = document["paths"][case.operation.path][case.operation.method]
    status = response.status_code if response else 0
    media_type = (response.headers.get("content-type") or [""])[0] if response else ""
    media_type = media_type.partition(";")[0].strip().lower()
    fields: dict[str, Any] = {"rests_on": (), "pointer": "", "expected": "", "seen": f"status {status}", "about": ""}
    match failure:
        case CustomFailure(exception=Violation() as violation) if check in _OURS:
            fields = {
                "rests_on": violation.rests_on or _OURS[check].rests_on,
                "pointer": violation.pointer,
                "expected": _OURS[check].sentence,
                "seen": str(violation),
                "about": violation.about,
            }
        case JsonSchemaError() if check == "response_headers_conformance":
            fields |= _schema(failure, marks.of_response(document, operation, status))
        case JsonSchemaError():
            path = [*failure.instance_path, *_missing(failure)]
            fields |= _schema(failure, marks.of_response_body(document, operation, status, media_type, path))
        case UndefinedStatusCode():
            fields["rests_on"] = marks.of_response(document, operation, status)
            fields["expected"] = f"status {', '.join(failure.defined_status_codes)}"
        case UndefinedContentType() | MissingContentType():
            fields["rests_on"] = marks.of_response(document, operation, status)
            documented = getattr(failure, "defined_content_types", None) or getattr(failure, "media_types", [])
            fields |= {"expected": f"Content-Type {' or '.join(documented)}", "seen": media_type or "missing"}
        case MissingHeaders():
            fields["rests_on"] = marks.of_header(document, operation, status, failure.missing_headers[0])
            fields["expected"] = f"headers {', '.join(failure.missing_headers)}"
        case AcceptedNegativeData():
            fields["rests_on"] = _negated(document, operation, case)
            fields["expected"] = f"status {', '.join(failure.expected_statuses)}"
        case IgnoredAuth():
            fields["rests_on"] = _security(document)
            fields["expected"] = "status 401, 403"
    return {"title": failure.title, "message": failure.message, **fields}


def _schema(failure: JsonSchemaError, rests_on: marks.Marks) -> dict[str, Any]:
    # The validation message names the broken rule and quotes the value.
    return {
        "rests_on": rests_on,
        "pointer": to_pointer(tuple(failure.instance_path)),
        "expected": json.dumps(failure.schema, ensure_ascii=False) if failure.schema else "",
        "seen": f"{json.dumps(failure.instance, ensure_ascii=False)}: {failure.validation_message}",
    }


def _missing(failure: JsonSchemaError) -> list[str]:
    """Return the name of the first missing property if a required property is missing, else an empty list."""
    if not failure.schema_path or failure.schema_path[-1] != "required" or not isinstance(failure.instance, dict):
        return []
    return [name for name in failure.schema.get("required", ()) if name not in failure.instance][:1]


def _negated(document: Mapping[str, Any], operation: Mapping[str, Any], case: Case[Any]) -> marks.Marks:
    """Return the marks of the first place where a negative request breaks the document."""
    data: Any = case.meta.phase.data if case.meta else None
    place, name, path = getattr(data, "parameter_location", None), getattr(data, "parameter", None), ""
    if mutations := getattr(data, "mutations", ()):
        place, name, path = (
            mutations[0].parameter_location,
            mutations[0].parameter,
            "/".join(map(str, mutations[0].path)),
        )
    if place is ParameterLocation.BODY:
        path = path or getattr(data, "location", None) or ""
        steps = [step for step in path.split("/") if step not in ("", "properties", "items")]
        return marks.of_body(document, operation, steps)
    return marks.of_parameter(document, operation, name) if name else ()


def _security(document: Mapping[str, Any]) -> marks.Marks:
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    return tuple(dict.fromkeys(mark for scheme in schemes for mark in named(scheme)))
