"""Backups of a workspace: written as one step, proven, and compared."""

from typing import TYPE_CHECKING

__all__ = (
    "BackupResult",
    "Difference",
    "Differences",
    "Problem",
    "VerifyResult",
    "abackup_flink_jobs",
    "abackup_workspace",
    "backup_flink_jobs",
    "backup_workspace",
    "diff",
    "verify",
)

if TYPE_CHECKING:
    from jobexport.backup.diff import Difference, Differences, diff
    from jobexport.backup.results import BackupResult
    from jobexport.backup.run import abackup_flink_jobs, abackup_workspace, backup_flink_jobs, backup_workspace
    from jobexport.backup.verify import Problem, VerifyResult, verify
else:
    from jobexport.core.lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.backup.diff": ("Difference", "Differences", "diff"),
            "jobexport.backup.results": ("BackupResult",),
            "jobexport.backup.run": (
                "abackup_flink_jobs",
                "abackup_workspace",
                "backup_flink_jobs",
                "backup_workspace",
            ),
            "jobexport.backup.verify": ("Problem", "VerifyResult", "verify"),
        },
    )
