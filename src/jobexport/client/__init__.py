"""Clients that export jobs, in the domain's words: they raise, retry, stream, and check what came."""

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
    "Progress",
    "Retries",
    "Token",
)

if TYPE_CHECKING:
    from jobexport.client.aclients import AsyncDgcClient, AsyncDliClient
    from jobexport.client.auth import AkSkAuth, Token
    from jobexport.client.batch import JobsExport, Progress
    from jobexport.client.clients import DgcClient, DliClient
    from jobexport.client.responses import FlinkExport, ObsExport
    from jobexport.client.retry import Retries
else:
    _MODULES = {
        "AkSkAuth": "auth",
        "AsyncDgcClient": "aclients",
        "AsyncDliClient": "aclients",
        "DgcClient": "clients",
        "DliClient": "clients",
        "FlinkExport": "responses",
        "JobsExport": "batch",
        "ObsExport": "responses",
        "Progress": "batch",
        "Retries": "retry",
        "Token": "auth",
    }

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            from importlib import import_module

            return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
