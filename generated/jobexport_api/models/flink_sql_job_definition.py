from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_resource_config import FlinkResourceConfig
    from ..models.flink_tag import FlinkTag


T = TypeVar("T", bound="FlinkSqlJobDefinition")


@_attrs_define
class FlinkSqlJobDefinition:
    """The body that makes a SQL job. A candidate for what a zip of exportFlinkJobs holds, which is documented nowhere:
    hold no server to it, and read it leniently.

    """

    name: str
    """ Name of a Flink job, unique in its project. """
    desc: str | Unset = UNSET
    """ What the job is for. """
    job_type: str | Unset = UNSET
    """ Kind of the job. """
    template_id: int | Unset = UNSET
    """ Template whose SQL is taken if `sql_body` is missing. """
    sql_body: str | Unset = UNSET
    """ SQL of the stream. """
    run_mode: str | Unset = UNSET
    """ Cluster of the job, one that others share, its own, or an edge node. """
    queue_name: str | Unset = UNSET
    """ Queue on which the job runs. """
    manager_cu_number: int | Unset = UNSET
    """ Compute units of the job manager. """
    cu_number: int | Unset = UNSET
    """ Compute units of the job. """
    parallel_number: int | Unset = UNSET
    """ Parallel tasks of the job. """
    tm_cus: int | Unset = UNSET
    """ Compute units of a task manager. """
    tm_slot_num: int | Unset = UNSET
    """ Slots of a task manager. """
    checkpoint_enabled: bool | Unset = UNSET
    """ Whether snapshots are made. """
    checkpoint_mode: int | str | Unset = UNSET
    """ Whether a record counts exactly once (1) or at least once (2). Some examples have the words. """
    checkpoint_interval: int | Unset = UNSET
    """ Seconds between snapshots. """
    obs_bucket: str | Unset = UNSET
    """ Bucket of snapshots and logs. """
    log_enabled: bool | Unset = UNSET
    """ Whether logs are kept in OBS. """
    smn_topic: str | Unset = UNSET
    """ Topic that is notified when the job fails. """
    restart_when_exception: bool | Unset = UNSET
    """ Whether the job starts anew on failure. """
    resume_checkpoint: bool | Unset = UNSET
    """ Whether a new start goes on from the last snapshot. """
    resume_max_num: int | Unset = UNSET
    """ Most new starts an hour, -1 without limit. """
    idle_state_retention: int | Unset = UNSET
    """ Seconds after which an idle state is dropped. """
    dirty_data_strategy: str | Unset = UNSET
    """ What happens to bad records, `0` for ignore, `1` for fail, `2:<OBS folder>` for save. """
    udf_jar_url: str | Unset = UNSET
    """ Jar with user-defined functions. It is named and not contained. """
    edge_group_ids: list[str] | None | Unset = UNSET
    """ Ids of edge computing groups. """
    tags: list[FlinkTag] | Unset = UNSET
    """ Tags of the job. """
    runtime_config: str | Unset = UNSET
    """ Further settings of Flink. """
    flink_version: str | Unset = UNSET
    """ Version of Flink. """
    execution_agency_urn: str | Unset = UNSET
    """ Agency through which DLI acts. """
    resource_config_version: str | Unset = UNSET
    """ Which settings count, those above (`v1`) or `resource_config` (`v2`). """
    resource_config: FlinkResourceConfig | Unset = UNSET
    """ Resources of a job, counted by slots and memory instead of compute units. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        desc = self.desc

        job_type = self.job_type

        template_id = self.template_id

        sql_body = self.sql_body

        run_mode = self.run_mode

        queue_name = self.queue_name

        manager_cu_number = self.manager_cu_number

        cu_number = self.cu_number

        parallel_number = self.parallel_number

        tm_cus = self.tm_cus

        tm_slot_num = self.tm_slot_num

        checkpoint_enabled = self.checkpoint_enabled

        checkpoint_mode: int | str | Unset
        if isinstance(self.checkpoint_mode, Unset):
            checkpoint_mode = UNSET
        else:
            checkpoint_mode = self.checkpoint_mode

        checkpoint_interval = self.checkpoint_interval

        obs_bucket = self.obs_bucket

        log_enabled = self.log_enabled

        smn_topic = self.smn_topic

        restart_when_exception = self.restart_when_exception

        resume_checkpoint = self.resume_checkpoint

        resume_max_num = self.resume_max_num

        idle_state_retention = self.idle_state_retention

        dirty_data_strategy = self.dirty_data_strategy

        udf_jar_url = self.udf_jar_url

        edge_group_ids: list[str] | None | Unset
        if isinstance(self.edge_group_ids, Unset):
            edge_group_ids = UNSET
        elif isinstance(self.edge_group_ids, list):
            edge_group_ids = self.edge_group_ids

        else:
            edge_group_ids = self.edge_group_ids

        tags: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = []
            for tags_item_data in self.tags:
                tags_item = tags_item_data.to_dict()
                tags.append(tags_item)

        runtime_config = self.runtime_config

        flink_version = self.flink_version

        execution_agency_urn = self.execution_agency_urn

        resource_config_version = self.resource_config_version

        resource_config: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resource_config, Unset):
            resource_config = self.resource_config.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
            }
        )
        if desc is not UNSET:
            field_dict["desc"] = desc
        if job_type is not UNSET:
            field_dict["job_type"] = job_type
        if template_id is not UNSET:
            field_dict["template_id"] = template_id
        if sql_body is not UNSET:
            field_dict["sql_body"] = sql_body
        if run_mode is not UNSET:
            field_dict["run_mode"] = run_mode
        if queue_name is not UNSET:
            field_dict["queue_name"] = queue_name
        if manager_cu_number is not UNSET:
            field_dict["manager_cu_number"] = manager_cu_number
        if cu_number is not UNSET:
            field_dict["cu_number"] = cu_number
        if parallel_number is not UNSET:
            field_dict["parallel_number"] = parallel_number
        if tm_cus is not UNSET:
            field_dict["tm_cus"] = tm_cus
        if tm_slot_num is not UNSET:
            field_dict["tm_slot_num"] = tm_slot_num
        if checkpoint_enabled is not UNSET:
            field_dict["checkpoint_enabled"] = checkpoint_enabled
        if checkpoint_mode is not UNSET:
            field_dict["checkpoint_mode"] = checkpoint_mode
        if checkpoint_interval is not UNSET:
            field_dict["checkpoint_interval"] = checkpoint_interval
        if obs_bucket is not UNSET:
            field_dict["obs_bucket"] = obs_bucket
        if log_enabled is not UNSET:
            field_dict["log_enabled"] = log_enabled
        if smn_topic is not UNSET:
            field_dict["smn_topic"] = smn_topic
        if restart_when_exception is not UNSET:
            field_dict["restart_when_exception"] = restart_when_exception
        if resume_checkpoint is not UNSET:
            field_dict["resume_checkpoint"] = resume_checkpoint
        if resume_max_num is not UNSET:
            field_dict["resume_max_num"] = resume_max_num
        if idle_state_retention is not UNSET:
            field_dict["idle_state_retention"] = idle_state_retention
        if dirty_data_strategy is not UNSET:
            field_dict["dirty_data_strategy"] = dirty_data_strategy
        if udf_jar_url is not UNSET:
            field_dict["udf_jar_url"] = udf_jar_url
        if edge_group_ids is not UNSET:
            field_dict["edge_group_ids"] = edge_group_ids
        if tags is not UNSET:
            field_dict["tags"] = tags
        if runtime_config is not UNSET:
            field_dict["runtime_config"] = runtime_config
        if flink_version is not UNSET:
            field_dict["flink_version"] = flink_version
        if execution_agency_urn is not UNSET:
            field_dict["execution_agency_urn"] = execution_agency_urn
        if resource_config_version is not UNSET:
            field_dict["resource_config_version"] = resource_config_version
        if resource_config is not UNSET:
            field_dict["resource_config"] = resource_config

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_resource_config import FlinkResourceConfig  # noqa: PLC0415
        from ..models.flink_tag import FlinkTag  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        desc = d.pop("desc", UNSET)

        job_type = d.pop("job_type", UNSET)

        template_id = d.pop("template_id", UNSET)

        sql_body = d.pop("sql_body", UNSET)

        run_mode = d.pop("run_mode", UNSET)

        queue_name = d.pop("queue_name", UNSET)

        manager_cu_number = d.pop("manager_cu_number", UNSET)

        cu_number = d.pop("cu_number", UNSET)

        parallel_number = d.pop("parallel_number", UNSET)

        tm_cus = d.pop("tm_cus", UNSET)

        tm_slot_num = d.pop("tm_slot_num", UNSET)

        checkpoint_enabled = d.pop("checkpoint_enabled", UNSET)

        def _parse_checkpoint_mode(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        checkpoint_mode = _parse_checkpoint_mode(d.pop("checkpoint_mode", UNSET))

        checkpoint_interval = d.pop("checkpoint_interval", UNSET)

        obs_bucket = d.pop("obs_bucket", UNSET)

        log_enabled = d.pop("log_enabled", UNSET)

        smn_topic = d.pop("smn_topic", UNSET)

        restart_when_exception = d.pop("restart_when_exception", UNSET)

        resume_checkpoint = d.pop("resume_checkpoint", UNSET)

        resume_max_num = d.pop("resume_max_num", UNSET)

        idle_state_retention = d.pop("idle_state_retention", UNSET)

        dirty_data_strategy = d.pop("dirty_data_strategy", UNSET)

        udf_jar_url = d.pop("udf_jar_url", UNSET)

        def _parse_edge_group_ids(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_flink_edge_group_ids_type_0 = cast(list[str], data)

                return componentsschemas_flink_edge_group_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        edge_group_ids = _parse_edge_group_ids(d.pop("edge_group_ids", UNSET))

        _tags = d.pop("tags", UNSET)
        tags: list[FlinkTag] | Unset = UNSET
        if _tags is not UNSET:
            tags = []
            for tags_item_data in _tags:
                tags_item = FlinkTag.from_dict(tags_item_data)

                tags.append(tags_item)

        runtime_config = d.pop("runtime_config", UNSET)

        flink_version = d.pop("flink_version", UNSET)

        execution_agency_urn = d.pop("execution_agency_urn", UNSET)

        resource_config_version = d.pop("resource_config_version", UNSET)

        _resource_config = d.pop("resource_config", UNSET)
        resource_config: FlinkResourceConfig | Unset
        if isinstance(_resource_config, Unset):
            resource_config = UNSET
        else:
            resource_config = FlinkResourceConfig.from_dict(_resource_config)

        flink_sql_job_definition = cls(
            name=name,
            desc=desc,
            job_type=job_type,
            template_id=template_id,
            sql_body=sql_body,
            run_mode=run_mode,
            queue_name=queue_name,
            manager_cu_number=manager_cu_number,
            cu_number=cu_number,
            parallel_number=parallel_number,
            tm_cus=tm_cus,
            tm_slot_num=tm_slot_num,
            checkpoint_enabled=checkpoint_enabled,
            checkpoint_mode=checkpoint_mode,
            checkpoint_interval=checkpoint_interval,
            obs_bucket=obs_bucket,
            log_enabled=log_enabled,
            smn_topic=smn_topic,
            restart_when_exception=restart_when_exception,
            resume_checkpoint=resume_checkpoint,
            resume_max_num=resume_max_num,
            idle_state_retention=idle_state_retention,
            dirty_data_strategy=dirty_data_strategy,
            udf_jar_url=udf_jar_url,
            edge_group_ids=edge_group_ids,
            tags=tags,
            runtime_config=runtime_config,
            flink_version=flink_version,
            execution_agency_urn=execution_agency_urn,
            resource_config_version=resource_config_version,
            resource_config=resource_config,
        )

        flink_sql_job_definition.additional_properties = d
        return flink_sql_job_definition

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
