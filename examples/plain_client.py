"""The generated package alone: every operation as a function, every model as a class."""

import os

from jobexport_api import AuthenticatedClient
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.models import ErrorResponse, ExportFlinkJobsRequest

URL = os.environ.get("JOBEXPORT_URL", "https://dli.eu-de.otc.t-systems.com")

body = ExportFlinkJobsRequest(obs_dir="obs-test", is_selected=True, job_selected=[100])
with AuthenticatedClient(base_url=URL, token=os.environ["JOBEXPORT_TOKEN"]) as client:
    answer = export_flink_jobs.sync(os.environ["HUAWEICLOUD_SDK_PROJECT_ID"], client=client, body=body)

# Which names a server uses depends on its edition, so both are there; what was not sent is UNSET, which is false.
if answer is None or isinstance(answer, ErrorResponse):
    raise SystemExit(f"refused: {answer}")
print(answer.is_success, answer.zip_file or answer.zip_files)
