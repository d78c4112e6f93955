from typing import Literal

ImportJobRequestTargetStatus = Literal["PRODUCTION", "SAVED", "SUBMITTED"]

IMPORT_JOB_REQUEST_TARGET_STATUS_VALUES: set[ImportJobRequestTargetStatus] = {
    "PRODUCTION",
    "SAVED",
    "SUBMITTED",
}


def check_import_job_request_target_status(value: str) -> ImportJobRequestTargetStatus:
    if value in IMPORT_JOB_REQUEST_TARGET_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {IMPORT_JOB_REQUEST_TARGET_STATUS_VALUES!r}")
