"""Exports from both services at a time; a token is fetched before the first request, and again before it expires."""

import asyncio
import os

from jobexport import AsyncDgcClient, AsyncDliClient, Token
from jobexport.errors import ExportFailed, JobNotFound

PROJECT = os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]
DLI = os.environ.get("JOBEXPORT_URL", "https://dli.eu-de.otc.t-systems.com")
DGC = os.environ.get("JOBEXPORT_URL", "https://dayu-dlf.eu-de.otc.t-systems.com")


async def fetch_token() -> Token:
    """Return a token from the keeper of the secrets, here the environment."""
    return Token(os.environ["JOBEXPORT_TOKEN"])


async def main() -> None:
    """Export a job of each service."""
    async with (
        AsyncDliClient(PROJECT, auth=fetch_token, base_url=DLI) as dli,
        AsyncDgcClient(PROJECT, auth=fetch_token, base_url=DGC) as dgc,
    ):
        flink, job = await asyncio.gather(
            dli.export_flink_jobs("obs-test", [100]),
            dgc.export_job("myJob", to="DLF_myJob.zip"),
            return_exceptions=True,
        )
    match flink:
        case ExportFailed() | JobNotFound():
            print("no Flink export:", flink)
        case BaseException():
            raise flink
        case _:
            print(*flink.archives)
    if isinstance(job, BaseException):
        raise job
    print(job.path, [node.type for exported in job.jobs for node in exported.nodes])


asyncio.run(main())
