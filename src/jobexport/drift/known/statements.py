"""Facts of a page → statements, as the register has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.drift.compare.archive import action_text
from jobexport.drift.compare.contradictions import LOCATIONS, contradictions
from jobexport.drift.documents.type_names import type_name
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import Parameter


def statements(comparison: Comparison) -> Iterator[Statement]:
    """Yield the facts of a comparison's page as statements."""
    for row in comparison.page.parameters:
        yield from of_row(comparison, row)
    yield from _of_responses(comparison)
    yield from _of_names(comparison)
    yield from comparison.settings
    for item in contradictions(comparison.page):
        yield Statement("contradiction", comparison.contradiction_place(item.parameter, item.key), item.value)


def of_row(comparison: Comparison, row: Parameter) -> Iterator[Statement]:
    """Yield the facts of a row as statements."""
    place = comparison.place(row)
    yield Statement("parameter", place, row.name)
    if row.type is not None:
        yield Statement("type", place, type_name(row.type))
    if row.type_text:
        yield Statement("type-text", place, row.type_text)
    if row.mandatory != "unknown":
        yield Statement("mandatory", place, row.mandatory)
    if row.default is not None:
        yield Statement("default", place, row.default)
    for name in LIMITS:
        if (limit := getattr(row.limits, name)) is not None:
            yield Statement("limit", place, {name: limit})
    if row.limits.values:
        yield Statement("values", place, list(row.limits.values))
    yield from _shown(comparison, row, place)


def _shown(comparison: Comparison, row: Parameter, place: str) -> Iterator[Statement]:
    for example in comparison.page.examples:
        if LOCATIONS.get(example.kind) == row.location:
            for value in _values(example.value, row.path):
                yield Statement("example", place, value)


def _values(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values of an example at a path, for each item of the lists on the way."""
    if not path:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _of_responses(comparison: Comparison) -> Iterator[Statement]:
    page, other = comparison.page, comparison.other
    if page.endpoint:
        yield Statement("path", comparison.operation_place, page.endpoint.path)
        yield Statement("method", comparison.operation_place, page.endpoint.method)
    for media_type in page.media_types:
        yield Statement("media-type", comparison.media_type_place(media_type), media_type.value)
    for status in page.statuses:
        yield Statement("status", comparison.below("responses", str(status.code)), status.code)
    for code in page.error_codes:
        yield Statement("error-code", comparison.code_place(code), code.code)
        if code.status is not None:
            yield Statement("error-status", comparison.code_place(code), f"{code.status} {code.code}")
        for twin in other.error_codes:
            if twin.code == code.code and twin.message and code.message:
                yield Statement("error-message", str(twin.at), code.message)
    if fields := comparison.error_fields():
        yield Statement("error-field", comparison.error_field_place(), fields)


def _of_names(comparison: Comparison) -> Iterator[Statement]:
    page = comparison.page
    for file in page.file_names:
        key, fact = ("x-zip-example", "member") if file.member else ("x-zip-file-name", "file-name")
        yield Statement(fact, comparison.zip_place(key), file.name)
    for tree in page.trees:
        place = comparison.zip_place("x-zip-layout" if tree.template else "x-zip-example")
        yield Statement("tree", place, list(tree.entries))
    if page.actions:
        actions = "; ".join(action_text(action) for action in page.actions)
        yield Statement("action", comparison.below("x-iam-action"), actions)
    for name in page.operation_names:
        yield Statement("operation-name", comparison.below("operationId"), name)
