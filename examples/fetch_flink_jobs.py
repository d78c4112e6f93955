"""Exports every Flink job of a project to OBS and fetches the zips from there (needs `jobexport[obs]`)."""

import os

from obstore.store import S3Store

from jobexport import AkSkAuth, DliClient

URL = os.environ.get("JOBEXPORT_URL", "https://dli.eu-de.otc.t-systems.com")
BUCKET = os.environ.get("JOBEXPORT_BUCKET", "obs-test")
OBS = os.environ.get("JOBEXPORT_OBS_URL", "https://obs.eu-de.otc.t-systems.com")
access_key, secret_key = os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"]

store = S3Store(
    BUCKET,
    endpoint=OBS,
    region="eu-de",
    access_key_id=access_key,
    secret_access_key=secret_key,
    client_options={"allow_http": OBS.startswith("http://")},
)
with DliClient(os.environ["HUAWEICLOUD_SDK_PROJECT_ID"], auth=AkSkAuth(access_key, secret_key), base_url=URL) as dli:
    result = dli.export_flink_jobs(f"{BUCKET}/flink", download_to="flink", store=store)
for path in result.files:
    print(path, path.stat().st_size)
