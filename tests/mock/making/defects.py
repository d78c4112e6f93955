"""The parts of the tables of defects: requests, their results, and claims about the results."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.mock import EXAMPLE_PROJECT
from tests.making.names import zips_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import httpx

INTL, OTC, BOOLEAN = "huaweicloud-intl-2026", "otc-2026", "otc-2024"


@frozen
class Result:
    """The response to a request, and the objects in storage after it."""

    response: httpx.Response
    objects: Mapping[str, bytes]

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def json(self) -> Any:
        return self.response.json()

    @property
    def code(self) -> Any:
        """The error code, or None if the response has no error code."""
        is_json = self.response.headers.get("content-type") == "application/json"
        return self.json.get("error_code") if is_json and self.response.content else None

    @property
    def zips(self) -> list[str]:
        return zips_of(self.json)

    @property
    def members(self) -> dict[str, bytes]:
        return members(self.response.content)

    @property
    def type(self) -> str | None:
        value: str | None = self.response.headers.get("content-type")
        return value

    @property
    def file(self) -> str | None:
        value: str | None = self.response.headers.get("content-disposition")
        return value


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


RequestArguments = dict[str, Any]
"""Arguments of `httpx.Client.request`, with a URL relative to the server; `objects` is stored first."""
Asked = Any
"""A request, or a function of the results so far that returns it."""


def _post(path: str, body: Any, options: RequestArguments) -> RequestArguments:
    content = {} if body is None or "content" in options else {"content": json.dumps(body)}
    headers = {"Content-Type": "application/json", **options.pop("headers", {})} if content or options else {}
    return {"method": "POST", "url": path, "headers": headers, **content, **options}


def flink(body: Any = None, project: str = EXAMPLE_PROJECT, **options: Any) -> RequestArguments:
    """Return the request to export Flink job 100 to `a/b`, or the request with another body."""
    right = {"obs_dir": "a/b", "is_selected": True, "job_selected": [100]}
    return _post(f"/v1.0/{project}/streaming/jobs/export", right if body is None else body, options)


def flinks(*ids: object, **fields: Any) -> RequestArguments:
    """Return the request to export these Flink jobs to `a/b`."""
    return flink({"obs_dir": "a/b", "is_selected": True, "job_selected": ids, **fields})


def every_flink(**fields: Any) -> RequestArguments:
    """Return the request to export all Flink jobs to `a/b`."""
    return flink({"obs_dir": "a/b", "is_selected": False, **fields})


def job(name: str = "myJob", body: Any = None, project: str = EXAMPLE_PROJECT, **options: Any) -> RequestArguments:
    """Return the request to export one job."""
    return _post(f"/v1/{project}/jobs/{name}/export", body, options)


def to_obs(path: str = "obs://bucket/folder", name: str = "myJob", **fields: Any) -> RequestArguments:
    """Return the request to export one job to object storage."""
    return job(name, {"obsPath": path, **fields})


def batch(*names: str, body: Any = None, **options: Any) -> RequestArguments:
    """Return the request to export several jobs."""
    right = {"jobList": names or ["job_batch", "job_stream"]}
    return _post(f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export", right if body is None else body, options)


def seed(path: str, content: Any) -> RequestArguments:
    """Return the request to the control API that adds a file to the state."""
    return {"method": "POST", "url": "/_mock/seed", "json": {f"{EXAMPLE_PROJECT}/{path}": content}}


def _several(requests: Asked | Iterable[Asked]) -> tuple[Asked, ...]:
    return (requests,) if isinstance(requests, dict) or callable(requests) else tuple(requests)


@frozen
class Case:
    """A fault, requests, and a claim about their results that is true only with the fault."""

    fault: str
    requests: tuple[Asked, ...] = field(converter=_several)
    claim: Callable[..., bool]
    """A function of the results, one for each request."""
    edition: str = INTL

    def __str__(self) -> str:
        return self.fault
