"""Closure: no loose ends between the union, the overlays, the register and the tests. Each loose end is tried once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.spec.editions import CHECKOUT, resolve
from jobexport.spec.generate import main as generate_main
from jobexport.spec.lint import lint, main
from jobexport.spec.register import load_register
from tests.making.names import array_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def full_checkout(checkout: Any) -> Any:
    """Return a copy of the sources and of the tests that the register names."""
    for name in {entry.test.partition("::")[0] for entry in load_register().entries}:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_bytes((CHECKOUT / name).read_bytes())
    return checkout


def replace(path: Any, old: Any, new: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_project_has_no_findings() -> None:
    """Ids exist, have evidence and a test; documents are valid; examples fit their schemas."""
    assert lint(CHECKOUT) == []


def test_a_copy_has_no_findings_either(full_checkout: Any) -> None:
    """The copy that the cases below break is sound before they break it."""
    assert lint(full_checkout) == []


ARRAY = array_of(resolve("otc-2026"))

# Kinds of loose ends: file, old and new text, and words of the finding. Those that would hide each other, or whose
# findings have the same words, stand in different groups.
LOOSE_ENDS: list[list[tuple[str, str, str, str]]] = [
    [
        ("openapi/openapi.yaml", "x-inconsistency: DLI-013", "x-inconsistency: DLI-999", "names DLI-999"),
        ("overlays/otc-2024.yaml", "x-inconsistency: DGC-002", "x-inconsistency: DGC-999", "names DGC-999"),
        ("overlays/otc-2024.yaml", "    x-inconsistency: DLI-001\n", "", "names nothing"),
        ("openapi/inconsistencies.yaml", "id: DLI-009", "id: DLI-909", "DLI-909 is marked nowhere"),
        ("openapi/openapi.yaml", "type: integer\n      format", "type: int\n      format", "is not valid under any"),
        ("openapi/inconsistencies.yaml", "id: DLI-002", "id: DLI-001", "DLI-001 stands twice"),
        ("openapi/inconsistencies.yaml", "::test_flink_job_ids_are_int64", "::test_gone", "which does not exist"),
        ("openapi/inconsistencies.yaml", "properties/zip_file\n", "properties/zip\n", "which is not in"),
        (
            "openapi/inconsistencies.yaml",
            "- editions: [huaweicloud-cn-2020]",
            "- editions: [otc-2024]",
            "exactly one claim",
        ),
        (
            "openapi/inconsistencies.yaml",
            "edition: otc-2026, operation: exportJob",
            "edition: otc-1, operation: exportJob",
            "no page",
        ),
        (
            "openapi/inconsistencies.yaml",
            "edition: otc-2024, operation: batchExportJobs",
            "edition: otc-2024, operation: batchExportJob",
            "names the operation batchExportJob, which is not in",
        ),
        (
            "openapi/openapi.yaml",
            "x-role: zip-paths",
            "x-role: zip-names",
            "has the role 'zip-names', which is not one",
        ),
        ("openapi/openapi.yaml", "x-role: obs-path", "x-note: obs-path", "no property has the role obs-path"),
        ("openapi/openapi.yaml", "x-inconsistency: COM-006", "x-role: success", "only a property of a component's"),
        (
            "generated/jobexport_api/models/error_response.py",
            "    error_code: str",
            "    code: str",
            "but no attribute",
        ),
        (
            "overlays/otc-2026.yaml",
            "actions:\n",
            """actions:
  - description: A field that the client looks for has another role.
    x-inconsistency: DLI-009
    target: $.components.schemas.ExportFlinkJobsResponse.properties.message
    update: {x-role: success}
""",
            "edition otc-2026: /components/schemas/ExportFlinkJobsResponse/properties/message lacks the role message",
        ),
        (
            "overlays/otc-2026.yaml",
            "actions:\n",
            f"""actions:
  - description: A field that the client looks for has another name.
    x-inconsistency: DLI-001
    target: $.components.schemas.ExportFlinkJobsResponse.properties.{ARRAY}
    remove: true
  - description: The name.
    x-inconsistency: DLI-001
    target: $.components.schemas.ExportFlinkJobsResponse.properties
    update: {{in_no_edition: {{type: array, items: {{type: string}}}}}}
""",
            "has no property with the role zip-paths; if it is in_no_edition, mark that property",
        ),
    ],
    [
        ("openapi/openapi.yaml", "body#/taskId", "body#/task", "the link names $response.body#/task, which"),
        ("openapi/openapi.yaml", "job_selected: [100]", "job_selected: ['100']", "does not fit its schema"),
        (
            "openapi/openapi.yaml",
            "x-inconsistency: DLI-013",
            "x-inconsistency: DLI-013\n          x-role: success",
            "ExportFlinkJobsRequest/properties/obs_dir has the role success, but no attribute of a generated model",
        ),
    ],
    [
        ("openapi/openapi.yaml", "example: myJob", "example: my/Job", "does not fit its schema"),
    ],
    [
        ("openapi/openapi.yaml", "examples: [[100]]", "examples: [[1.5]]", "does not fit its schema"),
    ],
]


@pytest.mark.parametrize("group", LOOSE_ENDS, ids=["one", "two", "three", "four"])
def test_a_loose_end_is_found(full_checkout: Path, group: list[tuple[str, str, str, str]]) -> None:
    """Each kind of loose end is a finding of its own that names the place."""
    for name, old, new, _ in group:
        replace(full_checkout / name, old, new)
    findings = lint(full_checkout)
    for *_, words in group:
        assert any(words in finding for finding in findings), (words, findings)


def test_the_command_fails_on_a_finding(full_checkout: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With a finding, the command prints the findings and their number, and exits with 1."""
    replace(full_checkout / "openapi/openapi.yaml", "x-inconsistency: DLI-013", "x-inconsistency: DLI-999")
    assert main([str(full_checkout)]) == 1
    assert "DLI-999" in capsys.readouterr().out


@pytest.mark.parametrize("command", [main, lambda roots: generate_main(["--check", "--root", *roots])])
def test_a_check_of_no_edition_is_no_success(
    full_checkout: Any, capsys: pytest.CaptureFixture[str], command: Callable[[list[str]], int]
) -> None:
    """A checkout without any edition's overlay: one sentence, exit code 2, in the lint and in the generator."""
    for path in (full_checkout / "overlays").glob("*-*.yaml"):
        path.unlink()
    assert command([str(full_checkout)]) == 2
    assert "has no edition's overlay" in capsys.readouterr().err


def test_the_command_says_what_it_could_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is no checkout: one sentence, exit code 2."""
    assert main([str(tmp_path)]) == 2
    assert "cannot read" in capsys.readouterr().err
