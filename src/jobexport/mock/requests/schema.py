"""A compiled schema of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import to_pointer
from jobexport.spec.examples import needed_components

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Schema:
    """A compiled schema."""

    validator: jsonschema_rs.Draft202012Validator

    def violation(self, value: Any) -> tuple[str, str] | None:
        """Return the JSON pointer and the reason of the first violation, or None if the value is valid."""
        if self.validator.is_valid(value):
            return None
        error = next(iter(self.validator.iter_errors(value)))
        return to_pointer(tuple(error.instance_path)), error.message


def compile_schema(document: Mapping[str, Any], schema: Any) -> Schema:
    """Compile a schema, whose references lead into a document.

    Raises:
        JobexportError: the schema is no schema; the message names the place.
    """
    root = {"allOf": [schema], "components": needed_components(document, schema)}
    # Messages go into a response header, so values are masked.
    try:
        return Schema(jsonschema_rs.Draft202012Validator(root, mask="the value"))
    except jsonschema_rs.ValidationError as problem:
        place = to_pointer(tuple(problem.instance_path))
        raise JobexportError(
            f"the document's schema {place} can't be compiled: {problem.message}; correct it"
        ) from None
