"""The environment in which the commands use a mock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobexport.mock import Server


def keys(server: Server) -> dict[str, str]:
    """Return the variables of a server's access key."""
    return {"HUAWEICLOUD_SDK_AK": server.access_key, "HUAWEICLOUD_SDK_SK": server.secret_key}


def credentials(server: Server) -> dict[str, str]:
    """Return the variables of a server's token and access key, and the one that lets no proxy stand between."""
    return {"NO_PROXY": "*", "JOBEXPORT_TOKEN": server.token} | keys(server)
