"""A client library for accessing Job export APIs of Huawei Cloud DLI and DGC"""

from typing import TYPE_CHECKING

__all__ = (
    "AuthenticatedClient",
    "Client",
)

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

    __version__: str
else:

    def __getattr__(name: str) -> object:
        if name in __all__:
            from . import client

            return getattr(client, name)
        problem = f"module {__name__!r} has no attribute {name!r}"
        if name == "__version__":
            from importlib.metadata import PackageNotFoundError, version

            try:
                return version("jobexport")
            except PackageNotFoundError:
                problem += ", as the distribution jobexport is not installed"
        raise AttributeError(problem)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, "__version__"})
