"""Clients for the job-export APIs, and the tools that keep documents, description, client and server honest.

Everything is loaded when it is asked for; errors are in `jobexport.errors`.
"""

from typing import TYPE_CHECKING

__all__ = (
    "AkSkAuth",
    "AsyncDgcClient",
    "AsyncDliClient",
    "DgcClient",
    "DliClient",
    "FlinkExport",
    "JobArchive",
    "JobexportError",
    "JobsExport",
    "ObsExport",
    "Progress",
    "Retries",
    "Token",
    "__version__",
)

if TYPE_CHECKING:
    from jobexport.archive import JobArchive
    from jobexport.client import (
        AkSkAuth,
        AsyncDgcClient,
        AsyncDliClient,
        DgcClient,
        DliClient,
        FlinkExport,
        JobsExport,
        ObsExport,
        Progress,
        Retries,
        Token,
    )
    from jobexport.errors import JobexportError

    __version__: str
else:
    _ELSEWHERE = {"JobArchive": "jobexport.archive", "JobexportError": "jobexport.errors"}

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name == "__version__":
            from importlib.metadata import version

            value = version("jobexport")
        else:
            from importlib import import_module

            value = getattr(import_module(_ELSEWHERE.get(name, "jobexport.client")), name)
        globals()[name] = value
        return value
