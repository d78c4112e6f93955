"""The work of `dli export`: the export, and the bucket that its zips are fetched from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from jobexport import DliClient
from jobexport.cli.credentials import read_credentials
from jobexport.client.arguments import url
from jobexport.core.environment import ACCESS_KEY, SECRET_KEY
from jobexport.core.extras import needing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from obstore.store import S3Config, S3Store

    from jobexport.cli.export.connection import Connection
    from jobexport.client import FlinkExport

_BUCKET = re.compile("[a-z0-9][a-z0-9.-]*")
# OBS has the S3 protocol. The hosts follow the pattern of the clouds' other services; no page here has them.
_OBS = {"huaweicloud": "obs.{region}.myhuaweicloud.com", "otc": "obs.{region}.otc.t-systems.com"}


def export(connection: Connection, job_ids: Sequence[int] | None, given: Mapping[str, Any]) -> FlinkExport:
    """Export the jobs, and fetch their zips if `download` is given.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        UsageError: the zips can't be fetched without more options or keys; nothing was sent.
        JobexportError: the jobs could not be exported, or their zips could not be fetched.
    """
    obs_dir, folder = given["obs_dir"], given["download"]
    store = None if folder is None else bucket_of(connection, obs_dir, given["obs_endpoint"], "--download")
    with DliClient(connection.project, auth=connection.auth, **connection.where) as client:
        return client.export_flink_jobs(obs_dir, job_ids, download_to=folder, store=store)


def bucket_of(
    connection: Connection, obs_dir: str, endpoint: str | None, user: str, option: str = "--obs-dir"
) -> S3Store:
    """Return the bucket of a folder in OBS.

    Args:
        connection: the connection, whose cloud and region say where OBS is.
        obs_dir: the folder, bucket first.
        endpoint: the URL of OBS, if not that of the region.
        user: the option or command that needs the bucket, for the errors.
        option: the option with the folder, for the errors.

    Raises:
        UsageError: an option or a key is missing.
    """
    bucket = obs_dir.removeprefix("obs://").partition("/")[0]
    with needing("obs", user):
        from obstore.store import S3Store
    found = read_credentials()
    if not (found.access_key and found.secret_key):
        raise click.UsageError(f"{user} needs an access key, as OBS takes no token; set {ACCESS_KEY}, {SECRET_KEY}")
    if endpoint is None and (connection.cloud not in _OBS or connection.region is None):
        raise click.UsageError(f"{user} needs --obs-endpoint, or --cloud and --region, to find OBS")
    if not _BUCKET.fullmatch(bucket):
        raise click.UsageError(f"{option} must begin with a bucket, which {bucket!r} can't be")
    hosted = endpoint is None
    if endpoint is None:
        host = _OBS[str(connection.cloud)].format(region=connection.region)
        endpoint = f"https://{bucket}.{host}"
    else:
        try:
            endpoint = url("--obs-endpoint", endpoint)
        except ValueError as problem:
            raise click.UsageError(str(problem)) from None
    settings: S3Config = {
        "bucket": bucket,
        "endpoint": endpoint,
        "region": connection.region or "us-east-1",
        "access_key_id": found.access_key,
        "secret_access_key": found.secret_key,
        "virtual_hosted_style_request": hosted,
    }
    if found.security_token is not None:
        settings["session_token"] = found.security_token
    return S3Store(config=settings, client_options={"allow_http": endpoint.startswith("http://")})
