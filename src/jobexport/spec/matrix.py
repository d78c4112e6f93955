"""Renders the register as Markdown pages: a matrix editions × facts with each entry's evidence, and the editions."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobexport.spec.register import Claim, Entry, Register

_HEAD = """\
# Where the documents disagree

Written by `make generate` from `openapi/inconsistencies.yaml`; edit that file, not this one.

Each row is a fact, each column what one edition says of it. 〃 means: as on the left. Rows marked ⇄ can be seen in a
server's traffic; the others live in documents only. Below the matrix each entry names its pages, what was decided, and
the test that holds the decision.
"""

_EDITIONS_HEAD = """\
# The pages of the editions

Written by `make generate` from `overlays/` and the pages in `openapi/inconsistencies.yaml`; edit those, not this file.
"""

_DATES_HEAD = """\
The page of each operation has this date; – means that the page could not be had.
"""

_EVIDENCE = {
    "doc": "page",
    "source": "a public client's source",
    "measured": "measured",
    "none": "the page that would say it could not be had",
}


def render_matrix(register: Register, editions: Sequence[str]) -> str:
    """Return the page as Markdown.

    Args:
        register: the register to render.
        editions: the columns, in order.
    """
    parts = [_HEAD]
    for title, entries in sections(register).items():
        parts.append(f"## {title}\n\n{_table(entries, editions)}")
    parts.append("## Entries\n\n" + "\n".join(_detail(register, entry) for entry in register.entries))
    return "\n".join(parts)


def render_editions(register: Register, titles: Mapping[str, str]) -> str:
    """Return the page of the editions as Markdown: titles, and the date of the page of each operation.

    Args:
        register: the register, which has the pages.
        titles: the title of each edition, by id.
    """
    rows = [["edition", "what it stands for"], ["---"] * 2]
    rows += [[f"`{edition}`", title] for edition, title in titles.items()]
    pages = {(page.edition, page.operation): page for page in register.pages}
    dates = [["operation", *titles], ["---"] * (len(titles) + 1)]
    for operation in dict.fromkeys(page.operation for page in register.pages):
        found = [pages[edition, operation] for edition in titles]
        dates.append([operation, *("–" if page.document == "not known" else page.date for page in found)])
    return "\n".join([_EDITIONS_HEAD, _rows(rows), _DATES_HEAD, _rows(dates)])


def letter(entry: Entry, claim: Claim) -> str:
    """Return the letter of a claim's fact among those of its entry, such as `A`; `?` if its page could not be had."""
    facts = list(dict.fromkeys(_line(other.fact) for other in entry.claims if other.evidence != "none"))
    return "?" if claim.evidence == "none" else chr(ord("A") + facts.index(_line(claim.fact)))


def sections(register: Register) -> dict[str, list[Entry]]:
    """Return the entries by title of section: one section for each operation, then what all operations have in common.

    An entry of several operations stands under the first of them. Operations come in the order of the pages.
    """
    operations = dict.fromkeys(page.operation for page in register.pages)
    own = {operation: [e for e in register.entries if _section(e) == operation] for operation in operations}
    named = {f"{name} ({entries[0].api.upper()})": entries for name, entries in own.items() if entries}
    return named | {"Common": [entry for entry in register.entries if _section(entry) is None]}


def _section(entry: Entry) -> str | None:
    """Return the operation under which an entry stands, or None for a common entry."""
    return None if entry.id.startswith("COM-") else entry.operations[0]


def _table(entries: Sequence[Entry], editions: Sequence[str]) -> str:
    head = ["", "fact", *editions]
    rows = [head, ["---"] * len(head)]
    for entry in entries:
        cells: list[str] = []
        for edition, left in zip(editions, [None, *editions], strict=False):
            claim = entry.claim(edition)
            same = left is not None and claim.fact == entry.claim(left).fact
            cells.append("〃" if same else claim.fact)
        anchor = f"[{entry.id}](#{entry.id.lower()})"
        rows.append([anchor, entry.title + (" ⇄" if entry.wire else ""), *cells])
    return _rows(rows)


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(_line(cell).replace("|", "\\|") for cell in row) + " |" for row in rows) + "\n"


def _detail(register: Register, entry: Entry) -> str:
    facts = [f"**{entry.title}** · {', '.join(entry.operations)} · {entry.status}", ""]
    facts += [
        f"- **{letter(entry, claim)}** {claim.fact} ({sources(register, entry, claim)})" for claim in entry.claims
    ]
    facts += [f"- Beside the pages, {seen.by}: {seen.fact} ({_EVIDENCE[seen.evidence]})" for seen in entry.observed]
    facts += [
        f"- Union: {entry.union} At {', '.join(f'`{pointer}`' for pointer in entry.pointers)}.",
        f"- Overlays: {entry.overlay}",
        f"- Held by `{entry.test}`.",
    ]
    return "\n".join([f"### {entry.id}", "", *map(_line, facts)]) + "\n"


def as_html(text: str) -> str:
    """Return a text of the register as HTML, in one line; code is the only Markdown in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(_line(text)))


def _line(text: str) -> str:
    """Return a text in one line, so that it stays in its item of a list."""
    return " ".join(text.split())


def sources(register: Register, entry: Entry, claim: Claim) -> str:
    """Return the evidence of a claim with editions and pages, such as `page: otc-2024: dli_02_0254 of 2024-05`."""
    if claim.evidence == "none":
        found = ", ".join(claim.editions)
    elif claim.page is not None:
        found = f"{', '.join(claim.editions)}: {claim.page}"
    else:
        found = "; ".join(f"{edition}: {_pages(register, entry, edition)}" for edition in claim.editions)
    return f"{_EVIDENCE[claim.evidence]}: {found}"


def _pages(register: Register, entry: Entry, edition: str) -> str:
    pages = dict.fromkeys(register.page(edition, operation) for operation in entry.operations)
    return ", ".join(f"{page.document} of {page.date}" for page in pages)
