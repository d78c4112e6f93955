"""Forms, encodings and a viewer's noise: the same page is read the same, and lines are those of the file as given."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from docutils.parsers.rst import roles

from jobexport.drift import read_page
from tests.drift.making import samples
from tests.drift.making.rendering import FORMS, RenderedForm, facts, plain, render, translated_form

PAGES = Path(__file__).parents[1] / "made_up"
CHINESE = samples.translated(samples.USUAL, "zh")


def same(content: bytes, form: RenderedForm, page: Any = CHINESE) -> bool:
    return bool(by_place(plain(read_page(content, "page"))) == by_place(facts(page, form)))


def by_place(found: Any) -> Any:
    return evolve(found, parameters=tuple(sorted(found.parameters, key=lambda each: (each.location, each.path))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"], ids=str
)
def test_an_encoding_changes_no_fact(form: RenderedForm, encoding: str) -> None:
    """UTF-8, UTF-16, UTF-32 and GB18030 are recognized, with and without a byte order mark."""
    assert same(render(CHINESE, form).encode(encoding), form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=repr)
def test_ends_of_lines_change_no_fact_and_no_line(form: RenderedForm, end: str) -> None:
    """Lines are counted the same with every line end."""
    text = render(CHINESE, form)
    assert read_page(text.replace("\n", end).encode(), "page") == read_page(text.encode(), "page")


def test_a_page_of_windows_is_read() -> None:
    """A page with a no-break space and curly quotation marks of Windows-1252 is read."""
    text = render(samples.USUAL, "html").replace("The basket is copied.", "The\xa0basket is \u2018copied\u2019.")
    page = read_page(text.encode("cp1252"), "page")
    assert page.statuses[-2].description == "The basket is \u2018copied\u2019."


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_told_by_content(form: RenderedForm, tmp_path: Path) -> None:
    """The form of a page does not depend on the file's name."""
    for name in ("page.rst", "page.html", "page.md", "page.txt", "page"):
        path = tmp_path / name
        path.write_text(render(CHINESE, form), "utf-8")
        assert read_page(path).form == translated_form(form)


def lines_show_names(content: str) -> bool:
    lines = content.split("\n")
    page = read_page(content.encode(), "page")
    shown = [(each.at, each.name) for each in page.parameters]
    shown += [(each.at, str(each.code)) for each in page.statuses]
    shown += [(each.at, each.code) for each in page.error_codes]
    return all(name in lines[int(at) - 1].replace("\\", "") for at, name in shown)


@pytest.mark.parametrize("form", FORMS)
def test_lines_show_what_they_are_named_for(form: RenderedForm) -> None:
    """The line of each fact contains the fact's name."""
    for page in (samples.USUAL, samples.NESTED, samples.ARCHIVE, CHINESE):
        assert lines_show_names(render(page, form))


@pytest.mark.parametrize(
    "path", sorted(path for path in PAGES.iterdir() if path.suffix != ".yaml"), ids=lambda path: path.name
)
def test_lines_of_whole_pages_show_what_they_are_named_for(path: Any) -> None:
    """The line of each fact contains the fact's name, also after listings, notes and wrapped cells."""
    assert lines_show_names(path.read_text("utf-8"))


HEAD = [
    "forked from orchard/docs",
    "Reviewed-by: A B <a@example.com> Co-authored-by: C D <c@example.com>",
    "162 lines",
    "13 KiB",
    "HTML",
]


@pytest.mark.parametrize("form", ["html", "rst", "markdown", "pipes"])
def test_a_viewer_s_head_changes_no_fact(form: RenderedForm) -> None:
    """Size, form and authors that a repository viewer shows above a file do not change the facts."""
    text = "\n".join((*HEAD, render(CHINESE, form)))
    assert same(text.encode(), form)
    assert lines_show_names(text)


@pytest.mark.parametrize("form", ["html", "rst", "markdown", "text"])
def test_bars_between_lines_change_no_fact(form: RenderedForm) -> None:
    """Bars that a viewer's table left between the lines do not change the facts, also within listings."""
    text = "\n|\n".join(render(CHINESE, form).split("\n"))
    assert same(text.encode(), form)
    assert lines_show_names(text)
    assert all("|" not in each.text for each in read_page(text.encode(), "page").examples)


@pytest.mark.parametrize("pattern", ["{0}\t{1}", "{0:4d} {1}", "{0}\n{1}", "{0:>5}|{1}"])
@pytest.mark.parametrize("form", ["html", "markdown", "rst", "text"])
def test_numbers_of_lines_change_no_fact(form: RenderedForm, pattern: str) -> None:
    """A viewer's numbers before the lines, or on separate lines, do not change the facts."""
    lines = render(CHINESE, form).rstrip("\n").split("\n")
    text = "\n".join(pattern.format(number, line) for number, line in enumerate(lines, 1))
    assert same(text.encode(), form)
    assert lines_show_names(text)


def test_a_list_of_numbers_is_not_taken_for_a_viewer_s() -> None:
    """Status codes on separate lines are kept, because they do not count up from 1."""
    page = read_page(b"T\n\nStatus Code\nDescription\n200\nfine\n400\nbad\n401\nworse\n", "page")
    assert [each.code for each in page.statuses] == [200, 400, 401]


def test_only_the_parser_of_the_form_is_loaded(tmp_path: Path) -> None:
    """Reading a form loads no other form's parser."""
    loaded: dict[RenderedForm, set[str]] = {
        "text": set(),
        "html": {"justhtml"},
        "markdown": {"justhtml", "markdown_it"},
        "rst": {"docutils"},
    }
    for form in loaded:
        (tmp_path / form).write_text(render(samples.USUAL, form), "utf-8")
    code = (
        "import os, sys\n"
        "from jobexport.drift import read_page\n"
        "for path in sys.argv[1:]:\n"
        "    if not os.fork():\n"
        "        read_page(path)\n"
        "        loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "        print(path, *loaded & {'docutils', 'justhtml', 'markdown_it', 'json_repair'}, flush=True)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *loaded], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert {form: set(names) for form, *names in map(str.split, done.stdout.splitlines())} == loaded


def test_a_grid_table_that_is_broken_is_read_by_its_bars_and_named() -> None:
    """A grid table with a careless edit is read and listed as unread."""
    lines = render(samples.USUAL, "rst").split("\n")
    at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("| target "))
    lines[at] = lines[at].replace("Something", "Something new, longer than the borders allow,")
    page = read_page("\n".join(lines).encode(), "page")
    names = [each.name for each in page.parameters if each.location == "body"]
    assert names == ["target", "labels", "numbers", "weight", "mode"]
    assert next(each for each in page.parameters if each.name == "target").at == at + 1
    assert [each.reason for each in page.unread] == ["The table's borders do not meet, so it was read by its bars."]


def test_a_table_with_unknown_heads_is_named_and_not_dropped() -> None:
    """The rows of a table without a column of names are listed as unread, with their lines."""
    page = read_page(b"# T\n\n## Request\n\n| Thing | Mandatory |\n|---|---|\n| a | Yes |\n| b | No |\n", "page")
    assert [each.role for each in page.tables] == ["unread"]
    assert [(each.at, each.text) for each in page.unread] == [(7, "a | Yes"), (8, "b | No")]


def test_a_table_without_a_place_is_named_and_not_dropped() -> None:
    """Parameters in an unknown section are listed as unread."""
    page = read_page(b"# T\n\n## Other\n\n| Parameter | Type |\n|---|---|\n| a | String |\n", "page")
    assert page.parameters == ()
    assert [(each.at, each.text) for each in page.unread] == [(7, "a")]


def test_an_unknown_type_is_named() -> None:
    """A text in a column of types that is not a type is listed as unread."""
    page = read_page(b"# T\n\n## Request\n\n| Parameter | Type |\n|---|---|\n| a | see (below) ! |\n", "page")
    assert page.parameters[0].type is None
    assert page.parameters[0].type_text == "see (below) !"
    assert [(each.at, each.text) for each in page.unread] == [(7, "see (below) !")]


@pytest.mark.parametrize("spelling", ["List<Node>", "List<Object>", "Map<String,String>", "List<Map<String,Object>>"])
def test_angles_that_are_no_tags_are_text(spelling: str) -> None:
    """A type in angle brackets that a page does not escape is read as a type."""
    escaped = spelling.replace("<", "&lt;").replace(">", "&gt;")
    for text in (
        f"# T\n\n## Request\n\n| Parameter | Type |\n|---|---|\n| a | {spelling} |\n",
        f"<h1>T</h1><h4>Request</h4><table><tr><th>Parameter</th><th>Type</th></tr><tr><td>a</td><td>{spelling}</td></tr></table>",
    ):
        page, clean = (read_page(each.encode(), "page") for each in (text, text.replace(spelling, escaped)))
        assert page.parameters[0].type_text == spelling
        assert page.parameters == clean.parameters


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\n## Response\n\nThe file is X\\_*basket\\_name*.zip.\n",
        "<h1>T</h1><h4>Response</h4><p>The file is <b>X_</b><i>basket_name</i><b>.zip</b>.</p>",
        "T\n=====\n\nResponse\n--------\n\nThe file is **X\\_**\\ *basket_name*\\ **.zip**.\n\n.. note::\n\n   x\n",
    ],
    ids=["markdown", "html", "rst"],
)
def test_italics_in_a_name_are_a_variable(text: str) -> None:
    """Italics within the name of a file are a variable."""
    page = read_page(text.encode(), "page")
    assert [each.name for each in page.file_names] == ["X_{basket_name}.zip"]


def test_a_tree_in_plain_text_ends_at_prose() -> None:
    """A tree without an empty line after it ends at the first line that is neither a file nor a branch."""
    lines = (
        "T\nResponse\nThe files:\nbaskets\n├─a.basket\nleaves\n├─b.leaf\nlast.leaf\nThat was all of it.\nStatus Codes\n"
    )
    page = read_page(lines.encode(), "page")
    assert [each.entries for each in page.trees] == [("baskets/a.basket", "leaves/b.leaf", "last.leaf")]


ITEMS = "<ul><li>S: a<ul><li>litres:2</li></ul></li><li>L: b</li></ul>"
CELL = "| Parameter | Type | Description |\n|---|---|---|\n| mode | String | "


@pytest.mark.parametrize(
    "text",
    [
        "T\n=\n\nRequest\n-------\n\n+-----------+--------+----------------+\n| Parameter | Type   | Description    |\n"
        "+===========+========+================+\n| mode      | String | Pump.          |\n"
        "|           |        |                |\n|           |        | -  **S**: a    |\n"
        "|           |        |                |\n|           |        |    -  litres:2 |\n"
        "|           |        |                |\n|           |        | -  **L**: b    |\n"
        "+-----------+--------+----------------+\n",
        "<h1>T</h1><h2>Request</h2><table><tr><th>Parameter</th><th>Type</th><th>Description</th></tr>"
        "<tr><td>mode</td><td>String</td><td>"
        f"<p>Pump.</p>{ITEMS}</td></tr></table>",
        f"# T\n\n## Request\n\n{CELL}Pump.{ITEMS} |\n",
        "T\n\nRequest Parameters\n\nParameter\tMandatory\tType\tDescription\nmode\tNo\tString\tPump.\n"
        "• S: a\n◦ litres:2\n• L: b\n",
        f"# T\n\n## Request\n\n{CELL}Pump.<br>• S: a<br>◦ litres:2<br>• L: b |\n",
    ],
    ids=["rst", "html", "markdown", "text", "signs"],
)
def test_items_below_an_item_are_told_from_items_beside_it(text: str) -> None:
    """An item of a list within a list explains the item above it and is no value."""
    assert read_page(text.encode(), "page").parameters[0].limits.values == ("S", "L")


LISTED = "<!DOCTYPE html>\n<html><body>\n" + "<div><p>a</p><p>b</p></div>\n" * 40 + "</body></html>\n"
GRID = "+-----------+\n| Parameter |\n+===========+\n| a         |\n+-----------+\n"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"T\n====\n\n{GRID}\n.. code-block::\n\n{textwrap.indent(LISTED, '   ')}", "rst"),
        (f"T\n====\n\n-  A:\n\n   .. code-block:: html\n\n{textwrap.indent(LISTED, '      ')}\n{GRID}", "rst"),
        (f"T\n====\n\nShown as::\n\n{textwrap.indent(LISTED, '   ')}\n{GRID}", "rst"),
        (f"T\n====\n\n{GRID.replace('| a ', '| <html><p>a</p> ')}", "rst"),
        (f"# T\n\n## URI\n\n```html\n{LISTED}```\n", "markdown"),
        (LISTED, "html"),
        (f"{LISTED}<pre>\n.. code-block::\n\n   a\n</pre>", "html"),
    ],
    ids=["rst", "rst-in-a-list", "rst-literal", "rst-in-a-cell", "markdown", "html", "html-that-holds-rst"],
)
def test_a_listing_of_html_does_not_decide_the_form(text: str, form: str) -> None:
    """A page in reStructuredText or Markdown that shows a page of HTML in a listing keeps its form."""
    assert read_page(text.encode(), "page").form == form


def test_a_default_role_is_for_its_page_only() -> None:
    """The role that a page gives to single backquotes is not that of the next page."""
    read_page(b".. default-role:: strong\n\n" + render(samples.USUAL, "rst").encode(), "page")
    assert "" not in vars(roles)["_roles"]
