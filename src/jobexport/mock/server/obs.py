"""Object storage under `/_mock/obs`: the objects that the mock stores and imports, as a small S3 server shows them.

`/_mock/obs/BUCKET/KEY` is the object `obs://BUCKET/KEY` of requests and responses. A bucket exists as soon as it is
named. Requests are signed with the mock's access key. Supported is what obstore and boto3 send: PUT (also in parts),
GET (also a range), HEAD, DELETE, the deletion of many, and lists. The storage keeps no times: `Last-Modified` is the
time of the response.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from attrs import define, field, frozen
from starlette.responses import Response
from starlette.routing import Mount

from jobexport.mock.requests.request import Disconnected, Refused, read_content, read_headers
from jobexport.mock.server.control import PREFIX
from jobexport.mock.server.obs_signature import NotDone, S3Request, check_signature
from jobexport.mock.storage.storage import StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Receive, Scope, Send

    from jobexport.mock.server.core import Core
    from jobexport.mock.storage.storage import Storage

PATH = f"{PREFIX}/obs"

# The largest body: an object, or one part of it.
_LARGEST = 256 * 1024 * 1024
_MOST_KEYS = 1000
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})")
_PART = re.compile(rb"<PartNumber>([0-9]{1,5})</PartNumber>")
_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_STATUS = {
    "AuthorizationHeaderMalformed": 400,
    "AuthorizationQueryParametersError": 400,
    "EntityTooLarge": 400,
    "InvalidArgument": 400,
    "InvalidPart": 400,
    "InvalidURI": 400,
    "XAmzContentSHA256Mismatch": 400,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "MethodNotAllowed": 405,
    "PreconditionFailed": 412,
    "InvalidRange": 416,
    "NotImplemented": 501,
    "ServiceUnavailable": 503,
}
# Other codes, all of them about the caller.
_FORBIDDEN = 403
# Parameters that decide what a request means, beside those of lists and signatures.
_PLAIN = {"list-type", "prefix", "delimiter", "max-keys", "marker", "start-after", "continuation-token", "x-id"}
_PLAIN |= {"encoding-type", "fetch-owner"}


def object_storage(core: Core) -> Mount:
    """Return the route of the object storage of a server."""
    server = _ObjectServer(core)
    return Mount(PATH, app=server.respond)


@frozen
class _Target:
    """The object or the bucket that a request names."""

    request: S3Request
    bucket: str
    key: str
    """The key in the bucket, or `""` for the bucket itself."""
    storage: Storage

    @property
    def name(self) -> str:
        """The name of the object in the storage."""
        return f"{self.bucket}/{self.key}"

    async def content(self) -> bytes:
        content = await self.storage.get(self.name)
        if content is None:
            raise NotDone("NoSuchKey", f"{self.name} does not exist")
        return content


@define
class _ObjectServer:
    core: Core
    _uploads: dict[str, dict[int, bytes]] = field(factory=dict)
    _number: itertools.count[int] = field(factory=lambda: itertools.count(1))

    async def respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out one request."""
        try:
            response = await self._carried_out(scope, receive)
        except Disconnected:
            return
        except Refused:
            response = _error("EntityTooLarge", f"the body is too large; send at most {_LARGEST} bytes")
        except StorageError as problem:
            response = _error("InvalidURI", str(problem))
        except StorageUnavailable as problem:
            response = _error("ServiceUnavailable", str(problem))
        except NotDone as problem:
            response = _error(problem.code, problem.sentence)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _carried_out(self, scope: Scope, receive: Receive) -> Response:
        sent = read_headers(scope)
        headers = {name: value.decode("latin-1") for name, value in sent.items()}
        content = await read_content(sent, receive, _LARGEST)
        path = scope["raw_path"].decode("ascii", "replace")
        request = S3Request(scope["method"], path, scope["query_string"].decode("ascii", "replace"), headers, content)
        check_signature(request, self.core.credentials)
        bucket, _, key = unquote(path).removeprefix(f"{PATH}/").partition("/")
        target = _Target(request, bucket, key, self.core.storage)
        if not bucket:
            raise NotDone("NotImplemented", f"there is no list of buckets; name one: {PATH}/BUCKET")
        return await (self._object(target) if key else self._bucket(target))

    async def _bucket(self, target: _Target) -> Response:
        method, parameters = target.request.method, target.request.parameters
        if method == "POST" and "delete" in parameters:
            return await _deleted_many(target)
        _check_parameters(parameters)
        if method == "GET":
            return await _listed(target)
        if method in ("HEAD", "PUT"):
            return Response()
        raise NotDone("MethodNotAllowed", f"a bucket does not accept {method}; it exists once it is named")

    async def _object(self, target: _Target) -> Response:
        method, parameters = target.request.method, target.request.parameters
        if "uploads" in parameters or "uploadId" in parameters:
            return await self._part(target)
        _check_parameters(parameters)
        if method == "PUT":
            return await _put(target, target.request.content)
        if method in ("GET", "HEAD"):
            return _shown(await target.content(), target.request.headers.get("range"))
        if method == "DELETE":
            await target.storage.delete(target.name)
            return Response(status_code=204)
        raise NotDone("MethodNotAllowed", f"an object does not accept {method}")

    async def _part(self, target: _Target) -> Response:
        """Carry out one request of an upload in parts."""
        method, parameters = target.request.method, target.request.parameters
        if method == "POST" and "uploads" in parameters:
            id_ = str(next(self._number))
            self._uploads[id_] = {}
            return _xml(
                "InitiateMultipartUploadResult",
                f"{_field('Bucket', target.bucket)}{_field('Key', target.key)}{_field('UploadId', id_)}",
            )
        id_ = parameters.get("uploadId", "")
        if id_ not in self._uploads:
            raise NotDone("NoSuchUpload", "no upload has this id, or it has ended")
        if method == "PUT" and re.fullmatch("[0-9]{1,5}", parameters.get("partNumber", "")):
            self._uploads[id_][int(parameters["partNumber"])] = target.request.content
            return Response(headers={"ETag": _etag(target.request.content)})
        if method == "DELETE":
            del self._uploads[id_]
            return Response(status_code=204)
        if method != "POST":
            raise NotDone("NotImplemented", "an upload has parts to PUT, an end to POST and a DELETE")
        numbers = [
            int(found) for found in re.findall(rb"<PartNumber>([0-9]{1,5})</PartNumber>", target.request.content)
        ]
        parts = self._uploads[id_]
        if not numbers or not parts.keys() >= set(numbers) or numbers != sorted(set(numbers)):
            raise NotDone("InvalidPart", "a part was not uploaded, or the parts are not in their order")
        stored = await _put(target, b"".join(parts[number] for number in numbers))
        del self._uploads[id_]
        return _xml(
            "CompleteMultipartUploadResult",
            f"{_field('Bucket', target.bucket)}{_field('Key', target.key)}{_field('ETag', stored.headers['ETag'])}",
        )


def _check_parameters(parameters: Mapping[str, str]) -> None:
    unknown = sorted(name for name in parameters if name not in _PLAIN and not name.startswith("X-Amz-"))
    if unknown:
        raise NotDone("NotImplemented", f"this object storage does not know the parameter {unknown[0]:.100}")


async def _put(target: _Target, content: bytes) -> Response:
    headers = target.request.headers
    if "x-amz-copy-source" in headers or headers.get("content-encoding", "").startswith("aws-chunked"):
        raise NotDone("NotImplemented", "an object is sent whole: not copied on the server, and not in signed chunks")
    if headers.get("if-none-match") == "*" and await target.storage.get(target.name) is not None:
        raise NotDone("PreconditionFailed", f"{target.name} exists")
    await target.storage.put(target.name, content)
    return Response(headers={"ETag": _etag(content)})


def _shown(content: bytes, wanted: str | None) -> Response:
    """Return an object, or the range of it that a header names."""
    headers = {"ETag": _etag(content), "Last-Modified": formatdate(usegmt=True), "Accept-Ranges": "bytes"}
    found = _RANGE.fullmatch(wanted or "")
    if found is None:
        return Response(content, headers=headers, media_type="application/octet-stream")
    first, last = int(found["first"]), min(int(found["last"] or len(content)), len(content) - 1)
    if first > last:
        raise NotDone("InvalidRange", f"the object has {len(content)} bytes")
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, headers=headers, media_type="application/octet-stream")


async def _deleted_many(target: _Target) -> Response:
    keys = [html.unescape(key.decode()) for key in re.findall(rb"<Key>([^<]*)</Key>", target.request.content)]
    for key in keys:
        await target.storage.delete(f"{target.bucket}/{key}")
    return _xml("DeleteResult", "".join(f"<Deleted>{_field('Key', key)}</Deleted>" for key in keys))


async def _listed(target: _Target) -> Response:
    """Return a page of the bucket's keys, in either version of the list."""
    sent = target.request.parameters
    prefix, delimiter = sent.get("prefix", ""), sent.get("delimiter", "")
    after = sent.get("continuation-token") or sent.get("start-after") or sent.get("marker") or ""
    if not re.fullmatch("[0-9]{1,9}", sent.get("max-keys", str(_MOST_KEYS))):
        raise NotDone("InvalidArgument", "max-keys must be a whole number")
    most = min(int(sent.get("max-keys", _MOST_KEYS)), _MOST_KEYS)
    begin = f"{target.bucket}/"
    names = [name.removeprefix(begin) for name in await target.storage.names() if name.startswith(begin)]
    rows = [row for row in _rows(sorted(names), prefix, delimiter) if row > after]
    page = rows[:most]
    more = len(rows) > len(page) and bool(page)
    written = quote if sent.get("encoding-type") == "url" else str
    parts = [
        _field("Name", target.bucket),
        _field("Prefix", written(prefix)),
        _field("Delimiter", written(delimiter)) if delimiter else "",
        _field("EncodingType", "url") if sent.get("encoding-type") == "url" else "",
        _field("KeyCount", str(len(page))),
        _field("MaxKeys", str(most)),
        _field("IsTruncated", "true" if more else "false"),
        _field("NextContinuationToken", page[-1]) + _field("NextMarker", written(page[-1])) if more else "",
    ]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for row in page:
        if delimiter and row.endswith(delimiter) and row not in names:
            parts.append(f"<CommonPrefixes>{_field('Prefix', written(row))}</CommonPrefixes>")
            continue
        content = await target.storage.get(f"{target.bucket}/{row}") or b""
        fields = {"Key": written(row), "LastModified": now, "ETag": _etag(content), "Size": str(len(content))}
        inside = "".join(_field(name, value) for name, value in fields.items())
        parts.append(f"<Contents>{inside}{_field('StorageClass', 'STANDARD')}</Contents>")
    return _xml("ListBucketResult", "".join(parts))


def _rows(names: Iterable[str], prefix: str, delimiter: str) -> list[str]:
    """Return the keys of a list; keys with one beginning up to the delimiter are one row: `a/b, a/c → a/`."""
    rows: dict[str, None] = {}
    for name in names:
        if name.startswith(prefix):
            head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            rows[prefix + head + found if found else name] = None
    return list(rows)


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _field(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def _xml(root: str, inside: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>{inside}</{root}>'
    return Response(text, media_type="application/xml")


def _error(code: str, sentence: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{_field("Code", code)}{_field("Message", sentence)}</Error>'
    return Response(text, _STATUS.get(code, _FORBIDDEN), media_type="application/xml")
