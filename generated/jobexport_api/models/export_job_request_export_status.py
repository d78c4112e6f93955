from typing import Literal

ExportJobRequestExportStatus = Literal["DEVELOP", "SUBMIT"]

EXPORT_JOB_REQUEST_EXPORT_STATUS_VALUES: set[ExportJobRequestExportStatus] = {
    "DEVELOP",
    "SUBMIT",
}


def check_export_job_request_export_status(value: str) -> ExportJobRequestExportStatus:
    if value in EXPORT_JOB_REQUEST_EXPORT_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EXPORT_JOB_REQUEST_EXPORT_STATUS_VALUES!r}")
