"""Generation: the same bytes every time, and nothing half-written when a source is wrong."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from jobexport.spec import generate
from jobexport.spec.editions import CHECKOUT

pytestmark = pytest.mark.usefixtures("warm")


def digest(folder: Path) -> dict[Any, Any]:
    """Return every file of a folder with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def append(path: Any, text: Any) -> None:
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(old + text, encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[Any, Any]:
    """Run the command; return its exit code and everything it printed."""
    code = generate.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_what_is_committed_is_what_the_sources_give(capsys: pytest.CaptureFixture[str]) -> None:
    """The check passes on the checkout itself."""
    code, printed = run(capsys, "--check", "--root", CHECKOUT)
    assert code == 0, printed
    assert "is up to date" in printed


def test_the_same_bytes_from_another_folder(checkout: Any) -> None:
    """A run in another folder, from nothing, writes the committed files byte for byte."""
    before = digest(checkout / "generated")
    for path in sorted((checkout / "generated").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    generate.generate(checkout)
    assert digest(checkout / "generated") == before


def test_what_the_sources_do_not_give_is_found_and_does_not_survive(
    checkout: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check names a changed, an extra and a missing file, and the repair; a new run repairs all three."""
    before = digest(checkout / "generated")
    changed = ["jobexport_api/client.py", "openapi/otc-2024.yaml", "INCONSISTENCIES.md", "provenance.json"]
    stale, missing = "jobexport_api/models/gone.py", "jobexport_api/py.typed"
    for name in changed:
        append(checkout / "generated" / name, " ")
    (checkout / "generated" / stale).write_text("", encoding="utf-8")
    (checkout / "generated" / missing).unlink()
    code, printed = run(capsys, "--check", "--root", checkout)
    assert code == 1
    for name in (*changed, stale, missing):
        assert name in printed
    assert f"generated/{changed[0]} differs from a fresh run" in printed
    assert "rm -rf generated && make generate" in printed
    generate.generate(checkout)
    assert digest(checkout / "generated") == before


def test_a_changed_source_changes_what_is_generated(checkout: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed overlay makes the committed output stale."""
    append(
        checkout / "overlays/otc-2026.yaml",
        "  - description: A fact\n    target: $.info\n    update: {x-new: true}\n    x-inconsistency: DLI-001\n",
    )
    code, printed = run(capsys, "--check", "--root", checkout)
    assert code == 1
    assert "generated/openapi/otc-2026.yaml" in printed


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "overlays/otc-2024.yaml",
            "  - target: $.paths['/v1/x']\n    remove: true\n",
            ["otc-2024.yaml action ", "$.paths['/v1/x'] matches nothing", "openapi/openapi.yaml"],
        ),
        ("overlays/otc-2024.yaml", "  - target: '$['\n    remove: true\n", ["otc-2024.yaml action ", "JSONPath"]),
        ("openapi/openapi.yaml", "a: [\n", ["openapi.yaml line", "not valid YAML"]),
        ("openapi/inconsistencies.yaml", "x: 1\n", ["inconsistencies.yaml line", "correct the entry"]),
        (
            "overlays/without-claims.yaml",
            "overlay: 1.0.0\ninfo: {title: New, version: 1.0.0}\nactions:\n  - {target: $.info, update: {x-new: 1}}\n",
            ["DLI-001 needs exactly one claim for each edition"],
        ),
        ("openapi/codegen/config.yaml", "nonsense: [\n", ["openapi-python-client could not generate"]),
        ("openapi/codegen/templates/client.py.jinja", "{% if %}", ["openapi-python-client could not generate"]),
    ],
)
def test_a_wrong_source_is_one_sentence_and_leaves_everything_as_it_was(
    checkout: Any, capsys: pytest.CaptureFixture[str], name: str, text: str, words: list[Any]
) -> None:
    """A broken source: exit code 2, one sentence that says where, and generated/ untouched with nothing beside it."""
    before = digest(checkout / "generated")
    append(checkout / name, text)
    code, printed = run(capsys, "--root", checkout)
    assert code == 2
    assert all(word in printed for word in words), printed
    assert printed.count("\n") == 1
    assert "Traceback" not in printed
    assert digest(checkout / "generated") == before
    assert not list(checkout.glob("generated.*"))


def test_no_permission_is_one_sentence(
    checkout: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without write permission is one sentence with a remedy."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, os.strerror(13))

    # A folder without permission would not stop root, as whom tests often run.
    monkeypatch.setattr(Path, "mkdir", refuse)
    code, printed = run(capsys, "--root", checkout)
    assert (code, printed) == (
        2,
        f"cannot write {checkout}: Permission denied; change its permissions, or choose another place\n",
    )


def test_a_folder_that_cannot_be_replaced_stays(
    checkout: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the new folder can't take the old one's place, the old one is put back."""
    before = digest(checkout / "generated")
    rename = Path.rename

    def refuse(path: Any, target: Any) -> Any:
        if path.name.startswith("generated.") and not path.name.endswith(".old"):
            raise PermissionError(13, os.strerror(13))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    code, printed = run(capsys, "--root", checkout)
    assert (code, "cannot write" in printed) == (2, True)
    assert digest(checkout / "generated") == before
    assert not list(checkout.glob("generated.*"))
