from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_resource_config import FlinkResourceConfig


T = TypeVar("T", bound="FlinkJobConfig")


@_attrs_define
class FlinkJobConfig:
    """Settings of a Flink job, in a list and in the details."""

    checkpoint_enabled: bool | Unset = UNSET
    """ Whether snapshots are made. """
    checkpoint_mode: str | Unset = UNSET
    """ Whether a record counts exactly once or at least once. Create takes the numbers 1 and 2 instead. """
    checkpoint_interval: int | Unset = UNSET
    """ Seconds between snapshots. """
    checkpoint_path: str | Unset = UNSET
    """ Folder of the snapshots. """
    log_enabled: bool | Unset = UNSET
    """ Whether logs are kept in OBS. """
    obs_bucket: None | str | Unset = UNSET
    """ Bucket of snapshots and logs. """
    smn_topic: None | str | Unset = UNSET
    """ Topic that is notified when the job fails. """
    root_id: int | Unset = UNSET
    """ Id of the parent, or -1. """
    edge_group_ids: list[str] | None | Unset = UNSET
    """ Ids of edge computing groups. """
    graph_editor_enabled: bool | Unset = UNSET
    """ Whether the stream's graph can be edited. """
    graph_editor_data: str | Unset = UNSET
    """ The edited graph. """
    manager_cu_number: int | Unset = UNSET
    """ Compute units of the job manager. """
    cu_number: int | Unset = UNSET
    """ Compute units of the job. """
    parallel_number: int | Unset = UNSET
    """ Parallel tasks of the job. """
    executor_number: int | None | Unset = UNSET
    """ Number of compute nodes. """
    executor_cu_number: int | None | Unset = UNSET
    """ Compute units of a node. """
    real_cu_number: int | Unset = UNSET
    """ Compute units in use; 0 means `cu_number`. """
    tm_cus: int | Unset = UNSET
    """ Compute units of a task manager. """
    tm_slot_num: int | Unset = UNSET
    """ Slots of a task manager. """
    restart_when_exception: bool | Unset = UNSET
    """ Whether the job starts anew after a failure. """
    resume_checkpoint: bool | Unset = UNSET
    """ Whether a new start goes on from the last snapshot. """
    resume_max_num: int | Unset = UNSET
    """ Most new starts an hour, -1 without limit. """
    idle_state_retention: int | Unset = UNSET
    """ Seconds after which an idle state is dropped. """
    dirty_data_strategy: None | str | Unset = UNSET
    """ What happens to bad records, `0` for ignore, `1` for fail, `2:<OBS folder>` for save. The value with a
    folder is why the list is open. """
    config_url: None | str | Unset = UNSET
    """ OBS path of a package of settings. """
    udf_jar_url: None | str | Unset = UNSET
    """ Jar with user-defined functions. """
    entrypoint: str | Unset = UNSET
    """ Jar with the main class. """
    dependency_jars: list[str] | Unset = UNSET
    """ Other jars. """
    dependency_files: list[str] | Unset = UNSET
    """ Other files. """
    execution_agency_urn: str | Unset = UNSET
    """ Agency through which DLI acts. """
    runtime_config: str | Unset = UNSET
    """ Further settings of Flink. """
    operator_config: str | Unset = UNSET
    """ Parallelism of each operator, JSON in a string. """
    static_estimator_config: str | Unset = UNSET
    """ Estimated resources of the graph, JSON in a string. """
    feature: str | Unset = UNSET
    """ Image that runs the job, the vendor's (`basic`) or the user's (`custom`). """
    image: str | Unset = UNSET
    """ The user's image. """
    flink_version: str | Unset = UNSET
    """ Version of the vendor's image. """
    resource_config_version: str | Unset = UNSET
    """ Which settings count, those above (`v1`) or `resource_config` (`v2`). """
    resource_config: FlinkResourceConfig | Unset = UNSET
    """ Resources of a job, counted by slots and memory instead of compute units. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        checkpoint_enabled = self.checkpoint_enabled

        checkpoint_mode = self.checkpoint_mode

        checkpoint_interval = self.checkpoint_interval

        checkpoint_path = self.checkpoint_path

        log_enabled = self.log_enabled

        obs_bucket: None | str | Unset
        if isinstance(self.obs_bucket, Unset):
            obs_bucket = UNSET
        else:
            obs_bucket = self.obs_bucket

        smn_topic: None | str | Unset
        if isinstance(self.smn_topic, Unset):
            smn_topic = UNSET
        else:
            smn_topic = self.smn_topic

        root_id = self.root_id

        edge_group_ids: list[str] | None | Unset
        if isinstance(self.edge_group_ids, Unset):
            edge_group_ids = UNSET
        elif isinstance(self.edge_group_ids, list):
            edge_group_ids = self.edge_group_ids

        else:
            edge_group_ids = self.edge_group_ids

        graph_editor_enabled = self.graph_editor_enabled

        graph_editor_data = self.graph_editor_data

        manager_cu_number = self.manager_cu_number

        cu_number = self.cu_number

        parallel_number = self.parallel_number

        executor_number: int | None | Unset
        if isinstance(self.executor_number, Unset):
            executor_number = UNSET
        else:
            executor_number = self.executor_number

        executor_cu_number: int | None | Unset
        if isinstance(self.executor_cu_number, Unset):
            executor_cu_number = UNSET
        else:
            executor_cu_number = self.executor_cu_number

        real_cu_number = self.real_cu_number

        tm_cus = self.tm_cus

        tm_slot_num = self.tm_slot_num

        restart_when_exception = self.restart_when_exception

        resume_checkpoint = self.resume_checkpoint

        resume_max_num = self.resume_max_num

        idle_state_retention = self.idle_state_retention

        dirty_data_strategy: None | str | Unset
        if isinstance(self.dirty_data_strategy, Unset):
            dirty_data_strategy = UNSET
        else:
            dirty_data_strategy = self.dirty_data_strategy

        config_url: None | str | Unset
        if isinstance(self.config_url, Unset):
            config_url = UNSET
        else:
            config_url = self.config_url

        udf_jar_url: None | str | Unset
        if isinstance(self.udf_jar_url, Unset):
            udf_jar_url = UNSET
        else:
            udf_jar_url = self.udf_jar_url

        entrypoint = self.entrypoint

        dependency_jars: list[str] | Unset = UNSET
        if not isinstance(self.dependency_jars, Unset):
            dependency_jars = self.dependency_jars

        dependency_files: list[str] | Unset = UNSET
        if not isinstance(self.dependency_files, Unset):
            dependency_files = self.dependency_files

        execution_agency_urn = self.execution_agency_urn

        runtime_config = self.runtime_config

        operator_config = self.operator_config

        static_estimator_config = self.static_estimator_config

        feature = self.feature

        image = self.image

        flink_version = self.flink_version

        resource_config_version = self.resource_config_version

        resource_config: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resource_config, Unset):
            resource_config = self.resource_config.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if checkpoint_enabled is not UNSET:
            field_dict["checkpoint_enabled"] = checkpoint_enabled
        if checkpoint_mode is not UNSET:
            field_dict["checkpoint_mode"] = checkpoint_mode
        if checkpoint_interval is not UNSET:
            field_dict["checkpoint_interval"] = checkpoint_interval
        if checkpoint_path is not UNSET:
            field_dict["checkpoint_path"] = checkpoint_path
        if log_enabled is not UNSET:
            field_dict["log_enabled"] = log_enabled
        if obs_bucket is not UNSET:
            field_dict["obs_bucket"] = obs_bucket
        if smn_topic is not UNSET:
            field_dict["smn_topic"] = smn_topic
        if root_id is not UNSET:
            field_dict["root_id"] = root_id
        if edge_group_ids is not UNSET:
            field_dict["edge_group_ids"] = edge_group_ids
        if graph_editor_enabled is not UNSET:
            field_dict["graph_editor_enabled"] = graph_editor_enabled
        if graph_editor_data is not UNSET:
            field_dict["graph_editor_data"] = graph_editor_data
        if manager_cu_number is not UNSET:
            field_dict["manager_cu_number"] = manager_cu_number
        if cu_number is not UNSET:
            field_dict["cu_number"] = cu_number
        if parallel_number is not UNSET:
            field_dict["parallel_number"] = parallel_number
        if executor_number is not UNSET:
            field_dict["executor_number"] = executor_number
        if executor_cu_number is not UNSET:
            field_dict["executor_cu_number"] = executor_cu_number
        if real_cu_number is not UNSET:
            field_dict["real_cu_number"] = real_cu_number
        if tm_cus is not UNSET:
            field_dict["tm_cus"] = tm_cus
        if tm_slot_num is not UNSET:
            field_dict["tm_slot_num"] = tm_slot_num
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
        if config_url is not UNSET:
            field_dict["config_url"] = config_url
        if udf_jar_url is not UNSET:
            field_dict["udf_jar_url"] = udf_jar_url
        if entrypoint is not UNSET:
            field_dict["entrypoint"] = entrypoint
        if dependency_jars is not UNSET:
            field_dict["dependency_jars"] = dependency_jars
        if dependency_files is not UNSET:
            field_dict["dependency_files"] = dependency_files
        if execution_agency_urn is not UNSET:
            field_dict["execution_agency_urn"] = execution_agency_urn
        if runtime_config is not UNSET:
            field_dict["runtime_config"] = runtime_config
        if operator_config is not UNSET:
            field_dict["operator_config"] = operator_config
        if static_estimator_config is not UNSET:
            field_dict["static_estimator_config"] = static_estimator_config
        if feature is not UNSET:
            field_dict["feature"] = feature
        if image is not UNSET:
            field_dict["image"] = image
        if flink_version is not UNSET:
            field_dict["flink_version"] = flink_version
        if resource_config_version is not UNSET:
            field_dict["resource_config_version"] = resource_config_version
        if resource_config is not UNSET:
            field_dict["resource_config"] = resource_config

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_resource_config import FlinkResourceConfig  # noqa: PLC0415

        d = dict(src_dict)
        checkpoint_enabled = d.pop("checkpoint_enabled", UNSET)

        checkpoint_mode = d.pop("checkpoint_mode", UNSET)

        checkpoint_interval = d.pop("checkpoint_interval", UNSET)

        checkpoint_path = d.pop("checkpoint_path", UNSET)

        log_enabled = d.pop("log_enabled", UNSET)

        def _parse_obs_bucket(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        obs_bucket = _parse_obs_bucket(d.pop("obs_bucket", UNSET))

        def _parse_smn_topic(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        smn_topic = _parse_smn_topic(d.pop("smn_topic", UNSET))

        root_id = d.pop("root_id", UNSET)

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

        graph_editor_enabled = d.pop("graph_editor_enabled", UNSET)

        graph_editor_data = d.pop("graph_editor_data", UNSET)

        manager_cu_number = d.pop("manager_cu_number", UNSET)

        cu_number = d.pop("cu_number", UNSET)

        parallel_number = d.pop("parallel_number", UNSET)

        def _parse_executor_number(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        executor_number = _parse_executor_number(d.pop("executor_number", UNSET))

        def _parse_executor_cu_number(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        executor_cu_number = _parse_executor_cu_number(d.pop("executor_cu_number", UNSET))

        real_cu_number = d.pop("real_cu_number", UNSET)

        tm_cus = d.pop("tm_cus", UNSET)

        tm_slot_num = d.pop("tm_slot_num", UNSET)

        restart_when_exception = d.pop("restart_when_exception", UNSET)

        resume_checkpoint = d.pop("resume_checkpoint", UNSET)

        resume_max_num = d.pop("resume_max_num", UNSET)

        idle_state_retention = d.pop("idle_state_retention", UNSET)

        def _parse_dirty_data_strategy(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dirty_data_strategy = _parse_dirty_data_strategy(d.pop("dirty_data_strategy", UNSET))

        def _parse_config_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        config_url = _parse_config_url(d.pop("config_url", UNSET))

        def _parse_udf_jar_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        udf_jar_url = _parse_udf_jar_url(d.pop("udf_jar_url", UNSET))

        entrypoint = d.pop("entrypoint", UNSET)

        dependency_jars = cast(list[str], d.pop("dependency_jars", UNSET))

        dependency_files = cast(list[str], d.pop("dependency_files", UNSET))

        execution_agency_urn = d.pop("execution_agency_urn", UNSET)

        runtime_config = d.pop("runtime_config", UNSET)

        operator_config = d.pop("operator_config", UNSET)

        static_estimator_config = d.pop("static_estimator_config", UNSET)

        feature = d.pop("feature", UNSET)

        image = d.pop("image", UNSET)

        flink_version = d.pop("flink_version", UNSET)

        resource_config_version = d.pop("resource_config_version", UNSET)

        _resource_config = d.pop("resource_config", UNSET)
        resource_config: FlinkResourceConfig | Unset
        if isinstance(_resource_config, Unset):
            resource_config = UNSET
        else:
            resource_config = FlinkResourceConfig.from_dict(_resource_config)

        flink_job_config = cls(
            checkpoint_enabled=checkpoint_enabled,
            checkpoint_mode=checkpoint_mode,
            checkpoint_interval=checkpoint_interval,
            checkpoint_path=checkpoint_path,
            log_enabled=log_enabled,
            obs_bucket=obs_bucket,
            smn_topic=smn_topic,
            root_id=root_id,
            edge_group_ids=edge_group_ids,
            graph_editor_enabled=graph_editor_enabled,
            graph_editor_data=graph_editor_data,
            manager_cu_number=manager_cu_number,
            cu_number=cu_number,
            parallel_number=parallel_number,
            executor_number=executor_number,
            executor_cu_number=executor_cu_number,
            real_cu_number=real_cu_number,
            tm_cus=tm_cus,
            tm_slot_num=tm_slot_num,
            restart_when_exception=restart_when_exception,
            resume_checkpoint=resume_checkpoint,
            resume_max_num=resume_max_num,
            idle_state_retention=idle_state_retention,
            dirty_data_strategy=dirty_data_strategy,
            config_url=config_url,
            udf_jar_url=udf_jar_url,
            entrypoint=entrypoint,
            dependency_jars=dependency_jars,
            dependency_files=dependency_files,
            execution_agency_urn=execution_agency_urn,
            runtime_config=runtime_config,
            operator_config=operator_config,
            static_estimator_config=static_estimator_config,
            feature=feature,
            image=image,
            flink_version=flink_version,
            resource_config_version=resource_config_version,
            resource_config=resource_config,
        )

        flink_job_config.additional_properties = d
        return flink_job_config

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
