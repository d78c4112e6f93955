"""Object storage in S3: any server that speaks its protocol, such as OBS itself, MinIO or moto.

The library is obstore: the Rust crate object_store behind an asyncio interface, well maintained, without dependencies.
boto3 would block the event loop and needs many packages.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from attrs import field, frozen

from jobexport.core.extras import needing
from jobexport.errors import JobexportError
from jobexport.mock.storage.storage import StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from obstore.store import S3Store

_T = TypeVar("_T")

_LONGEST_KEY = 1024
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")


@frozen
class S3Storage:
    """Storage in one S3 bucket; the key is the object's whole name, `<obs bucket>/<folder>/…/<object>`.

    Args:
        bucket: the S3 bucket, which must exist.
        endpoint: URL of the server, such as `http://127.0.0.1:9000`; by default Amazon's for the region.
        access_key: the access key.
        secret_key: the secret of the access key.
        region: the region in the signature of requests.

    Raises:
        JobexportError: the bucket's name or the endpoint's URL is invalid. Only a request shows if they exist.
    """

    bucket: str
    endpoint: str | None = field(default=None, kw_only=True)
    access_key: str = field(kw_only=True, repr=False)
    secret_key: str = field(kw_only=True, repr=False)
    region: str = field(default="us-east-1", kw_only=True)
    _store: S3Store = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        _check(self.bucket, self.endpoint)
        with needing("obs", "S3Storage"):
            from obstore.store import S3Store  # imported here, because only this storage needs it

        endpoint = self.endpoint or f"https://s3.{self.region}.amazonaws.com"
        # All settings are explicit; without keys obstore would ask a metadata service.
        store = S3Store(
            self.bucket,
            endpoint=endpoint.rstrip("/"),
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            region=self.region,
            virtual_hosted_style_request=False,
            # One attempt of at most 5 seconds, because the caller of the mock waits for it.
            client_options={"allow_http": True, "connect_timeout": "2s", "timeout": "4s"},
            retry_config={"max_retries": 0},
        )
        object.__setattr__(self, "_store", store)

    async def put(self, name: str, content: bytes) -> None:
        """Store an object.

        Raises:
            StorageError: the name is not a valid key.
            StorageUnavailable: the server does not respond, or refuses the request.
        """
        import obstore

        _check_key(name)
        await self._run("write to", obstore.put_async(self._store, name, content, use_multipart=False))

    async def get(self, name: str) -> bytes | None:
        """Return an object's content, or None if the object does not exist.

        Raises:
            StorageUnavailable: the server does not respond, or refuses the request.
        """
        import obstore

        try:
            _check_key(name)
            found = await self._run("read from", obstore.get_async(self._store, name))
            return bytes(await self._run("read from", found.bytes_async()))
        except (StorageError, FileNotFoundError):
            return None

    async def delete(self, name: str) -> None:
        """Delete an object, if it exists.

        Raises:
            StorageUnavailable: the server does not respond, or refuses the request.
        """
        import obstore

        with contextlib.suppress(StorageError, FileNotFoundError):
            _check_key(name)
            await self._run("delete from", obstore.delete_async(self._store, name))

    async def names(self) -> list[str]:
        """Return the objects' names, sorted.

        Raises:
            StorageUnavailable: the server does not respond, or refuses the request.
        """
        import obstore

        objects = await self._run("list", obstore.list(self._store).collect_async())
        return sorted(found["path"] for found in objects)

    def __str__(self) -> str:
        return f"s3://{self.bucket}" + (f" at {self.endpoint}" if self.endpoint else "")

    async def _run(self, action: str, request: Awaitable[_T]) -> _T:
        from obstore.exceptions import BaseError

        try:
            return await request
        except FileNotFoundError as problem:
            if action in ("read from", "delete from") and "NoSuchBucket" not in str(problem):
                raise
            raise StorageUnavailable(f"cannot {action} {self}: the bucket does not exist") from None
        # The text of these errors contains the request, so only a reason of our own is shown.
        except (BaseError, OSError, ValueError) as problem:
            raise StorageUnavailable(f"cannot {action} {self}: {_reason(problem)}") from None


def _reason(problem: Exception) -> str:
    status = re.search(r"status code: (\d{3} [A-Za-z ]+)", str(problem))
    if status:
        return f"the server responds with {status[1].strip()}"
    return (
        "the server refuses the credentials" if isinstance(problem, PermissionError) else "the server does not respond"
    )


def _check(bucket: str, endpoint: Any) -> None:
    if not _BUCKET.fullmatch(bucket):
        raise JobexportError(f"{bucket!r} is not a valid S3 bucket; give s3://bucket, without a path")
    if endpoint is None:
        return
    try:
        parts = urlsplit(endpoint)
        fits = parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", endpoint)
        fits = fits and parts.port != 0 and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        fits = False
    if not fits:
        # Without the URL's text, which may contain a password.
        raise JobexportError("the S3 endpoint is not a URL; give one such as http://127.0.0.1:9000, without a user")


def _check_key(name: str) -> None:
    if {"", ".", ".."} & set(name.split("/")) or _FORBIDDEN.search(name):
        raise StorageError("not a valid key: a segment is empty, `.` or `..`, or has a control character")
    if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
        raise StorageError(f"not a valid key: the name has more than {_LONGEST_KEY} bytes")
