"""reStructuredText → blocks, by docutils, with roles and directives of Sphinx and with broken tables."""

from __future__ import annotations

import functools
import re
import textwrap
import warnings
from typing import TYPE_CHECKING, Any

from docutils import frontend, nodes, statemachine, utils
from docutils.parsers.rst import Parser, roles, states

from jobexport.drift.pages.blocks import Block, Cell, Code, Flow, Paragraph, Row, Table, fold
from jobexport.drift.pages.bounds import COLUMNS, TOO_DEEP, Deadline, Unreadable
from jobexport.drift.pages.forms.rst_grid import broken_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

DEPTH = 60
"""The deepest nesting of nodes; a note in a list in a cell of a table in a list is at 14."""
_NESTED = 4
"""The deepest nesting of directives that only Sphinx knows."""
_INLINE_LIMIT = 6000
"""The most characters of a paragraph whose markup is read: the time grows with the square of the length."""

_CODE_NAMES = "code-block sourcecode code highlight parsed-literal literalinclude"
_CODE = frozenset(_CODE_NAMES.split())
_IGNORED = frozenset(
    (
        "comment",
        "substitution_definition",
        "pending",
        "image",
        "meta",
        "raw",
        "footnote_reference",
        "citation_reference",
        "label",
    )
)
_DIRECTIVE = re.compile(r"\s*\.\.\s+([\w:.+-]+)::[ \t]*(.*)")
_RULE = re.compile(r"[\s|]*\+[-+=]+\+[\s|]*")
_OPTION = re.compile(r"\s*:[\w-]+:")
_SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "halt_level": 6,
    "line_length_limit": 1 << 22,
    "raw_enabled": False,
    "report_level": 5,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "warning_stream": False,
}


@functools.cache
def _settings() -> Any:
    """Return the settings of docutils, which take longer to build than many pages take to read."""
    settings = frontend.get_default_settings(Parser)
    settings.update(_SETTINGS, frontend.OptionParser(components=(Parser,)))
    return settings


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """Parse a reStructuredText into blocks.

    Raises:
        Unreadable: lists, quotations or tables are nested too deeply, or reading takes too long.
    """
    lines = text.split("\n")
    # docutils searches the columns of a table in one go, so the deadline can't be checked meanwhile.
    if any(line.count("+") > COLUMNS and _RULE.fullmatch(line) for line in lines):
        raise Unreadable(f"a table has more than {COLUMNS} columns")
    walker = _RstWalker(lines, Flow(), deadline)
    walker.read(text, 0)
    walker.flow.end()
    return walker.flow.blocks


_STRUCK = frozenset(("del", "s", "strike", "strikethrough", "line-through"))
_KNOWN_ROLES = frozenset(("emphasis", "strong", "literal", "subscript", "superscript", "title-reference", ""))


def _inliner(deadline: Deadline) -> Any:
    """Return an inliner of docutils that reads an unknown role as a reference and checks the deadline.

    It is not a subclass, because docutils looks up patterns in the class of the instance itself.
    """
    inliner = states.Inliner()
    parse, interpreted = inliner.parse, inliner.interpreted

    def bounded(text: str, lineno: int, memo: Any, parent: Any) -> Any:
        deadline.check()
        if len(text) > _INLINE_LIMIT:
            return [nodes.Text(re.sub(r"\\(.)", r"\1", text))], []
        return parse(text, lineno, memo, parent)

    def lenient(rawsource: str, text: str, role: str, lineno: int) -> Any:
        if role in _KNOWN_ROLES:
            return interpreted(rawsource, text, role, lineno)
        if role in _STRUCK:
            return [], []
        plain = utils.unescape(text)
        words, target = _reference(plain)
        return [nodes.reference(rawsource, words, refuri=f"#{target}")], []

    vars(inliner).update(parse=bounded, interpreted=lenient)
    return inliner


class _PageLines(statemachine.StringList):
    """Lines of a page. In ASCII each character has one column, so docutils need not look at each of them."""

    def get_2D_block(  # noqa: N802  # the base class's name
        self,
        top: int,
        left: int,
        bottom: int,
        right: int,
        strip_indent: bool = True,
    ) -> Any:
        if not all(map(str.isascii, self.data[top:bottom])):
            return super().get_2D_block(top, left, bottom, right, strip_indent)
        block = self[top:bottom]
        lines = [line[left:right].rstrip() for line in block.data]
        indent = min((len(line) - len(line.lstrip()) for line in lines if line), default=right)
        block.data = [line[indent:] for line in lines] if strip_indent and 0 < indent < right else lines
        return block

    def pad_double_width(self, pad_char: str) -> None:
        if not all(map(str.isascii, self.data)):
            super().pad_double_width(pad_char)


def _parse(text: str, document: Any, inliner: Any) -> None:
    """Fill a document with the nodes of a text, as the parser of docutils does, which takes no lines."""
    parser = Parser(inliner=inliner)
    parser.setup_parse(text, document)
    machine = states.RSTStateMachine(state_classes=parser.state_classes, initial_state=parser.initial_state)
    lines = statemachine.string2lines(text, tab_width=document.settings.tab_width, convert_whitespace=True)
    machine.run(_PageLines(lines, source=document["source"]), document, inliner=inliner)
    vars(roles)["_roles"].pop("", None)  # the directive default-role is for this page only
    parser.finish_parse()


def _reference(text: str) -> tuple[str, str]:
    """Return words and target of a reference: `"a <b>"` → `("a", "b")`; without a target the words are the target."""
    words, opened, target = text.rstrip().rpartition("<")
    inside = target[:-1]
    return (
        (words.rstrip(), inside) if opened and target.endswith(">") and inside and ">" not in inside else (text, text)
    )


class _RstWalker:
    """Walks over a document's nodes and fills a flow of blocks."""

    def __init__(self, lines: Sequence[str], flow: Flow, deadline: Deadline) -> None:
        self.lines, self.flow, self.deadline = lines, flow, deadline
        self.names: list[str] = []
        self.line = 1
        self.level = 0
        self.shift = 0
        self.nested = 0

    def read(self, text: str, shift: int) -> None:
        """Parse a text; `shift` is the number of lines of the page above its first line."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            document = utils.new_document("page", _settings().copy())
        note_source = document.note_source

        def watched(source: Any, offset: Any) -> None:
            self.deadline.check()
            note_source(source, offset)

        vars(document)["note_source"] = watched
        try:
            _parse(text, document, _inliner(self.deadline))
        except RecursionError:
            raise Unreadable(TOO_DEEP) from None
        before, self.shift = self.shift, shift
        self.walk(document, 0)
        self.shift = before

    def walk(self, node: Any, depth: int) -> None:
        self.deadline.check()
        if depth > DEPTH:
            raise Unreadable(TOO_DEEP)
        for child in node.children:
            if isinstance(child, nodes.Text):
                self.flow.text(child.astext(), self.line, variable=isinstance(node, nodes.emphasis))
                self.names.clear()
                continue
            if child.line:
                self.line = child.line + self.shift
            self._node(child, depth + 1)

    def _node(self, node: Any, depth: int) -> None:
        kind = node.tagname
        if kind in _IGNORED:
            return
        self.names += [*node.get("names", ()), *node.get("ids", ())] if kind in ("target", "table") else []
        handler = getattr(self, f"_{kind}", None)
        if handler:
            handler(node, depth)
        elif isinstance(node, nodes.Admonition):
            self.flow.end()
            self.flow.note += 1
            self.walk(node, depth)
            self.flow.end()
            self.flow.note -= 1
        elif isinstance(node, nodes.Inline):
            self.walk(node, depth)
        else:
            self.flow.end()
            self.walk(node, depth)
            self.flow.end()

    def _section(self, node: Any, depth: int) -> None:
        self.level += 1
        self.walk(node, depth)
        self.flow.end()
        self.level -= 1

    def _title(self, node: Any, depth: int) -> None:
        names, self.names = [*node.parent.get("names", ()), *self.names], []
        self.flow.end()
        # docutils gives the line of the underline.
        self.line = self._above(node.rawsource or node.astext(), self.line)
        self.walk(node, depth)
        self.flow.heading(max(self.level, 1), self.line, names)

    def _reference(self, node: Any, depth: int) -> None:
        self.walk(node, depth)
        self.flow.link(node.astext(), str(node.get("refuri") or node.get("refname") or ""))

    def _bullet_list(self, node: Any, depth: int) -> None:
        self.flow.end()
        self.flow.lists += 1
        self.walk(node, depth)
        self.flow.end()
        self.flow.lists -= 1

    _enumerated_list = _bullet_list

    def _list_item(self, node: Any, depth: int) -> None:
        self.flow.item()
        self.walk(node, depth)
        self.flow.end()

    def _field(self, node: Any, depth: int) -> None:
        self.flow.end()
        line = node.line or node.children[0].line or 0
        text = f":{node.children[0].astext()}: {fold(node.children[1].astext())}"
        self.flow.add(Paragraph("text", text, line + self.shift or 1))

    def _literal_block(self, node: Any, depth: int) -> None:
        text = node.astext().strip("\n").rstrip()
        if text.strip():
            first = next(line for line in text.split("\n") if line.strip())
            # In a list docutils gives no line, elsewhere that of the end.
            line = self._above(first, node.line + self.shift) if node.line else self._below(first, self.line)
            self.line = line
            self.flow.add(Code(text, line))

    def _below(self, text: str, near: int) -> int:
        """Return the first line with this text from line `near` downwards, else `near`."""
        wanted = text.strip()
        below = range(max(near, 1), min(near + 3000, len(self.lines)) + 1)
        return next((line for line in below if self.lines[line - 1].strip() == wanted), near)

    def _above(self, text: str, near: int) -> int:
        """Return the first line with this text from line `near`, where docutils reports it, upwards, else `near`."""
        wanted = [each.strip() for each in text.strip().split("\n")[:3]]
        last = min(near, len(self.lines))
        for line in range(last, max(near - 3000, 0), -1):
            shown = self.lines[line - 1 : line - 1 + len(wanted)]
            if wanted[0] in shown[0] and all(each in words for each, words in zip(wanted, shown, strict=False)):
                return line
        return last

    def _table(self, node: Any, depth: int) -> None:
        names, self.names = tuple(self.names), []
        line = (node.line or self.line - self.shift) + self.shift
        caption = next((child.astext() for child in node.children if isinstance(child, nodes.title)), "")
        rows = [
            self._row(row, depth, line)
            for group in node.children
            if isinstance(group, nodes.tgroup)
            for part in group.children
            if isinstance(part, nodes.thead | nodes.tbody)
            for row in part.children
        ]
        self.flow.add(Table(rows[0].line if rows and not caption else line, tuple(rows), fold(caption), names))

    def _row(self, node: Any, depth: int, line: int) -> Row:
        cells: list[Cell] = []
        for entry in node.children:
            inner = _RstWalker(self.lines, Flow(), self.deadline)
            inner.line, inner.shift, inner.nested = self.line, self.shift, self.nested
            inner.walk(entry, depth + 1)
            cell = inner.flow.cell()
            cells += [cell] * (1 + min(int(entry.get("morecols", 0)), 100))
        return Row(next((part.line for cell in cells for part in cell.parts), line), tuple(cells))

    def _system_message(self, node: Any, depth: int) -> None:
        """Read the text of a message of docutils: an unknown directive, a broken table, or other refused text."""
        if len(node.children) < 2 or not isinstance(node.children[-1], nodes.literal_block):
            return
        text = node.children[-1].astext()
        line = node.get("line") or node.line or 0
        near = min(line + self.shift + text.count("\n") + 2, len(self.lines))
        start = self._above(text, near)
        directive = _DIRECTIVE.match(text)
        if directive and self.nested < _NESTED:
            self._unknown(directive[1], directive[2], text.split("\n"), start)
        elif table := broken_grid(text.split("\n"), start):
            self.flow.add(table)
        elif text.strip() and not directive:
            self.flow.add(Code(text, start))

    def _unknown(self, name: str, argument: str, lines: Sequence[str], start: int) -> None:
        """Read the content of a directive that docutils does not know, or with options that it does not know."""
        body = 1
        while body < len(lines) and _OPTION.match(lines[body]):
            body += 1
        inner = textwrap.dedent("\n".join(lines[body:]))
        if name in _CODE:
            text = inner.strip("\n").rstrip()
            skipped = next((at for at, line in enumerate(lines[body:]) if line.strip()), 0)
            if text:
                self.flow.add(Code(text, start + body + skipped))
            return
        if argument.strip() and name not in ("include", "raw", "image", "toctree", "only", "index"):
            self.flow.end()
            self.flow.text(argument, start)
            self.flow.end()
        self.nested += 1
        self.read(inner, start + body - 1)
        self.nested -= 1
        self.flow.end()
