"""Backups of a workspace: written as one step, proven, compared, and restored."""

from typing import TYPE_CHECKING

__all__ = (
    "BackupResult",
    "Difference",
    "Differences",
    "PlannedItem",
    "Problem",
    "RestorePlan",
    "RestoreResult",
    "VerifyResult",
    "abackup_flink_jobs",
    "abackup_workspace",
    "adiff_live",
    "aplan_flink_restore",
    "aplan_restore",
    "arehearse",
    "arestore_flink_jobs",
    "arestore_workspace",
    "backup_flink_jobs",
    "backup_workspace",
    "diff",
    "diff_live",
    "plan_flink_restore",
    "plan_restore",
    "rehearse",
    "restore_flink_jobs",
    "restore_workspace",
    "verify",
)

if TYPE_CHECKING:
    from jobexport.backup.differences import Difference, Differences, diff
    from jobexport.backup.live import adiff_live, diff_live
    from jobexport.backup.rehearsal import arehearse, rehearse
    from jobexport.backup.restore.plan import PlannedItem, RestorePlan
    from jobexport.backup.restore.session import RestoreResult
    from jobexport.backup.restoring import (
        aplan_flink_restore,
        aplan_restore,
        arestore_flink_jobs,
        arestore_workspace,
        plan_flink_restore,
        plan_restore,
        restore_flink_jobs,
        restore_workspace,
    )
    from jobexport.backup.results import BackupResult
    from jobexport.backup.run import abackup_flink_jobs, abackup_workspace, backup_flink_jobs, backup_workspace
    from jobexport.backup.verification import Problem, VerifyResult, verify
else:
    from jobexport.core.lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.backup.differences": ("Difference", "Differences", "diff"),
            "jobexport.backup.live": ("adiff_live", "diff_live"),
            "jobexport.backup.rehearsal": ("arehearse", "rehearse"),
            "jobexport.backup.restore.plan": ("PlannedItem", "RestorePlan"),
            "jobexport.backup.restore.session": ("RestoreResult",),
            "jobexport.backup.restoring": (
                "aplan_flink_restore",
                "aplan_restore",
                "arestore_flink_jobs",
                "arestore_workspace",
                "plan_flink_restore",
                "plan_restore",
                "restore_flink_jobs",
                "restore_workspace",
            ),
            "jobexport.backup.results": ("BackupResult",),
            "jobexport.backup.run": (
                "abackup_flink_jobs",
                "abackup_workspace",
                "backup_flink_jobs",
                "backup_workspace",
            ),
            "jobexport.backup.verification": ("Problem", "VerifyResult", "verify"),
        },
    )
