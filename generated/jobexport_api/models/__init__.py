"""Contains all the data models used in inputs/outputs"""

from .batch_export_jobs_request import BatchExportJobsRequest
from .error_response import ErrorResponse
from .export_flink_jobs_request import ExportFlinkJobsRequest
from .export_flink_jobs_response import ExportFlinkJobsResponse
from .export_job_request import ExportJobRequest
from .export_job_request_export_status import ExportJobRequestExportStatus
from .export_job_to_obs_response import ExportJobToObsResponse
from .import_job_parameters import ImportJobParameters
from .import_job_parameters_params import ImportJobParametersParams
from .import_job_replacement import ImportJobReplacement
from .import_job_request import ImportJobRequest
from .import_job_request_params import ImportJobRequestParams
from .import_job_request_same_name_policy import ImportJobRequestSameNamePolicy
from .import_job_request_target_status import ImportJobRequestTargetStatus
from .import_job_response import ImportJobResponse
from .job_approver import JobApprover
from .system_subtask import SystemSubtask
from .system_task import SystemTask

__all__ = (
    "BatchExportJobsRequest",
    "ErrorResponse",
    "ExportFlinkJobsRequest",
    "ExportFlinkJobsResponse",
    "ExportJobRequest",
    "ExportJobRequestExportStatus",
    "ExportJobToObsResponse",
    "ImportJobParameters",
    "ImportJobParametersParams",
    "ImportJobReplacement",
    "ImportJobRequest",
    "ImportJobRequestParams",
    "ImportJobRequestSameNamePolicy",
    "ImportJobRequestTargetStatus",
    "ImportJobResponse",
    "JobApprover",
    "SystemSubtask",
    "SystemTask",
)
