"""Restores of a workspace, into mocks on real sockets: plans, policies, what arrives, and what is left in OBS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.backup import diff
from jobexport.errors import RestoreRefused
from tests.backup.making.folders import contents
from tests.backup.making.restoring import definition, empty, held, left, operations, planned, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.backup.making.workspace import Workspace

READS = {"listJobs", "listScripts", "listResources", "batchExportJobs", "showScript"}


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup of the workspace."""
    assert workspace.back_up(tmp_path / "backup").complete
    return tmp_path / "backup"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_restore_into_an_empty_workspace_is_backed_up_as_equal(
    workspace: Workspace, folder: Path, tmp_path: Path, kind: str
) -> None:
    """All items arrive, a backup of the target is equal, and nothing is left in OBS or in the journal."""
    empty(workspace.server)
    result = restore(workspace.server, folder, kind=kind)
    assert (result.failures, result.unknown, result.ended_by) == ({}, {}, None)
    assert len(result.written) == 6
    assert left(workspace.server) == []
    assert workspace.back_up(tmp_path / "again").complete
    assert diff(folder, tmp_path / "again").items == ()
    assert not list((folder / ".jobexport").glob("restore-*"))


def test_a_second_restore_does_nothing(workspace: Workspace, folder: Path) -> None:
    """Equal content is no conflict, whatever the policy is."""
    empty(workspace.server)
    restore(workspace.server, folder)
    before = held(workspace.server)
    for policy in ("fail", "skip", "overwrite"):
        assert restore(workspace.server, folder, policy=policy).written == ()
        assert set(operations(workspace.server)) <= READS
    assert held(workspace.server) == before
