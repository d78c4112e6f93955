"""Writes a changed document into the text of its YAML file: each line of an unchanged part stays as it is.

The lines are edited in place, by the marks of PyYAML's nodes. A library that keeps comments (ruamel.yaml) would write
the whole file anew: it folds long lines, moves comments of removed keys, and has one maintainer. Here an edit can't
reach a line outside its part, and the result is read back and compared before it is returned.
"""

from __future__ import annotations

import difflib
import json
import textwrap
from typing import TYPE_CHECKING, Any

import yaml
from attrs import define, field

from jobexport.errors import JobexportError
from jobexport.spec.document import reference
from jobexport.spec.load import compose_yaml, dump_line, dump_yaml, load_yaml, parse_yaml
from jobexport.spec.statements.change import same

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH = 120
_SHORT = 90
# Mappings under these keys, and in lists, may stand on one line; others are written as a block.
_INLINE = {"items", "schema", "value"}
_BLOCKS = {"description", "summary", "target", "title"}


def rewritten(path: Path, document: dict[str, Any]) -> str:
    """Return the text of a YAML file with the parts that differ from a document written anew.

    The file may be that of another document, of which this one is a copy with changes.

    Raises:
        JobexportError: the file can't be read, or its text can't express the change, as behind an alias.
    """
    text = path.read_text(encoding="utf-8")
    old = load_yaml(path)
    if same(old, document) and list(old) == list(document):
        return text
    writer = _Writer(text)
    node = compose_yaml(path)
    if node is not None:
        writer.change(node, old, document)
    new = writer.text()
    if not same(parse_yaml(new, path), document):
        raise JobexportError(f"{path}: an alias (*name) stands in the way of an edit; write its value out")
    return new


def written_anew(document: dict[str, Any]) -> str:
    """Return the text of a new file, in the style of the others."""
    return "".join(f"{line}\n" for name, value in document.items() for line in _entry(name, value, 0))


@define
class _Writer:
    """The edits of one text."""

    source: str
    _edits: list[tuple[int, int, list[str]]] = field(init=False, factory=list)
    """First line, the line after the last, and the lines in their place."""
    _lines: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = self.source.splitlines()

    def text(self) -> str:
        """Return the text with all edits."""
        lines = list(self._lines)
        # From last to first, no edit moves another. Edits that begin at one line keep their order.
        order = sorted((first, after, number) for number, (first, after, _) in enumerate(self._edits))
        for first, after, number in reversed(order):
            lines[first:after] = self._edits[number][2]
        return "\n".join(lines) + "\n"

    def change(self, node: yaml.Node, old: Any, new: Any) -> bool:
        """Add the edits that turn a block of the text into a new value; return False if it must be written anew."""
        if same(old, new):
            return True
        if isinstance(node, yaml.MappingNode) and isinstance(new, dict) and not node.flow_style and new:
            return self._mapping(node, old, new)
        if isinstance(node, yaml.SequenceNode) and isinstance(new, list) and not node.flow_style and new:
            return self._sequence(node, old, new)
        return False

    def _mapping(self, node: yaml.MappingNode, old: dict[str, Any], new: dict[str, Any]) -> bool:
        entries = {key.value: (key, value) for key, value in node.value}
        first = node.value[0][0]
        indent = first.start_mark.column
        in_item = bool(self._lines[first.start_mark.line][:indent].strip())
        if in_item and (first.value not in new or next(iter(new)) != first.value):
            return False  # The first key stands on the line of the item's dash.
        for name, (key, value) in entries.items():
            start, after = key.start_mark.line, self._after(key, value)
            if name not in new:
                self._edits.append((start, after, []))
            elif not self.change(value, old[name], new[name]):
                lines = _entry(name, new[name], indent)
                if in_item and key is first:
                    lines[0] = self._lines[start][:indent] + lines[0][indent:]
                self._edits.append((start, after, lines))
        line = first.start_mark.line
        for name in new:
            if name in entries:
                line = self._after(*entries[name])
            else:
                if name.isdecimal():  # a status: between its neighbours
                    below = [pair for key, pair in entries.items() if key.isdecimal() and int(key) < int(name)]
                    line = self._after(*below[-1]) if below else line
                self._edits.append((line, line, _entry(name, new[name], indent)))
        return True

    def _sequence(self, node: yaml.SequenceNode, old: list[Any], new: list[Any]) -> bool:
        first = node.value[0].start_mark.line
        dash = self._lines[first].index("-")
        mine, theirs = [_identity(item) for item in old], [_identity(item) for item in new]
        for _, one, two, three, four in difflib.SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
            # Items that differ continue one another in order; further items come after the last of them.
            for number, item in zip(range(one, two), new[three:four], strict=False):
                if not self.change(node.value[number], old[number], item):
                    start = node.value[number].start_mark.line
                    self._edits.append((start, self._end(node.value[number]), _item(item, dash)))
            for number in range(min(two, one + four - three), two):
                self._edits.append((node.value[number].start_mark.line, self._end(node.value[number]), []))
            for item in new[min(four, three + two - one) : four]:
                line = self._end(node.value[two - 1]) if two else first
                self._edits.append((line, line, _item(item, dash)))
        return True

    def _after(self, key: yaml.Node, value: yaml.Node) -> int:
        """Return the line after an entry of a mapping; an alias has its anchor's place, so its line is the key's."""
        if value.start_mark.line < key.start_mark.line:
            return int(key.end_mark.line) + 1
        return max(self._end(value), int(key.end_mark.line) + 1)

    def _end(self, node: yaml.Node) -> int:
        """Return the line after the last line of a node with content."""
        if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
            return self._after(*node.value[-1])
        if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            return self._end(node.value[-1])
        after = int(node.end_mark.line) + (node.end_mark.column > 0)
        while after > node.start_mark.line + 1 and not self._lines[after - 1].strip():
            after -= 1
        return after


def _identity(item: Any) -> str:
    """Return the text by which an item of a list is known again: its id, or all of it but the editions of a claim."""
    if isinstance(item, dict):
        item = item.get("id") or {key: value for key, value in item.items() if key != "editions"}
    return json.dumps(item, sort_keys=True)


def _entry(name: str, value: Any, indent: int) -> list[str]:
    """Return the lines of an entry of a mapping."""
    return _lines_of(f"{_scalar(name)}:", value, indent, name)


def _item(value: Any, indent: int) -> list[str]:
    """Return the lines of an item of a list."""
    lines = _lines_of("-", value, indent, "")
    if isinstance(value, dict) and len(lines) > 1 and lines[0].strip() == "-":
        lines[:2] = [" " * indent + "- " + lines[1].strip()]
    return lines


def _lines_of(head: str, value: Any, indent: int, name: str) -> list[str]:
    start = " " * indent + head
    if isinstance(value, (dict, list)) and value and not _on_one_line(value, name, start):
        if isinstance(value, dict):
            parts = [_entry(key, inner, indent + 2) for key, inner in value.items()]
        else:
            parts = [_item(inner, indent + 2) for inner in value]
        return [start, *(line for part in parts for line in part)]
    if isinstance(value, str) and len(start) + len(value) >= _WIDTH and _folds(value):
        return [
            f"{start} >-",
            *textwrap.wrap(
                value,
                _WIDTH,
                initial_indent=" " * (indent + 2),
                subsequent_indent=" " * (indent + 2),
                break_long_words=False,
                break_on_hyphens=False,
            ),
        ]
    if isinstance(value, str) and "\n" in value:
        first, *rest = dump_yaml({"x": value}).splitlines()
        return [start + first.removeprefix("x:"), *(" " * indent + line for line in rest)]
    return [f"{start} {_scalar(value)}"]


def _folds(text: str) -> bool:
    return " " in text and text == " ".join(text.split()) and not text.startswith("$")


def _on_one_line(value: Any, name: str, start: str) -> bool:
    """Check whether a mapping or list stands on one line: `[a, b]`, `{fact: type, at: /x, value: string}`."""
    if isinstance(value, list):
        plain = all(_is_short(item) for item in value)
        return plain and name != "pointers" and len(f"{start} {_scalar(value)}") <= _WIDTH
    if "fact" in value and "at" in value:
        return True
    if _BLOCKS & value.keys():
        return False
    leaf = all(_is_short(item) for item in value.values())
    return leaf and (name in _INLINE or not name or bool(reference(value)))


def _is_short(value: Any) -> bool:
    nested = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return not any(isinstance(item, (dict, list)) for item in nested) and len(json.dumps(value)) <= _SHORT


def _scalar(value: Any) -> str:
    """Write a value on one line."""
    return dump_line(value)
