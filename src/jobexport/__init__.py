"""Tools that keep the job-export documents, their description, the client and a server honest with each other."""

from importlib.metadata import version as _version

__version__ = _version("jobexport")
