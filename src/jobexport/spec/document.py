"""Walks an OpenAPI document: pointers, references, operations with what they take and return, marks of the register.

Nothing else in the project follows a `$ref`, escapes a JSON pointer or looks for the operations of a path.
"""

from __future__ import annotations

import functools
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from attrs import field, frozen

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Location = tuple[str | int, ...]
"""A place in a document: the keys and the numbers that lead to it, such as `("paths", "/v1/x", "post")`."""

_JSON = "application/json"
_OF_NUMBERS = frozenset({"int32", "int64", "float", "double"})
OPEN_ENUM = "x-open-enum"
"""The key of a schema with the documented values of a response, to which a server may add others."""
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
"""The keys of a path item that are operations."""
READING = frozenset({"get", "head", "options", "trace"})
"""Methods that change nothing on a server, by the rules of HTTP."""
NO_BODY = frozenset({"get", "head", "delete"})
"""Methods with which the body of a request has no meaning."""


class _Missing(Enum):
    MISSING = "missing"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing.MISSING
"""The result of `look` for a place that a document lacks; false, so that `look(…) or ()` reads as it should."""


def to_pointer(location: Location) -> str:
    """Write a place as a JSON pointer: `("paths", "/v1/x")` → `/paths/~1v1~1x`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


@functools.lru_cache(maxsize=4096)
def from_pointer(pointer: str) -> tuple[str, ...]:
    """Parse a JSON pointer; numbers stay text, because an object may have such a key."""
    steps = pointer.removeprefix("/").split("/") if pointer else []
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def located(document: Any, pointer: str) -> Location:
    """Parse a JSON pointer into a place, with numbers where the document has arrays."""
    node = document
    location: Location = ()
    for step in from_pointer(pointer):
        key = int(step) if isinstance(node, list) and step.isdecimal() else step
        location = (*location, key)
        node = look(node, (key,))
    return location


def look(document: Any, location: Location) -> Any:
    """Return the node at a place, or MISSING; references are not followed."""
    node = document
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return node


def at(document: Any, location: Location) -> Any:
    """Return the node at a place that exists.

    Raises:
        LookupError: the document lacks the place.
    """
    node = document
    for step in location:
        node = node[step]
    return node


def reference(node: Any) -> str | None:
    """Return the `$ref` of a node, or None if the node is not a reference."""
    found = node.get("$ref") if isinstance(node, dict) else None
    return found if isinstance(found, str) else None


def refers(node: Any) -> bool:
    """Check whether a node has a reference, in itself or in anything below it."""
    return next(references(node), None) is not None


def references(node: Any) -> Iterator[Location]:
    """Yield the place that each reference names, in a node or in anything below it."""
    if reference(node) is not None:
        yield referred(node)
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(inner)


def referred(node: Any) -> Location:
    """Return the place that a reference names, even if the document lacks it; empty if the node is not a reference."""
    return from_pointer(unquote((reference(node) or "#")[1:]))


def behind(document: Any, location: Location) -> Location:
    """Return the place that the references at a place that exists lead to; without a reference, the same place.

    Raises:
        JobexportError: a reference leads nowhere, or only back to itself.
    """
    return _follow(document, location, at(document, location))[0]


def deref(document: Any, node: Any) -> Any:
    """Return the node that the references of a node lead to; a node that is not a reference is returned as it is.

    Raises:
        JobexportError: a reference leads nowhere, or only back to itself.
    """
    return _follow(document, (), node)[1]


def _follow(document: Any, location: Location, node: Any) -> tuple[Location, Any]:
    seen: set[str] = set()
    while (target := reference(node)) is not None:
        if target in seen:
            raise JobexportError(
                f"the document has the reference {target!r}, which leads only back to itself; "
                "replace it by the value it stands for"
            )
        seen.add(target)
        location = located(document, unquote(target[1:]))
        node = look(document, location) if target.startswith("#/") else MISSING
        if node is MISSING:
            raise JobexportError(f"the document has the reference {target!r}, which leads nowhere; correct it")
    return location, node


def walk(document: Any, location: Location, *steps: str) -> Location | None:
    """Return the place some steps below a place that exists, or None if the document lacks it.

    References are followed on the way, but not at the end: a reference may stand there.
    """
    node = at(document, location)
    for step in steps:
        location, node = _follow(document, location, node)
        location, node = (*location, step), look(node, (step,))
        if node is MISSING:
            return None
    return location


@frozen(eq=False)
class OperationObject:
    """An operation of a document, and the path that it belongs to."""

    path: str
    """The path's template, such as `/v1/{project_id}/jobs/{job_name}/export`."""
    method: str
    """The method in lower case, as documents have it."""
    location: Location
    fields: Mapping[str, Any] = field(repr=False)
    """The operation, as the document has it."""
    item: Mapping[str, Any] = field(repr=False)
    """The path item that the operation stands in."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, such as `dgc`."""
        return tuple(self.fields.get("tags", ()))

    @property
    def reads(self) -> bool:
        """True if the method changes nothing on a server, by the rules of HTTP."""
        return self.method in READING

    @property
    def id(self) -> str:
        """The operationId.

        Raises:
            JobexportError: the operation lacks one.
        """
        if "operationId" not in self.fields:
            raise JobexportError(f"operation {self.method} {self.path} has no operationId; add it to the document")
        return str(self.fields["operationId"])


def operations(document: Mapping[str, Any]) -> Iterator[OperationObject]:
    """Find the operations of a document, in its order.

    Raises:
        JobexportError: the document has no paths.
    """
    if not isinstance(document.get("paths"), dict):
        raise JobexportError("the document has no paths; add the paths of the operations")
    for path in document["paths"]:
        place = behind(document, ("paths", path))
        item = at(document, place)
        for method in item:
            if method in METHODS and isinstance(item[method], dict):
                yield OperationObject(path, method, (*place, method), item[method], item)


def operations_by_id(document: Mapping[str, Any]) -> dict[str, OperationObject]:
    """Find the operations of a document that have an operationId, by operationId."""
    return {operation.id: operation for operation in operations(document) if "operationId" in operation.fields}


def undocumented_methods(document: Mapping[str, Any], operation: OperationObject) -> tuple[str, ...]:
    """Return the methods of a request to the path of an operation that no operation of the document has.

    `/jobs/import` is the path of `/jobs/{job_name}` too, so a GET for the former has a meaning if the latter has it.
    """
    used = {other.method for other in operations(document) if _meets(other.path, operation.path)}
    return tuple(method.upper() for method in ("get", "post", "put", "delete", "patch") if method not in used)


def _meets(template: str, path: str) -> bool:
    """Return whether a template of a path can mean every path of another template."""
    mine, others = template.split("/"), path.split("/")
    return len(mine) == len(others) and all(
        step == other or (step.startswith("{") and step.endswith("}")) for step, other in zip(mine, others, strict=True)
    )


def parameters(document: Mapping[str, Any], operation: Location) -> dict[tuple[str, str], Location]:
    """Find where the parameters of an operation are listed, by `in` and name.

    The path's parameters come first; an operation's parameter replaces the path's parameter with the same key.
    A reference may stand at each place.
    """
    found: dict[tuple[str, str], Location] = {}
    for owner in (operation[:-1], operation):
        for number, listed in enumerate(at(document, owner).get("parameters", ())):
            node = deref(document, listed)
            found[node["in"], node["name"]] = (*owner, "parameters", number)
    return found


def request_body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the request body of an operation; empty if it takes none."""
    body: Mapping[str, Any] = deref(document, operation.get("requestBody", {}))
    return body


def response(document: Mapping[str, Any], operation: Mapping[str, Any], status: int | str) -> Mapping[str, Any]:
    """Return the response of an operation with a status; empty if the status is not documented."""
    found: Mapping[str, Any] = deref(document, operation["responses"].get(str(status), {}))
    return found


def error_statuses(statuses: Iterable[str]) -> list[str]:
    """Return the statuses of errors, those of the caller first, and 400 first of all: it is that of most errors.

    Of two errors with one name the first one counts.
    """
    found = [code for code in statuses if code.isdigit() and code[0] in "45"]
    return sorted(found, key=lambda code: (code != "400", code))


def has_links(document: Mapping[str, Any]) -> bool:
    """Return whether a response of the document has a link to another operation."""
    return any(
        deref(document, listed).get("links")
        for operation in operations(document)
        for listed in operation.fields.get("responses", {}).values()
    )


def media(message: Mapping[str, Any], media_type: str = _JSON) -> dict[str, Any]:
    """Return a media type of a request body or a response; empty if it is not documented."""
    found: dict[str, Any] = message.get("content", {}).get(media_type, {})
    return found


def schema_of(document: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a media type, a parameter or a header: the document's own node; empty if missing."""
    schema: dict[str, Any] = deref(document, node.get("schema", {}))
    return schema


def member_schemas(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the references to the schemas of a zip's members by kind, of its media type; empty if they are not known.

    `{"job": "#/components/schemas/JobDefinition"}`
    """
    found: Mapping[str, str] = schema_of(document, node).get("x-member-schemas", {})
    return found


def marks(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the register's entries that a node names in `x-inconsistency`."""
    named = node.get("x-inconsistency", ())
    return (named,) if isinstance(named, str) else tuple(named)


def value_list(schema: Mapping[str, Any]) -> str:
    """Return the key of a schema under which its values stand: `x-open-enum` if a server may have others, or `enum`."""
    return OPEN_ENUM if OPEN_ENUM in schema else "enum"


def listed_values(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Sequence[Any]:
    """Return the values that a schema, or the schema of its items, lists; without the null of a nullable one."""
    for each in (schema, deref(document, schema.get("items", {}))):
        if found := each.get(value_list(each)):
            return [value for value in found if value is not None]
    return ()


def format_of(schema: Mapping[str, Any], kind: str) -> str | None:
    """Return the format of a schema for values of one of its types: `int64` describes a number, never a string."""
    format_ = schema.get("format")
    return None if format_ in _OF_NUMBERS and kind not in ("integer", "number") else format_


def choices(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the schemas of which a value fits at least one, without `null`; empty if a schema is no such choice."""
    listed = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return [each for each in listed if each.get("type") != "null"]
