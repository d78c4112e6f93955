"""Clients that export jobs, in the domain's words: they raise, retry, stream, and check each zip."""

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
    "job_names",
)

if TYPE_CHECKING:
    from jobexport.client.arguments import job_names
    from jobexport.client.auth import AkSkAuth, Token
    from jobexport.client.batch import JobsExport
    from jobexport.client.objects.items import ListedFlinkJob, ListedJob, ListedResource, ListedScript
    from jobexport.client.objects.listing import AsyncListIterator, ListIterator
    from jobexport.client.objects.tasks import AsyncTask, Task, TaskPart, TaskState
    from jobexport.client.objects.walk import ListOutcome
    from jobexport.client.objects.writes import FlinkImport, ImportedFlinkJob
    from jobexport.client.obs_batch import ObsJobsExport
    from jobexport.client.public.async_dgc import AsyncDgcClient
    from jobexport.client.public.async_dli import AsyncDliClient
    from jobexport.client.public.dgc import DgcClient
    from jobexport.client.public.dli import DliClient
    from jobexport.client.responses import FlinkExport, ObsExport
    from jobexport.client.retry import Retries
    from jobexport.client.schedule import Progress
else:
    from jobexport.core.lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.client.arguments": ("job_names",),
            "jobexport.client.auth": ("AkSkAuth", "Token"),
            "jobexport.client.batch": ("JobsExport",),
            "jobexport.client.objects.items": ("ListedFlinkJob", "ListedJob", "ListedResource", "ListedScript"),
            "jobexport.client.objects.listing": ("AsyncListIterator", "ListIterator"),
            "jobexport.client.objects.tasks": ("AsyncTask", "Task", "TaskPart", "TaskState"),
            "jobexport.client.objects.walk": ("ListOutcome",),
            "jobexport.client.objects.writes": ("FlinkImport", "ImportedFlinkJob"),
            "jobexport.client.obs_batch": ("ObsJobsExport",),
            "jobexport.client.public.async_dgc": ("AsyncDgcClient",),
            "jobexport.client.public.async_dli": ("AsyncDliClient",),
            "jobexport.client.public.dgc": ("DgcClient",),
            "jobexport.client.public.dli": ("DliClient",),
            "jobexport.client.responses": ("FlinkExport", "ObsExport"),
            "jobexport.client.retry": ("Retries",),
            "jobexport.client.schedule": ("Progress",),
        },
    )
