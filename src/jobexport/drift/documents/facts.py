"""An operation of an OpenAPI document → the same facts that a page is read into, so that the two can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.drift.documents.schemas import DEEPEST, schema_limits, schema_type
from jobexport.drift.facts import (
    ArchiveTree,
    DataType,
    Endpoint,
    ErrorCode,
    Example,
    FileName,
    IamAction,
    MediaType,
    PageFacts,
    Parameter,
    Status,
)
from jobexport.spec.document import (
    at,
    behind,
    choices,
    deref,
    operations,
    operations_by_id,
    parameters,
    to_pointer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.drift.facts import Mandatory, ParameterIn
    from jobexport.spec.document import Location, OperationObject


def document_facts(document: Mapping[str, Any], operation: str, source: str) -> PageFacts:
    """Return the facts of a document about an operation; places are JSON pointers.

    Args:
        document: an edition's resolved document, or the union.
        operation: its operationId.
        source: the name of the document.

    Raises:
        KeyError: the document lacks the operation.
    """
    return _OperationReader(document, operations_by_id(document)[operation]).facts(source)


def listing_facts(document: Mapping[str, Any], source: str) -> PageFacts:
    """Return the facts of a document beside its operations: the error codes of common pages and of all examples."""
    codes = list(listed_codes(document))
    for operation in operations(document):
        codes += _OperationReader(document, operation).example_codes()
    return PageFacts(source=source, form=None, language=None, error_codes=tuple(codes))


def listed_codes(document: Mapping[str, Any], tags: tuple[str, ...] | None = None) -> Iterator[ErrorCode]:
    """Yield the codes in `x-error-codes`, which the vendor's error-code pages list; of the given tags, or of all."""
    listed = document.get("components", {}).get("x-error-codes", {})
    for tag, statuses in listed.items():
        if tag.startswith("x-") or (tags is not None and tag not in tags):
            continue
        for status, codes in statuses.items():
            for code in codes:
                pointer = to_pointer(("components", "x-error-codes", tag, status))
                yield ErrorCode(code, pointer, status=int(status))


@frozen
class _OperationReader:
    """One operation of a document."""

    document: Mapping[str, Any]
    operation: OperationObject
    responses: tuple[tuple[str, Location, Mapping[str, Any]], ...] = field(init=False)
    """Of each status: the code, and place and node of the response behind its references."""

    @property
    def place(self) -> Location:
        return self.operation.location

    def facts(self, source: str) -> PageFacts:
        fields = self.operation.fields
        return PageFacts(
            source=source,
            form=None,
            language=None,
            title=fields.get("summary", ""),
            title_at=to_pointer(self.place),
            operation_names=(self.operation.id,),
            endpoint=Endpoint(self.operation.method.upper(), self.documented_path(), to_pointer(self.place)),
            parameters=tuple(self.parameters()),
            media_types=tuple(self.media_types()),
            statuses=tuple(
                Status(int(code), to_pointer(place), elsewhere="x-evidence" in node)
                for code, place, node in self.responses
            ),
            error_codes=(*self.example_codes(), *listed_codes(self.document, tuple(fields.get("tags", ())))),
            examples=tuple(self.examples()),
            file_names=tuple(self.zips("x-zip-file-name", FileName)),
            trees=tuple(self.trees()),
            actions=tuple(self.actions(fields)),
        )

    def documented_path(self) -> str:
        """Return the path with the variable names of the edition's page."""
        path = self.operation.path
        for _, node in self.parameter_nodes():
            if node["in"] == "path":
                path = path.replace(f"{{{node['name']}}}", f"{{{self.documented_name(node)}}}")
        return path

    def documented_name(self, node: Mapping[str, Any]) -> str:
        """Return the edition's page's name of a variable: from `x-documented-names` of the path, else from the node."""
        names = self.operation.item.get("x-documented-names", {})
        return str(names.get(node["name"]) or node.get("x-documented-name", node["name"]))

    def parameter_nodes(self) -> Iterator[tuple[Location, Mapping[str, Any]]]:
        for listed in parameters(self.document, self.place).values():
            place = behind(self.document, listed)
            yield place, at(self.document, place)

    def parameters(self) -> Iterator[Parameter]:
        for place, node in self.parameter_nodes():
            mandatory = ("yes", None) if node.get("required") else _optional(node)
            name = self.documented_name(node)
            yield self.parameter(node["in"], (name,), place, node.get("schema", {}), *mandatory)
        yield from self.credentials()
        for location, place, node in self.bodies():
            if "schema" in node:
                yield from self.properties(location, (), (*place, "schema"), 0)

    def credentials(self) -> Iterator[Parameter]:
        """Yield the headers of the security schemes, which a page may list."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        for name, scheme in schemes.items():
            if scheme.get("in") == "header":
                place = to_pointer(("components", "securitySchemes", name))
                yield Parameter("header", (scheme["name"],), place, DataType("string"))

    def bodies(self) -> Iterator[tuple[ParameterIn, Location, Mapping[str, Any]]]:
        """Yield each media type of the request and of the successful responses: location, place and node."""
        if "requestBody" in self.operation.fields:
            body = behind(self.document, (*self.place, "requestBody"))
            for media_type, node in at(self.document, body).get("content", {}).items():
                yield "body", (*body, "content", media_type), node
        for code, place, response in self.responses:
            if code.startswith("2"):
                for media_type, node in response.get("content", {}).items():
                    yield "response", (*place, "content", media_type), node

    @responses.default
    def _responses(self) -> tuple[tuple[str, Location, Mapping[str, Any]], ...]:
        codes = [code for code in self.operation.fields["responses"] if code.isdecimal()]
        places = {code: behind(self.document, (*self.place, "responses", code)) for code in codes}
        return tuple((code, place, at(self.document, place)) for code, place in places.items())

    def properties(
        self, location: ParameterIn, path: tuple[str, ...], place: Location, depth: int
    ) -> Iterator[Parameter]:
        """Yield the properties of a schema, each followed by its nested properties."""
        place = behind(self.document, place)
        schema = at(self.document, place)
        if depth > DEEPEST or not isinstance(schema, dict):
            return
        for number, _ in enumerate(schema.get("allOf", ())):
            yield from self.properties(location, path, (*place, "allOf", number), depth + 1)
        for name in schema.get("properties", {}):
            yield self.property(location, path, place, name)
            inner = self.inner((*place, "properties", name))
            yield from self.properties(location, (*path, name), inner, depth + 1)

    def inner(self, place: Location) -> Location:
        """Return the place of the schema with the properties of a value: of an array's items, of a map's values."""
        seen: set[Location] = set()
        while (place := behind(self.document, place)) not in seen:  # the items of an array may be the array's schema
            seen.add(place)
            schema = at(self.document, place)
            if chosen := choices(schema):
                # Of several types, such as an object or a list of it, the first one has the properties.
                keyword = "oneOf" if "oneOf" in schema else "anyOf"
                place = (*place, keyword, schema[keyword].index(chosen[0]))
                continue
            key = next((key for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)), None)
            if key is None:
                break
            place = (*place, key)
        return place

    def property(self, location: ParameterIn, path: tuple[str, ...], owner: Location, name: str) -> Parameter:
        """Return a property of the schema at `owner` as a parameter."""
        schema, place = at(self.document, owner), (*owner, "properties", name)
        node = at(self.document, place)
        if name in schema.get("required", ()):
            return self.parameter(location, (*path, name), place, node, "yes")
        if name in schema.get("then", {}).get("required", ()):
            condition = _condition(schema.get("if", {}))
            return self.parameter(location, (*path, name), place, node, "conditional", condition)
        return self.parameter(location, (*path, name), place, node, *_optional(node))

    def parameter(
        self,
        location: ParameterIn,
        path: tuple[str, ...],
        place: Location,
        schema: Mapping[str, Any],
        mandatory: Mandatory,
        condition: str | None = None,
    ) -> Parameter:
        schema = deref(self.document, schema)
        return Parameter(
            location,
            path,
            to_pointer(place),
            type=schema_type(self.document, schema),
            mandatory=mandatory,
            condition=condition,
            default=schema.get("default"),
            limits=schema_limits(self.document, schema),
            description=schema.get("description", ""),
        )

    def media_types(self) -> Iterator[MediaType]:
        for location, place, _ in self.bodies():
            side = "request" if location == "body" else "response"
            yield MediaType(side, str(place[-1]), to_pointer(place))  # type: ignore[arg-type]  # one of the two

    def error_examples(self) -> Iterator[tuple[int, Location, Any]]:
        """Yield each example of an error: status, place and value."""
        for code, place, response in self.responses:
            if code.startswith(("4", "5")):
                for media_type, node in response.get("content", {}).items():
                    for name, example in node.get("examples", {}).items():
                        yield int(code), (*place, "content", media_type, "examples", name), example.get("value")

    def example_codes(self) -> Iterator[ErrorCode]:
        for status, place, value in self.error_examples():
            if isinstance(value, dict) and isinstance(value.get("error_code"), str):
                message = str(value.get("error_msg", ""))
                yield ErrorCode(value["error_code"], to_pointer(place), "example", status, message)

    def examples(self) -> Iterator[Example]:
        for location, place, node in self.bodies():
            kind = "request" if location == "body" else "response"
            for name, example in node.get("examples", {}).items():
                yield Example(kind, to_pointer((*place, "examples", name)), "", example.get("value"))  # type: ignore[arg-type]  # one of the two
        for status, place, value in self.error_examples():
            yield Example("error", to_pointer(place), "", value, status=status)

    def zips(self, key: str, make: Any) -> Iterator[Any]:
        for location, place, node in self.bodies():
            if location == "response" and key in node:
                yield make(node[key], to_pointer((*place, key)))

    def trees(self) -> Iterator[ArchiveTree]:
        yield from self.zips("x-zip-layout", lambda layout, place: ArchiveTree((*layout.values(),), place, True))
        yield from self.zips("x-zip-example", lambda entries, place: ArchiveTree((*entries,), place, False))

    def actions(self, fields: Mapping[str, Any]) -> Iterator[IamAction]:
        action = fields.get("x-iam-action")
        place = to_pointer((*self.place, "x-iam-action"))
        if isinstance(action, dict):
            yield IamAction(action["action"], place, action.get("access-level", ""), action.get("resource", ""))
        elif isinstance(action, str):
            yield IamAction(action, place)


def _optional(node: Mapping[str, Any]) -> tuple[Mandatory, str | None]:
    when = node.get("x-required-when")
    return ("conditional", when) if when else ("no", None)


def _condition(schema: Mapping[str, Any]) -> str:
    """Return the constants of an `if` in words, such as `kind is A and mode is B`."""
    asked = [f"{name} is {value['const']}" for name, value in schema.get("properties", {}).items() if "const" in value]
    return " and ".join(asked)
