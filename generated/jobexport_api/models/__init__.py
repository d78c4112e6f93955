"""Contains all the data models used in inputs/outputs"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .batch_export_jobs_request import BatchExportJobsRequest
    from .create_resource_response import CreateResourceResponse
    from .delete_flink_job_response import DeleteFlinkJobResponse
    from .delete_job_request import DeleteJobRequest
    from .error_response import ErrorResponse
    from .export_flink_jobs_request import ExportFlinkJobsRequest
    from .export_flink_jobs_response import ExportFlinkJobsResponse
    from .export_job_request import ExportJobRequest
    from .export_job_request_export_status import ExportJobRequestExportStatus
    from .export_job_to_obs_response import ExportJobToObsResponse
    from .flink_jar_job_definition import FlinkJarJobDefinition
    from .flink_job import FlinkJob
    from .flink_job_config import FlinkJobConfig
    from .flink_job_detail import FlinkJobDetail
    from .flink_job_list import FlinkJobList
    from .flink_job_mapping import FlinkJobMapping
    from .flink_resource_config import FlinkResourceConfig
    from .flink_resource_spec import FlinkResourceSpec
    from .flink_sql_job_definition import FlinkSqlJobDefinition
    from .flink_tag import FlinkTag
    from .import_flink_jobs_request import ImportFlinkJobsRequest
    from .import_flink_jobs_response import ImportFlinkJobsResponse
    from .import_job_parameters import ImportJobParameters
    from .import_job_parameters_params import ImportJobParametersParams
    from .import_job_replacement import ImportJobReplacement
    from .import_job_request import ImportJobRequest
    from .import_job_request_params import ImportJobRequestParams
    from .import_job_request_same_name_policy import ImportJobRequestSameNamePolicy
    from .import_job_request_target_status import ImportJobRequestTargetStatus
    from .import_job_response import ImportJobResponse
    from .job_approver import JobApprover
    from .job_basic_config import JobBasicConfig
    from .job_basic_config_custom_fields import JobBasicConfigCustomFields
    from .job_basic_config_tags_type_0 import JobBasicConfigTagsType0
    from .job_cron import JobCron
    from .job_definition import JobDefinition
    from .job_definition_target_status import JobDefinitionTargetStatus
    from .job_dependency import JobDependency
    from .job_details import JobDetails
    from .job_event import JobEvent
    from .job_node import JobNode
    from .job_node_condition import JobNodeCondition
    from .job_node_cron import JobNodeCron
    from .job_node_location import JobNodeLocation
    from .job_node_property import JobNodeProperty
    from .job_parameter import JobParameter
    from .job_schedule import JobSchedule
    from .job_summary import JobSummary
    from .list_flink_jobs_job_type import ListFlinkJobsJobType
    from .list_flink_jobs_order import ListFlinkJobsOrder
    from .list_flink_jobs_response import ListFlinkJobsResponse
    from .list_flink_jobs_show_job_type import ListFlinkJobsShowJobType
    from .list_flink_jobs_status import ListFlinkJobsStatus
    from .list_jobs_job_type import ListJobsJobType
    from .list_jobs_response import ListJobsResponse
    from .list_resources_response import ListResourcesResponse
    from .list_scripts_response import ListScriptsResponse
    from .resource import Resource
    from .resource_definition import ResourceDefinition
    from .resource_package import ResourcePackage
    from .script import Script
    from .script_configuration import ScriptConfiguration
    from .script_definition import ScriptDefinition
    from .script_definition_configuration import ScriptDefinitionConfiguration
    from .script_definition_target_status import ScriptDefinitionTargetStatus
    from .show_flink_job_response import ShowFlinkJobResponse
    from .show_script_response import ShowScriptResponse
    from .show_script_response_configuration import ShowScriptResponseConfiguration
    from .system_subtask import SystemSubtask
    from .system_task import SystemTask
else:
    _MODULES = {
        "BatchExportJobsRequest": ".batch_export_jobs_request",
        "CreateResourceResponse": ".create_resource_response",
        "DeleteFlinkJobResponse": ".delete_flink_job_response",
        "DeleteJobRequest": ".delete_job_request",
        "ErrorResponse": ".error_response",
        "ExportFlinkJobsRequest": ".export_flink_jobs_request",
        "ExportFlinkJobsResponse": ".export_flink_jobs_response",
        "ExportJobRequest": ".export_job_request",
        "ExportJobRequestExportStatus": ".export_job_request_export_status",
        "ExportJobToObsResponse": ".export_job_to_obs_response",
        "FlinkJarJobDefinition": ".flink_jar_job_definition",
        "FlinkJob": ".flink_job",
        "FlinkJobConfig": ".flink_job_config",
        "FlinkJobDetail": ".flink_job_detail",
        "FlinkJobList": ".flink_job_list",
        "FlinkJobMapping": ".flink_job_mapping",
        "FlinkResourceConfig": ".flink_resource_config",
        "FlinkResourceSpec": ".flink_resource_spec",
        "FlinkSqlJobDefinition": ".flink_sql_job_definition",
        "FlinkTag": ".flink_tag",
        "ImportFlinkJobsRequest": ".import_flink_jobs_request",
        "ImportFlinkJobsResponse": ".import_flink_jobs_response",
        "ImportJobParameters": ".import_job_parameters",
        "ImportJobParametersParams": ".import_job_parameters_params",
        "ImportJobReplacement": ".import_job_replacement",
        "ImportJobRequest": ".import_job_request",
        "ImportJobRequestParams": ".import_job_request_params",
        "ImportJobRequestSameNamePolicy": ".import_job_request_same_name_policy",
        "ImportJobRequestTargetStatus": ".import_job_request_target_status",
        "ImportJobResponse": ".import_job_response",
        "JobApprover": ".job_approver",
        "JobBasicConfig": ".job_basic_config",
        "JobBasicConfigCustomFields": ".job_basic_config_custom_fields",
        "JobBasicConfigTagsType0": ".job_basic_config_tags_type_0",
        "JobCron": ".job_cron",
        "JobDefinition": ".job_definition",
        "JobDefinitionTargetStatus": ".job_definition_target_status",
        "JobDependency": ".job_dependency",
        "JobDetails": ".job_details",
        "JobEvent": ".job_event",
        "JobNode": ".job_node",
        "JobNodeCondition": ".job_node_condition",
        "JobNodeCron": ".job_node_cron",
        "JobNodeLocation": ".job_node_location",
        "JobNodeProperty": ".job_node_property",
        "JobParameter": ".job_parameter",
        "JobSchedule": ".job_schedule",
        "JobSummary": ".job_summary",
        "ListFlinkJobsJobType": ".list_flink_jobs_job_type",
        "ListFlinkJobsOrder": ".list_flink_jobs_order",
        "ListFlinkJobsResponse": ".list_flink_jobs_response",
        "ListFlinkJobsShowJobType": ".list_flink_jobs_show_job_type",
        "ListFlinkJobsStatus": ".list_flink_jobs_status",
        "ListJobsJobType": ".list_jobs_job_type",
        "ListJobsResponse": ".list_jobs_response",
        "ListResourcesResponse": ".list_resources_response",
        "ListScriptsResponse": ".list_scripts_response",
        "Resource": ".resource",
        "ResourceDefinition": ".resource_definition",
        "ResourcePackage": ".resource_package",
        "Script": ".script",
        "ScriptConfiguration": ".script_configuration",
        "ScriptDefinition": ".script_definition",
        "ScriptDefinitionConfiguration": ".script_definition_configuration",
        "ScriptDefinitionTargetStatus": ".script_definition_target_status",
        "ShowFlinkJobResponse": ".show_flink_job_response",
        "ShowScriptResponse": ".show_script_response",
        "ShowScriptResponseConfiguration": ".show_script_response_configuration",
        "SystemSubtask": ".system_subtask",
        "SystemTask": ".system_task",
    }

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            from importlib import import_module

            return getattr(import_module(_MODULES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = (
    "BatchExportJobsRequest",
    "CreateResourceResponse",
    "DeleteFlinkJobResponse",
    "DeleteJobRequest",
    "ErrorResponse",
    "ExportFlinkJobsRequest",
    "ExportFlinkJobsResponse",
    "ExportJobRequest",
    "ExportJobRequestExportStatus",
    "ExportJobToObsResponse",
    "FlinkJarJobDefinition",
    "FlinkJob",
    "FlinkJobConfig",
    "FlinkJobDetail",
    "FlinkJobList",
    "FlinkJobMapping",
    "FlinkResourceConfig",
    "FlinkResourceSpec",
    "FlinkSqlJobDefinition",
    "FlinkTag",
    "ImportFlinkJobsRequest",
    "ImportFlinkJobsResponse",
    "ImportJobParameters",
    "ImportJobParametersParams",
    "ImportJobReplacement",
    "ImportJobRequest",
    "ImportJobRequestParams",
    "ImportJobRequestSameNamePolicy",
    "ImportJobRequestTargetStatus",
    "ImportJobResponse",
    "JobApprover",
    "JobBasicConfig",
    "JobBasicConfigCustomFields",
    "JobBasicConfigTagsType0",
    "JobCron",
    "JobDefinition",
    "JobDefinitionTargetStatus",
    "JobDependency",
    "JobDetails",
    "JobEvent",
    "JobNode",
    "JobNodeCondition",
    "JobNodeCron",
    "JobNodeLocation",
    "JobNodeProperty",
    "JobParameter",
    "JobSchedule",
    "JobSummary",
    "ListFlinkJobsJobType",
    "ListFlinkJobsOrder",
    "ListFlinkJobsResponse",
    "ListFlinkJobsShowJobType",
    "ListFlinkJobsStatus",
    "ListJobsJobType",
    "ListJobsResponse",
    "ListResourcesResponse",
    "ListScriptsResponse",
    "Resource",
    "ResourceDefinition",
    "ResourcePackage",
    "Script",
    "ScriptConfiguration",
    "ScriptDefinition",
    "ScriptDefinitionConfiguration",
    "ScriptDefinitionTargetStatus",
    "ShowFlinkJobResponse",
    "ShowScriptResponse",
    "ShowScriptResponseConfiguration",
    "SystemSubtask",
    "SystemTask",
)
