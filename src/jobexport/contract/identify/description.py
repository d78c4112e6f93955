"""A document by place: the place of an object below an operation, behind references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.spec import document as documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.spec.document import Location, OperationObject

JSON = "application/json"


@frozen
class Description:
    """The document of an edition, or the union."""

    edition: str
    document: Mapping[str, Any] = field(repr=False)
    _operations: Mapping[str, OperationObject] = field(init=False, repr=False, eq=False)

    @_operations.default
    def _found(self) -> Mapping[str, OperationObject]:
        return documents.operations_by_id(self.document)

    def place(self, operation: str, *steps: str) -> Location | None:
        """Return the place below an operation to which the steps lead, or None if the document lacks it.

        References are followed on the way, but not at the end: the object there may be a reference.
        """
        found = self._operations.get(operation)
        return None if found is None else documents.walk(self.document, found.location, *steps)

    def behind(self, location: Location) -> Location:
        """Return the place to which the references at a place lead."""
        return documents.behind(self.document, location)

    def at(self, location: Location) -> Any:
        """Return the value at an existing place; raise KeyError if the document lacks the place."""
        return documents.at(self.document, location)

    def get(self, operation: str, *steps: str) -> Any:
        """Return the value at a place of an operation, behind references; an empty object if it is missing."""
        location = self.place(operation, *steps)
        return {} if location is None else self.at(self.behind(location))

    def parameter(self, operation: str, name: str) -> Location | None:
        """Return the place of the parameter with this name, or None if it is missing."""
        found = self.place(operation)
        listed = documents.parameters(self.document, found) if found else {}
        return next((self.behind(place) for (_, known), place in listed.items() if known == name), None)

    def errors(self, operation: str) -> Iterator[tuple[str, int, Location]]:
        """Yield name, status and place of each error example of an operation."""
        for status in self.get(operation, "responses"):
            if status[:1] in {"4", "5"}:
                place = ("responses", status, "content", JSON, "examples")
                for name in self.get(operation, *place):
                    location = self.place(operation, *place, name)
                    if location is not None:
                        yield name, int(status), location

    def error(self, operation: str, name: str) -> tuple[int, Location] | None:
        """Return status and place of the error example with this name, or None if it is missing."""
        return next(((status, at) for found, status, at in self.errors(operation) if found == name), None)

    def zip_media(self, operation: str) -> str | None:
        """Return the media type of the success response's zip, or None if the response is not a zip."""
        content = self.get(operation, "responses", "200", "content")
        return next((media for media, node in content.items() if "x-zip-layout" in node), None)

    def json_media(self, operation: str) -> str:
        """Return the media type of the success response's JSON; by default `application/json`."""
        place = (operation, "responses", "200", "content")
        found = (media for media in self.get(*place) if "properties" in self.get(*place, media, "schema"))
        return next(found, JSON)
