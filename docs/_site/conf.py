"""Sphinx's settings for the site; build.py writes the folder of sources that they are for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring

from docs._site import edition_pages
from jobexport import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SITE = Path(__file__).parent
CHECKOUT = SITE.parents[1]

project = "jobexport"
version = release = __version__
root_doc = "index"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
templates_path = [str(SITE / "templates")]
exclude_patterns = [".doctrees"]

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
# Options keep their two hyphens.
smartquotes = False
# A block without a language is no program.
highlight_language = "text"

# Docstrings have code between single backticks.
default_role = "code"
autodoc_default_options = {"members": True, "inherited-members": False}
autodoc_member_order = "bysource"
# A long signature has a line for each parameter.
python_maximum_signature_line_length = 88
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"jobexport {version}"
html_static_path = [str(SITE / "static"), str(edition_pages.viewer())]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
# A summary is fetched, which a browser does not do from a file.
html_show_search_summary = False

_ENTRY = re.compile(r"(DLI|DGC|COM)-\d{3}")


def read_sections(app: Sphinx, what: Any, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Read `Args:` and the like in a docstring."""
    # In the first line of an attribute napoleon would look for a type before a colon.
    what = "method" if what in {"attribute", "data", "property"} else what
    settings: Any = Config()
    lines[:] = GoogleDocstring(lines, settings, app, what, name, value, options).lines()


def anchor_entries(_: Sphinx, doctree: nodes.document) -> None:
    """Add the id of each entry of the register to its section as it is written, such as `#DLI-017`."""
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is not None and _ENTRY.fullmatch(title.astext()):
            section["ids"].insert(0, title.astext())


def set_dashes(_: Sphinx, doctree: nodes.document) -> None:
    """Set the dash that Sphinx writes as two hyphens between a field and its text."""
    for text in [text for text in doctree.findall(nodes.Text) if text == " -- "]:
        text.parent.replace(text, nodes.Text(" – "))


def choose_template(app: Sphinx, page: str, _template: str, context: dict[str, Any], _: Any) -> str | None:
    """Return the template of an edition's API, with its document, and None for any other page."""
    if page == "generated/INCONSISTENCIES":
        app.add_js_file("register.js", loading_method="defer")
    if not page.startswith(edition_pages.FOLDER):
        return None
    edition = page.removeprefix(edition_pages.FOLDER)
    editions = sorted(name for name in app.project.docnames if name.startswith(edition_pages.FOLDER))
    context["document"] = edition_pages.shown(edition, CHECKOUT)
    context["editions"] = [(name, name.removeprefix(edition_pages.FOLDER), name == page) for name in editions]
    return "api.html"


def setup(app: Sphinx) -> None:
    """Connect the functions of this file."""
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("doctree-read", anchor_entries)
    app.connect("doctree-read", set_dashes)
    app.connect("html-page-context", choose_template)
