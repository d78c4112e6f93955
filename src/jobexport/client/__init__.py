"""Clients that export jobs, in the domain's words: they raise, retry, stream, and check each zip."""

from typing import TYPE_CHECKING

__all__ = (
    "AkSkAuth",
    "AsyncDgcClient",
    "AsyncDliClient",
    "DgcClient",
    "DliClient",
    "FlinkExport",
    "JobsExport",
    "ObsExport",
    "ObsJobsExport",
    "Progress",
    "Retries",
    "Token",
    "job_names",
)

if TYPE_CHECKING:
    from jobexport.client.aclients import AsyncDgcClient, AsyncDliClient
    from jobexport.client.arguments import job_names
    from jobexport.client.auth import AkSkAuth, Token
    from jobexport.client.batch import JobsExport
    from jobexport.client.clients import DgcClient, DliClient
    from jobexport.client.obs_batch import ObsJobsExport
    from jobexport.client.responses import FlinkExport, ObsExport
    from jobexport.client.retry import Retries
    from jobexport.client.schedule import Progress
else:
    from jobexport.core.lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "jobexport.client.aclients": ("AsyncDgcClient", "AsyncDliClient"),
            "jobexport.client.arguments": ("job_names",),
            "jobexport.client.auth": ("AkSkAuth", "Token"),
            "jobexport.client.batch": ("JobsExport",),
            "jobexport.client.clients": ("DgcClient", "DliClient"),
            "jobexport.client.obs_batch": ("ObsJobsExport",),
            "jobexport.client.responses": ("FlinkExport", "ObsExport"),
            "jobexport.client.retry": ("Retries",),
            "jobexport.client.schedule": ("Progress",),
        },
    )
