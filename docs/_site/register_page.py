"""Makes the page of the register: `make generate`'s page, with a matrix to take in at a glance and filters."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from jobexport.spec.matrix import as_html, letter, sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jobexport.spec.register import Entry, Register

# No HTML of the register's texts reaches the page.
_HEAD = """\
---
myst:
  disable_syntax: [html_block, html_inline]
tocdepth: 2
---
# Where the documents disagree

Each row is a fact, each column an edition. Editions with the same letter agree; `?` means that the page of the edition
could not be had. Rows marked ⇄ can be seen in a server's traffic; the others live in documents only. The entry of a row
has the facts, their pages, what was decided, and the test that holds the decision.
"""
_ENTRIES = "## Entries"


def page(text: str, register: Register, editions: Sequence[str]) -> str:
    """Return the page of the register as Markdown.

    Args:
        text: the page that `make generate` writes; its entries are shown as they stand.
        register: the register of the page.
        editions: the columns of the matrix, in order.
    """
    entries = text.partition(f"\n{_ENTRIES}\n")[2]
    shown = f"{_filters(register, editions)}\n{matrix(register, editions)}"
    return f"{_HEAD}\n## Matrix\n\n```{{raw}} html\n{shown}\n```\n\n{_ENTRIES}\n{entries}"


def _filters(register: Register, editions: Sequence[str]) -> str:
    operations = sorted({operation for entry in register.entries for operation in entry.operations})
    return (
        '<form id="register-filters" role="search" aria-label="Filter the register">'
        f"<label>Edition <select name='edition'>{_options(editions)}</select></label>"
        f"<label>Operation <select name='operation'>{_options(operations)}</select></label>"
        "<label><input type='checkbox' name='wire'> on the wire only</label>"
        f"<output role='status'>{len(register.entries)} entries</output></form>"
    )


def _options(values: Iterable[str]) -> str:
    return "".join(f"<option value='{escape(value)}'>{escape(value) or 'all'}</option>" for value in ["", *values])


def matrix(register: Register, editions: Sequence[str]) -> str:
    """Return the matrix as HTML: a row for each entry, grouped by operation, and a column for each edition."""
    head = "".join(f"<th scope='col' data-edition='{escape(id_)}'><span>{escape(id_)}</span></th>" for id_ in editions)
    groups = (
        f"<tbody><tr><th scope='rowgroup' colspan='{len(editions) + 1}'>{escape(title)}</th></tr>"
        f"{''.join(_row(entry, editions) for entry in entries)}</tbody>"
        for title, entries in sections(register).items()
        if entries
    )
    return f"<table id='register-matrix'><thead><tr><td></td>{head}</tr></thead>{''.join(groups)}</table>"


def _row(entry: Entry, editions: Sequence[str]) -> str:
    cells = []
    for edition in editions:
        claim = entry.claim(edition)
        mark = letter(entry, claim)
        style = "unknown" if mark == "?" else f"claim-{mark.lower()}"
        cells.append(f"<td class='{style}' data-edition='{escape(edition)}' title='{escape(claim.fact)}'>{mark}</td>")
    wire = " <span class='wire' title='on the wire' role='img' aria-label='on the wire'>⇄</span>" if entry.wire else ""
    return (
        f"<tr data-entry='{entry.id}' data-operations='{escape(' '.join(entry.operations))}' "
        f"data-wire='{int(entry.wire)}'><th scope='row'><a href='#{entry.id}'>{entry.id}</a> "
        f"{as_html(entry.title)}{wire}</th>{''.join(cells)}</tr>"
    )
