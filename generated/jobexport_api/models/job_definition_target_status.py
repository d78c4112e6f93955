from typing import Literal

JobDefinitionTargetStatus = Literal["PRODUCTION", "SAVED", "SUBMITTED"]

JOB_DEFINITION_TARGET_STATUS_VALUES: set[JobDefinitionTargetStatus] = {
    "PRODUCTION",
    "SAVED",
    "SUBMITTED",
}


def check_job_definition_target_status(value: str) -> JobDefinitionTargetStatus:
    if value in JOB_DEFINITION_TARGET_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {JOB_DEFINITION_TARGET_STATUS_VALUES!r}")
