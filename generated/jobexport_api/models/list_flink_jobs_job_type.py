from typing import Literal

ListFlinkJobsJobType = Literal["flink_jar_job", "flink_opensource_sql_job", "flink_sql_edge_job", "flink_sql_job"]

LIST_FLINK_JOBS_JOB_TYPE_VALUES: set[ListFlinkJobsJobType] = {
    "flink_jar_job",
    "flink_opensource_sql_job",
    "flink_sql_edge_job",
    "flink_sql_job",
}


def check_list_flink_jobs_job_type(value: str) -> ListFlinkJobsJobType:
    if value in LIST_FLINK_JOBS_JOB_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_FLINK_JOBS_JOB_TYPE_VALUES!r}")
