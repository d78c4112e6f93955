"""All environment variables that the code reads: name, meaning, and the one function that reads them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# The names of variables, not secrets.
TOKEN = "JOBEXPORT_TOKEN"  # noqa: S105
# As the vendor's own SDK names them.
ACCESS_KEY = "HUAWEICLOUD_SDK_AK"
SECRET_KEY = "HUAWEICLOUD_SDK_SK"  # noqa: S105
SECURITY_TOKEN = "HUAWEICLOUD_SDK_SECURITY_TOKEN"  # noqa: S105
PROJECT = "HUAWEICLOUD_SDK_PROJECT_ID"
# As OpenStack's tools name it.
OS_CLOUD = "OS_CLOUD"
OS_AUTH_URL = "OS_AUTH_URL"
# As the tools for S3 name them.
S3_ACCESS_KEY = "AWS_ACCESS_KEY_ID"
S3_SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105
S3_REGION = "AWS_REGION"
CONTRACT_RUN = "JOBEXPORT_CONTRACT_RUN"
# As every program with HTTP names them.
HTTP_PROXY = "HTTP_PROXY"
HTTPS_PROXY = "HTTPS_PROXY"
ALL_PROXY = "ALL_PROXY"
NO_PROXY = "NO_PROXY"
CA_FILE = "SSL_CERT_FILE"
CA_FOLDER = "SSL_CERT_DIR"
# As requests and curl name them.
CA_BUNDLE = "REQUESTS_CA_BUNDLE"
CURL_CA_BUNDLE = "CURL_CA_BUNDLE"
# As Python's `ssl` and the browsers name it.
TLS_KEYS = "SSLKEYLOGFILE"

MEANINGS = {
    TOKEN: "a token for X-Auth-Token; goes before a key",
    ACCESS_KEY: "an access key (AK)",
    SECRET_KEY: "the secret (SK) of the access key",
    SECURITY_TOKEN: "the security token of a temporary access key",
    PROJECT: "the project's id, if --project is not given",
    OS_CLOUD: "a profile of clouds.yaml, if neither token nor key is set",
    OS_AUTH_URL: "set by an openrc file, whose variables --os-cloud envvars uses",
    S3_ACCESS_KEY: "the access key for --obs s3://BUCKET",
    S3_SECRET_KEY: "the secret of that access key",
    S3_REGION: "the region of the bucket; us-east-1 if not set",
    CONTRACT_RUN: "the file with the task of the process that a contract run starts",
}
"""The variables; `CONTRACT_RUN` is set by the code itself, for its own process."""

NETWORK = {
    HTTP_PROXY: "the proxy for http://; this and the next three also in lower case, which comes first",
    HTTPS_PROXY: "the proxy for https://",
    ALL_PROXY: "the proxy for both",
    NO_PROXY: "the hosts and networks that are reached without a proxy",
    CA_FILE: "the file of trusted certificates",
    CA_FOLDER: "the folder of trusted certificates, or several; read if the one before is not set, as the next two are",
    CA_BUNDLE: "the file or folder of trusted certificates",
    CURL_CA_BUNDLE: "the file or folder of trusted certificates",
    TLS_KEYS: "the file that gets the keys of connections, for a debugger",
}
"""The variables that every HTTP client reads, not only ours; no command's help lists them."""

SECRETS = (TOKEN, ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN)
"""The variables by which a contract run hands credentials to its own process."""


def read(name: str) -> str | None:
    """Return the value of a variable, or None if it is not set or empty.

    Raises:
        KeyError: the name is neither in `MEANINGS` nor in `NETWORK`.
    """
    if name not in MEANINGS.keys() | NETWORK.keys():
        raise KeyError(name)
    return os.environ.get(name) or None


def secrets() -> tuple[str, ...]:
    """Return the values of all variables that hold credentials, to find them in what is shown, not to use them."""
    names = {*SECRETS, S3_ACCESS_KEY, S3_SECRET_KEY}
    return tuple(value for name, value in os.environ.items() if name in names)


def inherited(*, without: Collection[str] = ()) -> dict[str, str]:
    """Return the environment for a process of our own, without some variables."""
    return {name: value for name, value in os.environ.items() if name not in without}
