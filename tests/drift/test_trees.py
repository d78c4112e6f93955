"""Two folders of pages: which page is compared with which, and which pages only one folder has."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift import PageReport, load_described
from jobexport.drift.trees import Leaf, Remembered, Trees, attempt, leaf_of, pairs
from jobexport.errors import JobexportError
from tests.drift.making.effort import alive
from tests.drift.making.rendering import Field, Page, render

if TYPE_CHECKING:
    from collections.abc import Mapping

described = functools.cache(load_described)


def basket(name: str, method: str = "POST", **changes: Any) -> Page:
    page = Page(
        title=f"The {name}", method=method, path=f"/v1/{{project_id}}/{name}", path_fields=(Field("project_id"),)
    )
    return evolve(page, **{"body": (Field("name"), Field("size")), **changes})


def written(folder: Path, old: Mapping[str, str], new: Mapping[str, str]) -> list[list[Leaf]]:
    """Write two folders of pages and return their files."""
    for side, pages in (("old", old), ("new", new)):
        for name, text in pages.items():
            path = folder / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    sides = ((folder / "old", old), (folder / "new", new))
    return [[leaf_of(side / name, side) for name in pages] for side, pages in sides]


def compared(folder: Path, old: Mapping[str, str], new: Mapping[str, str]) -> list[PageReport | JobexportError]:
    """Write two folders of pages and return the reports."""
    return list(Trees(described(), whole=True).compare(*written(folder, old, new)))


def told(folder: Path, reports: list[PageReport | JobexportError]) -> dict[str, tuple[str, set[str]]]:
    """Return for each page the page that it is compared with, and the kinds of its findings."""
    return {
        str(Path(report.page.source).relative_to(folder)): (
            str(Path(report.against).relative_to(folder)) if report.against else "",
            {finding.kind for finding in report.findings},
        )
        for report in reports
        if isinstance(report, PageReport)
    }


def test_two_trees(tmp_path: Path) -> None:
    """Ten changed pages, three gone, two new and two on one path are paired as a person would, whatever their files."""
    more = (Field("name"), Field("size"), Field("colour"))
    old = {f"page{number}.rst": basket(f"kind{number}") for number in range(13)}
    new = {f"page{number}.rst": basket(f"kind{number}", body=more) for number in range(7)}
    # A renamed file, another path, another method; and the operations of two files that changed places.
    new |= {
        "renamed.rst": basket("kind7", body=more),
        "page8.rst": basket("sort8"),
        "page9.rst": basket("kind9", "PUT"),
    }
    old |= {"post.rst": basket("pears"), "get.rst": basket("pears", "GET")}
    new |= {"post.rst": basket("pears", "GET"), "get.rst": basket("pears")}
    new |= {"new1.rst": basket("plums"), "new2.rst": basket("pears", "DELETE")}
    rendered = ({name: render(page, "rst") for name, page in pages.items()} for pages in (old, new))
    assert told(tmp_path, compared(tmp_path, *rendered)) == {
        **{f"new/page{number}.rst": (f"old/page{number}.rst", {"parameter-added"}) for number in range(7)},
        "new/renamed.rst": ("old/page7.rst", {"parameter-added"}),
        "new/page8.rst": ("old/page8.rst", {"path-changed", "title-changed"}),
        "new/page9.rst": ("old/page9.rst", {"method-changed"}),
        "new/post.rst": ("old/get.rst", set()),
        "new/get.rst": ("old/post.rst", set()),
        "new/new1.rst": ("", {"operation-added"}),
        "new/new2.rst": ("", {"operation-added"}),
        **{f"old/page{number}.rst": ("", {"operation-gone"}) for number in (10, 11, 12)},
    }


def entry(name: str, operation: str = "") -> Remembered:
    return Remembered(Leaf(Path(name), name), ("GET", operation) if operation else None)


def paired(new: list[Remembered], old: list[Remembered]) -> dict[str, str]:
    return {leaf.name: twin.leaf.name for leaf, twin in pairs(new, old).items()}


def test_of_two_pages_of_an_operation_the_page_of_the_same_name_is_taken() -> None:
    """Two pages of one operation are paired by their names, wherever their folders are."""
    old = [entry("v1/a", "/x"), entry("v1/b", "/x")]
    assert paired([entry("v2/b", "/x"), entry("v2/a", "/x")], old) == {"v2/b": "v1/b", "v2/a": "v1/a"}


def test_an_operation_goes_before_a_name() -> None:
    """A page is not compared with the page of its name if that page's operation is on another page."""
    assert paired([entry("a", "/y"), entry("b", "/x")], [entry("a", "/x")]) == {"b": "a"}


def test_a_file_name_of_several_folders_pairs_nothing() -> None:
    """`index` in several folders is no name; the path below the folder is."""
    old = [entry("a/index"), entry("b/index")]
    assert paired([entry("c/index"), entry("b/index")], old) == {"b/index": "b/index", "c/index": "a/index"}
    assert paired([entry("c/index")], old) == {}


def test_a_page_that_moved_to_another_page_is_not_a_new_operation(tmp_path: Path) -> None:
    """A second page of an operation is new, or gone, without its operation being so."""
    one, page = render(basket("pears"), "rst"), render(evolve(basket("pears"), title="Pears again"), "rst")
    found = told(tmp_path, compared(tmp_path, {"a.rst": one, "b.rst": page}, {"a.rst": one}))
    assert found["old/b.rst"] == ("", {"page-gone"})


def test_no_page_is_held(tmp_path: Path) -> None:
    """At most three pages are in memory: the page of the last report, the next page and its older version."""
    pages = {f"{number}.rst": render(basket(f"kind{number}"), "rst") for number in range(4)}
    leaves = written(tmp_path, pages, {**pages, "new.rst": pages["0.rst"]})
    before, most = alive(), 0
    for _ in Trees(described(), whole=True).compare(*leaves):
        most = max(most, alive() - before)
    assert 1 <= most <= 3


def test_a_broken_page_ends_nothing(tmp_path: Path) -> None:
    """An unreadable page of either folder is an error with its name; its counterpart is neither new nor gone."""
    one, two, three = (render(basket(name), "rst") for name in ("pears", "plums", "figs"))
    broken = "PK\x03\x04" + "\0" * 400
    old = {"a.rst": broken, "b.rst": two, "c.rst": three, "d.rst": broken}
    reports = compared(tmp_path, old, {"a.rst": one, "b.rst": broken, "c.rst": three})
    assert told(tmp_path, reports) == {"new/c.rst": ("old/c.rst", set())}
    problems = [str(report).partition(": ")[0] for report in reports if isinstance(report, JobexportError)]
    assert problems == [str(tmp_path / name) for name in ("old/a.rst", "old/d.rst", "new/b.rst", "new/a.rst")]


def test_a_fault_of_ours_is_the_error_of_one_page() -> None:
    """Whatever the work on a page raises becomes an error that names the page."""

    def work(_path: Path) -> None:
        raise KeyError("facts")

    problem = attempt(Path("a.rst"), work)
    assert str(problem).startswith("a.rst: the page could not be worked on (KeyError: 'facts')")
