"""Edits for findings about the request line, media types, statuses, error codes, the zip and the permission."""

from __future__ import annotations

import http
import re
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import MISSING, at, behind, deref, from_pointer, located, look, media
from jobexport.spec.statements.edits import is_shared, recode, set_file_name, set_tree

if TYPE_CHECKING:
    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.edits.case import Case
    from jobexport.drift.facts import ErrorCode
    from jobexport.spec.document import Location
    from jobexport.spec.statements.plan import Document

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_JSON = "application/json"


def path_changed(case: Case) -> None:
    """Move the whole path item to the page's path."""
    old = case.operation[:-1]
    item = dict(at(case.plan.document, old))
    path = new_path(case.comparison)
    mine = _VARIABLE.findall(path)
    if mine != _VARIABLE.findall(str(old[-1])):
        kept = [node for node in item["parameters"] if _is_of_path(case, node, mine)]
        listed = {_resolved(case, node)["name"] for node in kept}
        kept += [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in mine
            if name not in listed
        ]
        item["parameters"] = kept
    case.plan.own(case.change(old, remove=True), case.change(("paths", path), item))


def new_path(comparison: Comparison) -> str:
    """Return the page's path with the description's names of its variables."""
    page, other = comparison.page.endpoint, comparison.other.endpoint
    if page is None or other is None:
        return ""
    mine, documented = _VARIABLE.findall(page.path), _VARIABLE.findall(other.path)
    theirs = _VARIABLE.findall(from_pointer(comparison.operation_place)[1])
    by_name = dict(zip(documented, theirs, strict=True))
    by_number = dict(zip(mine, theirs, strict=True)) if len(mine) == len(theirs) else {}
    return _VARIABLE.sub(lambda found: f"{{{by_number.get(found[1]) or by_name.get(found[1], found[1])}}}", page.path)


def _resolved(case: Case, node: Document) -> Document:
    return dict(deref(case.plan.document, node))


def _is_of_path(case: Case, node: Document, names: list[str]) -> bool:
    resolved = _resolved(case, node)
    return resolved["in"] != "path" or resolved["name"] in names


def method_changed(case: Case) -> None:
    """Move the operation to the page's method within its path item."""
    fields = at(case.plan.document, case.operation)
    new = (*case.operation[:-1], str(case.finding.states.value).lower())
    case.plan.own(case.change(case.operation, remove=True), case.change(new, fields))


def media_type_changed(case: Case) -> None:
    """Move the body's description to the page's media type."""
    new = case.place
    old = (*new[:-1], str(case.finding.other))
    described = look(case.plan.document, old)
    if not case.plan.bring_back(new):
        case.plan.everywhere(case.change(new, {"schema": {}} if described is MISSING else described))
    if described is not MISSING:
        case.plan.own(case.change(old, remove=True))


def media_type_missing(case: Case) -> None:
    """Remove a media type."""
    case.plan.own(case.change(case.place, remove=True))


def status_added(case: Case) -> None:
    """Add the page's status, and remove the status that it replaces, if any."""
    new, code = case.place, int(case.finding.states.value)
    responses = at(case.plan.document, new[:-1])
    old = case.finding.other if case.finding.kind == "status-changed" else None
    if not case.plan.bring_back(new):
        known = responses.get(new[-1])
        response = responses.get(old) or _response(responses, code)
        if known is not None:
            response = _with_examples(case.plan.document, known, response)
        if response != known:
            case.plan.everywhere(case.change(new, response))
    if old is not None:
        case.plan.own(case.change((*new[:-1], old), remove=True))


def _with_examples(document: Document, known: Document, other: Document) -> Document:
    """Return a response with those examples of another response whose errors it has no example of."""
    mine, theirs = (media(deref(document, node)) for node in (known, other))
    values = [example["value"] for example in mine.get("examples", {}).values()]
    more = {
        name: example
        for name, example in theirs.get("examples", {}).items()
        if name not in mine.get("examples", {}) and not any(_same_error(example["value"], value) for value in values)
    }
    if not more:
        return known
    known = deref(document, known)
    body = {**theirs, **mine, "examples": {**more, **mine.get("examples", {})}}
    return {**known, "content": {**known.get("content", {}), _JSON: body}}


def _same_error(one: Any, other: Any) -> bool:
    """Return whether two bodies have the same error code, whatever their messages."""
    return isinstance(one, dict) and isinstance(other, dict) and one.get("error_code") == other.get("error_code")


def _response(responses: Document, code: int) -> Document:
    try:
        phrase = http.HTTPStatus(code).phrase
    except ValueError:
        phrase = f"Status {code}"
    response: Document = {"description": f"{phrase}."}
    if code >= 400:
        bodies = (node["content"] for node in responses.values() if _JSON in node.get("content", {}))
        schemas = [body[_JSON]["schema"] for body in bodies if "schema" in body[_JSON]]
        if schemas:
            # The last JSON body is an error's; the first may be the success's.
            response["content"] = {_JSON: {"schema": schemas[-1]}}
    return response


def status_missing(case: Case) -> None:
    """Remove a status, unless every other edition has it: then only the register states that the page is silent."""
    if not _needed(case, case.place):
        case.plan.own(case.change(case.place, remove=True))


def code_added(case: Case) -> None:
    """Add the page's error code, as an example of an error, and remove the code that it replaces, if any."""
    code = _code(case)
    old = case.finding.other if case.finding.kind == "error-code-changed" else None
    if _undo_code(case, code):
        if old is not None:
            _drop_code(case, old)
    elif not (old and _recoded(case, old, code)):
        _put_code(case, code)


def _recoded(case: Case, old: str, code: ErrorCode) -> bool:
    """Put a code in the place of another in the edition's examples; return False if no example has the old code.

    The name of an example is its case, such as `job-not-found`, which the mock looks for; the case stays.
    """
    if case.comparison.page.endpoint is None:
        _drop_code(case, old)
        return False
    twins = [twin for twin in case.comparison.other.error_codes if twin.code == old and twin.source == "example"]
    if any(is_shared(case.plan.document, located(case.plan.document, str(twin.at))) for twin in twins):
        return False
    for twin in twins:
        recode(case.plan, located(case.plan.document, str(twin.at)), code.code, case.words, code.message or "")
    return bool(twins)


def code_missing(case: Case) -> None:
    """Remove an error code, with the status that the finding names if it names one."""
    name = re.search(r"`([^`]+)`", case.finding.about)
    if name:
        _drop_code(case, name.group(1), case.place if "responses" in case.place else ())


def code_status(case: Case) -> None:
    """Move an error code to the page's status."""
    code = _code(case)
    twins = [twin for twin in case.comparison.other.error_codes if twin.code == code.code]
    if case.comparison.page.endpoint is None or not any(twin.source == "example" for twin in twins):
        _drop_code(case, code.code)
        _put_code(case, code)
        return
    content = _error_content(case, str(code.status))
    for twin in twins:
        if twin.source == "example":
            old = located(case.plan.document, str(twin.at))
            _put_example(case, content, str(old[-1]), at(case.plan.document, old))
            case.plan.own(case.change(old, remove=True))


def _code(case: Case) -> ErrorCode:
    name = str(case.finding.states.value).split()[-1]
    return next(code for code in case.comparison.page.error_codes if code.code == name)


def _put_code(case: Case, code: ErrorCode) -> None:
    if case.comparison.page.endpoint is None:
        _list_code(case, code)
        return
    example = {
        "summary": "Named on the operation's page",
        "value": {"error_code": code.code, "error_msg": code.message or code.code},
    }
    content = _error_content(case, str(_status(case, code)))
    _put_example(case, content, re.sub(r"[^a-z0-9]+", "-", code.code.lower()), example)


def _error_content(case: Case, status: str) -> Location:
    """Return the place of the JSON body of an error, which is added if it is missing."""
    response = (*case.operation, "responses", status)
    case.plan.bring_back(response)
    if look(case.base, response) is MISSING:
        case.plan.everywhere(case.change(response, _response(at(case.base, response[:-1]), int(status))))
    return (*behind(case.base, response), "content", _JSON)


def _put_example(case: Case, content: Location, name: str, example: Document) -> None:
    base = case.base
    if look(base, (*content, "examples")) is not MISSING:
        case.plan.everywhere(case.change((*content, "examples", name), example))
    elif look(base, content) is not MISSING:
        case.plan.everywhere(case.change((*content, "examples"), {name: example}))


def _status(case: Case, code: ErrorCode) -> int:
    """Return the status of a code; if the page does not state it, the page's first status of an error, else 400."""
    codes = sorted(status.code for status in case.comparison.page.statuses if status.code >= 400)
    return code.status or next(iter(codes), 400)


def _list_code(case: Case, code: ErrorCode) -> None:
    listed = [str(twin.at) for twin in case.comparison.other.error_codes if twin.source == "table"]
    family = located(case.plan.document, listed[0])[:-1]
    place = (*family, str(code.status or 400))
    codes = look(case.base, place)
    known = codes is not MISSING
    change = case.change((*place, len(codes)), code.code) if known else case.change(place, [code.code])
    case.plan.everywhere(change)


def _undo_code(case: Case, code: ErrorCode) -> bool:
    """Drop the edition's actions that remove a code of the union; return True if there were any."""
    for twin in case.comparison.union.error_codes if case.comparison.union else ():
        same = (twin.code, twin.status) == (code.code, _status(case, code))
        if same and case.plan.bring_back(located(case.plan.union, str(twin.at))):
            return True
    return False


def _drop_code(case: Case, code: str, response: Location = ()) -> None:
    """Remove a code, or only its examples in one response, as a page may have the code with another status."""
    whole = case.comparison.page.endpoint is None
    for twin in case.comparison.other.error_codes:
        if twin.code != code:
            continue
        place = located(case.plan.document, str(twin.at))
        listed = look(case.plan.document, place)
        there = listed is not MISSING and place[: len(response)] == response
        if there and twin.source == "example" and not whole and not _needed(case, place):
            case.plan.own(case.change(place, remove=True))
        elif there and whole and isinstance(listed, list) and code in listed:
            case.plan.own(case.change((*place, listed.index(code)), remove=True))


def _needed(case: Case, place: Location) -> bool:
    """Check whether every other edition has a response or an example: clients and the mock rely on it, on any page."""
    others = [id_ for id_ in case.plan.overlays if id_ != case.plan.edition]
    return bool(others) and all(look(case.plan.document_of(id_), place) is not MISSING for id_ in others)


def message_changed(case: Case) -> None:
    """Change the message of an error code."""
    case.plan.own(case.change((*case.place, "value", "error_msg"), case.finding.states.value))


def file_name_changed(case: Case) -> None:
    """Change the name of the file."""
    set_file_name(case.plan, case.place, str(case.finding.states.value), case.words)


def tree_changed(case: Case) -> None:
    """Change the layout of the zip; an example alone is not changed, because then the page contradicts itself."""
    if case.place[-1] == "x-zip-layout":
        set_tree(case.plan, case.place, case.finding.states.value, case.words)


def action_changed(case: Case) -> None:
    """Change the permission."""
    place = case.place
    if case.plan.bring_back(place):
        return
    value: Any = None
    for action in case.comparison.page.actions:
        stated = {"access-level": action.access_level.lower(), "resource": action.resource.strip(" *")}
        value = {"action": action.name, **{key: text for key, text in stated.items() if text}}
        value = action.name if action.name == "none" else value
    if value is None:
        case.plan.own(case.change(place, remove=True))
    elif look(case.base, place) is not MISSING:
        case.plan.own(case.change(place, value))
    else:
        case.plan.everywhere(case.change(place, value))


def error_body_changed(case: Case) -> None:
    """Change the fields of an error, in its schema and in the examples of errors."""
    fields = [str(name) for name in case.finding.states.value]
    for code, response in _errors(case):
        content = (*response, "content", _JSON)
        schema = behind(case.plan.document, (*content, "schema"))
        known = at(case.plan.document, schema).get("properties", {})
        for name in fields:
            if name not in known:
                case.plan.everywhere(case.change((*schema, "properties", name), {"type": "string"}))
        for name in [name for name in known if name not in fields]:
            required = at(case.plan.document, schema).get("required", [])
            if name in required:
                case.plan.own(case.change((*schema, "required", required.index(name)), remove=True))
            case.plan.own(case.change((*schema, "properties", name), remove=True))
        for name in list(at(case.plan.document, content).get("examples", {})):
            value = at(case.plan.document, (*content, "examples", name)).get("value", {})
            kept = {key: item for key, item in value.items() if key in fields}
            filled = kept | {key: str(code) for key in fields if key not in kept}
            case.plan.own(case.change((*content, "examples", name, "value"), filled))


def _errors(case: Case) -> list[tuple[int, Location]]:
    """Return status and place of each error response with a JSON body."""
    found = []
    for code in at(case.plan.document, (*case.operation, "responses")):
        place = behind(case.plan.document, (*case.operation, "responses", code))
        schema = look(case.plan.document, (*place, "content", _JSON, "schema"))
        if code[0] in "45" and schema is not MISSING:
            found.append((int(code), place))
    return found
