"""The wheel: its content, its dependencies, and its use without a checkout."""

from __future__ import annotations

import email
import os
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING, Any

from jobexport.spec.editions import CHECKOUT, edition_ids

if TYPE_CHECKING:
    from pathlib import Path


def run_installed(installed: Any, *command: Any) -> Any:
    """Run Python with the wheel's content before the checkout."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_plain_install_needs_httpx_and_attrs_only(wheel: Path) -> None:
    """A plain install has only httpx and attrs; every other dependency is behind an extra."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.split(">")[0].split("<")[0] for line in needed) == ["attrs", "httpx"]


def test_the_release_uses_every_extra() -> None:
    """`make release` has a use of each extra, and of none; the changelog begins with the version and its day."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(runpy.run_path(str(CHECKOUT / "benchmarks/release.py"))["USES"]) == {
        "",
        *project["optional-dependencies"],
    }
    changes = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)", changes, re.MULTILINE)[0].startswith(f"{project['version']} - 20")


def test_the_wheel_holds_both_packages_and_the_documents(wheel: Path) -> None:
    """Both packages are typed; the documents, the register and the mock's jobs are there; tests are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"jobexport/py.typed", "jobexport_api/py.typed", "jobexport_api/api/dgc/export_job.py"} <= names
    for folder in ("generated/openapi", "overlays"):
        assert {f"jobexport/spec/_shipped/{folder}/{edition}.yaml" for edition in edition_ids()} <= names
    assert {f"jobexport/spec/_shipped/openapi/{name}.yaml" for name in ("openapi", "inconsistencies")} <= names
    assert any(name.endswith("/myJob.job") for name in names)
    roots = {name.split("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"jobexport", "jobexport_api"}


def test_the_installed_command_knows_the_editions(installed: Path) -> None:
    """Without a checkout the shipped documents are read, and no other files."""
    code = "import jobexport; from jobexport.cli import main; print(jobexport.__file__); main()"
    printed = run_installed(installed, "-c", code, "editions")
    assert printed.startswith(str(installed))
    assert [line.split()[0] for line in printed.splitlines()[1:]] == edition_ids()


def test_the_installed_resolve_gives_the_shipped_document(installed: Path) -> None:
    """The printed document equals the checkout's."""
    expected = (CHECKOUT / "generated/openapi/otc-2024.yaml").read_text(encoding="utf-8")
    assert run_installed(installed, "-c", "from jobexport.cli import main; main()", "resolve", "otc-2024") == expected


def test_the_installed_mock_responds(installed: Path) -> None:
    """The mock starts and exports a job."""
    code = (
        "import httpx\nfrom jobexport import mock\n"
        "with mock.serve('otc-2024') as server:\n"
        "    url = f'{server.url}/v1/{server.project_id}/jobs/myJob/export'\n"
        "    print(httpx.post(url, headers={'X-Auth-Token': server.token}).status_code)\n"
    )
    assert run_installed(installed, "-c", code) == "200\n"


def test_the_installed_package_takes_a_file_in_place_of_an_edition(installed: Path, tmp_path: Path) -> None:
    """Without a checkout, the overlay of an unknown server is printed, resolved, served, and held to."""
    code = """
import json, os, sys
from click.testing import CliRunner
from jobexport import mock, spec
from jobexport.cli.commands import cli

def contract(*arguments):
    command = ["contract", "--url", server.url, "--obs-dir", "obs-test", "--rate", "500", *arguments]
    return CliRunner(env={"JOBEXPORT_TOKEN": server.token}).invoke(cli, command)

def overlay():
    return json.loads(contract("--edition", "auto", "--format", "json").stdout)["identification"]["overlay"]

document = spec.load_edition(spec.editions()[-1].id)
fields = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
(name,) = [name for name, field in fields.items() if field.get("x-role") == "zip-paths"]
fields["zips"] = fields.pop(name)
with mock.serve(document) as server:
    found = overlay()
    open("mine.yaml", "w").write(found)
    held = contract("--edition", "mine.yaml", "--api", "dli", "--max-examples", "1")
    assert held.exit_code == 0, held.output
own = json.loads(CliRunner().invoke(cli, ["resolve", "mine.yaml", "--format", "json"]).stdout)
assert "zips" in own["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
with mock.serve("mine.yaml") as server:
    assert overlay() == found
assert not sys.modules["jobexport.spec.editions"].is_checkout()
print(own["info"]["x-edition"], *sorted(os.listdir("reports/contract")))
"""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"mine index\.html mine-[0-9a-f]{8}\n", done.stdout)


def test_the_installed_drift_compares(installed: Path, tmp_path: Path) -> None:
    """Without a checkout pages are compared with the shipped documents, and edits name these."""
    page = tmp_path / "page.md"
    page.write_text("# Exporting\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n", encoding="utf-8")
    code = (
        "from pathlib import Path\nfrom jobexport import drift\n"
        f"page = drift.read_page(Path({str(page)!r}))\n"
        "report = drift.check_page(page, drift.load_described(), 'otc-2024')\n"
        "found = {finding.kind: finding.source.file for finding in report.new if finding.source}\n"
        "unions = [advice.edits.union for advice in report.advice if advice and advice.edits.own]\n"
        "print(found['method-changed'], unions[0])\n"
    )
    assert run_installed(installed, "-c", code) == "otc-2024.yaml ()\n"


def test_the_register_is_read_without_a_checkout(installed: Path) -> None:
    """The shipped register is the checkout's."""
    code = "from jobexport.spec import load_register; print(len(load_register().entries))"
    assert int(run_installed(installed, "-c", code)) >= 40
