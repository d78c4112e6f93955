from typing import Literal

ImportJobRequestSameNamePolicy = Literal["OVERWRITE", "SKIP"]

IMPORT_JOB_REQUEST_SAME_NAME_POLICY_VALUES: set[ImportJobRequestSameNamePolicy] = {
    "OVERWRITE",
    "SKIP",
}


def check_import_job_request_same_name_policy(value: str) -> ImportJobRequestSameNamePolicy:
    if value in IMPORT_JOB_REQUEST_SAME_NAME_POLICY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {IMPORT_JOB_REQUEST_SAME_NAME_POLICY_VALUES!r}")
