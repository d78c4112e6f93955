"""What the reader of a page does not see is no text, in every form of page; a container of a page is not read."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
import unicodedata
import zipfile
from typing import Any

import pytest

from jobexport.drift import read_page
from jobexport.drift.pages.visible import shown
from jobexport.errors import JobexportError

HTML = (
    "<html><body><h1>T</h1><h2>URI</h2><p>POST /v1/{id}/x</p>%s<h2>Request Parameters</h2><table>"
    "<tr><th>Parameter</th><th>Mandatory</th><th>Type</th><th>Description</th></tr>"
    "<tr><td>%s</td><td>Yes</td><td>String</td><td>x</td></tr></table></body></html>"
)
MARKDOWN = (
    "# T\n\n## URI\n\nPOST /v1/{id}/x\n\n%s\n\n## Request Parameters\n\n"
    "| Parameter | Mandatory | Type | Description |\n|---|---|---|---|\n| %s | Yes | String | x |\n"
)
RST = (
    ":original_name: a.html\n\nT\n=\n\nURI\n---\n\nPOST /v1/{id}/x\n\n%s\n\nRequest Parameters\n------------------\n\n"
    ".. list-table::\n   :header-rows: 1\n\n   * - Parameter\n     - Mandatory\n     - Type\n     - Description\n"
    "   * - %s\n     - Yes\n     - String\n     - x\n"
)
TEXT = "T\nURI\nPOST /v1/{id}/x\n%s\nRequest Parameters\nParameter\nMandatory\nType\nDescription\n%s\nYes\nString\nx\n"
FORMS = {"html": HTML, "markdown": MARKDOWN, "rst": RST, "text": TEXT}


def names(form: str, cell: str, before: str = "") -> list[str]:
    """Return the names of the parameters on a page with one row."""
    page = read_page((FORMS[form] % (before, cell)).encode(), "page")
    assert page.form == form
    assert page.endpoint is not None
    return [each.name for each in page.parameters]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("letter", "\u00ad\u200c\u200e\u202e\u2060\u2066\u180e\ufe0f\U000e0101\u034f", ids=ascii)
def test_a_letter_that_is_not_drawn_is_no_part_of_a_name(form: str, letter: str) -> None:
    """Format characters and variation selectors in and behind a name are dropped in every form."""
    assert names(form, f"work{letter}space{letter}") == ["workspace"]


@pytest.mark.parametrize("entity", ["&shy;", "&zwnj;", "&#8288;", "&#xFE0F;", "<wbr>"])
def test_an_entity_that_is_not_drawn_is_no_part_of_a_name(entity: str) -> None:
    """An entity of such a character is dropped like the character, in HTML and in Markdown."""
    assert names("html", f"work{entity}space") == names("markdown", f"work{entity}space") == ["workspace"]


def test_no_format_character_is_shown() -> None:
    """All characters of the category Cf are dropped, but for the marks of other scripts that are drawn."""
    letters = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"]
    kept = "".join(each for each in letters if shown(f"é{each}") != "é")
    drawn = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN")
    assert {unicodedata.name(each).split()[0] for each in kept} <= set(drawn)
    assert shown("名称 naïve – 1²") == "名称 naïve – 1²"


HIDDEN = [
    "<span hidden>no</span>",
    '<span style="color: red; display : none">no</span>',
    '<span style="visibility:hidden">no</span>',
    "<del>no</del>",
    "<s>no</s>",
    "<strike>no</strike>",
    '<span style="text-decoration: line-through">no</span>',
    "<template>no</template>",
    "<script>no</script>",
    "<noscript>no</noscript>",
    "<dialog>no</dialog>",
    "<span popover>no</span>",
    "<progress>no</progress>",
    "<noembed>no</noembed>",
    "<!-- no -->",
    "<![CDATA[no]]>",
    "<?no?>",
    "<sup>1</sup>",
    '<sup><a href="#fn1">[a]</a></sup>',
    '<a class="footnote-reference" href="#id1">[1]</a>',
]


@pytest.mark.parametrize("piece", HIDDEN)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_an_element_that_is_not_shown_is_no_text(form: str, piece: str) -> None:
    """Hidden and struck-out elements, comments and marks of footnotes are no part of a name."""
    assert names(form, f"workspace{piece}") == ["workspace"]


@pytest.mark.parametrize(
    "style",
    [
        "display:/**/none!important",
        "opacity: 0.0",
        "font-size: 0px",
        "content-visibility: hidden",
        "color: transparent",
        "transform: scale(0)",
        "clip-path: inset(100%)",
        "text-indent: -9999px",
        "position: absolute; left: -9999px",
        "position: absolute; clip: rect(0, 0, 0, 0)",
        "height: 0; overflow: hidden",
        "width: 1px; max-height: 0px; overflow: hidden",
    ],
)
def test_a_style_by_which_nothing_is_drawn(style: str) -> None:
    """Text without size, without colour, cut off or far outside of the page is no part of a name."""
    assert names("html", f'workspace<span style="{style}">no</span>') == ["workspace"]


@pytest.mark.parametrize(
    "style",
    [
        "opacity: 0.5",
        "font-size: 0.8em",
        "mask-display: none",
        "height: 0",
        "left: -9999px",
        "text-decoration: underline",
        "color: #000",
        "margin-left: -1000px",
    ],
)
def test_a_style_of_text_that_is_drawn(style: str) -> None:
    """Text that is small, pale or moved a little stays."""
    assert names("html", f'work<span style="{style}">space</span>') == ["workspace"]


@pytest.mark.parametrize("piece", ["<tr hidden>", '<tr style="display:none">'])
def test_a_hidden_row_is_no_row(piece: str) -> None:
    """A hidden row names no parameter, and is not reported as unread."""
    page = HTML % ("", "a")
    page = page.replace("</table>", f"{piece}<td>b</td><td>Yes</td><td>String</td><td>x</td></tr></table>")
    found = read_page(page.encode(), "page")
    assert [each.name for each in found.parameters] == ["a"]
    assert not found.unread


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("markdown", "workspace ~~old~~"),
        ("markdown", "workspace[^1]"),
        ("rst", "workspace\\ [1]_"),
        ("rst", "workspace\\ [#]_"),
        ("rst", "workspace :del:`old`"),
        ("text", "workspace¹"),
        ("html", "workspace²"),
    ],
)
def test_struck_out_text_and_footnotes_of_other_forms(form: str, cell: str) -> None:
    """Each form's own marks of struck-out text and of footnotes are no part of a name."""
    notes = {"markdown": "[^1]: A note.", "rst": ".. [1] A note.\n.. [#] Another."}
    assert names(form, cell, notes.get(form, "") if "1" in cell or "#" in cell else "") == ["workspace"]


@pytest.mark.parametrize(
    ("text", "most"), [("at most 10<sup>6</sup> bytes", "106"), ("at most 64<sup>[1]</sup> characters", "64")]
)
def test_an_exponent_is_no_footnote(text: str, most: str) -> None:
    """A raised number behind a digit is text; in brackets, or as a link, it is the mark of a footnote."""
    page = (HTML % ("", "a")).replace("<td>x</td>", f"<td>{text}</td>")
    assert most in read_page(page.encode(), "page").parameters[0].description.split()


PICTURE = "data:image/png;base64," + "iVBORw0K" * 200_000
FONT = "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'>" + "<path d='M 0 0'/>" * 70_000 + "</svg>"


@pytest.mark.parametrize(
    ("form", "piece"),
    [
        ("html", f'<img src="{PICTURE}">'),
        ("html", f'<img srcset="{PICTURE} 1x, {PICTURE} 2x">'),
        ("html", f'<div style="background:url({PICTURE})"></div>'),
        ("html", f"<video poster='{PICTURE}'></video>"),
        ("html", f'<link rel="icon" href="{FONT}">'),
        ("html", f'<img src="{PICTURE * 6}">'),
        ("markdown", f"![a picture]({PICTURE})"),
        ("rst", f".. image:: {PICTURE}"),
    ],
    ids=range(8),
)
def test_an_inlined_picture_is_no_text(form: str, piece: str) -> None:
    """A `data:` URI of any length counts against no limit, and the lines below it keep their numbers."""
    page = read_page((FORMS[form] % (piece, "workspace")).encode(), "page")
    assert page.parameters == read_page((FORMS[form] % ("", "workspace")).encode(), "page").parameters


def zipped(kind: Any) -> bytes:
    """Return an archive with one page."""
    file = io.BytesIO()
    if kind is zipfile:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("word/document.xml", "x")
    else:
        with tarfile.open(fileobj=file, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("page.html"))
    return file.getvalue()


MAIL = "From: <Saved by Blink>\nSubject: T\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x\n\n--x\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MAIL.encode() + (HTML % ("", "a")).encode(), "a web archive (MHTML) or a mail"),
        (MAIL.replace("\n", "\r\n").encode() + b"PGh0bWw+", "a web archive (MHTML) or a mail"),
        (b"bplist00\xd1\x01\x02" + (HTML % ("", "a")).encode(), "a web archive of Safari"),
        (b'<?xml version="1.0"?>\n<plist><dict><key>WebMainResource</key></dict></plist>', "XML"),
        (json.dumps({"log": {"entries": [HTML % ("", "a")]}}).encode(), "JSON"),
        (zipped(zipfile), "a zip or an Office document"),
        (zipped(tarfile), "a tar archive"),
        (gzip.compress((HTML % ("", "a")).encode()), "packed by gzip"),
        (b"%PDF-1.4\n" + (HTML % ("", "a")).encode(), "a PDF"),
        (b"\xef\xbb\xbf\n%PDF-1.4\n", "a PDF"),
        (b"{\\rtf1\\ansi POST /v1/x}", "an RTF document"),
        (b"WARC/1.0\r\n\r\n" + (HTML % ("", "a")).encode(), "a WARC archive"),
        (b"--x\nContent-Type: text/html\n\n" + (HTML % ("", "a")).encode(), "a web archive (MHTML) or a mail"),
        (
            b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + (HTML % ("", "a")).encode(),
            "a web archive (MHTML) or a mail",
        ),
        (b"Received: by x\nSubject: T\n\n" + (HTML % ("", "a")).encode(), "a web archive (MHTML) or a mail"),
        (json.dumps(HTML % ("", "a")).encode(), "JSON"),
        (f"var page = {json.dumps(HTML % ('', 'a'))};".encode(), "JavaScript"),
        (f"show({json.dumps({'html': HTML % ('', 'a')})})".encode(), "JavaScript"),
        (("--- a\n+++ b\n@@ -1 +1 @@\n+" + HTML % ("", "a")).encode(), "a patch"),
    ],
    ids=range(19),
)
def test_a_container_is_refused_by_its_kind(content: bytes, kind: str) -> None:
    """A file that holds a page within something else is refused in one sentence and never read in part."""
    with pytest.raises(JobexportError) as caught:
        read_page(content, "page")
    wanted = "save the page as HTML, Markdown, reStructuredText or plain text"
    assert str(caught.value) == f"page: the file is {kind}; {wanted}"


@pytest.mark.parametrize(
    "start", ['<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n', "<!-- Content-Type: text/html -->\n", "\n\n"]
)
def test_a_page_that_begins_like_a_container_is_read(start: str) -> None:
    """XHTML, and a page that names a header, are pages."""
    assert read_page((start + HTML % ("", "a")).encode(), "page").parameters
