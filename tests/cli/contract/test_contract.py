"""The contract command: its output, its exit codes, and the limits for a server in use."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from jobexport import mock
from jobexport.cli.commands import cli
from jobexport.contract.verbs import changes
from jobexport.spec import load_edition
from jobexport.spec.document import operations
from jobexport.spec.editions import BASE, CHECKOUT
from jobexport.spec.load import dump_yaml, load_yaml
from tests.drift.making.described import DESCRIBED
from tests.making.waits import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

VARIABLES = (
    "JOBEXPORT_TOKEN",
    "HUAWEICLOUD_SDK_AK",
    "HUAWEICLOUD_SDK_SK",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "HUAWEICLOUD_SDK_PROJECT_ID",
)
JOBEXPORT = ("-m", "jobexport")
TOKEN = "a-secret-token"
FIELDS = load_yaml(CHECKOUT / BASE)["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
ACTIONS = [
    {"target": f"$.components.schemas.ExportFlinkJobsResponse.properties.{name}", "remove": True}
    for name, field in FIELDS.items()
    if field.get("x-role") == "zip-paths" and name != "zip_file"
]
PLANNED = {
    "exportJob": "writes zips of jobs to obs://mine/x/",
    "showScript": "not run: no script is known; name one under scripts in the file of --data",
    "showSystemTask": "not run: no task is known; name an id under tasks in the file of --data",
}
"""The plan of a run whose names are a job and an OBS path, as far as it does more than write nothing."""
OVERLAY = json.dumps({"overlay": "1.0.0", "info": {"title": "Mine", "version": "1"}, "actions": ACTIONS})
"""An overlay, as YAML, that leaves one field of the union for the names of the zips."""


def contract(*arguments: Any, env: Any = None) -> Any:
    """Run the command in this process."""
    return CliRunner(env=dict.fromkeys(VARIABLES) | (env or {})).invoke(cli, ["contract", *map(str, arguments)])


def one_sentence(result: Any, *words: Any) -> None:
    """Assert exit code 2, no result, and one line of error with these words after the plan, if there is one."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, result.stderr
    assert result.stderr.splitlines()[-1] == lines[0]
    assert all(word in lines[0] for word in words), lines[0]


@pytest.fixture
def started() -> Iterator[Callable[..., Any]]:
    """Yield a function that starts a mock as a process of its own and returns its URL."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: Any) -> Any:
            command = [sys.executable, *JOBEXPORT, "mock", "--port", "0", "--token", TOKEN, *arguments]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            return process.stdout.readline().strip().removeprefix("listening on ")

        yield start


def test_it_shows_each_operation(tmp_path: Path) -> None:
    """If the server keeps the contract, the exit code is 0, and each operation has a row with its figures."""
    result = contract("--edition", "otc-2024", "--api", "dli", "--max-examples", 2, "--report-dir", tmp_path)
    assert result.exit_code == 0, result.output
    for operation in (each for each in operations(load_edition("otc-2024")) if "dli" in each.tags):
        assert re.search(rf"\n\s+{operation.id}\s+\d+\s+\d+\s+\d+\s+\d+%\s+0\s+0", result.stdout), result.stdout
    assert max(map(len, result.stdout.partition("editions held")[0].splitlines()[:-2])) <= 80
    assert "1 of 1 editions held" in result.stdout
    assert result.stderr == ""
    assert (tmp_path / "otc-2024/junit.xml").is_file()


def test_it_fails_on_another_editions_server(tmp_path: Path) -> None:
    """The exit code is 1; the failed check, its entries, the page and a curl command without the token are shown."""
    with mock.serve("huaweicloud-cn-2020", token=TOKEN) as server:
        arguments = ("--edition", "otc-2024", "--url", server.url, "--api", "dli", "--max-examples", 2, "--rate", 500)
        result = contract(*arguments, "--obs-dir", "mine", "--report-dir", tmp_path, env={"JOBEXPORT_TOKEN": TOKEN})
    assert result.exit_code == 1, result.output
    assert "otc-2024 exportFlinkJobs: undocumented_field: the response has zip_files" in result.stdout
    assert "rests on DLI-001, COM-001: dli_02_0254 (2024-05)" in result.stdout
    assert '-H "X-Auth-Token: $JOBEXPORT_TOKEN"' in result.stdout
    assert TOKEN not in result.output


def test_json_is_for_programs(tmp_path: Path) -> None:
    """With --format json, standard output is the content of report.json."""
    arguments = ("--edition", "otc-2024", "--api", "dli", "--max-examples", 2, "--report-dir", tmp_path)
    (report,) = json.loads(contract(*arguments, "--format", "json").stdout)
    assert report["passed"] is True
    dli = [operation.id for operation in operations(load_edition("otc-2024")) if "dli" in operation.tags]
    assert [operation["operation"] for operation in report["operations"]] == dli
    assert report["operations"][0]["succeeded"] > 0
    assert report == json.loads((tmp_path / "otc-2024/report.json").read_text(encoding="utf-8"))


def test_a_plan_comes_first_and_is_kept(started: Callable[..., Any], tmp_path: Path) -> None:
    """An option overrides the file; the plan has these names, and no request that exports has others."""
    (tmp_path / "names.yaml").write_text("jobs: [job_batch]\nworkspaces: []\nproject: none\n", encoding="utf-8")
    url = started("--edition", "huaweicloud-cn-2025")
    arguments = ("--edition", "huaweicloud-cn-2025", "--url", url, "--rate", 500, "--max-requests", 40, "--api", "dgc")
    names = ("--data", tmp_path / "names.yaml", "--project", mock.EXAMPLE_PROJECT, "--obs-path", "obs://mine/x/")
    result = contract(*arguments, *names, "--report-dir", tmp_path / "r", env={"JOBEXPORT_TOKEN": TOKEN})
    assert result.exit_code == 0, result.output
    first, *planned = result.stderr.splitlines()
    assert first == f"{url}: at most 40 requests, at most 500 a second, all valid by the document"
    document = load_edition("huaweicloud-cn-2025")
    assert dict(line.strip().split(": ", 1) for line in planned) == {
        found.id: "not run: it changes the server; only --sandbox and --disposable allow that"
        if changes(document, found.fields, found.method)
        else PLANNED.get(found.id, "writes nothing")
        for found in operations(document)
        if "dgc" in found.tags
    }
    seen = httpx.get(f"{url}/_mock/requests", verify=False).json()
    # A list may be filtered by the documentation's name; that names no job that must be there.
    text = json.dumps([{**request, "query": {}} for request in seen["requests"]])
    assert "job_batch" in text
    # What only reads may name the documentation's job.
    assert [each for each in seen["requests"] if each["method"] != "GET" and "myJob" in json.dumps(each)] == []
    # Scenarios and schemathesis share the limit, and what was held until it counts.
    assert "40 requests were sent, as many as --max-requests allows" in result.stdout
    report = json.loads((tmp_path / "r/huaweicloud-cn-2025/report.json").read_text(encoding="utf-8"))
    assert report["requests"] == len(seen["requests"]) == 40
    assert TOKEN not in result.output


def test_a_key_from_the_environment_opens_the_server(tmp_path: Path) -> None:
    """The key in the vendor SDK's variables signs the requests; neither key nor secret is shown."""
    with mock.serve("otc-2026", access_key="MYSECRETAK", secret_key="my-secret-sk") as server:
        env = {"HUAWEICLOUD_SDK_AK": "MYSECRETAK", "HUAWEICLOUD_SDK_SK": "my-secret-sk"}
        env["HUAWEICLOUD_SDK_PROJECT_ID"] = server.project_id
        arguments = ("--edition", "otc-2026", "--url", server.url, "--api", "dgc", "--rate", 500, "--max-examples", 2)
        result = contract(*arguments, "--report-dir", tmp_path, env=env)
    assert result.exit_code == 0, result.output
    for text in (result.output, *(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.*"))):
        assert "MYSECRETAK" not in text
        assert "my-secret-sk" not in text


def test_wrong_credentials_end_at_once(tmp_path: Path) -> None:
    """After three requests the run ends with exit code 2 and one sentence."""
    with mock.serve("otc-2026") as server:
        arguments = ("--edition", "otc-2026", "--url", server.url, "--rate", 500, "--report-dir", tmp_path)
        result = contract(*arguments, env={"JOBEXPORT_TOKEN": "mistyped"})
    assert result.exit_code == 2
    assert "Error: the server does not accept the credentials (401); check" in result.stderr
    assert json.loads((tmp_path / "otc-2026/report.json").read_text(encoding="utf-8"))["requests"] < 10


def test_ctrl_c_gives_the_report_so_far(started: Callable[..., Any], tmp_path: Path) -> None:
    """Ctrl-C ends the run with exit code 2, one sentence, the table, and consistent reports."""
    url = started("--edition", "otc-2026")
    options = ("--edition", "otc-2026", "--url", url, "--rate", "5", "--report-dir", str(tmp_path))
    environment = os.environ | {"JOBEXPORT_TOKEN": TOKEN}
    with subprocess.Popen(
        [sys.executable, *JOBEXPORT, "contract", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # At five a second there are many left.
        until(lambda: len(httpx.get(f"{url}/_mock/requests", verify=False).json()["requests"]) >= 6)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.splitlines()[-1] == "Error: the run was interrupted; the reports are complete up to there"
    assert "Traceback" not in errors
    assert re.search(r"^otc-2026\s(?s:.*)\n\s+exportJob\s+[1-9]", output), output
    report = json.loads((tmp_path / "otc-2026/report.json").read_text(encoding="utf-8"))
    log = json.loads((tmp_path / "otc-2026/exchanges.har").read_text(encoding="utf-8"))["log"]
    assert report["requests"] == len(log["entries"]) >= 5
    assert report["ending"] == "the run was interrupted"
    assert TOKEN not in output + errors


def test_an_accepted_deviation_is_shown_and_passes(tmp_path: Path) -> None:
    """The exit code is 0; every report has the accepted deviation, and each that did not occur, with its reason."""
    accept = "- {id: DLI-001, reason: it is old}\n- {id: DLI-002, reason: it was older}\n"
    (tmp_path / "accept.yaml").write_text(accept, encoding="utf-8")
    written, other = DESCRIBED.documents["otc-2024"], DESCRIBED.documents["huaweicloud-cn-2020"]
    (tmp_path / "otc-2024.yaml").write_text(dump_yaml(written), encoding="utf-8")
    served, schema = copy.deepcopy(written), "ExportFlinkJobsResponse"
    served["components"]["schemas"][schema] = other["components"]["schemas"][schema]
    with mock.serve(served) as server:
        where = ("--edition", tmp_path / "otc-2024.yaml", "--url", server.url)
        arguments = (*where, "--api", "dli", "--max-examples", 2, "--rate", 500)
        options = ("--obs-dir", "mine", "--accept", tmp_path / "accept.yaml", "--report-dir", tmp_path / "r")
        result = contract(*arguments, *options, env={"JOBEXPORT_TOKEN": server.token})
    assert result.exit_code == 0, result.output
    assert re.search(r"otc-2024\s(?s:.*)\n\s+exportFlinkJobs(\s+\d+){3}\s+\d+%\s+0\s+[1-9]", result.stdout), (
        result.stdout
    )
    assert "accepted: it is old" in result.stdout
    assert "DLI-002 is accepted, but did not occur (it was older)" in result.stdout
    (folder,) = (path for path in (tmp_path / "r").iterdir() if path.is_dir())
    for name in ("junit.xml", "report.html", "report.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "it is old" in text
        assert "it was older" in text


def test_an_overlay_file_in_place_of_an_edition(tmp_path: Path) -> None:
    """The embedded mock of the file is held to it; the reports bear its name, in a folder of its own."""
    (tmp_path / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    arguments = ("--api", "dli", "--max-examples", 1, "--report-dir", tmp_path / "r")
    result = contract("--edition", tmp_path / "mine.yaml", *arguments)
    assert result.exit_code == 0, result.output
    assert re.search(r"mine\s(?s:.*)\n\s+exportFlinkJobs", result.stdout)
    (folder,) = (path for path in (tmp_path / "r").iterdir() if path.is_dir())
    assert re.fullmatch("mine-[0-9a-f]{8}", folder.name)
    assert f'<a href="{folder.name}/report.html">mine</a>' in (tmp_path / "r/index.html").read_text(encoding="utf-8")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["edition"] == "mine"


def test_a_file_rests_on_no_page(tmp_path: Path) -> None:
    """A failure names the entries of the register that the document marks, and no page of an edition."""
    (tmp_path / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    with mock.serve("huaweicloud-cn-2020", token=TOKEN) as server:
        arguments = ("--edition", tmp_path / "mine.yaml", "--url", server.url, "--api", "dli", "--max-examples", 1)
        options = ("--rate", 500, "--obs-dir", "mine", "--report-dir", tmp_path / "r")
        result = contract(*arguments, *options, env={"JOBEXPORT_TOKEN": TOKEN})
    assert result.exit_code == 1, result.output
    assert "mine exportFlinkJobs: undocumented_field: the response has zip_files" in result.stdout
    assert "  rests on DLI-001, COM-001\n" in result.stdout


def test_a_document_without_a_project_wants_one(tmp_path: Path) -> None:
    """The sentence names the option."""
    path = tmp_path / "whole.yaml"
    path.write_text("openapi: 3.1.0\ninfo: {title: Mine}\npaths: {}\n", encoding="utf-8")
    one_sentence(contract("--edition", path, "--url", "http://127.0.0.1:1", env={"JOBEXPORT_TOKEN": "t"}), "--project")


NOWHERE = ("--url", "http://127.0.0.1:1", "--edition", "otc-2024")
BOX = (*NOWHERE, "--sandbox", "ctest")
PLACE = ("--obs-path", "obs://bucket/in/", "--obs-endpoint", "http://127.0.0.1:1")
KEYS = {"HUAWEICLOUD_SDK_AK": "A", "HUAWEICLOUD_SDK_SK": "S"}


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (("--edition", "otc-1999"), {}, "no edition 'otc-1999' and no such file"),
        (("--url", "http://127.0.0.1:1"), {}, "--url needs --edition"),
        (NOWHERE, {}, "set JOBEXPORT_TOKEN, or HUAWEICLOUD_SDK_AK and"),
        (NOWHERE, {"HUAWEICLOUD_SDK_AK": "half"}, "set JOBEXPORT_TOKEN, or HUAWEICLOUD_SDK_AK and"),
        (NOWHERE, {"JOBEXPORT_TOKEN": "t"}, "cannot reach http://127.0.0.1:1"),
        (("--edition", "otc-2024", "--job", "myJob"), {}, "--job is only for a server in use"),
        (("--edition", "otc-2024", "--rate", "1"), {}, "--rate is only for a server in use"),
        (("--edition", "otc-2024", "--negative"), {}, "--negative is only for a server in use"),
        (("--edition", "otc-2024", "--disposable"), {}, "--disposable is only for a server in use"),
        ((*NOWHERE, "--disposable", "--rate", "1"), {"JOBEXPORT_TOKEN": "t"}, "leave out --rate, or --disposable"),
        (("--edition", "otc-2024", "--sandbox", "ctest"), {}, "--sandbox is only for a server in use"),
        ((*BOX, "--disposable"), KEYS, "leave out --sandbox, or --disposable"),
        ((*BOX, "--api", "dli"), KEYS, "--sandbox is for DGC"),
        ((*BOX, "--obs-endpoint", "http://o"), KEYS, "name it with --obs-path and --obs-endpoint"),
        ((*BOX, "--obs-path", "obs://bucket/"), KEYS, "name it with --obs-path and --obs-endpoint"),
        ((*BOX, *PLACE, "--sandbox", "no_"), KEYS, "must be 4 to 16 letters"),
        ((*BOX, *PLACE, "--obs-path", "x"), {"JOBEXPORT_TOKEN": "t"}, "--sandbox needs keys for object storage"),
        ((*BOX, "--obs-endpoint", "o", "--obs-path", "obs://bucket/"), KEYS, "--obs-endpoint is not a URL"),
        ((*BOX, "--obs-endpoint", "http://o", "--obs-path", "bucket"), KEYS, "is not a folder of a bucket"),
        ((*NOWHERE, "--obs-endpoint", "http://o"), KEYS, "--obs-endpoint is only for --sandbox"),
        (("--edition", "otc-2024", "--accept", "none.yaml"), {}, "cannot read none.yaml"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments: Any, env: dict[str, Any], words: str, tmp_path: Path) -> None:
    """The error is one sentence with what is missing, and no report is written."""
    one_sentence(contract(*arguments, "--report-dir", tmp_path / "r", env=env), words)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("variable", ["JOBEXPORT_TOKEN", "HUAWEICLOUD_SDK_SK"])
@pytest.mark.parametrize("secret", ["secret\r", "se\ncret", "secret€", " secret"])
def test_a_secret_that_no_header_can_carry_is_refused_unquoted(variable: str, secret: str, tmp_path: Path) -> None:
    """The error does not quote the secret, as the HTTP library's error would."""
    arguments = ("--url", "http://127.0.0.1:1", "--edition", "otc-2024", "--report-dir", tmp_path)
    result = contract(*arguments, env={"HUAWEICLOUD_SDK_AK": "A", variable: secret})
    one_sentence(result, variable, "without spaces or line breaks")
    assert "secret" not in result.output
    assert not list(tmp_path.iterdir())


def test_a_report_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The error is one sentence that names the option."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    one_sentence(contract("--edition", "otc-2024", "--report-dir", tmp_path / "file"), "--report-dir")
