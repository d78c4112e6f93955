"""Editions by id, their documents, and the page with their claims."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.errors import JobexportError
from jobexport.spec import editions, load_edition, load_register, resolve
from jobexport.spec.editions import CHECKOUT, edition_ids, resolve_for_codegen
from jobexport.spec.load import load_yaml
from jobexport.spec.matrix import render_matrix

if TYPE_CHECKING:
    from pathlib import Path


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
    """The message lists the known editions."""
    with pytest.raises(JobexportError, match=r"no edition 'otc-1999'; choose one of .*otc-2024, otc-2026"):
        function("otc-1999")


def test_without_documents_nothing_passes_for_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without documents, listing the editions is an error that names the repair: a run over no edition would pass."""
    # The package gives its function the module's name.
    module = sys.modules["jobexport.spec.editions"]
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.setattr(module, "_SHIPPED", tmp_path)
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


def test_an_overlay_of_ones_own_can_be_resolved(tmp_path: Path) -> None:
    """A path is an overlay to apply to the union: adding an edition is adding a file."""
    overlay = tmp_path / "mine-2027.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: Mine, version: 1.0.0}\nactions:\n"
        "  - {target: $.components.schemas.ExportFlinkJobsResponse.properties.zip_files, remove: true}\n",
        encoding="utf-8",
    )
    document = resolve(str(overlay))
    assert document["info"]["x-edition"] == "mine-2027"
    assert "zip_files" not in document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]


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


def test_the_page_gives_each_claim_its_page_and_date() -> None:
    """The details name the page and its date for each edition."""
    page = render_matrix(load_register(), edition_ids())
    assert "otc-2026: dli_02_0254 of 2026-03-01" in page


def test_provenance_names_versions_and_inputs() -> None:
    """The provenance has the generator's version and a hash of the union."""
    provenance = load_yaml(CHECKOUT / "generated/provenance.json")
    assert provenance["tools"]["openapi-python-client"] == "0.29.1"
    assert len(provenance["inputs"]["openapi/openapi.yaml"]) == 64
