"""Reads exported zips, and unpacks them so that neither a bad zip nor a bad moment does harm."""

from jobexport.archive._archive import JobArchive
from jobexport.archive._git import GitChanges, unpack_for_git
from jobexport.archive._values import Job, Node, Resource, Script

__all__ = ["GitChanges", "Job", "JobArchive", "Node", "Resource", "Script", "unpack_for_git"]
