"""A changed document is written into its file: only the lines of changed parts differ."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.errors import JobexportError
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS, REGISTER
from jobexport.spec.load import load_yaml, parse_yaml
from jobexport.spec.statements.rewrite import rewritten, written_anew

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = """\
# the head
first: {a: 1, b: [x, y]}   # behind

second:
  # above
  - id: one
    says: 'it''s'
  - id: two
    says: >-
      folded
      text

    more: true
third:
  '200': ok
  '413': large
"""


def changes(path: Path, change: Callable[[Any], Any]) -> list[str]:
    """Return the lines that differ after a change of the document, each with its sign."""
    document = load_yaml(path)
    change(document)
    text = rewritten(path, document)
    assert parse_yaml(text, path) == document
    lines = difflib.ndiff(path.read_text(encoding="utf-8").splitlines(), text.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda it: None, []),
        (lambda it: it["second"][1].update(more=False), ["-     more: true", "+     more: false"]),
        (lambda it: it["second"].pop(0), ["-   - id: one", "-     says: 'it''s'"]),
        (lambda it: it["second"].append({"id": "new"}), ["+   - {id: new}"]),
        (lambda it: it["second"].insert(1, {"id": "new", "l": [1]}), ["+   - {id: new, l: [1]}"]),
        (lambda it: it["third"].update({"409": "no"}), ["+   '409': 'no'"]),
        (lambda it: it["second"][0].update(says="no: it"), ["-     says: 'it''s'", "+     says: 'no: it'"]),
        (lambda it: it.update(last={"x": {"y": "z " * 70 + "z"}}), None),
    ],
)
def test_only_the_lines_of_the_change_differ(
    tmp_path: Path, change: Callable[[Any], Any], lines: list[str] | None
) -> None:
    """Comments, order, quotes and folded text of other parts stay; a status comes between its neighbours."""
    path = tmp_path / "it.yaml"
    path.write_text(TEXT, encoding="utf-8")
    found = changes(path, change)
    assert all(line[0] == "+" and len(line) <= 122 for line in found) if lines is None else found == lines


@pytest.mark.parametrize("name", [BASE, REGISTER, OVERLAYS / "otc-2024.yaml"])
def test_a_source_that_does_not_change_keeps_every_byte(name: Path) -> None:
    """The project's own files come back as they are."""
    assert rewritten(CHECKOUT / name, load_yaml(CHECKOUT / name)) == (CHECKOUT / name).read_text(encoding="utf-8")


def test_an_alias_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    """A value that two places share can't be changed at one of them."""
    path = tmp_path / "it.yaml"
    path.write_text("a: &x\n  b: 1\nc: *x\n", encoding="utf-8")
    with pytest.raises(JobexportError, match="an alias"):
        rewritten(path, {"a": {"b": 2}, "c": {"b": 1}})


def test_a_new_file_reads_back(tmp_path: Path) -> None:
    """A document without a file is written in the style of the others."""
    document = load_yaml(CHECKOUT / OVERLAYS / "otc-2026.yaml")
    assert parse_yaml(written_anew(document), tmp_path / "new.yaml") == document
