from typing import Literal

ListFlinkJobsOrder = Literal["asc", "desc"]

LIST_FLINK_JOBS_ORDER_VALUES: set[ListFlinkJobsOrder] = {
    "asc",
    "desc",
}


def check_list_flink_jobs_order(value: str) -> ListFlinkJobsOrder:
    if value in LIST_FLINK_JOBS_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_FLINK_JOBS_ORDER_VALUES!r}")
