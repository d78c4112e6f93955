"""A client library for accessing Job export APIs of Huawei Cloud DLI and DGC"""

from typing import TYPE_CHECKING

__all__ = (
    "AuthenticatedClient",
    "Client",
)

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client
else:

    def __getattr__(name: str) -> object:
        if name in __all__:
            from . import client

            return getattr(client, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
