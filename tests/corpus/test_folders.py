"""Folders of the vendor's pages: two trees against each other, and each folder as one document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jobexport.drift import PageReport, load_described
from jobexport.drift.scaffold import FolderScaffold
from jobexport.drift.trees import Trees, leaf_of
from tests.corpus.making.folder import DOCS, PAGES, read
from tests.drift.making.clients import generates, loaded
from tests.drift.making.rendering import Field, Page, render

GONE = ("otc-2024/dgc_delete_job.rst", "otc-2024/dgc_show_resource.rst", "huaweicloud-cn-2020/dgc_query_system_task.md")
CHANGED = {
    "otc-2024/dgc_list_jobs.rst": "lastUpdateTime",
    "otc-2024/dgc_list_scripts.rst": "connectionName",
    "otc-2024/dgc_create_script.rst": "connectionName",
    "otc-2024/dli_create_flink_jar_job.rst": "main_class",
    "otc-2024/dli_show_flink_job.rst": "queue_name",
    "otc-2026/dli_batch_stop_flink_jobs.rst": "trigger_savepoint",
    "otc-2026/dli_create_flink_sql_job.rst": "checkpoint_enabled",
    "otc-2026/dli_import_flink_job.rst": "zip_file",
    "huaweicloud-cn-2020/dgc_import_job.md": "sameNamePolicy",
    "huaweicloud-cn-2020/dli_list_flink_jobs.md": "queue_name",
}
"""Ten pages, each with a parameter that has another name in the new tree."""


def own(path: str, method: str) -> str:
    return render(Page(method=method, path=path, title=f"{method} of {path}", body=(Field("name"),)), "rst")


def trees() -> tuple[dict[str, str], dict[str, str]]:
    """Return the pages of an old and a new tree: ten changed, three gone, two new, two on one path, some moved."""
    old = {f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in PAGES if read(path).endpoint}
    new = {name: text for name, text in old.items() if name not in GONE}
    for name, parameter in CHANGED.items():
        # The same length, so that the columns of tables stay.
        new[name] = re.sub(rf"\b{parameter}\b", f"{parameter[:-2]}zz", new[name])
    new |= {
        "new1.rst": own("/v1/{project_id}/pears", "POST"),
        "otc-2024/new2.rst": own("/v1/{project_id}/jobs", "PATCH"),
    }
    shared = {method: own("/v1/{project_id}/plums", method) for method in ("GET", "DELETE")}
    old |= {"plums1.rst": shared["GET"], "plums2.rst": shared["DELETE"]}
    new |= {"plums1.rst": shared["DELETE"], "plums2.rst": shared["GET"]}
    new["moved/resource.rst"] = new.pop("otc-2024/dgc_create_resource.rst")
    return old, new


def test_two_trees_of_the_vendors_pages(tmp_path: Path) -> None:
    """Every page is compared with its older version, whatever its file; changed, gone and new pages are findings."""
    old, new = trees()
    leaves = []
    for side, pages in (("old", old), ("new", new)):
        for name, text in pages.items():
            path = tmp_path / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        leaves.append([leaf_of(tmp_path / side / name, tmp_path / side) for name in sorted(pages)])
    reports = list(Trees(load_described(), whole=True).compare(*leaves))
    found = {}
    for report in reports:
        assert isinstance(report, PageReport), report
        older = str(Path(report.against).relative_to(tmp_path / "old")) if report.against else ""
        found_kinds = {finding.kind for finding in report.findings} - {"example-changed", "wording-changed"}
        found[str(Path(report.page.source).relative_to(tmp_path))] = (older, found_kinds)
    moved = {"moved/resource.rst": "otc-2024/dgc_create_resource.rst"}
    moved |= {"plums1.rst": "plums2.rst", "plums2.rst": "plums1.rst"}
    alone = {"new1.rst", "otc-2024/new2.rst"}
    expected: dict[str, tuple[str, set[str]]] = {f"old/{name}": ("", {"operation-gone"}) for name in GONE}
    for name in new:
        kinds = {"operation-added"} if name in alone else {"parameter-renamed"} if name in CHANGED else set()
        expected[f"new/{name}"] = ("" if name in alone else moved.get(name, name), kinds)
    assert found == expected


MANUALS = (*sorted(path for path in DOCS.glob("*") if path.is_dir()), DOCS)
"""Each folder of pages, and all of them together."""


@pytest.mark.parametrize("folder", MANUALS, ids=lambda folder: folder.name)
def test_a_folder_is_one_document(folder: Path, tmp_path: Path) -> None:
    """The document is sound, a client is generated from it without a warning, and every operation can be tested."""
    made = FolderScaffold(folder.name)
    for path in PAGES:
        if folder in path.parents:
            made.add(read(path), path.relative_to(folder).as_posix())
    document = generates(made.text(), tmp_path)
    operations = sum(len(item) for item in document["paths"].values())
    assert loaded(document) == operations == made.counts.operations > 0
    assert len(document["components"]["schemas"]) == made.counts.schemas <= made.counts.before
