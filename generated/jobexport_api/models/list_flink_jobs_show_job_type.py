from typing import Literal

ListFlinkJobsShowJobType = Literal["all", "flink", "spark"]

LIST_FLINK_JOBS_SHOW_JOB_TYPE_VALUES: set[ListFlinkJobsShowJobType] = {
    "all",
    "flink",
    "spark",
}


def check_list_flink_jobs_show_job_type(value: str) -> ListFlinkJobsShowJobType:
    if value in LIST_FLINK_JOBS_SHOW_JOB_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_FLINK_JOBS_SHOW_JOB_TYPE_VALUES!r}")
