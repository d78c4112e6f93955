"""Known deviations: a file of register ids that a server may break, each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs
from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec import load_register
from jobexport.spec.load import line_of, load_yaml_list

if TYPE_CHECKING:
    from pathlib import Path

_FILE = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "reason"],
        "additionalProperties": False,
        "properties": {"id": {"type": "string"}, "reason": {"type": "string", "minLength": 1}},
    },
}


@frozen
class Acceptance:
    """A known deviation of a server."""

    id: str
    """Id of an entry of the register."""
    reason: str


def load_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """Read a YAML list of `{id: …, reason: …}`.

    Raises:
        JobexportError: the file can't be read, is not such a list, or has an id that the register lacks; the text names
            file and line.
    """
    items = load_yaml_list(path)
    for problem in jsonschema_rs.validator_for(_FILE).iter_errors(items):
        pointer = list(problem.instance_path)
        where = "".join(f"/{step}" for step in pointer)
        raise JobexportError(
            f"{path} line {line_of(path, pointer)}: {where}: {problem.message:.200}; write {{id: DGC-010, reason: why}}"
        )
    known = {entry.id for entry in load_register().entries}
    for number, item in enumerate(items):
        if item["id"] not in known:
            line = line_of(path, [number, "id"])
            raise JobexportError(
                f"{path} line {line}: the register has no {item['id']!r}; generated/INCONSISTENCIES.md lists its ids"
            )
    return tuple(Acceptance(item["id"], item["reason"]) for item in items)
