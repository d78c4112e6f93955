"""Stores objects in S3: any server that speaks it, such as OBS itself, MinIO or moto.

obstore does the work: one well-kept library with nothing below it, the Rust crate object_store behind an asyncio
interface. boto3 would block the event loop and brings a tree of packages.
"""

from __future__ import annotations

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
    """Objects of one S3 bucket; an object's key is its whole name, `<obs bucket>/<folder>/…/<object>`.

    Args:
        bucket: the S3 bucket, which must exist.
        endpoint: such as `http://127.0.0.1:9000`; without it Amazon's for the region.
        access_key: the access key.
        secret_key: its secret.
        region: what requests are signed for.

    Raises:
        JobexportError: bucket or endpoint can't be one. Whether they are there only a request shows.
    """

    bucket: str
    endpoint: str | None = field(default=None, kw_only=True)
    access_key: str = field(kw_only=True, repr=False)
    secret_key: str = field(kw_only=True, repr=False)
    region: str = field(default="us-east-1", kw_only=True)
    _store: S3Store = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        _check(self.bucket, self.endpoint)
        with needing("mock"):
            from obstore.store import S3Store  # here, as only this storage needs it

        endpoint = self.endpoint or f"https://s3.{self.region}.amazonaws.com"
        # Everything is given, so nothing is looked for elsewhere: without keys a metadata service would be asked.
        store = S3Store(
            self.bucket,
            endpoint=endpoint.rstrip("/"),
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            region=self.region,
            virtual_hosted_style_request=False,
            # One attempt, over within 5 seconds whatever the server does: the caller of the mock waits that long.
            client_options={"allow_http": True, "connect_timeout": "2s", "timeout": "4s"},
            retry_config={"max_retries": 0},
        )
        object.__setattr__(self, "_store", store)

    async def put(self, name: str, content: bytes) -> None:
        """Store an object.

        Raises:
            StorageError: no key can be this name.
            StorageUnavailable: the server does not answer, or refuses.
        """
        import obstore

        _check_key(name)
        await self._ask("write to", obstore.put_async(self._store, name, content, use_multipart=False))

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name.

        Raises:
            StorageUnavailable: the server does not answer, or refuses.
        """
        import obstore

        try:
            _check_key(name)
            answer = await self._ask("read from", obstore.get_async(self._store, name))
            return bytes(await self._ask("read from", answer.bytes_async()))
        except (StorageError, FileNotFoundError):
            return None

    async def names(self) -> list[str]:
        """List the objects' names, sorted.

        Raises:
            StorageUnavailable: the server does not answer, or refuses.
        """
        import obstore

        objects = await self._ask("list", obstore.list(self._store).collect_async())
        return sorted(found["path"] for found in objects)

    def __str__(self) -> str:
        return f"s3://{self.bucket}" + (f" at {self.endpoint}" if self.endpoint else "")

    async def _ask(self, action: str, answer: Awaitable[_T]) -> _T:
        from obstore.exceptions import BaseError

        try:
            return await answer
        except FileNotFoundError as problem:
            if action == "read from" and "NoSuchBucket" not in str(problem):
                raise
            raise StorageUnavailable(f"cannot {action} {self}: there is no such bucket") from None
        # The text of these holds the request, which is nobody's business.
        except (BaseError, OSError, ValueError) as problem:
            raise StorageUnavailable(f"cannot {action} {self}: {_reason(problem)}") from None


def _reason(problem: Exception) -> str:
    status = re.search(r"status code: (\d{3} [A-Za-z ]+)", str(problem))
    if status:
        return f"it answers {status[1].strip()}"
    return "it refuses the credentials" if isinstance(problem, PermissionError) else "it does not answer"


def _check(bucket: str, endpoint: Any) -> None:
    if not _BUCKET.fullmatch(bucket):
        raise JobexportError(f"{bucket!r} can't be an S3 bucket; give s3://bucket, without a path")
    if endpoint is None:
        return
    try:
        parts = urlsplit(endpoint)
        fits = parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", endpoint)
        fits = fits and parts.port != 0 and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        fits = False
    if not fits:
        # Without the URL's text, as there may be a password in it.
        raise JobexportError("the S3 endpoint is not a URL; give one such as http://127.0.0.1:9000, without a user")


def _check_key(name: str) -> None:
    if {"", ".", ".."} & set(name.split("/")) or _FORBIDDEN.search(name):
        raise StorageError("no key can be this name: a segment is empty, `.` or `..`, or has a control character")
    if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
        raise StorageError(f"no key can be this name: it has more than {_LONGEST_KEY} bytes")
