"""The documentation site: its pages from the code, and the check of its links. `make docs` builds the whole."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import click
import pytest
from attrs import evolve

import jobexport
from docs._site import command_pages, edition_pages, escaping, links, python_pages, register_page, staging
from jobexport.cli.commands import cli
from jobexport.spec.editions import CHECKOUT, edition_ids
from jobexport.spec.matrix import letter, render_matrix
from jobexport.spec.register import load_register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = (
    "a <script>alert(1)</script> `<img src=x onerror=alert(2)>` [b](javascript:alert(3))\n```{raw} html\n<hr>\n```"
)


class Elements(HTMLParser):
    """The elements and the text of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def site(folder: Path, **pages: str) -> list[str]:
    """Write pages and return the problems that the check finds."""
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return list(links.problems(folder))


def test_a_sound_site_has_no_problems(tmp_path: Path) -> None:
    """Links to pages, anchors, other hosts and data are fine."""
    text = '<a href="b.html#x">b</a> <a href="#y" id="y">y</a> <a href="https://example.org">e</a> <img src="data:,">'
    assert site(tmp_path, a=text, b="<p id='x'>") == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<a href="c.html">c</a>', "a.html links c.html, and the site has no c.html"),
        ('<a href="b.html#z">b</a>', "a.html links b.html#z, and b.html has no anchor z"),
        ('<a href="#z">b</a>', "a.html links #z, and a.html has no anchor z"),
        ('<script src="https://example.org/x.js">', "a.html loads https://example.org/x.js by network"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "a.html loads //example.org/x.css by network"),
    ],
)
def test_a_dead_link_or_a_file_from_elsewhere_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    """The sentence names the page, the link, and what is missing."""
    assert site(tmp_path, a=text, b="<p id='x'>") == [problem]


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its path."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


def test_the_command_pages_have_every_command_and_option() -> None:
    """Each command has a heading or is the start, and each of its options stands on its page."""
    pages = command_pages.pages()
    for path, command in commands(cli, "jobexport"):
        words = path.split()
        page = pages[f"commands/{words[1] if len(words) > 1 else 'index'}.md"]
        assert len(words) == 1 or re.search(rf"^#+ {path}$", page, re.MULTILINE), path
        section = page.partition(f"# {path}\n")[2] or page
        for option in (option for parameter in command.params for option in parameter.opts if option.startswith("-")):
            assert re.search(rf"^`(?:[^`\n]* )?{option}\b", section, re.MULTILINE), (path, option)


def test_the_environment_variables_stand_on_the_command_pages() -> None:
    """What a help has beside options is on the page too."""
    assert "\n`JOBEXPORT_TOKEN`\n: " in command_pages.pages()["commands/contract.md"]


def test_the_python_pages_have_every_public_name() -> None:
    """Each name of each `__all__` is documented once, or refers to where it is."""
    pages = python_pages.pages()
    whole = "\n".join(pages.values())
    for name in set(jobexport.__all__) - {"__version__", "JobexportError"}:
        assert len(re.findall(rf"^\.\. \S+:: jobexport\.{name}$", whole, re.MULTILINE)) == 1, name
    assert ":py:obj:`jobexport.errors.JobexportError`" in pages["python/jobexport.rst"]
    assert ":py:obj:`jobexport.DgcClient`" in pages["python/jobexport.client.rst"]


def test_a_constant_has_its_docstring() -> None:
    """It is found in the module that defines the constant."""
    assert (
        ".. py:data:: jobexport.mock.FAULTS\n\n   Every fault by id"
        in python_pages.pages()["python/jobexport.mock.rst"]
    )


def test_every_edition_has_a_page_and_a_document() -> None:
    """The page lists the operations; the document is the edition's, as one line of JSON without the end of a script."""
    pages = edition_pages.pages(CHECKOUT)
    assert list(pages) == [f"apis/{id_}.md" for id_ in edition_ids(CHECKOUT)]
    text = edition_pages.shown("otc-2026", CHECKOUT)
    assert "<" not in text
    assert json.loads(text)["info"]["x-edition"] == "otc-2026"


def test_marks_of_a_document_lead_to_the_register() -> None:
    """A field with a mark explains it with a link to the entry's anchor; the servers are the vendor's."""
    document = json.loads(edition_pages.shown("otc-2026", CHECKOUT))
    field = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]["zip_file"]
    assert "[DLI-001](../generated/INCONSISTENCIES.html#DLI-001) Name of the zip array" in field["description"]
    servers = [host["url"] for item in document["paths"].values() for host in item.get("servers", ())]
    assert servers
    assert "/" not in servers


def test_the_register_has_a_row_for_each_entry_and_a_cell_for_each_edition() -> None:
    """Editions with one fact have one letter, and an edition whose page could not be had has a question mark."""
    register = load_register(CHECKOUT / "openapi/inconsistencies.yaml")
    editions = edition_ids(CHECKOUT)
    rows = re.findall(r"<tr data-entry='([^']+)'.*?</tr>", register_page.matrix(register, editions))
    assert sorted(rows) == sorted(entry.id for entry in register.entries)
    (row,) = re.findall(r"<tr data-entry='DLI-016'.*?</tr>", register_page.matrix(register, editions))
    guessed = next(entry for entry in register.entries if entry.id == "DLI-016")
    unknown = {edition for claim in guessed.claims if claim.evidence == "none" for edition in claim.editions}
    assert len(unknown) > 1
    assert re.findall(r">(.)</td>", row) == ["?" if edition in unknown else "A" for edition in editions]
    entry = next(entry for entry in register.entries if len(entry.claims) > 1)
    agreed = evolve(entry, claims=tuple(evolve(claim, fact="same", evidence="doc") for claim in entry.claims))
    assert {letter(agreed, claim) for claim in agreed.claims} == {"A"}


def hostile_page() -> str:
    """Return the page of a register whose texts are hostile."""
    register = load_register(CHECKOUT / "openapi/inconsistencies.yaml")
    entry = register.entries[0]
    claims = tuple(evolve(claim, fact=HOSTILE, page=HOSTILE) for claim in entry.claims)
    changed = evolve(register, entries=(evolve(entry, title=HOSTILE, claims=claims, union=HOSTILE, overlay=HOSTILE),))
    text = render_matrix(changed, edition_ids(CHECKOUT))
    return register_page.page(text, changed, edition_ids(CHECKOUT))


def test_hostile_text_of_the_register_stays_text() -> None:
    """Neither HTML, nor a script's link, nor a directive of Markdown in a text of the register has an effect."""
    parser = pytest.importorskip("myst_parser.docutils_")
    from docutils.core import publish_parts

    settings = {"report_level": 5, "myst_heading_anchors": 4}
    shown = publish_parts(hostile_page(), parser=parser.Parser(), writer="html5", settings_overrides=settings)[
        "html_body"
    ]
    found = Elements(shown)
    assert found.elements & {"script", "img", "hr"} == set()
    assert [link for link in found.links if link.startswith("javascript:")] == []
    assert found.text.count("alert(1)") >= 5


def test_escaped_text_is_shown_as_it_is() -> None:
    """Each mark of Markdown is escaped, and a line break is a blank."""
    assert escaping.plain("*a* `b` <c>\n- [d](e)") == r"\*a\* \`b\` \<c\> \- \[d\]\(e\)"


@pytest.mark.parametrize(("text", "code"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a\nb", "`a b`")])
def test_code_of_any_text(text: str, code: str) -> None:
    """A backtick in the text does not end the code."""
    assert escaping.code(text) == code


def test_a_link_to_a_folder_is_text(tmp_path: Path) -> None:
    """The site has no page of a folder, and calls the README its start page."""
    (tmp_path / "src").mkdir()
    text = "[the code](../src) [start](../README.md#x) [page](a.md)"
    assert staging.relinked("docs/b.md", text, tmp_path) == "the code [start](../index.md#x) [page](a.md)"


def test_every_page_of_the_checkout_is_in_the_menu_once(tmp_path: Path) -> None:
    """The start page leads to each written page, and each made page is reached."""
    staging.write(CHECKOUT, tmp_path)
    sources = [path for path in tmp_path.rglob("*.*") if path.suffix in {".md", ".rst"}]
    listed = [
        (path.parent / line).relative_to(tmp_path).as_posix()
        for path in sources
        for menu in re.findall(r"```\{toctree\}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        for line in menu.splitlines()
        if line and not line.startswith(":")
    ]
    pages = [path.relative_to(tmp_path).with_suffix("").as_posix() for path in sources]
    assert sorted(listed) == sorted(page for page in pages if page != "index")
    written = {path.relative_to(CHECKOUT).with_suffix("").as_posix() for path in (CHECKOUT / "docs").glob("*.md")}
    assert written <= set(listed)
