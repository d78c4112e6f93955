"""Writes blocks of a made-up page in each form; see `tests.drift.making.rendering`."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.drift.making.rendering import Page


@frozen
class Part:
    """A paragraph, list item or note in a cell; `lead` is the number of the table that its text leads to, or 0."""

    kind: Literal["text", "item", "note"]
    text: str
    lead: int = 0


@frozen
class Heading:
    text: str
    level: int


@frozen
class Paragraph:
    """A paragraph; with `item` it begins a list item, with `inside` it belongs to the item before it."""

    text: str
    link: str = ""
    item: bool = False
    inside: bool = False


@frozen
class Code:
    text: str
    inside: bool = False


@frozen
class Table:
    """A table; without a caption its number is 0."""

    number: int
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[Part, ...], ...], ...]

    def title(self, page: Page) -> str:
        """Return number and caption, such as `Table 3 Response parameters`."""
        return f"{_numbered(page, self.number)} {self.caption}"


Line = Heading | Paragraph | Code | Table


def _numbered(page: Page, number: int) -> str:
    return f"Table {number}" if page.language == "en" else f"表{number}"


def _note(page: Page) -> str:
    return "NOTE:" if page.language == "en" else "说明："


def _linked(page: Page, part: Part, text: str, link: Callable[[str, str], str]) -> str:
    """Return the text with a link around the words that lead to a table."""
    words = _numbered(page, part.lead)
    before, found, after = text.rpartition(words)
    return before + link(words, f"{page.document_id}__table{part.lead}") + after if part.lead and found else text


# ---- HTML ----


def _html(blocks: Sequence[Line], page: Page) -> str:
    lines = [f'<a name="{page.document_id}"></a><a name="{page.document_id}"></a>', ""]
    for block in blocks:
        lines += _html_block(block, page)
    return "\n".join(lines) + "\n"


def _html_block(block: Line, page: Page) -> list[str]:
    match block:
        case Heading(text, level):
            return [
                f'<h{1 if level == 1 else 4} class="topictitle{level}">{html.escape(text)}</h{1 if level == 1 else 4}>'
            ]
        case Paragraph(text, link, item, _):
            inner = f'<a href="{html.escape(link)}">{html.escape(text)}</a>' if link else html.escape(text)
            return [f"<ul><li>{inner}</li></ul>" if item else f"<p>{inner}</p>"]
        case Code(text, _):
            return [f'<pre class="screen">{html.escape(text)}</pre>']
        case Table():
            return html_table(block, page)


def html_table(table: Table, page: Page, caption: bool = True) -> list[str]:
    """Return the lines of a table as the vendor's tool writes it."""
    anchor = f"{page.document_id}__table{table.number}"
    lines = [
        f'<div class="tablenoborder"><a name="{anchor}"></a><table id="{anchor}" border="1">' if caption else "<table>"
    ]
    if caption and table.number:
        lines[0] += f"<caption><b>{_numbered(page, table.number)} </b>{html.escape(table.caption)}</caption>"
    lines[0] += (
        '<thead align="left"><tr>'
        + "".join(f'<th valign="top" width="30%"><p>{html.escape(head)}</p>\n</th>\n' for head in table.heads)
        + "</tr>"
    )
    lines.append("</thead>")
    lines.append("<tbody>")
    lines += [
        "<tr>" + "\n".join(f'<td valign="top">{_html_cell(cell, page)}\n</td>' for cell in row) + "\n</tr>"
        for row in table.rows
    ]
    return [*lines, "</tbody>", "</table>", *(["</div>"] if caption else [])]


def _html_cell(cell: Sequence[Part], page: Page) -> str:
    lines: list[str] = []
    for index, part in enumerate(cell):
        text = _linked(page, part, html.escape(part.text), lambda words, to: f'<a href="#{to}">{words}</a>')
        if part.kind == "item":
            opens = index == 0 or cell[index - 1].kind != "item"
            closes = index + 1 == len(cell) or cell[index + 1].kind != "item"
            lines.append(f"{'<ul>' if opens else ''}<li>{text}</li>{'</ul>' if closes else ''}")
        elif part.kind == "note":
            title = f'<span class="notetitle"> {_note(page)} </span>'
            lines.append(f'<div class="note">{title}<div class="notebody"><p>{text}</p>\n</div></div>')
        else:
            lines.append(f"<p>{text}</p>")
    return "\n".join(lines)


# ---- Markdown ----


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def _markdown(blocks: Sequence[Line], page: Page, pipes: bool = False) -> str:
    lines: list[str] = []
    for block in blocks:
        indent = "    " if (isinstance(block, Paragraph | Code) and block.inside) else ""
        lines += [f"{indent}{line}" if line else "" for line in _markdown_block(block, page, pipes)]
    return "\n".join(lines) + "\n"


def _markdown_block(block: Line, page: Page, pipes: bool) -> list[str]:
    match block:
        case Heading(text, level):
            name = page.document_id if level == 1 else f"section{len(text)}"
            return [f'{"#" * level} {_escaped(text)}<a name="{name}"></a>', ""]
        case Paragraph(text, link, item, _):
            inner = f"[{_escaped(text)}]({link})" if link else _escaped(text)
            return [("-   " if item else "") + inner, ""]
        case Code(text, _):
            return ["```", *text.split("\n"), "```", ""]
        case Table():
            caption = [f"**{_numbered(page, block.number)}**  {_escaped(block.caption)}", ""] if block.number else []
            if pipes:
                return [*caption, *_pipe_table(block, page), ""]
            anchor = f'<a name="{page.document_id}__table{block.number}"></a>'
            return [*caption, anchor, *html_table(block, page, caption=False), ""]


def _pipe_table(table: Table, page: Page) -> Iterator[str]:
    yield f"| {' | '.join(_escaped(head) for head in table.heads)} |"
    yield "|" + "---|" * len(table.heads)
    for row in table.rows:
        yield f"| {' | '.join(_pipe_cell(cell, page) for cell in row)} |"


def _pipe_cell(cell: Sequence[Part], page: Page) -> str:
    parts = []
    for part in cell:
        text = _linked(page, part, _escaped(part.text), lambda words, to: f"[{words}](#{to})")
        parts.append({"text": text, "item": f"- {text}", "note": f"{_note(page)} {text}"}[part.kind])
    return "<br>".join(parts)


# ---- reStructuredText ----


def _rst(blocks: Sequence[Line], page: Page) -> str:
    lines = [f":original_name: {page.document_id}.html", "", f".. _{page.document_id}:", ""]
    for block in blocks:
        indent = "   " if (isinstance(block, Paragraph | Code) and block.inside) else ""
        lines += [f"{indent}{line}" if line else "" for line in _rst_block(block, page)]
    return "\n".join(lines) + "\n"


def _rst_escaped(text: str) -> str:
    return re.sub(r"([\\`*_|])", r"\\\1", text)


def _rst_block(block: Line, page: Page) -> list[str]:
    match block:
        case Heading(text, level):
            return [_rst_escaped(text), ("=" if level == 1 else "-") * max(4, width(_rst_escaped(text))), ""]
        case Paragraph(text, link, item, _):
            inner = f"`{text} <{link}>`__" if link else _rst_escaped(text)
            return [("-  " if item else "") + inner, ""]
        case Code(text, _):
            return [".. code-block::", "", *(f"   {line}" for line in text.split("\n")), ""]
        case Table(number):
            grid = [f"   {line}" for line in _grid(block, page)]
            title = f"**{_numbered(page, number)}** {_rst_escaped(block.caption)}" if number else ""
            return [f".. _{page.document_id}__table{number}:", "", f".. table:: {title}".rstrip(), "", *grid, ""]


def width(text: str) -> int:
    """Return the width of a text in columns; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _grid(table: Table, page: Page) -> Iterator[str]:
    rows = (
        [[_rst_escaped(head)] for head in table.heads],
        *([_rst_cell(cell, page) for cell in row] for row in table.rows),
    )
    widths = [max(width(line) for row in rows for line in row[column]) for column in range(len(table.heads))]
    rule = "+" + "+".join("-" * (each + 2) for each in widths) + "+"
    yield rule
    for index, row in enumerate(rows):
        for line in range(max(map(len, row))):
            cells = [cell[line] if line < len(cell) else "" for cell in row]
            yield (
                "|"
                + "|".join(f" {cell}{' ' * (w - width(cell))} " for cell, w in zip(cells, widths, strict=True))
                + "|"
            )
        yield rule.replace("-", "=") if index == 0 else rule


def _rst_cell(cell: Sequence[Part], page: Page) -> list[str]:
    lines: list[str] = []
    for index, part in enumerate(cell):
        text = _linked(page, part, _rst_escaped(part.text), lambda words, to: f":ref:`{words} <{to}>`")
        if lines and not (part.kind == "item" and cell[index - 1].kind == "item"):
            lines.append("")
        if part.kind == "note":
            lines += [".. note::", "", f"   {text}"]
        else:
            lines.append(f"-  {text}" if part.kind == "item" else text)
    return lines or [""]


# ---- plain text ----


def _text(blocks: Sequence[Line], page: Page, tabs: bool = False) -> str:
    lines: list[str] = []
    for block in blocks:
        lines += _text_block(block, page, tabs)
    return "\n".join(lines) + "\n"


def _text_block(block: Line, page: Page, tabs: bool) -> list[str]:
    match block:
        case Heading(text, _):
            return [text, ""]
        case Paragraph(text, _, item, inside):
            return [("  • " if item else "    " if inside else "") + text, ""]
        case Code(text, _):
            return [*text.split("\n"), ""]
        case Table():
            lines = [block.title(page), ""] if block.number else []
            for row in (tuple((Part("text", head),) for head in block.heads), *block.rows):
                cells = [_text_cell(cell, page, "\n" if tabs else "\n\n") for cell in row]
                lines += ["\t".join(cells)] if tabs else [line for cell in cells for line in (cell, "") if cell]
            return [*"\n".join(lines).split("\n"), ""]


def _text_cell(cell: Sequence[Part], page: Page, gap: str) -> str:
    return gap.join(
        {"text": part.text, "item": f"  • {part.text}", "note": f"{_note(page)}{gap}{part.text}"}[part.kind]
        for part in cell
    )


WRITERS: dict[str, Callable[[Sequence[Line], Page], str]] = {
    "markdown": _markdown,
    "pipes": lambda blocks, page: _markdown(blocks, page, pipes=True),
    "html": _html,
    "rst": _rst,
    "text": _text,
    "tabs": lambda blocks, page: _text(blocks, page, tabs=True),
}
