"""Keeps the folder `jobs` up to date with a project, as sorted JSON and scripts as text: git shows each change."""

import os
import sys
import tempfile

from jobexport import DgcClient
from jobexport.archive import unpack_for_git

URL = os.environ.get("JOBEXPORT_URL", "https://dayu-dlf.eu-de.otc.t-systems.com")
with (
    tempfile.TemporaryDirectory() as zips,
    DgcClient(os.environ["HUAWEICLOUD_SDK_PROJECT_ID"], auth=os.environ["JOBEXPORT_TOKEN"], base_url=URL) as dgc,
):
    result = dgc.export_jobs(sys.argv[1:], to=zips)
    for name, failure in result.failures.items():
        print(f"{name}: {failure}", file=sys.stderr)
    # Files of other jobs are removed only if every export succeeded.
    changes = unpack_for_git(result.archives.values(), "jobs", remove_gone=result.succeeded)
for path in changes.written:
    print("changed", path)
for path in changes.removed:
    print("removed", path)
