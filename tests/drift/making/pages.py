"""Pages of the three operations with the facts of the editions, in our own words, to be rendered and changed."""

from __future__ import annotations

from attrs import evolve

from jobexport.drift.facts import DataType, Limits
from tests.drift.making.rendering import BOOLEAN, LONG, STRING, Field, Page

STRINGS = DataType("array", items=STRING)
LIST = DataType("array")

PROJECT = Field("project_id", prose="The project.")

_FLINK_BODY = (
    Field("obs_dir", prose="The folder for the zips."),
    Field("is_selected", BOOLEAN, prose="Whether some jobs are chosen."),
    Field("job_selected", DataType("array", items=LONG), "conditional", condition="is_selected is set to true"),
)
FLINK_OTC_2024 = Page(
    title="Exporting Jobs of Flink",
    document_id="dli_02_0254",
    path="/v1.0/{project_id}/streaming/jobs/export",
    path_fields=(PROJECT,),
    body=_FLINK_BODY,
    response=(
        Field("is_success", BOOLEAN, "no"),
        Field("message", STRING, "no"),
        Field("zip_file", STRINGS, "no"),
    ),
    statuses=((200, "It worked."), (400, "It did not.")),
    request={"obs_dir": "obs-test", "is_selected": True, "job_selected": [100]},
    response_body={
        "is_success": True,
        "message": "The job is exported successfully.",
        "zip_file": ["obs-test/aggregate_1582677879475.zip"],
    },
)
FLINK_OTC_2026 = evolve(
    FLINK_OTC_2024,
    response=(
        Field("is_success", STRING, "no"),
        Field("message", STRING, "no"),
        Field("zip_file", STRINGS, "no"),
    ),
    response_body=FLINK_OTC_2024.response_body | {"message": "The job is successfully exported."},
)
FLINK_CN_2020 = evolve(
    FLINK_OTC_2024,
    language="zh",
    title="导出Flink的作业",
    path_fields=(evolve(PROJECT, type=None, prose="项目。"),),
    body=(
        evolve(_FLINK_BODY[0], prose="存放压缩包的目录。"),
        evolve(_FLINK_BODY[1], prose="是否选择作业。"),
        evolve(_FLINK_BODY[2], condition="is_selected为true"),
    ),
    response=(
        Field("is_success", BOOLEAN, "no"),
        Field("message", STRING, "no"),
        Field("zip_files", STRINGS, "no"),
    ),
    statuses=((200, "成功。"), (400, "失败。")),
    errors=(("DLI.29001", "Failed for parse obs path"),),
    response_body={
        "is_success": True,
        "message": "导出作业成功",
        "zip_files": ["obs-test/aggregate_1582677879475.zip"],
    },
)
JOB_OTC = Page(
    title="Exporting One Job",
    document_id="dataartsstudio_02_0088",
    path="/v1/{project_id}/jobs/{job_name}/export",
    path_fields=(PROJECT, Field("job_name", prose="The job.")),
    headers=(Field("workspace", STRING, "no", prose="The workspace."),),
    media_type="application/octet-stream",
    file_name="DLF_{job_name}.zip",
    tree=(
        ("jobs", ("{job_name}.job",)),
        ("scripts", ("{script_name}.script",)),
        ("resources", ("{resource_name}.resource",)),
    ),
    statuses=((200, "It worked."), (400, "It did not.")),
    failure=(400, "DLF.0100", "The job does not exists."),
)
JOB_CN_2020 = evolve(
    JOB_OTC,
    language="zh",
    title="导出一个作业",
    document_id="dgc_02_0088",
    path="/v1/{project_id}/jobs/{name}/export",
    path_fields=(evolve(PROJECT, prose="项目。"), Field("name", prose="作业。")),
    headers=(Field("workspace", STRING, "no", prose="工作空间。"),),
    body=(Field("exportDepend", BOOLEAN, "no", prose="是否包括依赖。", default=True),),
    request={"exportDepend": True},
    statuses=(),
)
JOB_INTL = evolve(
    JOB_OTC,
    document_id="",
    headers=(Field("workspace", STRING, "conditional", condition="there are several instances"),),
    body=(
        Field("exportDepend", BOOLEAN, "no", default=True),
        Field("obsPath", STRING, "no", prose="Where to write."),
        Field("exportStatus", STRING, "no", default="DEVELOP", limits=Limits(values=("DEVELOP", "SUBMIT"))),
    ),
    request={"exportDepend": True},
    failure=(400, "DLF.0100", "The job does not exist."),
)
BATCH_OTC = Page(
    title="Exporting Many Jobs",
    document_id="dataartsstudio_02_0089",
    path="/v1/{project_id}/jobs/batch-export",
    path_fields=(PROJECT,),
    headers=(Field("workspace", STRING, "no", prose="The workspace."),),
    body=(
        Field("jobList", LIST, "yes", limits=Limits(max_items=100)),
        Field("exportDepend", BOOLEAN, "no", default=True),
    ),
    media_type="application/octet-stream",
    file_name="jobs.zip",
    request={"jobList": ["job_batch", "job_stream"], "exportDepend": True},
    failure=(400, "DLF.3051", "The request parameter is invalid."),
)
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("otc-2024", "exportFlinkJobs", FLINK_OTC_2024),
    ("otc-2026", "exportFlinkJobs", FLINK_OTC_2026),
    ("huaweicloud-cn-2020", "exportFlinkJobs", FLINK_CN_2020),
    ("otc-2024", "exportJob", JOB_OTC),
    ("huaweicloud-cn-2020", "exportJob", JOB_CN_2020),
    ("huaweicloud-intl-2026", "exportJob", JOB_INTL),
    ("otc-2026", "batchExportJobs", BATCH_OTC),
)
"""The pages, each with its edition and operation."""
