"""Pages of a folder → one OpenAPI document. The pages are read one by one, and only their operations are kept."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from attrs import define, frozen

from jobexport.drift.scaffold.document import COMPONENTS, scaffold_document, sort_out_examples
from jobexport.drift.scaffold.merging import merge
from jobexport.drift.scaffold.names import operation_ids, pascal, variable_names
from jobexport.drift.scaffold.shapes import Shapes, inner_classes, references, replaced
from jobexport.errors import JobexportError
from jobexport.spec.document import NO_BODY, operations
from jobexport.spec.load import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.facts import PageFacts, Reference

Document = dict[str, Any]


@define
class PageOperation:
    """The operation of a page; its references lead to keys of shapes."""

    pages: list[str]
    """The files of its pages."""
    names: frozenset[str]
    """The words by which a link may name its page: identifier, title and name of the file."""
    method: str
    path: str
    content: Document
    schemas: tuple[str, ...]
    """The keys of schemas that nothing refers to: of tables that no row leads to."""
    references: tuple[Reference, ...]
    rank: int
    """How good the operationId is: 2 if the vendor's, 1 if from an English title, 0 if from the path."""


@frozen
class Counts:
    """The numbers of a document of many pages."""

    operations: int
    before: int
    """The number of schemas before sharing."""
    schemas: int


class FolderScaffold:
    """The description of all operations of a folder's pages."""

    def __init__(self, title: str) -> None:
        self.title, self.updated = title, ""
        self.operations: list[PageOperation] = []
        self.shapes = Shapes()
        self.notes: list[str] = []
        """Collisions and what was done, references that were followed, and text that was not understood."""
        self.counts = Counts(0, 0, 0)
        self.left_out = 0

    def add(self, page: PageFacts, name: str = "") -> None:
        """Add a page; a page without a request line is only noted.

        Args:
            page: the page's facts.
            name: the name of the page in the document; by default that of its file.
        """
        name = name or PurePath(page.source).name
        self.updated = max(self.updated, page.updated)
        if page.endpoint is None:
            self.left_out += 1
            self.notes.append(f"{name} has no request line and is left out.")
            return
        self.notes += [f"Not understood, {name} line {each.at}: {each.text} ({each.reason})" for each in page.unread]
        document = scaffold_document(page)
        (operation,) = operations(document)
        path, method, content = operation.path, operation.method, operation.fields
        schemas = document["components"]["schemas"]
        keys = self.shapes.absorb(schemas, content["operationId"], len(self.operations), name)
        used = set(references([content, *schemas.values()]))
        names = (page.document_id, page.title, PurePath(page.source).stem)
        known = frozenset(_plain(each) for each in names if each)
        rank = 2 if page.operation_names else int(page.title.isascii())
        content = {**replaced(content, keys.__getitem__), "x-page": name}
        self.operations.append(
            PageOperation(
                [name],
                known,
                method,
                path,
                content,
                tuple(keys[each] for each in schemas if each not in used),
                page.references,
                rank,
            )
        )

    def document(self) -> Document:
        """Return the document of all pages so far.

        Raises:
            JobexportError: no page has a request line.
        """
        if not self.operations:
            raise JobexportError(f"{self.title}: no page has a request line; a scaffold needs pages of operations")
        self._follow()
        paths = variable_names([operation.path for operation in self.operations])
        operations = self._merged(paths)
        named = self._named(operations, paths)
        taken = [name for operation in operations for name in _classes(operation.content)]
        keys = (key for operation in operations for key in (*references(operation.content), *operation.schemas))
        ids = {number: named[paths[each.path], each.method] for number, each in enumerate(self.operations)}
        schemas, names = self.shapes.components(keys, ids, taken)
        document: Document = {
            "openapi": "3.1.0",
            "info": {"title": self.title, "version": self.updated or "0"},
            "security": [{"XAuthToken": []}],
            "paths": {},
            "components": {**COMPONENTS, "schemas": schemas},
        }
        for operation in operations:
            item = document["paths"].setdefault(paths[operation.path], {})
            item[operation.method] = replaced(operation.content, names.__getitem__)
        sort_out_examples({**document, "paths": _only(document["paths"], operations, paths)})
        self.counts = Counts(len(operations), self.shapes.added, len(schemas))
        return document

    def text(self) -> str:
        """Return the document in YAML, with the notes as comments."""
        document = self.document()
        lines = [
            f"A first description of the operations on the pages of {self.title}; complete it in your own words.",
            "x-page and x-page-line are the page and its line; remove them after reading.",
            *self.notes,
        ]
        return "".join(f"# {' '.join(line.split())}\n" for line in lines) + dump_yaml(document)

    @property
    def summary(self) -> str:
        """One line about the document: how many operations and schemas, and how many pages were left out."""
        counts = self.counts
        left = f"; {self.left_out} pages without a request line are left out" if self.left_out else ""
        return f"{counts.operations} operations, {counts.schemas} schemas ({counts.before} before sharing){left}"

    # ---- pages that describe each other's bodies ----

    def _follow(self) -> None:
        """Take requests and responses that another page of the folder describes from there."""
        # A page may refer to a page that refers to a third.
        for _ in range(3):
            for operation in self.operations:
                for reference in operation.references:
                    other = self._page_of(reference.target)
                    if other is not None and other is not operation and _take(operation, other, reference.side):
                        mine, theirs = operation.pages[0], other.pages[0]
                        self.notes.append(f"{mine} line {reference.at}: the {reference.side} is that of {theirs}.")

    def _page_of(self, target: str) -> PageOperation | None:
        file, _, anchor = target.partition("#")
        wanted = {_plain(PurePath(file).stem), _plain(anchor), _plain(anchor.partition("__")[0])} - {""}
        return next((operation for operation in self.operations if wanted & operation.names), None)

    # ---- several pages of one operation ----

    def _merged(self, paths: dict[str, str]) -> list[PageOperation]:
        found: dict[tuple[str, str], PageOperation] = {}
        for operation in self.operations:
            path = paths[operation.path]
            if path != operation.path:
                self.notes.append(f"{operation.pages[0]}: the path {operation.path} is written {path}.")
                _rename_variables(operation, path)
            first = found.setdefault((operation.method, path), operation)
            if first is not operation:
                kept = merge(first.content, operation.content, self.shapes)
                first.schemas += operation.schemas
                words = f"; where they differ, the first counts: {', '.join(dict.fromkeys(kept))}" if kept else ""
                line = (
                    f"{operation.method.upper()} {path} is on {first.pages[0]} and {operation.pages[0]}: merged{words}."
                )
                self.notes.append(line)
                first.pages += operation.pages
                if operation.rank > first.rank:
                    first.rank = operation.rank
                    first.content |= {key: operation.content[key] for key in ("operationId", "summary")}
        return list(found.values())

    def _named(self, operations: Sequence[PageOperation], paths: dict[str, str]) -> dict[tuple[str, str], str]:
        """Make the operationIds unique, and return them by path and method."""
        wanted = [(each.content["operationId"], each.method, paths[each.path]) for each in operations]
        names = operation_ids(wanted)
        for operation, name in zip(operations, names, strict=True):
            old = operation.content["operationId"]
            if name != old:
                self.notes.append(f"{operation.pages[0]}: the operationId {old} is taken; it is {name} here.")
                operation.content["operationId"] = name
        return {(path, method): name for (_, method, path), name in zip(wanted, names, strict=True)}


def _plain(text: str) -> str:
    """Return the letters and digits of a name of a page: `creating_a_job` and `Creating a Job` → `creatingajob`."""
    return re.sub(r"[\W_]+", "", text).lower()


def _take(operation: PageOperation, other: PageOperation, side: str) -> bool:
    """Take a body of another operation if the operation has no body of its own; return False if it has one."""
    if side == "request":
        body = other.content.get("requestBody")
        if "requestBody" in operation.content or body is None or operation.method in NO_BODY:
            return False
        operation.content["requestBody"] = _without_examples(body)
        return True
    mine, theirs = (_success(each.content) for each in (operation, other))
    if "content" in mine or "content" not in theirs:
        return False
    mine["content"] = _without_examples(theirs)["content"]
    return True


def _success(content: Document) -> Document:
    found: Document = next(response for code, response in content["responses"].items() if code.startswith("2"))
    return found


def _without_examples(body: Document) -> Document:
    content = {
        type_: {key: value for key, value in media.items() if "examples" not in key}
        for type_, media in body["content"].items()
    }
    return {**body, "content": content}


def _rename_variables(operation: PageOperation, path: str) -> None:
    old, new = (re.findall(r"\{([^{}]*)\}", each) for each in (operation.path, path))
    known = {each["name"]: each for each in operation.content["parameters"] if each["in"] == "path"}
    # A path may name two variables the same; both are described by one row.
    variables = [{**known[name], "name": written} for name, written in zip(old, new, strict=True)]
    others = [each for each in operation.content["parameters"] if each["in"] != "path"]
    operation.content["parameters"] = [*variables, *others]


def _classes(content: Document) -> Iterator[str]:
    """Yield the names of the classes that a generator makes of an operation's parameters and bodies."""
    name = pascal(content["operationId"])
    for parameter in content["parameters"]:
        yield from inner_classes(name, {"properties": {parameter["name"]: parameter["schema"]}})
    bodies = {"Body": content.get("requestBody", {})}
    bodies |= {f"Response{code}": response for code, response in content["responses"].items()}
    for end, body in bodies.items():
        for media in body.get("content", {}).values():
            yield f"{name}{end}"
            yield from inner_classes(f"{name}{end}", media["schema"])


def _only(paths: Document, operations: Sequence[PageOperation], names: dict[str, str]) -> Document:
    """Return the operations of several pages: their examples may not fit the merged schemas."""
    merged = [operation for operation in operations if len(operation.pages) > 1]
    return {f"{each.method} {each.path}": paths[names[each.path]][each.method] for each in merged}
