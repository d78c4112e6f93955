"""Contains all the data models used in inputs/outputs"""

from .batch_export_jobs_request import BatchExportJobsRequest
from .error_response import ErrorResponse
from .export_flink_jobs_request import ExportFlinkJobsRequest
from .export_flink_jobs_response import ExportFlinkJobsResponse
from .export_job_request import ExportJobRequest
from .export_job_request_export_status import ExportJobRequestExportStatus
from .export_job_to_obs_response import ExportJobToObsResponse

__all__ = (
    "BatchExportJobsRequest",
    "ErrorResponse",
    "ExportFlinkJobsRequest",
    "ExportFlinkJobsResponse",
    "ExportJobRequest",
    "ExportJobRequestExportStatus",
    "ExportJobToObsResponse",
)
