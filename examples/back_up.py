"""Exports the jobs named on the command line to a folder for today; a second run fetches only missing zips."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from jobexport import AkSkAuth, DgcClient, Progress, Retries
from jobexport.errors import JobexportError

# Or cloud="otc", region="eu-de" instead of base_url.
URL = os.environ.get("JOBEXPORT_URL", "https://dayu-dlf.eu-de.otc.t-systems.com")


def show(progress: Progress) -> None:
    """Print the progress."""
    print(f"{progress.done + progress.failed} of {progress.total} jobs, {progress.received} bytes", file=sys.stderr)


def main(names: list[str]) -> int:
    """Export the jobs; return the exit code."""
    keys = os.environ.get("HUAWEICLOUD_SDK_AK"), os.environ.get("HUAWEICLOUD_SDK_SK")
    auth = AkSkAuth(keys[0], keys[1]) if keys[0] and keys[1] else os.environ["JOBEXPORT_TOKEN"]
    folder = Path("backup") / f"{datetime.now(UTC):%Y-%m-%d}"
    # A night is long: wait for a service under repair, up to an hour for each request.
    retries = Retries(times=20, longest_wait=300, deadline=3600)
    try:
        with DgcClient(os.environ["HUAWEICLOUD_SDK_PROJECT_ID"], auth=auth, base_url=URL, retries=retries) as dgc:
            result = dgc.export_jobs(names, to=folder, progress=show)
    except JobexportError as error:
        print(error, file=sys.stderr)
        return 2
    for name, archive in result.archives.items():
        print(name, archive.sha256, "was there" if name in result.reused else "fetched")
    for name, failure in result.failures.items():
        print(f"{name}: {failure}", file=sys.stderr)
    return 0 if result.succeeded else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
