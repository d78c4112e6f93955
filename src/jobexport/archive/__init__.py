"""Reads exported zips, and unpacks them so that neither a bad zip nor a bad moment does harm."""

from jobexport.archive.git import GitChanges, unpack_for_git
from jobexport.archive.job_archive import JobArchive
from jobexport.archive.values import Job, Node, Resource, Script

__all__ = ["GitChanges", "Job", "JobArchive", "Node", "Resource", "Script", "unpack_for_git"]
