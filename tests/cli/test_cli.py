"""The command line: its output, its exit codes, and one sentence for bad input."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from jobexport import mock, signing
from jobexport.cli.commands import cli
from jobexport.spec import load_edition, load_yaml
from jobexport.spec.editions import CHECKOUT, edition_ids
from tests.making.names import zips_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("warm")

VARIABLES = ("JOBEXPORT_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
JOBEXPORT = ("-m", "jobexport")


def run(*arguments: Any, env: Any = None) -> Any:
    """Run a command in this process."""
    return CliRunner(env=dict.fromkeys(VARIABLES) | (env or {})).invoke(cli, [str(argument) for argument in arguments])


def one_sentence(result: Any, *words: Any) -> None:
    """Assert exit code 2, nothing printed but one line of error with these words, and no traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert len(lines) == 1, result.stderr
    assert all(word in lines[0] for word in words), lines[0]


@pytest.mark.parametrize(
    ("name", "families"), [("restore", "'dgc restore' or 'dli restore'"), ("new", "'editions new'")]
)
def test_a_command_without_its_family_is_named_with_it(name: str, families: str) -> None:
    """A command of `dgc` and `dli` that is called without either names both, and no command with a like name."""
    result = run(name)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        2,
        f"Error: No such command '{name}'. Did you mean {families}?",
    )


def test_editions_lists_each_with_its_pages() -> None:
    """A line for each edition: its id and the dates of its pages."""
    result = run("editions")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == edition_ids()
    assert "2026-03-01" in result.stdout


def test_editions_as_json() -> None:
    """With --format json the list has ids and titles, for programs."""
    assert [item["id"] for item in json.loads(run("editions", "--format", "json").stdout)] == edition_ids()


@pytest.mark.parametrize("edition", edition_ids())
def test_resolve_prints_the_document(edition: str) -> None:
    """The output is the document of generated/, byte for byte."""
    expected = (CHECKOUT / f"generated/openapi/{edition}.yaml").read_text(encoding="utf-8")
    assert run("resolve", edition).stdout == expected


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("otc-20", [("plain", id_) for id_ in edition_ids() if id_.startswith("otc-20")]),
        ("dra", [("file", "dra")]),
        ("./o", [("file", "./o")]),
    ],
)
@pytest.mark.parametrize("command", ["mock", "contract", "resolve"])
def test_an_edition_is_completed_with_ids_or_files(command: str, beginning: str, expected: list[Any]) -> None:
    """A shell is offered the editions that begin so, else its own completion of paths."""
    arguments = [command] if command == "resolve" else [command, "--edition"]
    found = ShellComplete(cli, {}, "jobexport", "_JOBEXPORT_COMPLETE").get_completions(arguments, beginning)
    assert [(item.type, item.value) for item in found] == expected


def test_drift_completes_ids_only() -> None:
    """No file is offered where no file is taken."""
    shell = ShellComplete(cli, {}, "jobexport", "_JOBEXPORT_COMPLETE")
    assert shell.get_completions(["drift", "--edition"], "./o") == []


def test_resolve_as_json_is_the_same_document() -> None:
    """JSON and YAML hold the same."""
    assert json.loads(run("resolve", "otc-2024", "--format", "json").stdout) == load_edition("otc-2024")


def test_resolve_writes_a_file(tmp_path: Path) -> None:
    """With --output nothing is printed and the file holds the document."""
    result = run("resolve", "otc-2024", "--output", tmp_path / "new/otc.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert load_yaml(tmp_path / "new/otc.yaml") == load_edition("otc-2024")


def test_a_dash_is_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`resolve -o -` prints the document, and writes no file called `-`; `./-` is such a file."""
    monkeypatch.chdir(tmp_path)
    assert run("resolve", "otc-2024", "-o", "-").stdout == run("resolve", "otc-2024").stdout
    assert not [*tmp_path.iterdir()]
    assert run("resolve", "otc-2024", "-o", "./-").stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["-"]


@pytest.mark.parametrize("place", ["-", ""])
@pytest.mark.parametrize(
    "command",
    [
        ("drift",),
        ("drift", "page.html", "--against"),
        ("contract", "--data"),
        ("contract", "--accept"),
        ("contract", "--report-dir"),
        ("dgc", "export", "x", "-o"),
        ("dli", "export", "--all", "--obs-dir", "b", "--download"),
        ("mock", "--jobs"),
    ],
    ids=" ".join,
)
def test_a_dash_or_nothing_is_no_name_of_a_file(command: tuple[str, ...], place: str) -> None:
    """Where `-` is neither standard input nor output it is refused, as an empty text is, and nothing is written."""
    result = run(*command, place)
    assert result.exit_code == 2
    assert ("name a file, or ./-" if place else "is a variable not set?") in result.stderr


def test_a_dash_is_no_storage() -> None:
    """`mock --obs -` makes no folder called `-`."""
    one_sentence(run("mock", "--obs", "-"), "--obs - is no storage", "s3://BUCKET")


def test_resolve_of_an_unknown_edition() -> None:
    """The sentence lists the editions."""
    one_sentence(run("resolve", "otc-1999"), "no edition 'otc-1999'", "otc-2026")


def test_resolve_of_a_missing_overlay_file(tmp_path: Path) -> None:
    """The sentence names the file, and lists the editions."""
    one_sentence(run("resolve", tmp_path / "none.yaml"), "none.yaml' and no such file", "otc-2026")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("actions:\n  - {target: $.nowhere, remove: true}\n", ["action 1 (line 4)", "$.nowhere matches nothing"]),
        ("actions:\n  - {target: $.info, remove: true\n", ["line", "not valid YAML"]),
        ("actions:\n  - {target: $.info, remove: true}\n", ["takes away info or its title"]),
        ("actions:\n  - {target: $.info.title, remove: true}\n", ["takes away info or its title"]),
    ],
)
def test_resolve_of_a_broken_overlay_writes_nothing(tmp_path: Path, text: str, words: list[Any]) -> None:
    """A broken overlay names its file and place, and the file that was there stays."""
    overlay, output = tmp_path / "mine.yaml", tmp_path / "out.yaml"
    overlay.write_text(f"overlay: 1.0.0\ninfo: {{title: Mine, version: 1.0.0}}\n{text}", encoding="utf-8")
    output.write_text("as it was", encoding="utf-8")
    one_sentence(run("resolve", overlay, "--output", output), "mine.yaml", *words)
    assert output.read_text(encoding="utf-8") == "as it was"
    assert {path.name for path in tmp_path.iterdir()} == {"mine.yaml", "out.yaml"}


def test_resolve_into_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """The sentence names the file that can't be written."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    one_sentence(run("resolve", "otc-2024", "-o", tmp_path / "file/out.yaml"), "cannot write", "out.yaml")


def test_mock_of_an_unknown_edition() -> None:
    """The sentence lists the editions."""
    one_sentence(run("mock", "--edition", "otc-1999", "--port", 0), "no edition 'otc-1999'", "otc-2026")


def test_mock_on_a_busy_port() -> None:
    """The sentence names the port and the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one_sentence(run("mock", "--port", port), f"port {port}", "in use", "--port")


def test_mock_with_a_host_that_is_not_a_name() -> None:
    """An allowed host with a port is one sentence."""
    one_sentence(
        run("mock", "--port", 0, "--allow-host", "mock:80"), "'mock:80' is not the name of a host", "such as mock"
    )


def test_mock_with_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The sentence names the folder."""
    one_sentence(run("mock", "--port", 0, "--jobs", tmp_path / "none"), "none")


KEYS = {"AWS_ACCESS_KEY_ID": "an-id", "AWS_SECRET_ACCESS_KEY": "a-secret-key", "AWS_REGION": None}


def test_mock_with_an_obs_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The sentence names the folder."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    one_sentence(run("mock", "--port", 0, "--obs", tmp_path / "file/obs"), "cannot store objects in", "file/obs")
    one_sentence(run("mock", "--port", 0, "--obs", tmp_path / "file"), "cannot store objects in", "file: ")


def test_mock_with_an_endpoint_for_a_folder(tmp_path: Path) -> None:
    """An endpoint is for S3 only, and nothing is made."""
    one_sentence(run("mock", "--obs", tmp_path / "obs", "--obs-endpoint", "http://127.0.0.1:1"), "needs --obs s3://")
    one_sentence(run("mock", "--obs-endpoint", "http://127.0.0.1:1"), "needs --obs s3://")
    assert not (tmp_path / "obs").exists()


def test_mock_with_a_bucket_but_no_keys() -> None:
    """The sentence names the variables to set."""
    bucket = ("mock", "--obs", "s3://bucket")
    without = dict.fromkeys(KEYS)
    one_sentence(run(*bucket, env=without), "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    one_sentence(run(*bucket, env=KEYS | {"AWS_SECRET_ACCESS_KEY": None}), "set AWS_SECRET_ACCESS_KEY")


@pytest.mark.parametrize("bucket", ["s3://", "s3://a", "s3://bucket/folder", "s3://-bucket", "s3://buc ket"])
def test_mock_with_a_bucket_that_cannot_be_one(bucket: str) -> None:
    """The sentence describes a valid bucket."""
    one_sentence(run("mock", "--obs", bucket, env=KEYS), "is not a valid S3 bucket; give s3://bucket")


@pytest.mark.parametrize(
    "endpoint",
    ["", "nonsense", "ftp://host", "http://", "http://a b", "http://u:a-secret-key@host", "http://host:99999", "//h"],
)
def test_mock_with_an_endpoint_that_is_no_url(endpoint: str) -> None:
    """The sentence describes a valid endpoint, and repeats no password."""
    result = run("mock", "--obs", "s3://bucket", "--obs-endpoint", endpoint, env=KEYS)
    one_sentence(result, "endpoint is not a URL", "such as http://")
    assert "a-secret-key" not in result.output


@pytest.mark.parametrize("delay", ["-1", "soon"])
def test_mock_with_an_invalid_delay(delay: str) -> None:
    """A delay is a number of seconds, not below 0."""
    one_sentence(run("mock", "--port", 0, "--obs-delay", delay), "--obs-delay")


def test_mock_leaves_no_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary folder goes when nothing was stored."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one_sentence(run("mock", "--edition", "otc-1999"), "no edition")
    assert list(tmp_path.iterdir()) == []


def test_mock_says_where_objects_are(tmp_path: Path) -> None:
    """The second line names the folder of the exports: the folder of --obs, or a new temporary folder."""
    for options, place in (((), r"/jobexport-\w+"), (("--obs", str(tmp_path / "mine")), "/mine")):
        command = [sys.executable, *JOBEXPORT, "mock", "--port", "0", *options]
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as it:
            # A process that prints too few lines is killed, which ends its output.
            patience = threading.Timer(60, it.kill)
            patience.start()
            try:
                assert it.stdout is not None
                url = it.stdout.readline().removeprefix("listening on ").strip()
                assert it.stdout is not None
                line = next((line for line in it.stdout if "objects in" in line), "")
                place_shown = re.fullmatch(rf"\s*objects in\s+({re.escape(str(tmp_path))}{place})\n", line)
                assert place_shown is not None
                folder = place_shown[1]
                body = {"obs_dir": "a/b", "is_selected": True, "job_selected": [100]}
                path = f"/v1.0/{mock.EXAMPLE_PROJECT}/streaming/jobs/export"
                headers = {"X-Auth-Token": mock.EXAMPLE_TOKEN}
                response = httpx.post(url + path, json=body, headers=headers, trust_env=False, verify=False)
                (name,) = zips_of(response.json())
                assert Path(folder, name).read_bytes().startswith(b"PK")
                it.send_signal(signal.SIGTERM)
                assert it.wait(timeout=60) == 0
                assert it.stderr is not None
                assert it.stderr.read() == ""
                assert Path(folder, name).is_file()
            finally:
                patience.cancel()
                it.kill()


def test_mock_lists_its_faults() -> None:
    """A heading for each group, below it a line for each fault: id, argument with its default, sentence."""
    result = run("mock", "--list-faults")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    headings = [line.removesuffix(":") for line in lines if not line.startswith("  ")]
    assert headings == list(dict.fromkeys(fault.group for fault in mock.FAULTS.values()))
    assert headings[0] == "For testing clients"
    assert all(heading.startswith("For testing contract checks: ") for heading in headings[1:])
    listed = [line for line in lines if line.startswith("  ")]
    assert [id_ for line in listed for id_ in re.findall(r"^  ([a-z0-9-]+)", line)] == list(mock.FAULTS)
    places = {
        (fault.group, line.index(fault.sentence)) for line, fault in zip(listed, mock.FAULTS.values(), strict=True)
    }
    assert len(places) == len(headings)
    assert max(map(len, lines)) <= 120
    assert re.search(r"^  slow-drip\[:bytes-per-second=200\] +The body", result.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "nope@*"], ["no fault 'nope'", "--list-faults"]),
        (["--fault", "zip-empty@exportFlinkJobs"], ["responds with a zip"]),
        (["--fault-rate", "2"], ["not a probability"]),
    ],
)
def test_mock_with_faults_that_cannot_be(arguments: list[Any], words: list[Any]) -> None:
    """The sentence names the error in the faults, before a port is taken."""
    one_sentence(run("mock", "--port", 0, *arguments), *words)


def test_mock_with_faults_and_violations() -> None:
    """A fault of the command line happens; a request that breaks a rule is one line on standard error."""
    faults = ["--fault", "status-429:7@exportJob", "--fault", "status-500@exportJob", "--fault-rate", "1"]
    command = [sys.executable, *JOBEXPORT, "mock", "--port", "0", "--token", "a-secret-token", *faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening on ").strip()
            client = httpx.Client(
                base_url=url, headers={"X-Auth-Token": "a-secret-token"}, trust_env=False, verify=False
            )
            with client:
                path = f"/v1/{mock.EXAMPLE_PROJECT}/jobs"
                assert {client.post(f"{path}/myJob/export").status_code for _ in range(12)} == {429, 500}
                assert client.post(f"{path}/batch-export", json={"jobList": "secret value"}).status_code == 400
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    (line,) = errors.splitlines()
    assert line.startswith("otc-2026 batchExportJobs body#/jobList: ")
    assert "secret" not in line
    assert process.returncode == 0


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_mock_says_where_it_listens_and_ends_on_a_signal(signal_: Any) -> None:
    """The line is printed once requests get responses; the signal ends the process with code 0."""
    command = [sys.executable, *JOBEXPORT, "mock", "--port", "0", "--edition", "otc-2024"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            said = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)
            assert said is not None
            url = said[1]
            path = f"/v1/{mock.EXAMPLE_PROJECT}/jobs/myJob/export"
            response = httpx.post(url + path, headers={"X-Auth-Token": mock.EXAMPLE_TOKEN}, verify=False)
            assert response.status_code == 200
            process.send_signal(signal_)
            assert process.wait(timeout=60) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()


@pytest.fixture
def started() -> Iterator[Callable[..., Any]]:
    """Yield a function that starts a mock and returns its URL and the other lines of its output."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: Any, env: Any = None) -> tuple[Any, dict[Any, Any]]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, *JOBEXPORT, "mock", "--port", "0", *arguments],
                    stdout=subprocess.PIPE,
                    text=True,
                    env=environment() | (env or {}),
                )
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            first, *others = [process.stdout.readline().strip() for _ in range(5)]
            return first.removeprefix("listening on "), dict(re.split("  +", line) for line in others)

        yield start


def environment() -> dict[Any, Any]:
    """Return the environment without the variables that the command reads."""
    return {name: value for name, value in os.environ.items() if name not in VARIABLES}


def test_mock_says_what_opens_it(started: Callable[..., Any]) -> None:
    """The mock prints the example's credentials, and accepts the printed credentials."""
    url, said = started()
    assert said == {
        "project": mock.EXAMPLE_PROJECT,
        "token": mock.EXAMPLE_TOKEN,
        "access key": mock.EXAMPLE_ACCESS_KEY,
        "secret key": mock.EXAMPLE_SECRET_KEY,
    }
    assert called(url, said["project"], said["access key"], said["secret key"]) == 200


@pytest.mark.parametrize("by", ["options", "variables"])
def test_mock_keeps_what_it_was_given_to_itself(started: Callable[..., Any], by: str) -> None:
    """A mock with given credentials accepts only these, and does not print them."""
    values = ("my-token", "MYKEY", "my-secret")
    if by == "options":
        names = ("--token", "--access-key", "--secret-key")
        url, said = started(*[part for pair in zip(names, values, strict=True) for part in pair])
    else:
        url, said = started(env=dict(zip(VARIABLES, values, strict=True)))
    assert said == {"project": mock.EXAMPLE_PROJECT} | dict.fromkeys(("token", "access key", "secret key"), "as given")
    assert called(url, said["project"], "MYKEY", "my-secret") == 200
    assert called(url, said["project"], mock.EXAMPLE_ACCESS_KEY, mock.EXAMPLE_SECRET_KEY) == 401


def test_mock_of_another_project(started: Callable[..., Any]) -> None:
    """The example's jobs are served under the project's id, and under no other."""
    url, said = started("--project", "0123")
    assert said["project"] == "0123"
    assert called(url, "0123", said["access key"], said["secret key"]) == 200
    assert called(url, mock.EXAMPLE_PROJECT, said["access key"], said["secret key"]) == 400


def test_mock_of_a_project_in_a_folder(started: Callable[..., Any], tmp_path: Path) -> None:
    """With --jobs the project of --project is served, and must be in the folder."""
    for name in ("aa", "bb"):
        (tmp_path / name).mkdir()
    _, said = started("--project", "bb", "--jobs", str(tmp_path))
    assert said["project"] == "bb"
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that a mock that starts all the same ends
        result = run("mock", "--port", taken.getsockname()[1], "--project", "cc", "--jobs", tmp_path)
    one_sentence(result, "has no project 'cc'", "aa, bb")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--access-key", "my-half", "--access-key and --secret-key"),
        ("--secret-key", "my-half", "--access-key and --secret-key"),
        ("--project", "", "--project is empty"),
    ],
)
def test_mock_with_half_a_key_or_no_project(option: str, value: str, words: str) -> None:
    """An access key without its secret, the other way round, or an empty project is one sentence without the value."""
    with socket.create_server(("127.0.0.1", 0)) as taken:  # as above
        result = run("mock", "--port", taken.getsockname()[1], option, value)
    one_sentence(result, words)
    assert "my-half" not in result.output


def called(url: Any, project: Any, access_key: Any, secret_key: Any) -> Any:
    """Return the status of a signed exportJob."""
    path = f"/v1/{project}/jobs/myJob/export"
    headers = {"Host": httpx.URL(url).netloc.decode(), "X-Sdk-Date": signing.format_date(time.time_ns() // 1_000_000)}
    headers["Authorization"] = signing.sign(
        "POST", path, "", headers, b"", access_key=access_key, secret_key=secret_key
    )
    return httpx.post(url + path, headers=headers, trust_env=False, verify=False).status_code


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_help(command: Any) -> None:
    """The help of each command has a sentence and documents each option."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_names_no_path_of_this_machine() -> None:
    """Defaults in the help are the same everywhere."""
    assert str(Path.home()) not in "".join(run(command, "--help").stdout for command in cli.commands)
