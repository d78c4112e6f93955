"""The pytest plugin, as other people's suites see it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

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


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., Any]:
    """A function that runs pytest in a process of its own, as the entry point or `-p` loads the plugin."""
    pytester.makeini("[pytest]\naddopts = --strict-markers")

    def run_pytest(*arguments: Any, before: str = "") -> tuple[Any, Any]:
        code = f"import sys, pytest\n{before}\nsys.exit(pytest.main(sys.argv[1:]))"
        installed = {entry.name for entry in entry_points(group="pytest11")}
        load = [] if "jobexport" in installed else ["-p", "jobexport.pytest_plugin"]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        others = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:anyio")
        command = [sys.executable, "-c", code, *load, *others, *arguments]
        done = subprocess.run(command, cwd=pytester.path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run_pytest


def test_servers_of_the_fixture(pytester: pytest.Pytester, run: Callable[..., Any]) -> None:
    """The fixture gives the default edition; the closest marker says which edition and options instead."""
    pytester.makepyfile(SUITE)
    code, output = run()
    assert code == 0, output
    assert "4 passed" in output


def test_the_marker_is_listed(run: Callable[..., Any]) -> None:
    """`pytest --markers` says what the marker takes."""
    assert "@pytest.mark.jobexport_mock(edition='otc-2026', **options)" in run("--markers")[1]


def test_nothing_is_imported_for_others(pytester: pytest.Pytester, run: Callable[..., Any]) -> None:
    """A suite that does not use the fixture imports nothing of the server."""
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    assert not {'starlette', 'uvicorn', 'jsonschema_rs', 'jobexport.spec', 'yaml'} & sys.modules.keys()\n"
    )
    code, output = run()
    assert code == 0, output


def test_without_the_extra(pytester: pytest.Pytester, run: Callable[..., Any]) -> None:
    """Where only the plain package is installed, suites run; the fixture fails with what to install."""
    pytester.makepyfile("def test_other(): pass\ndef test_mine(jobexport_mock): pass")
    missing = "for name in ('starlette', 'uvicorn', 'yaml', 'jsonschema_rs', 'click'): sys.modules[name] = None"
    code, output = run(before=missing)
    assert code == 1
    assert "1 passed, 1 error" in output
    assert "the fixture jobexport_mock needs" in output
    assert "pip install 'jobexport[mock]'" in output


def test_a_path_begins_in_the_root_folder(pytester: pytest.Pytester, run: Callable[..., Any]) -> None:
    """A marker's relative path begins in pytest's root folder, wherever pytest is started."""
    overlay = "overlay: 1.0.0\ninfo: {title: Mine, version: '1'}\nactions: [{target: $.info, update: {x-mine: true}}]"
    pytester.path.joinpath("mine.yaml").write_text(overlay, encoding="utf-8")
    pytester.makepyfile(
        **{
            "tests/test_mine": "import os, pytest\n@pytest.mark.jobexport_mock('mine.yaml')\n"
            "def test_it(jobexport_mock):\n"
            "    assert jobexport_mock.core.document['info']['x-edition'] == 'mine'\n"
            "    assert os.path.basename(os.getcwd()) == 'tests'\n"
        }
    )
    code, output = run(before="import os; os.chdir('tests')")
    assert (code, "1 passed" in output) == (0, True), output


def test_an_unknown_edition(pytester: pytest.Pytester, run: Callable[..., Any]) -> None:
    """A marker with an edition that does not exist is an error that lists those that do."""
    pytester.makepyfile("import pytest\n@pytest.mark.jobexport_mock('never')\ndef test_it(jobexport_mock): pass")
    code, output = run()
    assert code == 1
    assert "there is no edition 'never' and no such file; choose one of" in output
