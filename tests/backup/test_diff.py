"""Differences of two backups: what a restore changes does not count, everything else is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.backup import diff
from jobexport.backup.folder.marker import Origin
from jobexport.errors import BackupDamaged
from tests.backup.making.folders import JOB, ORIGIN, RESOURCE, SCRIPT, backup, ordinary

if TYPE_CHECKING:
    from pathlib import Path

OTHER = Origin("dgc", "p2", None, "huaweicloud", "cn-north-4")


def changed(path: Path, before: dict[str, Any], after: dict[str, Any], kind: str = "jobs") -> list[str]:
    """Return the lines of the difference of one item."""
    for number, definition, origin in (("1", before, ORIGIN), ("2", after, OTHER)):
        items = {"a": definition}
        jobs, scripts = (items, {}) if kind == "jobs" else ({}, items)
        backup(path / number, jobs, scripts, origin=origin)
    found = diff(path / "1", path / "2")
    return [line for item in found.items for line in item.lines]


def test_a_backup_equals_itself(tmp_path: Path) -> None:
    """diff(A, A) is empty."""
    ordinary(tmp_path)
    found = diff(tmp_path, tmp_path)
    assert found.equal
    assert found.same == 4


@pytest.mark.parametrize(
    "change",
    [
        {"id": 7, "createTime": 1, "lastUpdateUser": "x", "version": "3", "workspace": "w"},
        {"nodes": [{**JOB["nodes"][0], "location": {"x": "-45.5", "y": "9"}}]},
        {"nodes": [{**JOB["nodes"][0], "type": "Hive SQL", "pollingInterval": 10, "failPolicy": "FAIL"}]},
        {"nodes": [{**JOB["nodes"][0], "properties": JOB["nodes"][0]["properties"][::-1], "preNodeName": []}]},
        {"params": [{"name": "p", "value": "1", "type": "variable"}], "basicConfig": {"owner": "somebody"}},
        {"directory": None, "approvers": [], "logPath": ""},
    ],
    ids=["ids and times", "location", "type and defaults", "order of properties", "defaults of params", "empty"],
)
def test_what_a_restore_changes_is_no_difference(tmp_path: Path, change: dict[str, Any]) -> None:
    """Ids, times, owners, places on the canvas, defaults and the spelling of types do not count."""
    assert changed(tmp_path, JOB, {**JOB, **change}) == []


def test_differences_name_the_node_and_the_field(tmp_path: Path) -> None:
    """A changed property of a node, a new parameter and a changed schedule are a line each."""
    node = {**JOB["nodes"][0], "properties": [{"name": "scriptName", "value": "t"}]}
    after = {
        **JOB,
        "nodes": [node],
        "schedule": {"type": "CRON"},
        "params": [*JOB["params"], {"name": "q", "value": "2"}],
    }
    assert changed(tmp_path, JOB, after) == [
        "nodes.load.properties.connectionName: 'hive' is gone",
        "nodes.load.properties.scriptName: 's' → 't'",
        "params.q: '2' is new",
        "schedule.type: 'EXECUTE_ONCE' → 'CRON'",
    ]


def test_sql_is_compared_by_lines(tmp_path: Path) -> None:
    """A changed line of a script shows as the old and the new line; line ends do not count."""
    assert changed(tmp_path, SCRIPT, {**SCRIPT, "content": "SELECT 1;\r\nSELECT 3;\r\n"}, "scripts") == [
        "content @@ -1,2 +1,2 @@",
        "   SELECT 1;",
        "  -SELECT 2;",
        "  +SELECT 3;",
    ]
    assert changed(tmp_path / "x", SCRIPT, {**SCRIPT, "content": "SELECT 1;\r\nSELECT 2;"}, "scripts") == []


def test_secrets_are_hidden(tmp_path: Path) -> None:
    """Values that look like secrets differ, and are not shown."""
    before = {"nodes": [], "params": [{"name": "db_password", "value": "hunter2"}]}
    after = {"nodes": [], "params": [{"name": "db_password", "value": "hunter3"}]}
    lines = changed(tmp_path, before, after)
    assert lines == ["params.db_password: a value that looks like a secret → a value that looks like a secret"]
    sql = "WITH ('connector' = 'jdbc',\n'password' = 'hunter2')"
    lines = changed(tmp_path / "x", {**SCRIPT, "content": sql}, {**SCRIPT, "content": sql.replace("2", "3")}, "scripts")
    assert "hunter" not in str(lines)
    assert len(lines) > 1


def test_items_of_one_backup_only_are_named(tmp_path: Path) -> None:
    """A resource of the first and a job of the second are named with the side that has them."""
    backup(tmp_path / "1", {"a": JOB}, {"s": SCRIPT}, {"r": RESOURCE})
    backup(tmp_path / "2", {"a": JOB, "b": JOB}, {"s": SCRIPT})
    found = [(item.kind, item.name, item.change) for item in diff(tmp_path / "1", tmp_path / "2").items]
    assert found == [("job", "b", "only in the second"), ("resource", "r", "only in the first")]


def test_a_damaged_file_is_not_compared(tmp_path: Path) -> None:
    """A file that is not what was backed up is an error, not a difference; equal files are not opened."""
    ordinary(tmp_path / "1")
    backup(tmp_path / "2", {"a": {**JOB, "params": []}, "b": {"nodes": []}}, {"s": SCRIPT}, {"r": RESOURCE})
    (tmp_path / "1" / "jobs/b.json").write_text("{}")
    assert len(diff(tmp_path / "1", tmp_path / "2").items) == 1
    content = json.loads((tmp_path / "1" / "jobs/a.json").read_bytes())
    (tmp_path / "1" / "jobs/a.json").write_text(json.dumps(content))
    with pytest.raises(BackupDamaged, match=r"jobs/a\.json"):
        diff(tmp_path / "1", tmp_path / "2")
