"""The lock and the Makefile: every dependency has its version and hash, and a rule installs what it needs."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import distribution
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jobexport.spec.editions import CHECKOUT
from tests.project.making.distributions import OWNERS, closure, requirements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS: dict[str, list[Any]] = PYPROJECT["dependency-groups"]
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
UV = ".cache/uv/bin/uv"
RULES = [rule for rule in re.findall(r"^([a-z-]+):.* ## ", MAKEFILE, re.MULTILINE) if rule not in ("help", "lock")]


def test_the_lock_has_every_dependency() -> None:
    """Each dependency of an extra or a group stands in the lock with a version that it allows, and with a hash."""
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9.-]+)==(\S+).*?\\\n +--hash=sha256:", lock, re.MULTILINE)
    lines = [line for lines in PYPROJECT["project"]["optional-dependencies"].values() for line in lines]
    lines += [line for group in GROUPS.values() for line in group if isinstance(line, str)]
    for wanted in map(Requirement, [*PYPROJECT["project"]["dependencies"], *lines]):
        if wanted.name != "jobexport":
            versions = [version for name, version in found if name == canonicalize_name(wanted.name)]
            assert any(wanted.specifier.contains(version) for version in versions), f"{wanted}: run `make lock`"


def test_a_developer_has_every_group() -> None:
    """The group `dev` includes every group but uv, which installs it, and those that one rule alone needs."""
    included = {line["include-group"] for line in GROUPS["dev"] if isinstance(line, dict)}
    assert included == set(GROUPS) - {"dev", "install", "browser", "examples"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_installs_before_it_runs(rule: str) -> None:
    """In a fresh clone no rule calls a program of the virtual environment before the installation of its packages."""
    command = ["make", "--dry-run", "VENV=not-there", "DOCS=docs", "CORPUS=.", rule]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    installed = False
    for line in done.stdout.splitlines():
        installed = installed or re.search(r"pip install .*--(all-extras|extra|group (?!build))", line) is not None
        assert installed or not line.strip().startswith("not-there/bin/"), line


def installed(purpose: str) -> set[str]:
    """Return the distributions that `$(READY)-purpose` installs."""
    line = re.findall(rf"^packages-{purpose} := (.*)", MAKEFILE, re.MULTILINE)[0]
    chosen = {option: re.findall(rf"--{option} (\S+)", line) for option in ("extra", "group")}
    if "--all-extras" in line:
        chosen["extra"] = list(PYPROJECT["project"]["optional-dependencies"])
    named: set[str] = {
        canonicalize_name(wanted.name) for group in ("build", *chosen["group"]) for wanted in members(group)
    }
    for extra in ("", *chosen["extra"]):
        named.update(requirements(distribution("jobexport"), extra))
    return closure(named - {"jobexport"})


def members(group: str) -> Iterator[Requirement]:
    """Yield the requirements of a group, also of those that it includes."""
    for line in GROUPS[group]:
        yield from [Requirement(line)] if isinstance(line, str) else members(line["include-group"])


@pytest.mark.parametrize(
    ("purpose", "folders"),
    [
        ("contract", ("src/jobexport/contract", "src/jobexport/mock", "src/jobexport/cli/contract")),
        ("spec", ("src/jobexport/spec/statements", "src/jobexport/spec/lint.py", "src/jobexport/drift")),
        ("test", ("src", "tests", "docs/_site", "benchmarks")),
    ],
)
def test_a_rule_installs_what_its_code_imports(purpose: str, folders: tuple[str, ...]) -> None:
    """In a fresh clone each distribution that the code of a rule imports is installed before."""
    found = installed(purpose)
    for folder in folders:
        for path in [CHECKOUT / folder] if folder.endswith(".py") else (CHECKOUT / folder).rglob("*.py"):
            modules = set(
                re.findall(r"^(?: {4})*(?:import|from) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
            )
            for module in modules - {"jobexport", "jobexport_api", "obstore", "selenium"}:
                owners = OWNERS.get(module, set())
                assert not owners or owners & found, f"{path} imports {module}"


def test_the_contract_needs_no_tools_of_the_tests() -> None:
    """`make contract` installs the extra of the contract test and the generator, nothing else."""
    command = ["make", "--dry-run", "VENV=not-there", "contract"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    chosen = re.findall(r"--(?:all-extras|(?:extra|group) \S+)", done.stdout)
    assert chosen == ["--group build", "--extra contract", "--group generate"]


@pytest.mark.parametrize(
    ("given", "replaced"), [([], False), (["PYTHON=python3.11"], False), (["PYTHON=python3.12"], True)]
)
def test_a_named_python_replaces_another_one(tmp_path: Path, given: list[str], replaced: bool) -> None:
    """`make PYTHON=…` makes .venv anew if it has another Python; without a name .venv stays as it is."""
    for name, text in ((".made", "python3.11\n"), (".editable", ""), (".ready-lint", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["make", "--dry-run", f"--old-file={UV}", f"VENV={tmp_path}", *given, "lint"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    assert ("python3.12 -m venv" in done.stdout, " -m venv" in done.stdout) == (replaced, replaced)


def test_a_python_that_is_too_old_is_refused(tmp_path: Path) -> None:
    """An old Python is named in one sentence before .venv is touched, also if uv is there."""
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    made = tmp_path / "venv/.made"
    command = ["make", f"--old-file={UV}", f"VENV={made.parent}", f"PYTHON={old}", str(made)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{old} is older than Python 3.11; name a newer one")
    assert not made.parent.exists()
