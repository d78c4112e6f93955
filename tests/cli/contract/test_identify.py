"""`jobexport contract --edition auto`: its output and its exit codes."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from jobexport import mock, spec
from jobexport.cli.commands import cli
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract.data import OBJECTS
from jobexport.contract.identify.description import Description
from jobexport.contract.identify.probe import readable
from jobexport.spec.editions import BASE, SOURCES
from tests.making.names import array_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

TOKEN = "a-secret-token"
# Of editions that responses do not tell apart, the youngest is taken.
LAST = spec.editions()[-1].id


def contract(*arguments: Any, token: Any = TOKEN) -> Any:
    """Run the contract command with --edition auto in this process."""
    # Without a folder nothing would be exported, and nothing seen of exportFlinkJobs.
    where = ("--obs-dir", "obs-test", "--rate", 500) if "--url" in arguments else ()
    command = ["contract", "--edition", "auto", *map(str, (*where, *arguments))]
    return CliRunner(env={"JOBEXPORT_TOKEN": token}).invoke(cli, command)


@pytest.fixture(scope="module")
def unknown() -> Iterator[Any]:
    """Yield a mock of the last edition with another name for the array of zips."""
    document = copy.deepcopy(spec.load_edition(LAST))
    fields = document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
    fields["zips"] = fields.pop(array_of(document))
    with mock.serve(document, token=TOKEN) as server:
        yield server


def test_a_known_edition_is_named_and_its_contract_run(tmp_path: Path) -> None:
    """The table and the edition are shown, and then the edition's contract is run, for the family of --api only."""
    with mock.serve(LAST, token=TOKEN) as server:
        result = contract("--url", server.url, "--api", "dli", "--max-examples", 1, "--report-dir", tmp_path)
    assert result.exit_code == 0, result.output
    # An edition that differs on pages of DGC only fits as well; the contract of the youngest is run.
    (names,) = re.findall("The server speaks (.+)\\.", result.stdout)
    assert LAST in names
    read = readable(Description("union", spec.load_yaml(SOURCES / BASE)), spec.load_register(), "dli")
    assert f"{3 + len(read)} requests were sent." in result.stdout
    assert "more entries do not tell the editions apart" in result.stdout
    assert "1 of 1 editions held" in result.stdout
    (run,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert run.name in names
    assert TOKEN not in result.output


def test_an_unknown_edition_gets_an_overlay_and_exit_code_1(unknown: Any, tmp_path: Path) -> None:
    """Each contradiction is shown with its request, and the output ends with an overlay file."""
    result = contract("--url", unknown.url, "--report-dir", tmp_path / "reports")
    assert result.exit_code == 1
    (names,) = re.findall("No edition fits all responses; the closest is (.+)\\.", result.stdout)
    assert LAST in names
    array = array_of(spec.load_edition(names.split()[0]))
    assert f"{names.split()[0]} DLI-001: the response has zips instead of {array}" in result.stdout
    head, _, rest = result.stdout.partition(
        "more entries do not tell the editions apart; --format json has all of them:"
    )
    assert max(map(len, head.splitlines())) <= 80
    rows = [line.split() for line in head.splitlines() if line.split()[-1:] in (["yes"], ["no"], ["-"])]
    count = len(spec.editions())
    assert (rows[0][0], rows[0][-count:]) == ("DLI-001", ["no"] * count)
    assert all("no" in row[-count:] for row in rows)
    assert ": no traffic shows it\n" in rest
    path = tmp_path / "mine.yaml"
    path.write_text(result.stdout.partition("\n# An overlay")[2].partition("\n")[2], encoding="utf-8")
    schema = spec.resolve(str(path))["components"]["schemas"]["ExportFlinkJobsResponse"]
    assert "zips" in schema["properties"]
    assert not (tmp_path / "reports").exists()
    assert TOKEN not in result.output


def test_the_printed_overlay_holds_at_once(unknown: Any, tmp_path: Path) -> None:
    """The overlay, saved to a file, is an edition whose contract the server keeps."""
    path = tmp_path / "mine.yaml"
    overlay = json.loads(contract("--url", unknown.url, "--format", "json").stdout)["identification"]["overlay"]
    path.write_text(overlay, encoding="utf-8")
    # The mock lacks the script and the task of the documentation's examples.
    data = mock_data(unknown)
    names = tmp_path / "names.json"
    names.write_text(json.dumps({kind: getattr(data, kind) for kind in OBJECTS}), encoding="utf-8")
    options = ("--edition", path, "--data", names, "--max-examples", 1, "--report-dir", tmp_path / "r")
    result = contract("--url", unknown.url, *options)
    assert result.exit_code == 0, result.output
    assert "1 of 1 editions held" in result.stdout


def test_an_unknown_edition_as_json(unknown: Any) -> None:
    """With --format json, standard output has verdicts and overlay as JSON."""
    result = contract("--url", unknown.url, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["reports"] == []
    assert LAST in report["identification"]["closest"]
    assert report["identification"]["overlay"].startswith("overlay: 1.0.0")
    verdict = next(item for item in report["identification"]["verdicts"] if item["verdict"] == "contradicts")
    assert {"entry", "fact", "edition", "evidence"} <= verdict.keys()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name the server with --url"),
        (("--url", "http://127.0.0.1:1"), "could not be reached"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    """The exit code is 2, and standard output is empty."""
    result = contract(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_refused_token_is_one_sentence(unknown: Any) -> None:
    """The error names the URL, not the token."""
    result = contract("--url", unknown.url, token="another-token")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"cannot tell the edition of {unknown.url}: the server does not accept the credentials" in result.stderr
    assert "another-token" not in result.output
