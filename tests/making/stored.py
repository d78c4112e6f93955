"""The object storage of a mock: its objects, and its buckets as another program opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

from jobexport.mock import MemoryStorage

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jobexport.mock import Server


def stored(server: Server) -> MutableMapping[str, bytes]:
    """Return the objects of a server whose storage is in memory."""
    assert isinstance(server.storage, MemoryStorage)
    return server.storage.objects


def bucket(server: Server, name: str, **options: Any) -> S3Store:
    """Return a bucket of a server, over HTTP; `options` are those of the store."""
    return S3Store(
        name,
        endpoint=f"{server.url}/_mock/obs",
        region="us-east-1",
        access_key_id=server.access_key,
        secret_access_key=server.secret_key,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
        **options,
    )
