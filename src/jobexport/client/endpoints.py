"""Where the services stand.

Source: the servers of openapi/openapi.yaml. Huawei Cloud's are documented, those of Open Telekom Cloud follow the
pattern of its other services (register entry COM-009).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from typing import Literal

    Cloud = Literal["huaweicloud", "otc"]
    Service = Literal["dli", "dgc"]

ENDPOINTS = {
    ("dli", "huaweicloud"): "https://dli.{region}.myhuaweicloud.com",
    ("dli", "otc"): "https://dli.{region}.otc.t-systems.com",
    ("dgc", "huaweicloud"): "https://dayu-dlf.{region}.myhuaweicloud.com",
    ("dgc", "otc"): "https://dayu-dlf.{region}.otc.t-systems.com",
}
"""Base URL by service and cloud."""
EXCEPTIONS = {("dgc", "huaweicloud", "eu-west-101"): "https://dayu-dlf.eu-west-101.myhuaweicloud.eu"}
"""Base URL by service, cloud and region, where it does not follow the pattern."""

_ODD_HOST = re.compile(r"[][\s<>^|\\%]|\.\.")
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def find_base_url(service: Service, base_url: str | None, cloud: str | None, region: str | None) -> str:
    """Give the base URL, without a slash at its end: the given one, or that of a cloud's region.

    Raises:
        ValueError: it is no URL, there is no such cloud, or it is not exactly one of the two.
    """
    if base_url is not None:
        if cloud is not None or region is not None:
            raise ValueError("give either base_url, or cloud and region")
        return _checked(base_url)
    if cloud is None or region is None:
        raise ValueError("give base_url, or cloud and region")
    if not isinstance(cloud, str) or (service, cloud) not in ENDPOINTS:
        raise ValueError(f"no cloud {cloud!r}; choose huaweicloud or otc, or give base_url")
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise ValueError(f"region {region!r} must be lower-case letters and digits joined by `-`, such as eu-de")
    return EXCEPTIONS.get((service, cloud, region)) or ENDPOINTS[service, cloud].format(region=region)


def _checked(base_url: str) -> str:
    # Not shown: it may hold a password.
    problem = "base_url must be http:// or https:// and a host, without user, query and fragment"
    if not isinstance(base_url, str) or not base_url.isprintable() or " " in base_url:
        raise ValueError(problem)
    try:
        url = httpx.URL(base_url)
        url.raw_host.decode("ascii")
        sound = url.scheme in {"http", "https"} and bool(url.host) and not _ODD_HOST.search(url.host)
    except (httpx.InvalidURL, ValueError):
        raise ValueError(problem) from None
    if not sound or url.userinfo or "@" in base_url or "?" in base_url or "#" in base_url:
        raise ValueError(problem)
    return base_url.rstrip("/")
