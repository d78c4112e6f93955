from typing import Literal

ListFlinkJobsStatus = Literal[
    "job_arrearage_recovering",
    "job_arrearage_stopped",
    "job_cancel_fail",
    "job_cancel_success",
    "job_canceling",
    "job_downloading",
    "job_finish",
    "job_idle",
    "job_init",
    "job_running",
    "job_running_exception",
    "job_savepointing",
    "job_submit_fail",
    "job_submitting",
]

LIST_FLINK_JOBS_STATUS_VALUES: set[ListFlinkJobsStatus] = {
    "job_arrearage_recovering",
    "job_arrearage_stopped",
    "job_cancel_fail",
    "job_cancel_success",
    "job_canceling",
    "job_downloading",
    "job_finish",
    "job_idle",
    "job_init",
    "job_running",
    "job_running_exception",
    "job_savepointing",
    "job_submit_fail",
    "job_submitting",
}


def check_list_flink_jobs_status(value: str) -> ListFlinkJobsStatus:
    if value in LIST_FLINK_JOBS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_FLINK_JOBS_STATUS_VALUES!r}")
