"""The drift command: what it prints in each format, its exit codes, folders, and that one bad page stops nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from jobexport import drift
from jobexport.cli.commands import cli
from jobexport.drift.documents.description import load_described
from jobexport.drift.write import texts_of
from jobexport.spec.editions import CHECKOUT
from jobexport.spec.load import load_yaml
from tests.drift.making.described import DESCRIBED
from tests.drift.making.pages import BATCH_OTC, FLINK_OTC_2024, FLINK_OTC_2026, JOB_CN_2020
from tests.drift.making.rendering import DOUBLE, Field, Page, RenderedForm, render
from tests.drift.making.samples import USUAL

if TYPE_CHECKING:
    from pathlib import Path

# One fact of a page of otc-2026 changed: an error.
CHANGED = evolve(FLINK_OTC_2026, body=(*FLINK_OTC_2026.body, Field("weight", DOUBLE, "no")))


@pytest.fixture(autouse=True)
def _described(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare with the description as the hand-made pages have it."""
    monkeypatch.setattr(drift, "load_described", lambda: DESCRIBED)


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)])


@pytest.fixture
def pages(tmp_path: Path) -> Any:
    """A folder with a page that is as its edition, one that changed, and one of an unknown operation."""
    written: tuple[tuple[str, Page, RenderedForm], ...] = (
        ("same.rst", FLINK_OTC_2026, "rst"),
        ("inner/changed.html", CHANGED, "html"),
        ("other.md", USUAL, "markdown"),
    )
    for name, page, form in written:
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(page, form), encoding="utf-8")
    return tmp_path / "docs"


def test_a_page_as_its_edition_is_fine(pages: Any) -> None:
    """Exit code 0; what is known is listed with the register's ids."""
    result = run(pages / "same.rst")
    assert result.exit_code == 0, result.output
    assert "compared with otc-2026, because it is English" in result.stdout
    assert ": nothing new" in result.stdout
    assert "known, DLI-002: type-changed: response parameter `is_success`: string (line " in result.stdout
    assert result.stdout.splitlines()[-1] == "1 page: 0 errors, 0 warnings, 0 info; 2 known"


def test_a_change_is_told_with_both_places_and_what_to_do(pages: Any) -> None:
    """Exit code 1; the page's line, the description's file and line, and YAML for the union and for other overlays."""
    result = run(pages / "inner/changed.html", "--edition", "otc-2026")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert "error: parameter-added: request parameter `weight`" in lines
    number = next(number for number, line in enumerate(render(CHANGED, "html").splitlines(), 1) if ">weight<" in line)
    assert f"the page: double, optional (line {number})" in lines
    assert any(line.startswith("the description (openapi/openapi.yaml line ") for line in lines)
    assert "to do: put into openapi/openapi.yaml, at $.components.schemas.ExportFlinkJobsRequest.properties" in lines
    assert any(line.startswith("to do: add to the actions of overlays/huaweicloud-cn-2020.yaml, ") for line in lines)
    assert "target: $.components.schemas.ExportFlinkJobsRequest.properties.weight" in lines


def test_a_folder_is_all_its_pages(pages: Any) -> None:
    """Inner folders count, hidden files and pictures do not; each page has its line."""
    (pages / ".hidden").write_text("x")
    (pages / "figure.png").write_bytes(b"\x89PNG\0")
    result = run(pages)
    assert [line.split(": ")[0] for line in result.stdout.splitlines() if ": page of " in line] == [
        str(pages / name) for name in ("inner/changed.html", "other.md", "same.rst")
    ]
    assert "which the description does not have; jobexport drift --scaffold prints a first description" in result.stdout
    assert "3 pages: 1 error" in result.stdout


BLANK = {
    "404.html": "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
    "shell.html": '<!doctype html><html><body><div id="app"></div><script src="/app.js"></script></body></html>',
    "login.html": '<html><body><h1>Sign in</h1><form><input name="user"></form></body></html>',
}


@pytest.mark.parametrize("format_", ["text", "json", "github"])
@pytest.mark.parametrize("options", [(), ("--edition", "otc-2024")])
def test_nothing_compared_is_not_nothing_found(tmp_path: Path, options: tuple[str, ...], format_: str) -> None:
    """A page that says nothing, alone or in a folder of such pages, is one sentence and exit code 2 in each format."""
    for name, text in BLANK.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for place in (tmp_path / "login.html", tmp_path):
        result = run(place, *options, "--format", format_, "--fail-on", "info")
        assert result.exit_code == 2
        assert result.stderr.startswith("Error: nothing was compared")
        assert format_ != "json" or {page["compared"] for page in json.loads(result.stdout)} == {False}
        assert format_ != "github" or "title=not-compared" in result.stdout


def test_a_named_file_that_is_no_page_is_not_passed_over(pages: Any) -> None:
    """A login form named beside a good page is exit code 2 with its name; in a folder, other pages are usual."""
    (pages / "login.html").write_text(BLANK["login.html"], encoding="utf-8")
    (pages / "inner/changed.html").unlink()
    result = run(pages / "same.rst", pages / "login.html")
    assert result.exit_code == 2
    assert f"nothing was compared of {pages / 'login.html'}: " in result.stderr
    assert run(pages).exit_code == 0


def test_two_blank_pages_are_not_the_same(tmp_path: Path) -> None:
    """A page that says nothing against an older page that says nothing is no comparison."""
    (tmp_path / "old.html").write_text(BLANK["login.html"], encoding="utf-8")
    (tmp_path / "new.html").write_text(BLANK["404.html"], encoding="utf-8")
    result = run(tmp_path / "new.html", "--against", tmp_path / "old.html")
    assert (result.exit_code, "nothing was compared" in result.stderr) == (2, True)


@pytest.mark.parametrize("options", [(), ("--scaffold",)])
def test_a_folder_without_pages_is_one_sentence(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A folder that is empty, or has pictures only, is exit code 2."""
    (tmp_path / "figure.png").write_bytes(b"\x89PNG\0")
    result = run(tmp_path, *options)
    assert (result.exit_code, "has no page" in result.stderr) == (2, True)


def test_one_unreadable_page_stops_nothing(pages: Any) -> None:
    """Its sentence is on standard error, the others are told, and the exit code is 2."""
    (pages / "zip").write_bytes(b"PK\x03\x04\0\0\0\0" * 50)
    result = run(pages)
    assert result.exit_code == 2
    assert "3 pages: 1 error" in result.stdout
    assert "; 1 could not be read" in result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert str(pages / "zip") in result.stderr


@pytest.mark.parametrize(("level", "code"), [(None, 0), ("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on(tmp_path: Path, level: str | None, code: int) -> None:
    """A status that is gone is a warning: it fails from that level on."""
    path = tmp_path / "page.rst"
    path.write_text(render(evolve(FLINK_OTC_2026, statuses=FLINK_OTC_2026.statuses[:1]), "rst"), encoding="utf-8")
    assert run(path, "--edition", "otc-2026", *(["--fail-on", level] if level else [])).exit_code == code


def test_json(pages: Any) -> None:
    """For programs: the guess, each finding with pointer, places and edits, and what of the register is on the page."""
    same, changed = json.loads(run(pages / "same.rst", pages / "inner/changed.html", "--format", "json").stdout)
    assert same["guess"]["edition"] == "otc-2026"
    assert [finding["known"] for finding in same["findings"]] == [["DLI-002"], ["DLI-003"]]
    assert "DLI-001" in same["register"]["shown"]
    (finding,) = [finding for finding in changed["findings"] if not finding["known"] and finding["level"] == "error"]
    assert finding["kind"] == "parameter-added"
    assert finding["pointer"] == "/components/schemas/ExportFlinkJobsRequest/properties/weight"
    assert finding["advice"]["union"][0]["update"]["weight"]["format"] == "double"
    assert set(finding["advice"]["others"]) >= {"otc-2024"}


def test_github(pages: Any) -> None:
    """For a workflow's run: a command for each new finding, with file, line and kind; nothing else."""
    result = run(pages / "inner/changed.html", "--edition", "otc-2026", "--format", "github")
    errors = [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"::error file={pages}/inner/changed.html,line=")
    assert (
        ",title=parameter-added::exportFlinkJobs request parameter `weight`: the page says double, optional"
        in errors[0]
    )
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in result.stdout.splitlines())


def test_github_escapes() -> None:
    """What ends a command or a property is escaped."""
    from jobexport.drift.report import _escaped, _property

    assert _escaped("50% of\nit") == "50%25 of%0Ait"
    assert _property("a,b: c") == "a%2Cb%3A c"


def test_against_an_older_page(tmp_path: Path) -> None:
    """OLD NEW: the other page's file and line stand where else the description's do."""
    old, new = tmp_path / "old.html", tmp_path / "new.rst"
    old.write_text(render(FLINK_OTC_2024, "html"), encoding="utf-8")
    new.write_text(render(FLINK_OTC_2026, "rst"), encoding="utf-8")
    result = run("--against", old, new)
    assert result.exit_code == 1
    assert "error: type-changed: response parameter `is_success`" in result.stdout
    assert f"the other page ({old} line " in result.stdout
    assert "to do" not in result.stdout


def test_against_a_folder_finds_the_page_of_the_operation(tmp_path: Path) -> None:
    """Pages are put together by their request lines, whatever the files are called."""
    for folder, name, page in (
        ("old", "a.md", FLINK_OTC_2024),
        ("old", "b.md", BATCH_OTC),
        ("new", "1.md", BATCH_OTC),
        ("new", "2.md", FLINK_OTC_2024),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(render(page, "markdown"), encoding="utf-8")
    result = run("--against", tmp_path / "old", tmp_path / "new", "--fail-on", "info")
    assert result.exit_code == 0, result.output
    assert (
        f"{tmp_path}/new/1.md: page of batchExportJobs, compared with {tmp_path}/old/b.md: nothing new" in result.stdout
    )


@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_against_a_folder_names_pages_that_are_gone(tmp_path: Path, format_: str) -> None:
    """A page that only the old folder has is a finding with its file and operation, in each format; exit code 1."""
    for name in ("old/same.md", "new/same.md"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(render(FLINK_OTC_2024, "markdown"), encoding="utf-8")
    (tmp_path / "old/job.md").write_text(render(JOB_CN_2020, "markdown"), encoding="utf-8")
    result = run("--against", tmp_path / "old", tmp_path / "new", "--format", format_)
    assert result.exit_code == 1
    assert "/old/job.md" in result.stdout
    assert "POST /v1/{project_id}/jobs/{name}/export" in result.stdout
    assert "operation-gone" in result.stdout
    assert format_ != "json" or len(json.loads(result.stdout)) == 2
    assert format_ != "text" or result.stdout.endswith("1 error, 0 warnings, 0 info; 0 known; 1 gone\n")
    # A page that is named alone leaves the other pages of the old folder alone.
    assert run("--against", tmp_path / "old", tmp_path / "new/same.md").exit_code == 0


def test_scaffold_prints_a_document(pages: Any, tmp_path: Path) -> None:
    """What is printed can be saved and read."""
    result = run("--scaffold", pages / "other.md")
    assert result.exit_code == 0
    path = tmp_path / "scaffold.yaml"
    path.write_text(result.stdout, encoding="utf-8")
    assert list(load_yaml(path)["paths"]) == ["/v1/{project_id}/baskets/{basket}/copy"]


def test_scaffold_of_a_folder_is_one_file(pages: Any, tmp_path: Path) -> None:
    """-o has the operations of all pages, with their paths below the folder; a broken page is named, exit code 2."""
    path = tmp_path / "openapi.yaml"
    assert run("--scaffold", pages, "-o", path).exit_code == 0
    (pages / "zip").write_bytes(b"PK\x03\x04\0\0\0\0" * 50)
    result = run("--scaffold", pages, "-o", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(pages / "zip") in result.stderr
    assert "2 operations, 5 schemas (9 before sharing)" in result.stderr
    found = load_yaml(path)["paths"]
    assert list(found) == ["/v1.0/{project_id}/streaming/jobs/export", "/v1/{project_id}/baskets/{basket}/copy"]
    assert found["/v1.0/{project_id}/streaming/jobs/export"]["post"]["x-page"] == "inner/changed.html"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "openapi.yaml", "missing.rst"], "add --scaffold"),
        (["missing.rst"], "missing.rst: no such file"),
        (["--edition", "otc-1999", "missing.rst"], "there is no edition 'otc-1999'"),
        (["--against", "a.rst", "--scaffold", "b.rst"], "leave out --edition and --scaffold"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments: list[Any], words: str) -> None:
    """Exit code 2, and no traceback."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_the_other_commands_do_not_wait_for_it() -> None:
    """`jobexport editions` imports nothing of drift."""
    code = "import sys; from jobexport.cli.commands import cli; print([n for n in sys.modules if 'drift' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['jobexport.cli.drift']"


def test_colours_are_for_a_terminal_only(pages: Any) -> None:
    """What goes into a pipe has no escape sequences, neither bar nor styles."""
    result = run(pages)
    assert "\x1b" not in result.stdout + result.stderr


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources, as the hand-made pages have them."""
    for name in ("openapi", "overlays"):
        shutil.copytree(CHECKOUT / name, tmp_path / "checkout" / name)
    for path, text in texts_of(DESCRIBED).items():
        (tmp_path / "checkout" / path.relative_to(CHECKOUT)).write_text(text, encoding="utf-8")
    monkeypatch.setattr(drift, "load_described", lambda: load_described(tmp_path / "checkout"))
    return tmp_path / "checkout"


def digest(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.yaml")}


def test_write_edits_the_sources_and_nothing_is_new_afterwards(checkout: Path, pages: Any) -> None:
    """--diff shows what --write changes and writes nothing; after --write the same page says nothing new."""
    before = digest(checkout)
    page = (pages / "inner/changed.html", "--edition", "otc-2026")
    shown = run(*page, "--diff")
    assert (shown.exit_code, digest(checkout)) == (0, before)
    assert "+++ b/openapi/openapi.yaml" in shown.stdout
    written = run(*page, "--write")
    assert written.exit_code == 0, written.output
    assert "written: overlays/otc-2024.yaml" in written.stdout.splitlines()
    assert digest(checkout) != before
    assert ": nothing new" in run(*page).stdout
    assert run(*page, "--write").stdout == "0 findings resolved, 0 left; run make generate, then git diff\n"


def test_what_is_left_to_people_is_exit_code_1(checkout: Path, tmp_path: Path) -> None:
    """A changed path is listed with line and place; the page's other changes are written."""
    path = tmp_path / "page.rst"
    path.write_text(render(evolve(CHANGED, path="/v2.0/{project_id}/streaming/jobs/export"), "rst"), encoding="utf-8")
    result = run(path, "--edition", "otc-2026", "--write")
    assert result.exit_code == 1
    assert f"left: {path} line " in result.stdout
    assert "weight:" in (checkout / "openapi/openapi.yaml").read_text(encoding="utf-8")


def test_an_edition_is_begun_with_one_command(checkout: Path, pages: Any) -> None:
    """`editions new` writes overlay, pages and claims, and what the page says."""
    arguments = ["editions", "new", "otc-2999", "--like", "otc-2026", str(pages / "inner/changed.html")]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert "written: overlays/otc-2999.yaml" in result.stdout
    assert ": nothing new" in run(pages / "inner/changed.html", "--edition", "otc-2999").stdout


@pytest.mark.parametrize("options", [("--write", "--scaffold"), ("--diff", "--against", "old")])
def test_write_is_for_the_description(pages: Any, options: tuple[str, ...]) -> None:
    """--write and --diff do not go with options that do not compare with the description."""
    result = run(pages / "same.rst", *options)
    assert (result.exit_code, "leave out --against and --scaffold" in result.stderr) == (2, True)
