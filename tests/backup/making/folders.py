"""Backups that are built without a service, from definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.archive.definitions import files_of
from jobexport.archive.values import Job, Resource, Script
from jobexport.backup.content import parsed
from jobexport.backup.folder.manifest import ItemRow
from jobexport.backup.folder.marker import Origin
from jobexport.backup.folder.tree import opened
from jobexport.backup.session import BackupSession, BackupSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobexport.backup.results import BackupResult

ORIGIN = Origin("dgc", "p1", "w1", "otc", "eu-de")
JOB: dict[str, Any] = {
    "nodes": [
        {
            "name": "load",
            "type": "HiveSQL",
            "location": {"x": 1, "y": 2},
            "properties": [{"name": "scriptName", "value": "s"}, {"name": "connectionName", "value": "hive"}],
        }
    ],
    "schedule": {"type": "EXECUTE_ONCE"},
    "params": [{"name": "p", "value": "1"}],
}
SCRIPT: dict[str, Any] = {"type": "HiveSQL", "content": "SELECT 1;\nSELECT 2;\n", "connectionName": "hive"}
RESOURCE: dict[str, Any] = {"type": "jar", "location": "obs://bucket/a.jar"}


def backup(
    folder: Path,
    jobs: Mapping[str, Mapping[str, Any]] | None = None,
    scripts: Mapping[str, Mapping[str, Any]] | None = None,
    resources: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    origin: Origin = ORIGIN,
    **settings: Any,
) -> BackupResult:
    """Write a backup of a workspace that has just these items."""
    given = {"job": jobs or {}, "script": scripts or {}, "resource": resources or {}}
    classes: dict[str, type[Job | Script | Resource]] = {"job": Job, "script": Script, "resource": Resource}
    with opened(folder, write=True) as tree:
        session = BackupSession(tree, origin, "DEVELOP", BackupSettings(**settings))
        session.begin()
        for kind, items in given.items():
            session.total[kind] = len(items)
            for name, definition in items.items():
                fields = {"name": name, **definition}
                session.seen.add((kind, name))
                files = files_of(classes[kind]("", fields))
                row = ItemRow(kind, name, (), refs=parsed.refs_of(kind, fields, files.values()))
                session.hold(row, files, fields)
        session.guard()
        for kind in given:
            for key in session.vanished(kind):
                session.is_gone(key)
        session.commit()
        return session.result()


def ordinary(folder: Path, **settings: Any) -> BackupResult:
    """Write a backup with two jobs, a script and a resource."""
    return backup(folder, {"a": JOB, "b": {"nodes": []}}, {"s": SCRIPT}, {"r": RESOURCE}, **settings)


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a backup but those that git ignores, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".jobexport", ".git"} & set(path.relative_to(folder).parts)
    }
