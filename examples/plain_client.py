"""The generated package alone: every operation as a function, every model as a class."""

import os

from jobexport_api import AuthenticatedClient
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.models import ErrorResponse, ExportFlinkJobsRequest
from jobexport_api.types import ROLES

URL = os.environ.get("JOBEXPORT_URL", "https://dli.eu-de.otc.t-systems.com")

body = ExportFlinkJobsRequest(obs_dir="obs-test", is_selected=True, job_selected=[100])
with AuthenticatedClient(base_url=URL, token=os.environ["JOBEXPORT_TOKEN"]) as client:
    response = export_flink_jobs.sync(os.environ["HUAWEICLOUD_SDK_PROJECT_ID"], client=client, body=body)

# The name of a field depends on the server's edition, so the model has all; a field that was not sent is UNSET, false.
if response is None or isinstance(response, ErrorResponse):
    raise SystemExit(f"refused: {response}")
names = ROLES["ExportFlinkJobsResponse"]["zip-paths"].values()
print(response.is_success, next(filter(None, (getattr(response, name) for name in names)), []))
