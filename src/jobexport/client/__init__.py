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
    from jobexport.client._answers import FlinkExport, ObsExport
    from jobexport.client._async_dgc_client import AsyncDgcClient
    from jobexport.client._async_dli_client import AsyncDliClient
    from jobexport.client._auth import AkSkAuth, Token
    from jobexport.client._batch import JobsExport, Progress
    from jobexport.client._dgc_client import DgcClient
    from jobexport.client._dli_client import DliClient
    from jobexport.client._retry import Retries
else:
    _MODULES = {
        "AkSkAuth": "_auth",
        "AsyncDgcClient": "_async_dgc_client",
        "AsyncDliClient": "_async_dli_client",
        "DgcClient": "_dgc_client",
        "DliClient": "_dli_client",
        "FlinkExport": "_answers",
        "JobsExport": "_batch",
        "ObsExport": "_answers",
        "Progress": "_batch",
        "Retries": "_retry",
        "Token": "_auth",
    }

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            from importlib import import_module

            return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
