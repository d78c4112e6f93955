"""Clients for the job-export APIs, and the tools that keep documents, description, client and server honest.

Each public name is loaded at its first use. The errors are in `jobexport.errors`.
"""

from typing import TYPE_CHECKING

__all__ = (
    "AkSkAuth",
    "AsyncDgcClient",
    "AsyncDliClient",
    "AsyncListIterator",
    "AsyncTask",
    "DgcClient",
    "DliClient",
    "FlinkExport",
    "FlinkImport",
    "ImportedFlinkJob",
    "JobArchive",
    "JobexportError",
    "JobsExport",
    "ListIterator",
    "ListOutcome",
    "ListedFlinkJob",
    "ListedJob",
    "ListedResource",
    "ListedScript",
    "ObsExport",
    "ObsJobsExport",
    "Progress",
    "Retries",
    "Task",
    "TaskPart",
    "TaskState",
    "Token",
    "__version__",
    "job_names",
)

if TYPE_CHECKING:
    from jobexport.archive import JobArchive
    from jobexport.client import (
        AkSkAuth,
        AsyncDgcClient,
        AsyncDliClient,
        AsyncListIterator,
        AsyncTask,
        DgcClient,
        DliClient,
        FlinkExport,
        FlinkImport,
        ImportedFlinkJob,
        JobsExport,
        ListedFlinkJob,
        ListedJob,
        ListedResource,
        ListedScript,
        ListIterator,
        ListOutcome,
        ObsExport,
        ObsJobsExport,
        Progress,
        Retries,
        Task,
        TaskPart,
        TaskState,
        Token,
        job_names,
    )
    from jobexport.errors import JobexportError

    __version__: str
else:
    from jobexport.core.lazy import lazily

    _ELSEWHERE = ("JobArchive", "JobexportError", "__version__")
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.archive": ("JobArchive",),
            "jobexport.client": tuple(name for name in __all__ if name not in _ELSEWHERE),
            "jobexport.version": ("__version__",),
            "jobexport.errors": ("JobexportError",),
        },
    )
