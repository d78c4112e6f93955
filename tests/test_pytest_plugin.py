"""The pytest plugin, as other people's suites see it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """
import httpx
import pytest

def call(server):
    url = f"{server.url}/v1/{server.project_id}/jobs/myJob/export"
    return httpx.post(url, headers={"X-Auth-Token": server.token}, trust_env=False, verify=False).status_code

def test_default(jobexport_mock):
    assert call(jobexport_mock) == 200
    assert jobexport_mock.core.document["info"]["x-edition"] == "otc-2026"

@pytest.mark.jobexport_mock(edition="otc-2024", token="mine")
def test_marked(jobexport_mock):
    assert call(jobexport_mock) == 200
    assert jobexport_mock.token == "mine"
    assert jobexport_mock.core.document["info"]["x-edition"] == "otc-2024"

@pytest.mark.jobexport_mock("otc-2024")
class TestClass:
    def test_class(self, jobexport_mock):
        assert jobexport_mock.core.document["info"]["x-edition"] == "otc-2024"

    @pytest.mark.jobexport_mock("huaweicloud-cn-2020")
    def test_closest(self, jobexport_mock):
        assert jobexport_mock.core.document["info"]["x-edition"] == "huaweicloud-cn-2020"
"""


OVERLAY = "overlay: 1.0.0\ninfo: {title: Mine, version: '1'}\nactions: [{target: $.info, update: {x-mine: true}}]"

# pytest is started in the folder `tests`.
PATH = """
import os, pytest
@pytest.mark.jobexport_mock("mine.yaml")
def test_path(jobexport_mock):
    assert jobexport_mock.core.document["info"]["x-edition"] == "mine"
    assert os.path.basename(os.getcwd()) == "tests"
"""

UNKNOWN = """
import pytest
@pytest.mark.jobexport_mock("never")
def test_unknown(jobexport_mock): pass
"""


def run(folder: Path, *arguments: Any, before: str = "") -> tuple[int, str]:
    """Run pytest in a process of its own, as the entry point or `-p` loads the plugin; return code and output."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers", encoding="utf-8")
    code = f"import sys, pytest\n{before}\nsys.exit(pytest.main(sys.argv[1:]))"
    installed = {entry.name for entry in entry_points(group="pytest11")}
    load = [] if "jobexport" in installed else ["-p", "jobexport.pytest_plugin"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    others = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:anyio")
    command = [sys.executable, "-c", code, *load, *others, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the output of a run of all suites that use the fixture."""
    folder = tmp_path_factory.mktemp("suites")
    (folder / "tests").mkdir()
    (folder / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    for name, suite in {"test_suite": SUITE, "tests/test_path": PATH, "test_unknown": UNKNOWN}.items():
        (folder / f"{name}.py").write_text(suite, encoding="utf-8")
    return run(folder, "-rA", "..", before="import os; os.chdir('tests')")[1]


@pytest.mark.parametrize("name", ["test_default", "test_marked", "TestClass::test_class", "TestClass::test_closest"])
def test_servers_of_the_fixture(output: str, name: str) -> None:
    """The fixture gives the default edition; the closest marker says which edition and options instead."""
    assert f"PASSED ../test_suite.py::{name}" in output


def test_a_path_begins_in_the_root_folder(output: str) -> None:
    """A marker's relative path begins in pytest's root folder, wherever pytest is started."""
    assert "PASSED test_path.py::test_path" in output


def test_an_unknown_edition(output: str) -> None:
    """A marker with an edition that does not exist is an error that lists those that do."""
    assert "ERROR ../test_unknown.py::test_unknown" in output
    assert "there is no edition 'never' and no such file; choose one of" in output


def test_the_marker_is_listed(tmp_path: Path) -> None:
    """`pytest --markers` says what the marker takes."""
    assert "@pytest.mark.jobexport_mock(edition='otc-2026', **options)" in run(tmp_path, "--markers")[1]


def test_nothing_is_imported_for_others(tmp_path: Path) -> None:
    """A suite that does not use the fixture imports nothing of the server."""
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    assert not {'starlette', 'uvicorn', 'jsonschema_rs', 'jobexport.spec', 'yaml'} & sys.modules.keys()\n"
    )
    code, output = run(tmp_path)
    assert code == 0, output


def test_without_the_extra(tmp_path: Path) -> None:
    """Where only the plain package is installed, suites run; the fixture fails with what to install."""
    (tmp_path / "test_both.py").write_text("def test_other(): pass\ndef test_mine(jobexport_mock): pass")
    missing = "for name in ('starlette', 'uvicorn', 'yaml', 'jsonschema_rs', 'click'): sys.modules[name] = None"
    code, output = run(tmp_path, before=missing)
    assert code == 1
    assert "1 passed, 1 error" in output
    assert "the fixture jobexport_mock needs" in output
    assert "pip install 'jobexport[mock]'" in output
