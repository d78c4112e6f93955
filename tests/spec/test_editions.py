"""Editions by id, their documents, and the page with their claims."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from jobexport.errors import JobexportError
from jobexport.spec import editions, load_edition, load_register, resolve
from jobexport.spec.editions import CHECKOUT, edition_ids, report_name, resolve_for_codegen
from jobexport.spec.load import load_yaml
from jobexport.spec.matrix import render_matrix


def test_each_edition_says_which_pages_it_stands_for() -> None:
    """An edition's title names its cloud and carries the dates of its pages."""
    register = load_register()
    for edition in editions():
        for operation in ("exportFlinkJobs", "exportJob", "batchExportJobs"):
            assert register.page(edition.id, operation).date in edition.title


@pytest.mark.parametrize("edition", edition_ids())
def test_the_resolved_document_is_the_union_with_the_overlay(edition: str) -> None:
    """The document in generated/ equals the union with the overlay applied."""
    assert load_edition(edition) == resolve(edition)


@pytest.mark.parametrize("function", [load_edition, resolve])
def test_an_unknown_edition_names_the_known_ones(function: Any) -> None:
    """One sentence lists the known editions, and says that there is no file either."""
    words = r"^there is no edition 'otc-1999' and no such file; choose one of .*otc-2026.*, or name an overlay"
    with pytest.raises(JobexportError, match=words):
        function("otc-1999")


def test_without_documents_nothing_passes_for_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without documents, listing the editions is an error that names the repair: a run over no edition would pass."""
    # The package gives its function the module's name.
    module = sys.modules["jobexport.spec.editions"]
    monkeypatch.setattr(module, "SOURCES", tmp_path)
    with pytest.raises(JobexportError, match="make generate"):
        editions()


@pytest.mark.parametrize("edition", edition_ids())
def test_a_document_says_that_it_is_one_edition(edition: str) -> None:
    """The description tells a reader which edition this is, in the overlay's words."""
    about = load_yaml(CHECKOUT / f"overlays/{edition}.yaml")["info"]["description"]
    assert about.strip() in load_edition(edition)["info"]["description"]


def test_codegen_is_no_edition() -> None:
    """The overlay for the generator can't be asked for as an edition."""
    with pytest.raises(JobexportError, match="no edition 'codegen'"):
        resolve("codegen")
    assert "codegen" not in edition_ids()


OVERLAY = """overlay: 1.0.0
info: {title: Mine, version: 1.0.0}
actions:
  - {target: $.components.schemas.ExportFlinkJobsResponse.properties.zip_files, remove: true}
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of an overlay in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine-2027.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    return path


@pytest.mark.parametrize("function", [load_edition, resolve])
@pytest.mark.parametrize("form", [str, Path, lambda path: path.name, lambda path: f"./{path.name}"])
def test_an_overlay_file_is_applied_to_the_union(mine: Path, function: Any, form: Any) -> None:
    """A path, absolute or relative, as text or not, is an overlay to apply to the union."""
    document = function(form(mine))
    assert document["info"]["x-edition"] == "mine-2027"
    fields = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
    assert "zip_files" not in fields
    assert "zip_file" in fields


@pytest.mark.parametrize("function", [load_edition, resolve])
def test_a_whole_document_is_taken_as_it_is(tmp_path: Path, function: Any) -> None:
    """A file with an OpenAPI document is that document, under the name of the file."""
    path = tmp_path / "whole.json"
    document = load_edition("otc-2024")
    path.write_text(json.dumps(document), encoding="utf-8")
    document["info"]["x-edition"] = "whole"
    assert function(path) == document


def test_a_relative_path_begins_in_the_named_folder(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`folder` is where a relative path begins; an absolute path and an id stay."""
    monkeypatch.chdir("/")
    for edition in (mine.name, mine):
        assert load_edition(edition, folder=mine.parent)["info"]["x-edition"] == "mine-2027"
    assert load_edition("otc-2024", folder=mine.parent) == load_edition("otc-2024")


def test_an_id_goes_before_a_file_of_that_name(mine: Path) -> None:
    """`otc-2024` is the edition, `./otc-2024` the file, which does not bear the edition's name."""
    mine.rename("otc-2024")
    assert load_edition("otc-2024")["info"]["x-edition"] == "otc-2024"
    assert load_edition("./otc-2024")["info"]["x-edition"] == "own-otc-2024"


@pytest.mark.parametrize("name", ["overlays/otc-2024.yaml", "generated/openapi/otc-2024.yaml"])
def test_the_file_of_an_edition_is_the_edition(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of an edition's overlay or document leads to the edition, with its name and its reports."""
    monkeypatch.chdir(CHECKOUT)
    assert load_edition(name) == load_edition("otc-2024")
    assert report_name(name) == "otc-2024"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("我的 #1.yaml", "1"),
        ("我的.yaml", "own"),
        (".yaml", "yaml"),
        ("...", "own"),
        ("a b/../\n.yaml", None),
        ("x" * 200, "x" * 60),
        ("otc-2026.json", "own-otc-2026"),
    ],
)
def test_the_name_of_a_file_is_safe(tmp_path: Path, file: str, name: str | None) -> None:
    """A name fits into a header, a URL and a folder, and is not the id of an edition."""
    path = tmp_path / file.replace("/", "-")
    path.write_text(OVERLAY, encoding="utf-8")
    found = load_edition(path)["info"]["x-edition"]
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", found)
    assert name in (found, None)


def test_two_files_of_one_name_have_two_report_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a report folder is of the path, in whatever way it is written; an edition's is its id."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    name = report_name("a/mine.yaml")
    assert re.fullmatch(r"mine-[0-9a-f]{8}", name)
    assert name == report_name(tmp_path / "a/mine.yaml") == report_name("b/../a/mine.yaml")
    assert name != report_name("b/mine.yaml")
    assert report_name("otc-2024") == "otc-2024"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "neither an overlay nor an OpenAPI document; begin it with"),
        ("swagger: '2.0'", "neither an overlay nor an OpenAPI document"),
        ("openapi: 3.0.3", "version 3.1.x, such as 3.1.0, not '3.0.3'; convert it"),
        ("openapi: 3.1", "version 3.1.x, such as 3.1.0, not 3.1; convert it"),
        ("openapi: 3.1.0", 'the top level: "info" is a required property; correct it'),
        ("openapi: 3.1.0\npaths: {}\ninfo: {title: 1}", '/info/title: 1 is not of type "string"; correct it'),
        ("openapi: 3.1.0\ninfo: {title: M}\npaths:\n  /a: null", '/paths/~1a: null is not of type "object"'),
        ("openapi: 3.1.0\ninfo: {title: M}\npaths:\n  /a: {get: {}}", '"operationId" is a required property'),
        (
            "overlay: 1.0.0\ninfo: {title: M, version: '1'}\nactions: [{target: $.paths, update: {/a: {get: 1}}}]",
            'makes a document in which /paths/~1a/get: 1 is not of type "object"',
        ),
        ("[]", "the top level must be a mapping"),
        ("overlay: 2.0.0", "`overlay` must be a version"),
        ("overlay: 1.0.0\nopenapi: 3.1.0\ninfo: {title: M, version: '1'}\nactions: [{}]", "unknown field `openapi`"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """The sentence names the file, and what it should hold."""
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JobexportError, match=rf"mine\.yaml.*: .*{re.escape(words)}"):
        load_edition(path)


@pytest.mark.parametrize("edition", ["", ".", "overlays", "none.yaml", "a/none", "auto", "x" * 5000, "a\0b"])
def test_what_is_neither_edition_nor_file_is_one_sentence(edition: str) -> None:
    """A text that is no id and no file is refused with the ids, and no traceback."""
    with pytest.raises(JobexportError) as raised:
        load_edition(edition)
    assert "otc-2026" in str(raised.value) or "cannot read" in str(raised.value)


def test_the_generator_sees_no_default_and_one_media_type() -> None:
    """The client's overlay drops the defaults, which would be sent unasked, and the JSON, which would hide the zip."""
    document = resolve_for_codegen()
    assert "default" not in document["components"]["schemas"]["ExportDepend"]
    assert "default" not in document["components"]["schemas"]["ExportJobRequest"]["properties"]["exportStatus"]
    success = document["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]["responses"]["200"]
    assert list(success["content"]) == ["application/octet-stream"]


def test_the_page_has_every_entry_and_every_claim() -> None:
    """Each entry is a row, and each edition's claim stands in its column or as a ditto of the column to its left."""
    register, ids = load_register(), edition_ids()
    page = render_matrix(register, ids)
    for entry in register.entries:
        row = next(line for line in page.splitlines() if line.startswith(f"| [{entry.id}]"))
        # A cell's own bars are escaped.
        cells = [cell.strip() for cell in row.replace("\\|", "¦").split(" | ")][-len(ids) :]
        shown = None
        for edition, cell in zip(ids, cells, strict=True):
            shown = shown if cell.removesuffix(" |") == "〃" else cell.removesuffix(" |")
            assert shown == entry.claim(edition).fact.replace("|", "¦"), (entry.id, edition)


def test_the_page_has_a_section_for_each_operation_and_one_for_common_entries() -> None:
    """An entry of several operations stands once, under the first; only common entries stand under Common."""
    sections = render_matrix(load_register(), edition_ids()).partition("## Entries")[0].split("\n## ")[1:]
    rows = {part.partition("\n")[0]: re.findall(r"^\| \[([A-Z]+-\d+)\]", part, re.MULTILINE) for part in sections}
    assert {"exportFlinkJobs (DLI)", "exportJob (DGC)", "batchExportJobs (DGC)"} <= rows.keys()
    assert {id_[:4] for id_ in rows.pop("Common")} == {"COM-"}
    assert not [id_ for ids in rows.values() for id_ in ids if id_.startswith("COM-")]
    assert "DLI-001" in rows["exportFlinkJobs (DLI)"]


def test_the_page_gives_each_claim_its_page_and_date() -> None:
    """The details name the page and its date for each edition."""
    page = render_matrix(load_register(), edition_ids())
    assert "otc-2026: dli_02_0254 of 2026-03-01" in page


def test_provenance_names_versions_and_inputs() -> None:
    """The provenance has the generator's version and a hash of the union."""
    provenance = load_yaml(CHECKOUT / "generated/provenance.json")
    assert provenance["tools"]["openapi-python-client"] == "0.29.1"
    assert len(provenance["inputs"]["openapi/openapi.yaml"]) == 64
