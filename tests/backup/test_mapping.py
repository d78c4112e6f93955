"""Maps of names: their lines, what they change in definitions, and restores with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.backup.content.mapping import NameMap
from jobexport.errors import JobexportError, RestoreRefused
from tests.backup.making.restoring import definition, empty, held, planned, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.backup.making.workspace import Workspace

JOB: dict[str, Any] = {
    "nodes": [
        {
            "name": "n",
            "type": "DLISQL",
            "properties": [
                {"name": "clusterName", "value": "queue_cn"},
                {"name": "connectionName", "value": "hive"},
                {"name": "path", "value": "obs://in/data/a.csv?x=#{Env.get('zone')}"},
                {"name": "other", "value": "hive"},
                {"name": "queueName", "value": "${queue}"},
            ],
        }
    ],
    "basicConfig": {"owner": "ann", "executeUser": "bob"},
    "schedule": {"type": "CRON", "cron": {"dependJobs": {"jobs": ["own", "elsewhere"]}}},
    "params": [{"name": "p", "value": 1.50}],
}
LINES = """
# a comment
queue:queue_cn = queue_eu
connection:hive = hive eu
bucket:in = in-eu
user:* = admin
user:bob = bob2
variable:* = *
job:elsewhere = there
"""


def test_only_names_are_changed() -> None:
    """Names change where they stand for something, buckets inside of texts; values that are computed or equal stay."""
    names = NameMap.parse(LINES)
    names.own = {("job", "own")}
    changed = names.applied("job", JOB)
    values = [item["value"] for item in changed["nodes"][0]["properties"]]
    assert values == ["queue_eu", "hive eu", "obs://in-eu/data/a.csv?x=#{Env.get('zone')}", "hive", "${queue}"]
    assert changed["basicConfig"] == {"owner": "admin", "executeUser": "bob2"}
    assert changed["schedule"]["cron"]["dependJobs"]["jobs"] == ["own", "there"]
    assert JOB["basicConfig"]["owner"] == "ann"


def test_a_line_of_a_file_goes_before_that_of_its_bucket() -> None:
    """A file in OBS can move to another place than its bucket."""
    names = NameMap.parse("bucket:in = in-eu\nobs_file:in/a.jar = jars/b.jar\n")
    assert names.applied("resource", {"location": "obs://in/a.jar", "dependFiles": ["obs://in/c.jar"]}) == {
        "location": "obs://jars/b.jar",
        "dependFiles": ["obs://in-eu/c.jar"],
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("connection:a=b", "line 1 is not of the form"),
        ("thing:a = b", "line 1 is not of the form"),
        ("user:a = b\nuser:a = c", "line 2: user:a has a line already"),
        ("user:a = *", "line 1: [*] on the right"),
        ("obs_file:a = b", "line 1: an obs_file is bucket/key"),
    ],
)
def test_a_line_that_breaks_a_rule_is_refused(text: str, problem: str) -> None:
    """The error names the line."""
    with pytest.raises(ValueError, match=problem):
        NameMap.parse(text)


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup of the workspace, whose mock is empty now."""
    assert workspace.back_up(tmp_path / "backup").complete
    empty(workspace.server)
    return tmp_path / "backup"


def test_a_restore_puts_new_names_into_the_target(workspace: Workspace, folder: Path) -> None:
    """Scripts and resources arrive with the new names, and a second restore with the map does nothing."""
    lines = folder.parent / "map"
    lines.write_text("connection:hive = hive_eu\nbucket:bucket = bucket-eu\n")
    assert restore(workspace.server, folder, map_file=lines).complete
    assert definition(held(workspace.server).scripts["sum"])["connectionName"] == "hive_eu"
    assert definition(held(workspace.server).resources["jar"])["location"] == "obs://bucket-eu/jar.jar"
    assert restore(workspace.server, folder, map_file=lines).written == ()


def test_an_unused_line_and_an_unmapped_reference_are_problems(workspace: Workspace, folder: Path) -> None:
    """Both are named, and nothing is written; a line that only other items need is no problem."""
    lines = folder.parent / "map"
    lines.write_text("connection:hive = hive_eu\nconnection:old = x\n")
    with pytest.raises(RestoreRefused) as error:
        restore(workspace.server, folder, map_file=lines)
    assert error.value.problems == (
        "the map has no line for bucket:bucket; resource jar uses it",
        "the map has a line for connection:old, which no item uses",
    )
    assert held(workspace.server).resources == {}
    lines.write_text("connection:hive = hive_eu\nbucket:bucket = bucket-eu\n")
    assert planned(workspace.server, folder, "script:other", map_file=lines).problems == ()


def test_a_map_that_can_not_be_read_is_an_error(workspace: Workspace, folder: Path) -> None:
    """A missing file, and a file that is not UTF-8, are errors of one sentence."""
    with pytest.raises(JobexportError, match="cannot read"):
        planned(workspace.server, folder, map_file=folder / "no")
    (folder.parent / "map").write_bytes(b"\xff")
    with pytest.raises(JobexportError, match="map: "):
        planned(workspace.server, folder, map_file=folder.parent / "map")
