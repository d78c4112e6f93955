"""The mock's storage of exports: the meaning of `--obs`, and a temporary folder if `--obs` is not given."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobexport.core.environment import S3_ACCESS_KEY, S3_REGION, S3_SECRET_KEY, read
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.mock import Storage

_SCHEME = "s3://"


@contextlib.contextmanager
def open_storage(obs: str | None, endpoint: str | None) -> Iterator[Storage]:
    """Yield the storage for `--obs` and `--obs-endpoint`.

    Raises:
        click.UsageError: `--obs-endpoint` is given without a bucket.
        JobexportError: the folder can't be written to, bucket or endpoint are invalid, or keys are missing.
    """
    from jobexport.mock import FolderStorage, MemoryStorage

    if obs == "-":
        raise click.UsageError("--obs - is no storage; name a folder or s3://BUCKET")
    if obs is not None and obs.startswith(_SCHEME):
        yield _bucket(obs.removeprefix(_SCHEME), endpoint)
    elif endpoint is not None:
        raise click.UsageError("--obs-endpoint needs --obs s3://bucket: a folder has no endpoint")
    elif obs is not None:
        yield FolderStorage(obs)
    elif FolderStorage.possible():
        folder = Path(tempfile.mkdtemp(prefix="jobexport-"))
        try:
            yield FolderStorage(folder)
        finally:
            # Only an empty folder is removed; exports stay.
            with contextlib.suppress(OSError):
                folder.rmdir()
    else:
        yield MemoryStorage()


def _bucket(bucket: str, endpoint: str | None) -> Storage:
    from jobexport.mock import S3Storage

    access_key, secret_key = read(S3_ACCESS_KEY), read(S3_SECRET_KEY)
    if not (access_key and secret_key):
        missing = [name for name in (S3_ACCESS_KEY, S3_SECRET_KEY) if not read(name)]
        raise JobexportError(f"--obs {_SCHEME}{bucket} needs credentials; set {' and '.join(missing)}")
    region = read(S3_REGION) or "us-east-1"
    return S3Storage(bucket, endpoint=endpoint, access_key=access_key, secret_key=secret_key, region=region)
