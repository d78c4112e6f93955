"""The recipes of docs/recipes.md run: workflows and the image step by step, the rest as it stands on the page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from typing import TYPE_CHECKING, Any

import click
import httpx
import pytest
import yaml
from click.testing import CliRunner
from openstack.config import OpenStackConfig
from packaging.requirements import Requirement

from jobexport import mock
from jobexport.cli.commands import cli
from jobexport.core.environment import MEANINGS, NETWORK
from jobexport.spec.editions import CHECKOUT
from tests.drift.making.described import DESCRIBED
from tests.project.making.distributions import closure, place, requirements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = CHECKOUT / "examples"
PAGE = (CHECKOUT / "docs/recipes.md").read_text(encoding="utf-8")
PROJECT = "0" * 32


def block(heading: str, language: str) -> str:
    """Return the first block of code in a language below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def bash(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub does, with programs of `folder/programs` and the environment before all others."""
    path = os.pathsep.join([str(folder / "programs"), sysconfig.get_path("scripts"), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOBEXPORT_", "OS_", "PIP_"))}
    command = ["bash", "-e", "-o", "pipefail", "-c", script]
    known = kept | {"NO_PROXY": "*", "PATH": path} | env
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)


def program(folder: Path, name: str, text: str) -> None:
    """Write a program that the scripts of a folder find first."""
    (folder / "programs").mkdir(exist_ok=True)
    (folder / "programs" / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / "programs" / name).chmod(0o755)


def workflow_runs(name: str, folder: Path, **values: str) -> list[subprocess.CompletedProcess[str]]:
    """Run the shell steps of a workflow with variables and secrets of its repository, and a `pip` that notes its words.

    Each variable and secret has to be explained at the head of the file, but for the secrets that it lists under `env`.
    """
    text = (EXAMPLES / "workflows" / name).read_text(encoding="utf-8")
    head = "".join(re.findall(r"^#.*\n", text, re.MULTILINE))
    (job,) = yaml.safe_load(text)["jobs"].values()
    program(folder, "pip", 'printf "%s\\n" "$@" > pip.txt')
    done = []
    for step in (step for step in job["steps"] if "run" in step):
        env = {}
        for variable, expression in step.get("env", {}).items():
            ((kind, key),) = re.findall(r"^\$\{\{ (vars|secrets)\.(\w+) \}\}$", expression)
            assert key in head if kind == "vars" else key == variable
            env[variable] = values[key]
        assert "${{" not in step["run"], "an expression in a script is an injection"
        done.append(bash(step["run"], folder, **env))
    install, extra = (folder / "pip.txt").read_text(encoding="utf-8").splitlines()
    assert (install, Requirement(extra).name) == ("install", "jobexport")
    assert Requirement(extra).extras == {name.removesuffix(".yml")}
    return done


def test_the_workflow_of_the_contract_holds_a_server(tmp_path: Path) -> None:
    """Its steps install the extra, and pass with a report against a server that keeps the edition."""
    real = f"{sysconfig.get_path('scripts')}/jobexport"
    # The server is ours, so it needs no pauses.
    program(tmp_path, "jobexport", f'exec {real} "$@" --rate 1000 --max-examples 1')
    with mock.serve(DESCRIBED.documents["otc-2024"]) as server:
        install, held = workflow_runs(
            "contract.yml",
            tmp_path,
            JOBEXPORT_WHEEL="https://example.com/jobexport.whl",
            JOBEXPORT_URL=server.url,
            JOBEXPORT_EDITION="otc-2024",
            JOBEXPORT_JOB="myJob",
            HUAWEICLOUD_SDK_AK=server.access_key,
            HUAWEICLOUD_SDK_SK=server.secret_key,
            HUAWEICLOUD_SDK_PROJECT_ID=server.project_id,
        )
    assert (install.returncode, held.returncode) == (0, 0), held.stderr + held.stdout
    assert list((tmp_path / "reports/otc-2024").iterdir())


def test_the_workflow_of_drift_annotates_a_page(tmp_path: Path) -> None:
    """A new difference is an annotation at a line of the page, and the step fails."""
    (tmp_path / "pages").mkdir()
    page = "# Exporting\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n"
    (tmp_path / "pages/export.md").write_text(page, encoding="utf-8")
    install, compared = workflow_runs("drift.yml", tmp_path, JOBEXPORT_WHEEL="https://example.com/jobexport.whl")
    assert (install.returncode, compared.returncode) == (0, 1), compared.stderr
    assert re.search(r"^::error file=pages/export\.md,line=5", compared.stdout, re.MULTILINE)


def instructions() -> Iterator[tuple[str, str]]:
    """Yield the instructions of the Dockerfile with their arguments."""
    text = re.sub(r"^#.*\n", "", (EXAMPLES / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in filter(None, text.replace("\\\n", " ").splitlines()):
        word, _, rest = line.partition(" ")
        yield word, rest


@pytest.fixture
def image(wheel: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a folder in which the RUN instructions were run, beside a clean virtual environment, and the rest."""
    folder, rest = tmp_path / "image", {}
    folder.mkdir()
    venv.create(tmp_path / "venv", symlinks=True, with_pip=True)
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    ours = distribution("jobexport")
    place(closure([*requirements(ours), *requirements(ours, "mock")]), site)
    (folder / "programs").symlink_to(tmp_path / "venv/bin")
    for word, text in instructions():
        if word == "COPY":
            assert wheel.match(text.split()[0].removeprefix("dist/"))
            (folder / wheel.name).write_bytes(wheel.read_bytes())
        elif word == "RUN":
            done = bash(text, folder, PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
            assert done.returncode == 0, done.stderr
        else:
            rest[word] = text
    return folder, rest


def test_the_image_serves_the_mock(image: tuple[Path, dict[str, str]]) -> None:
    """The installation passes in a clean environment; the mock is healthy, knows its names, and ends on SIGTERM."""
    folder, rest = image
    assert [path.name for path in folder.iterdir()] == ["programs"]
    assert rest["USER"].isdigit()
    assert int(rest["USER"]) > 0
    service = yaml.safe_load(block("The mock in a container", "yaml"))["services"]["mock"]
    program_, *arguments = json.loads(rest["ENTRYPOINT"])
    command = [str(folder / "programs" / program_), *arguments, *service["command"], "--port", "0"]
    assert json.loads(rest["CMD"]) == service["command"][:2]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"listening on http://0\.0\.0\.0:(\d+)", process.stdout.readline())
        assert found is not None
        python, *check = json.loads(rest["HEALTHCHECK"].partition(" CMD ")[2])
        check = [word.replace(rest["EXPOSE"], found[1]) for word in check]
        healthy = subprocess.run([folder / "programs" / python, *check], check=False, capture_output=True)
        with httpx.Client(base_url=f"http://127.0.0.1:{found[1]}/_mock/state", trust_env=False) as client:
            names = [client.get("", headers={"Host": name}).status_code for name in ("mock", "other")]
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert (healthy.returncode, names) == (0, [200, 403]), healthy.stderr
    # A negative code would be the signal's default action, which the first process of a container does not have.
    assert process.returncode >= 0


def test_the_profile_of_clouds_yaml_is_complete(tmp_path: Path) -> None:
    """openstacksdk finds the account and the region of the profile on the page."""
    path = tmp_path / "clouds.yaml"
    path.write_text(block("Credentials of OpenStack's tools", "yaml"), encoding="utf-8")
    profile: Any = OpenStackConfig(config_files=[str(path)]).get_one(cloud="otc")
    assert profile.get_session().auth.auth_url == "https://iam.eu-de.otc.t-systems.com/v3"
    assert profile.region_name == "eu-de"


def test_the_openrc_file_is_complete(tmp_path: Path) -> None:
    """openstacksdk finds the same account in the variables of the openrc file, under the name `envvars`."""
    program(tmp_path, "jobexport", f'echo "$@"; exec {sys.executable} seen.py')
    (tmp_path / "seen.py").write_text(
        "from openstack.config import OpenStackConfig\n"
        "profile = OpenStackConfig(load_yaml_config=False).get_one(cloud='envvars')\n"
        "print(profile.get_session().auth.auth_url, profile.region_name)\n"
    )
    done = bash(block("Credentials of OpenStack's tools", "sh"), tmp_path)
    words, seen = done.stdout.splitlines()
    assert words == "dgc list --os-cloud envvars"
    assert seen == "https://iam.eu-de.otc.t-systems.com/v3 eu-de"


def test_an_error_names_the_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the variables of the page and a proxy that is down, the error is the one of the page."""
    lines = block("Proxies and CA files", "sh").splitlines()
    for name, value in re.findall(r"^export (\w+)=(.*)$", "\n".join(lines), re.MULTILINE):
        monkeypatch.setenv(name, value)
    (tmp_path / "ca.pem").write_text("")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("JOBEXPORT_TOKEN", "a-token")
    monkeypatch.delenv("SSL_CERT_FILE")
    done = CliRunner().invoke(cli, [*lines[-1].split()[1:], "--project", PROJECT])
    assert done.exit_code == 2
    shown = " ".join(PAGE.split()).partition("`no connection")[2].partition("`")[0]
    assert f"no connection{shown}".replace("proxy.example.com:3128", "127.0.0.1:1") in done.stderr


def readers(name: str) -> list[str]:
    """Return the commands that read a variable; a group stands for all its commands if each of them reads it."""

    def reads(command: click.Command) -> bool:
        given = {option.envvar for option in command.params if isinstance(option, click.Option)}
        return name in given or name in getattr(command, "variables", ())

    found = []
    for top, command in sorted(cli.commands.items()):
        inner = sorted(command.commands.items()) if isinstance(command, click.Group) else []
        reading = [f"{top} {sub}" for sub, of in inner if reads(of)]
        found += [top] if reads(command) or (inner and len(reading) == len(inner)) else reading
    return found


def test_the_table_of_variables_is_that_of_the_code() -> None:
    """Each variable that the code reads has a row with its meaning and the commands that name it in their help."""
    rows = []
    for name, meaning in (MEANINGS | NETWORK).items():
        others = "all that send requests" if name in NETWORK else "set by `contract` itself"
        rows.append(f"| `{name}` | {meaning} | {', '.join(f'`{command}`' for command in readers(name)) or others} |")
    table = PAGE.partition("| --- | --- | --- |\n")[2]
    assert table.strip().splitlines() == rows, "\n".join(rows)
