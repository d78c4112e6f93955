"""Rules of arguments, checked before anything is sent. The description has the same rules, and a test compares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jobexport_api.types import UNSET

from jobexport.core.http import is_base_url

if TYPE_CHECKING:
    from typing import Literal

    Cloud = Literal["huaweicloud", "otc"]
    Service = Literal["dli", "dgc"]
    from collections.abc import Iterable

    from jobexport_api.models.export_job_request_export_status import ExportJobRequestExportStatus
    from jobexport_api.types import Unset

C = TypeVar("C")

ENDPOINTS = {
    ("dli", "huaweicloud"): "https://dli.{region}.myhuaweicloud.com",
    ("dli", "otc"): "https://dli.{region}.otc.t-systems.com",
    ("dgc", "huaweicloud"): "https://dayu-dlf.{region}.myhuaweicloud.com",
    ("dgc", "otc"): "https://dayu-dlf.{region}.otc.t-systems.com",
}
"""Base URL by service and cloud."""
EXCEPTIONS = {
    ("dli", "huaweicloud", "eu-west-101"): "https://dli.eu-west-101.myhuaweicloud.eu",
    ("dgc", "huaweicloud", "eu-west-101"): "https://dayu-dlf.eu-west-101.myhuaweicloud.eu",
}
"""Base URL by service, cloud and region, for regions that do not follow the pattern."""

REGIONS = {
    "huaweicloud": (
        *(
            "af-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "cn-east-2",
            "cn-east-3",
        ),
        *("cn-north-1", "cn-north-4", "cn-north-9", "cn-south-1", "cn-southwest-2", "eu-west-101", "la-north-2"),
        *("la-south-2", "me-east-1", "na-mexico-1", "sa-brazil-1", "tr-west-1"),
    ),
    "otc": ("eu-de",),
}
"""Regions by cloud with a documented host, to be named in an error. Clouds get new regions, so no other one is refused.

Open Telekom Cloud's eu-nl has no such host, and its eu-ch2 has hosts of another domain.
"""

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def find_base_url(service: Service, base_url: str | None, cloud: str | None, region: str | None) -> str:
    """Return the base URL, without a slash at its end: the given URL, or the URL of a cloud's region.

    Raises:
        ValueError: `base_url` is not a URL, the cloud is unknown, or not exactly one of URL and cloud is given.
    """
    if base_url is not None:
        if cloud is not None or region is not None:
            raise ValueError("give either base_url, or cloud and region")
        return url("base_url", base_url)
    if cloud is None or region is None:
        raise ValueError("give base_url, or cloud and region")
    if not isinstance(cloud, str) or (service, cloud) not in ENDPOINTS:
        raise ValueError(f"no cloud {cloud!r}; choose huaweicloud or otc, or give base_url")
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise ValueError(f"region {region!r} must be lower-case letters and digits joined by `-`, such as eu-de")
    return EXCEPTIONS.get((service, cloud, region)) or ENDPOINTS[service, cloud].format(region=region)


def location_of(service: Service, base_url: str) -> tuple[Cloud, str] | None:
    """Return the cloud and the region of a base URL, or None if no cloud has such a URL."""
    for (of, cloud, region), special in EXCEPTIONS.items():
        if of == service and special == base_url:
            return cast("Cloud", cloud), region
    for (of, cloud), pattern in ENDPOINTS.items():
        before, _, after = pattern.partition("{region}")
        region = base_url.removeprefix(before).removesuffix(after)
        if of == service and _REGION.fullmatch(region) and pattern.format(region=region) == base_url:
            return cast("Cloud", cloud), region
    return None


def regions_of(host: str) -> str:
    """Return the known regions of a host's cloud, such as `otc has eu-de`; empty for another host."""
    for (_, cloud), pattern in ENDPOINTS.items():
        before, _, after = pattern.removeprefix("https://").partition("{region}")
        if host.startswith(before) and host.endswith(after):
            return f"{cloud} has {', '.join(REGIONS[cloud])}"
    return ""


def url(name: str, value: Any) -> str:
    """Return the URL of a server, `http://` or `https://` with a host and perhaps a path. Its last slash is removed.

    Raises:
        ValueError: the value is not such a URL; the error's text does not show it, as it may hold a password.
    """
    if not is_base_url(value):
        raise ValueError(f"{name} must be http:// or https:// and a host, without user, query and fragment")
    return str(value).rstrip("/")


JOB_NAME = r"[A-Za-z0-9._\u4e00-\u9fff-]+"
LONGEST_JOB_NAME = 128
JOB_IDS = range(-(2**63), 2**63)

_JOB_NAME = re.compile(JOB_NAME)


def job_name(value: Any) -> str:
    """Return the name of a job; `.` and `..` are legal names.

    Raises:
        ValueError: the value is not a job name.
    """
    if not isinstance(value, str) or len(value) > LONGEST_JOB_NAME or not _JOB_NAME.fullmatch(value):
        shown = repr(value) if len(repr(value)) <= 2 * LONGEST_JOB_NAME else f"{repr(value)[:LONGEST_JOB_NAME]}…"
        rule = f"1 to {LONGEST_JOB_NAME} letters, digits, Chinese characters, `-`, `_` or `.`"
        raise ValueError(f"job name {shown} must be {rule}")
    return value


def job_names(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names of jobs, each once.

    Raises:
        ValueError: the list is empty, or has a value that is not a job name.
    """
    if isinstance(values, str | bytes):
        raise ValueError(f"names must be a list of job names, not the single text {values!r}")
    names = tuple(dict.fromkeys(map(job_name, _iterable("names", values))))
    if not names:
        raise ValueError("names is empty; name at least one job")
    return names


def job_ids(values: Iterable[int] | None) -> list[int] | None:
    """Return the ids of Flink jobs, each once, or None for all jobs of the project.

    Raises:
        ValueError: the list is empty, or has a value that is not a signed 64-bit integer.
    """
    if values is None:
        return None
    if isinstance(values, str | bytes):
        raise ValueError("job_ids must be a list of integers, not a text")
    ids = list(dict.fromkeys(map(job_id, _iterable("job_ids", values))))
    if not ids:
        raise ValueError("job_ids is empty; name at least one job, or leave job_ids out to export all of them")
    return ids


def _iterable(name: str, values: Any) -> Iterable[Any]:
    try:
        return cast("Iterable[Any]", iter(values))
    except TypeError:
        raise ValueError(f"{name} must be a list, not {values!r:.60}") from None


def job_id(value: Any) -> int:
    """Return the id of a Flink job.

    Raises:
        ValueError: the value is not a signed 64-bit integer.
    """
    # True and 1.0 would pass for 1.
    if type(value) is not int or value not in JOB_IDS:
        raise ValueError(f"job id {value!r:.60} must be an integer from {JOB_IDS[0]} to {JOB_IDS[-1]}")
    return value


def text(name: str, value: Any) -> str:
    """Return a text that is not empty.

    Raises:
        ValueError: the value is empty, not a text, or has a lone surrogate.
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text that is not empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} has a character that no text can have (a lone surrogate)") from None
    return value


def header(name: str, value: Any) -> str:
    """Return a text that a header can carry.

    Raises:
        ValueError: a header can't carry the value; the error's text does not show it.
    """
    if (
        not isinstance(value, str)
        or not value
        or not (value.isascii() and value.isprintable())
        or value != value.strip()
    ):
        raise ValueError(
            f"{name} must be printable ASCII without blanks around it, not empty; does it end in a newline?"
        )
    return value


def workspace(value: Any) -> str | Unset:
    """Return the header's value for the id of a workspace; without one the default workspace is meant.

    Raises:
        ValueError: a header can't carry the value.
    """
    return UNSET if value is None else header("workspace", value)


def choice(name: str, value: Any, known: Iterable[C]) -> C:
    """Return a value that is one of some texts.

    Raises:
        ValueError: the value is another one.
    """
    texts = sorted(map(str, known))
    if value not in texts:
        raise ValueError(f"{name} {value!r:.60} must be {' or '.join(texts)}")
    return cast("C", value)


def status(value: Any) -> ExportJobRequestExportStatus:
    """Return the version of a job to export, such as `SUBMIT`: a value that some edition documents.

    Raises:
        ValueError: the value is another one.
    """
    from jobexport_api.models.export_job_request_export_status import EXPORT_JOB_REQUEST_EXPORT_STATUS_VALUES

    return choice("status", value, EXPORT_JOB_REQUEST_EXPORT_STATUS_VALUES)


def concurrency_of(value: Any) -> int:
    """Return the number of requests to have at a time.

    Raises:
        ValueError: the value is not an integer from 1 on.
    """
    if type(value) is not int or value < 1:
        raise ValueError(f"concurrency {value!r:.60} must be an integer from 1 on")
    return value
