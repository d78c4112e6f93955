"""Groups the failures of a run by cause: a 404 for a missing job is one failure, however many rules it breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.responses import documented_codes
from jobexport.contract.scenarios.registry import ACCEPTED, REFUSED, SANDBOX, SCENARIOS
from jobexport.core import lenient_json
from jobexport.spec.document import operations_by_id, response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.contract.checks.registry import Check
    from jobexport.contract.reports.model import Failure
    from jobexport.contract.scenarios.scenario import Scenario
    from jobexport.contract.sending.journal import Got

OURS: dict[str, Check | Scenario] = {
    **{check.id: check for check in CHECKS},
    **{scenario.id: scenario for scenario in (*SCENARIOS, *SANDBOX)},
}
"""The project's own rules, by id."""

# The subjects of schemathesis's checks that are subjects of our rules too.
_ABOUT = {"negative_data_rejection": "invalid request", "ignored_auth": "caller", "unsupported_method": "method"}
# Rules that speak of the media type of a success.
_MEDIA = {"documented_response", "content_type_conformance", "obs_path_response"}
# Rules whose failure means that a valid request was refused.
_VALID = {scenario.id for scenario in ACCEPTED} | {"valid_request_refused", "known_request_refused"}
# The rules in the order of their sentences: first those that know what was requested.
_RANK = [
    *(scenario.id for scenario in REFUSED),
    *(check.id for check in CHECKS),
    *(scenario.id for scenario in SCENARIOS if scenario not in REFUSED),
]


@frozen
class Came:
    """A response, as far as it shows the cause of failures."""

    status: int
    media_type: str
    code: str
    """The code of an error; empty if the response has no code."""
    documented: bool
    """True if the document has status and media type for the operation, and for an error the code."""

    def __str__(self) -> str:
        """Return the response for people, such as `404 application/json, DLF.0100`."""
        return ", ".join(filter(None, [f"{self.status} {self.media_type}".strip(), self.code]))


def came(document: Mapping[str, Any], operation: str, got: Got | None) -> Came | None:
    """Return the part of a response that shows a cause, or None if the response is missing."""
    if got is None:
        return None
    found = operations_by_id(document)[operation]
    media_type = got.header("content-type").partition(";")[0].strip().lower()
    value = lenient_json.parse(got.content, media_type) if got.status >= 400 else None
    code = value.get("error_code") if isinstance(value, dict) else None
    code = code if isinstance(code, str) else ""
    content = response(document, found.fields, got.status).get("content")
    documented = content is not None and (media_type in content or not content)
    if got.status >= 400:
        documented = documented and code in documented_codes(document, found.fields, got.status)
    return Came(got.status, media_type, code, documented)


def cause(failure: Failure, about: str, seen: Came | None) -> tuple[Any, ...]:
    """Return the cause of a failure in one operation; failures with equal causes are one failure."""
    return (failure.accepted, *_cause(failure, about, seen))


def _cause(failure: Failure, about: str, seen: Came | None) -> tuple[Any, ...]:
    rule = OURS.get(failure.check)
    about = about or (rule.about or rule.id if rule is not None else _ABOUT.get(failure.check, ""))
    if seen is None:
        return ("no response",)
    field = failure.pointer.split("/")[1] if failure.pointer else ""
    if field and field != "error_code":
        # `isSuccess` that is not documented and `is_success` that is missing are one field with a wrong name.
        return "field", seen.status, re.sub(r"[^a-z0-9]|s$", "", field.lower()) or field
    if seen.status >= 400 and not (seen.documented and seen.status < 500):
        return "response", seen.status, seen.code or seen.media_type
    if seen.status >= 400:
        return "refusal", seen.status, seen.code, "valid" if failure.check in _VALID else about
    if not seen.documented and failure.check in {*_MEDIA, "status_code_conformance"}:
        return "success", seen.status, seen.media_type
    return ("rule", about) if about else ("rule", failure.check, failure.title)


def first(failures: Iterable[Failure]) -> Failure:
    """Return one failure for all with a cause: the one whose sentence says most, with the others in `also`."""
    ranked = sorted(failures, key=lambda failure: _RANK.index(failure.check) if failure.check in _RANK else len(_RANK))
    return evolve(ranked[0], also=tuple(ranked[1:]))
