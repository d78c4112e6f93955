"""Reads exported zips, and unpacks them: safe against a hostile zip, and complete or not at all."""

from typing import TYPE_CHECKING

__all__ = ("GitChanges", "Job", "JobArchive", "Node", "Resource", "Script", "unpack_for_git")

if TYPE_CHECKING:
    from jobexport.archive.git import GitChanges, unpack_for_git
    from jobexport.archive.job_archive import JobArchive
    from jobexport.archive.values import Job, Node, Resource, Script
else:
    from jobexport.core.lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.archive.git": ("GitChanges", "unpack_for_git"),
            "jobexport.archive.job_archive": ("JobArchive",),
            "jobexport.archive.values": ("Job", "Node", "Resource", "Script"),
        },
    )
