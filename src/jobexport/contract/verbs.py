"""The verb and the objects of each operation, as the document tells: one lists jobs, another deletes scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.data import OBJECTS, kind_of, places
from jobexport.spec.document import READING, at, deref, listed_values, operations, parameters, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from jobexport.contract.data import NamePlace
    from jobexport.spec.document import OperationObject

PAGING = ("limit", "offset")
"""The parameters of a list that choose its page."""


def changes(document: Mapping[str, Any], operation: Mapping[str, Any], method: str) -> bool:
    """Return whether an operation with a method may change the jobs of a server: it neither reads nor exports."""
    succeeded = response(document, operation, 200).get("content", {}).values()
    exports = any(
        "x-zip-layout" in found
        or any(
            "x-object-name" in deref(document, node)
            for node in schema_of(document, found).get("properties", {}).values()
        )
        for found in succeeded
    )
    return not (method in READING or exports)


def creates(document: Mapping[str, Any], operation: OperationObject) -> bool:
    """Return whether an operation creates an object: a POST to a path below which objects have paths of their own."""
    return operation.method == "post" and any(_variables_below(document["paths"], operation.path))


def verb(document: Mapping[str, Any], operation: OperationObject) -> str:
    """Return the verb of an operation: `list`, `show`, `delete`, `export`, `import`, `create`, or an empty text."""
    if operation.method in READING:
        return "show" if operation.path.endswith("}") else "list"
    if operation.method == "delete":
        return "delete"
    if not changes(document, operation.fields, operation.method):
        return "export"
    if any(place.kind.holds for place in places(document, operation)):
        return "import"
    return "create" if creates(document, operation) else ""


def kinds_of(document: Mapping[str, Any], operation: OperationObject) -> set[str]:
    """Return the kinds of the objects that an operation is about, as `Data` calls them: `{"jobs"}`."""
    named = {place.kind.holds or place.kind.id for place in places(document, operation)}
    below = (kind_of(f"path.{variable}") for variable in _variables_below(document["paths"], operation.path))
    return named & {*OBJECTS} or {kind.id for kind in below if kind is not None}


def objects_named(document: Mapping[str, Any], operation: OperationObject) -> NamePlace | None:
    """Return the place in the requests of an operation that names its objects, in the path or as a list in the body."""
    return next((place for place in places(document, operation) if place.kind.id in OBJECTS), None)


def _variables_below(paths: Iterable[str], path: str) -> Iterator[str]:
    """Yield the variables of the paths of single objects below a path: `/v1/jobs` → `job_name`."""
    below = re.compile(re.escape(path) + r"/\{(\w+)\}")
    yield from (found[1] for found in map(below.fullmatch, paths) if found)


@frozen
class Subject:
    """The operations that a scenario is about; an empty value or None holds for every operation."""

    verbs: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    """Kinds of objects, as `Data` calls them."""
    many: bool | None = None
    """True if a request names several objects, False if it names one."""
    takes: tuple[str, ...] = ()
    """Kinds of names that requests can have."""
    where: tuple[str, ...] = ()
    """Places of parameters of which requests have at least one, beside the paging of a list: `query`."""

    def test(self, document: Mapping[str, Any], operation: OperationObject) -> bool:
        """Return whether an operation is one of these."""
        named = objects_named(document, operation)
        taken = {place.kind.id for place in places(document, operation)}
        return (
            (not self.verbs or verb(document, operation) in self.verbs)
            and (not self.of or bool(kinds_of(document, operation) & {*self.of}))
            and (self.many is None or (named is not None and named.many == self.many))
            and (not self.takes or bool(taken & {*self.takes}))
            and (not self.where or any(place in self.where for place, *_ in parameters(document, operation.location)))
        )

    def ids(self, document: Mapping[str, Any]) -> list[str]:
        """Return the operationIds of a document's operations that are of these, in the order of `of`."""
        found = [operation for operation in operations(document) if self.test(document, operation)]
        order = [kind for kind in self.of if kind] or list(OBJECTS)
        return [
            operation.id
            for operation in sorted(
                found, key=lambda each: min(map(order.index, kinds_of(document, each) & {*order}), default=len(order))
            )
        ]


EXPORTS = Subject(("export",))
EXPORTS_OF_JOBS = Subject(("export",), ("jobs",))
EXPORT_OF_A_JOB = Subject(("export",), ("jobs",), many=False)
EXPORT_OF_JOBS = Subject(("export",), ("jobs",), many=True)
EXPORT_OF_FLINK_JOBS = Subject(("export",), ("flink_jobs",))
IMPORTS = Subject(("import",))
IMPORT_OF_JOBS = Subject(("import",), ("jobs",))
IMPORT_OF_FLINK_JOBS = Subject(("import",), ("flink_jobs",))
LISTS = Subject(("list",))
LIST_OF_JOBS = Subject(("list",), ("jobs",))
SHOWS = Subject(("show",))
SHOW_OF_A_JOB = Subject(("show",), ("jobs",))
TASKS = Subject(("show",), ("tasks",))
CREATES = Subject(("create",))
DELETES = Subject(("delete",))


@frozen
class Family:
    """The operations on one kind of objects, as the paths of the document tell; each an operationId or None."""

    kind: str
    """The last word of the path, for one object: `/v1/{project_id}/scripts` → `script`."""
    list: str
    variable: str
    """The variable of an object's path, such as `job_name`."""
    create: str | None
    show: str | None
    delete: str | None
    export: str | None

    def key(self, item: Mapping[str, Any]) -> Any:
        """Return the value of an object's path: its name or its id."""
        # Pages and clients differ in the field with the id of a resource.
        names = ("name",) if self.variable.endswith("_name") else (self.variable, "id", "resourceId")
        return next((item[name] for name in names if name in item), None)


def families(document: Mapping[str, Any], tags: Collection[str]) -> Iterator[Family]:
    """Yield the kinds of objects that an API lists: a GET whose path is the beginning of the paths of its objects."""
    found = [operation for operation in operations(document) if set(operation.tags) & set(tags)]
    by_place = {(operation.method, operation.path): operation.id for operation in found}
    for each in found:
        variable = next(_variables_below((one.path for one in found), each.path), None)
        if each.method == "get" and variable is not None:
            below = f"{each.path}/{{{variable}}}"
            yield Family(
                word_of(each.path),
                each.id,
                variable,
                by_place.get(("post", each.path)),
                by_place.get(("get", below)),
                by_place.get(("delete", below)),
                by_place.get(("post", f"{below}/export")),
            )


def word_of(path: str) -> str:
    """Return the word for one object of a path: `/v1/{project_id}/scripts` → `script`."""
    return path.rpartition("/")[2].removesuffix("s")


def query_schemas(document: Mapping[str, Any], operation: OperationObject) -> dict[str, dict[str, Any]]:
    """Return the schemas of the parameters in the query of an operation, by name."""
    return {
        name: schema_of(document, deref(document, at(document, location)))
        for (where, name), location in parameters(document, operation.location).items()
        if where == "query"
    }


@frozen
class Filter:
    """A parameter with which a list is searched for a value of its objects."""

    parameter: str
    field: str
    """The field of the objects."""
    values: Sequence[Any]
    """The values that the document lists; empty for free text."""
    default: Any
    """The value without the parameter; None if every object is listed then."""


def looked_for(document: Mapping[str, Any], operation: OperationObject) -> Iterator[Filter]:
    """Yield the parameters that look for values of listed objects: `jobType`, and `jobName` for the field `name`."""
    for name, schema in query_schemas(document, operation).items():
        field = "name" if name == f"{word_of(operation.path)}Name" else name
        if name not in PAGING and schema.get("type") == "string":
            yield Filter(name, field, listed_values(document, schema), schema.get("default"))
