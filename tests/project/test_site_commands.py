"""Every command on a page of the site runs, as it stands but for names, places and the pace."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from click.testing import CliRunner

from jobexport import drift
from jobexport.cli.commands import cli
from jobexport.drift.documents.description import load_described
from jobexport.drift.write import texts_of
from jobexport.mock import Server, serve
from jobexport.spec.editions import CHECKOUT
from tests.drift.making.described import DESCRIBED
from tests.drift.making.pages import FLINK_OTC_2026
from tests.drift.making.rendering import DOUBLE, Field, render
from tests.making.credentials import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

# Pages whose commands have a test of their own.
ELSEWHERE = {"docs/backup.md": "tests/cli/backup/test_page.py", "docs/recipes.md": "tests/project/test_recipes.py"}
# What the pages call by other names: the service and what is in it.
NAMES = {
    "nightly_load": "myJob",
    "hourly_copy": "job_batch",
    "$(date +%F)": "today",
    "huaweicloud-cn-2020": "otc-2026",
}
CLOUD = {"--cloud", "otc", "--region", "eu-de"}
OVERLAY = " | jq -r .identification.overlay > mine.yaml"


def commands(name: str) -> list[str]:
    """Return the commands of a page: the lines of its blocks of shell, and those after a prompt."""
    found: list[str] = []
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        lines = block.replace("\\\n", " ").splitlines()
        found += lines if language == "sh" else [line[2:] for line in lines if line.startswith("$ ")]
    return [re.split(r"\s+# ", line)[0] for line in found]


PAGES = [
    name
    for name in ("README.md", *(f"docs/{path.name}" for path in sorted((CHECKOUT / "docs").glob("*.md"))))
    if commands(name)
]
RULES = (CHECKOUT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(DESCRIBED.documents["otc-2026"]) as running:
        yield running


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a copy of the sources, with a page that changed, a list of jobs, and an overlay."""
    monkeypatch.chdir(tmp_path)
    for name in ("openapi", "overlays"):
        shutil.copytree(CHECKOUT / name, name)
    for path, text in texts_of(DESCRIBED).items():
        (tmp_path / path.relative_to(CHECKOUT)).write_text(text, encoding="utf-8")
    monkeypatch.setattr(drift, "load_described", lambda: load_described(tmp_path))
    (tmp_path / "pages").mkdir()
    changed = evolve(FLINK_OTC_2026, body=(*FLINK_OTC_2026.body, Field("weight", DOUBLE, "no")))
    (tmp_path / "pages/dli_export_flink_job.md").write_text(render(changed, "markdown"), encoding="utf-8")
    (tmp_path / "jobs.txt").write_text("myJob\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text((CHECKOUT / "overlays/otc-2024.yaml").read_text("utf-8"), encoding="utf-8")


def test_every_page_with_commands_is_run() -> None:
    """A page has its commands run here or in the test that is named for it."""
    assert [path for name, path in ELSEWHERE.items() if name not in PAGES or not (CHECKOUT / path).is_file()] == []


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("name", [name for name in PAGES if name not in ELSEWHERE])
def test_the_commands_of_a_page_run(name: str, server: Server) -> None:
    """Each command ends with 0, or with 1 where it reports what it found; the environment is that of the page."""
    for command in commands(name):
        for word, other in NAMES.items():
            command = command.replace(word, other)
        program, *words = shlex.split(command)
        if program == "make":
            make(words, server)
        elif program == "jobexport":
            jobexport(command, words, server)
        else:
            assert (program, *words[:1]) in {("pip", "install"), ("git", "diff")} or program == "export", command


def make(words: list[str], server: Server) -> None:
    """Check that CI runs the rules, and run the others."""
    (checked,) = re.findall(r"^check: (.*?) ##", RULES, re.MULTILINE)
    for rule in (word for word in words if "=" not in word):
        if rule == "drift":
            given = dict(word.split("=") for word in words if "=" in word)
            jobexport("", ["drift", given["DOCS"], "--edition", given["EDITION"]], server)
        else:
            assert rule in {*checked.split(), "generate"}, words


def jobexport(command: str, words: list[str], server: Server) -> None:
    """Run a command against the mock."""
    words = words[: words.index("|")] if "|" in words else words
    if words[0] == "mock":
        start(words)
        return
    live = "--url" in words or set(words) >= CLOUD
    words = [word for word in words if word not in CLOUD]
    if "--url" in words:
        words[words.index("--url") + 1] = server.url
    elif live:
        words += ["--url", server.url]
    if live and "--project" not in words:
        words += ["--project", server.project_id]
    elif live:
        words[words.index("--project") + 1] = server.project_id
    if "--obs-endpoint" in words:
        words[words.index("--obs-endpoint") + 1] = f"{server.url}/_mock/obs"
    elif "--download" in words:
        words += ["--obs-endpoint", f"{server.url}/_mock/obs"]
    if words[0] == "contract":
        words += ["--rate", "1000", "--max-examples", "1", "--max-requests", "20"]
    result = CliRunner(env=credentials(server)).invoke(cli, words)
    assert result.exit_code in {0, int(words[0] in {"drift", "contract"})}, (words, result.output)
    if command.endswith(OVERLAY):
        assert json.loads(result.stdout)["identification"].keys() >= {"overlay"}


def start(words: list[str]) -> None:
    """Start a mock on a free port, and end it."""
    if "--port" in words:
        words[words.index("--port") + 1] = "0"
    else:
        words += ["--port", "0"]
    with subprocess.Popen([sys.executable, "-m", "jobexport", *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert "http://127.0.0.1:" in process.stdout.readline()
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()
    assert process.returncode == 0
