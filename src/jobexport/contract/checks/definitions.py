"""Check of the definitions inside exported zips: a `.job` keeps to the edition's JobDefinition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_rs import ValidationErrorKind

from jobexport.contract.checks.archives import patterns_of
from jobexport.contract.checks.responses import marks_on_way, validator
from jobexport.contract.checks.violation import Violation
from jobexport.spec.document import media, member_schemas, operations, reference, request_body, to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from jobexport.contract.checks.exchange import CheckedExchange


def member_schema(exchange: CheckedExchange) -> None:
    """Raise if a definition in the zip breaks the schema of its kind; `member_content` is for what is no object."""
    listed = exchange.media(exchange.zip_media())
    schemas = member_schemas(exchange.document, listed)
    patterns = patterns_of(listed.get("x-zip-layout", {}))
    archive = exchange.archive()
    for name in archive.members:
        kind = next((kind for kind, pattern in patterns.items() if pattern.fullmatch(name)), "")
        value = archive.value(name)
        if kind not in schemas or not isinstance(value, dict):
            continue
        schema = {"$ref": schemas[kind]}
        error = next(iter(validator(exchange.document, schema).iter_errors(value)), None)
        if error is None:
            continue
        place = tuple(error.instance_path)
        # A field that is missing has no place of its own; its schema names the entries that fit best.
        lacking = [error.kind.property] if isinstance(error.kind, ValidationErrorKind.Required) else []
        rests_on = marks_on_way(exchange, schema, [*map(str, place), *lacking])
        where, kind_name = to_pointer(place), schemas[kind].rpartition("/")[2]
        text = f"{name} in the zip is no {kind_name}: {where or 'the top level'}: {error.message:.300}"
        raise Violation(text, rests_on, to_pointer((*place, *lacking)))


def takers(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    """Yield the operations that take the definitions in an operation's zips, such as createJob for exportJob."""
    found = {
        pointer
        for node in operation["responses"].values()
        for listed in node.get("content", {}).values()
        for pointer in member_schemas(document, listed).values()
    }
    for each in operations(document):
        if reference(media(request_body(document, each.fields)).get("schema", {})) in found:
            yield each.id
