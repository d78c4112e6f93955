from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.flink_job_config import FlinkJobConfig


T = TypeVar("T", bound="FlinkJob")


@_attrs_define
class FlinkJob:
    """A Flink job in a list. `x-shown-when` marks fields that depend on `show_detail`; pages disagree about some, so a
    reader must not rely on it.

    """

    job_id: int | Unset = UNSET
    """ Id of a Flink job, a signed 64-bit integer. """
    name: str | Unset = UNSET
    """ Name of a Flink job, unique in its project. """
    desc: str | Unset = UNSET
    """ What the job is for. """
    job_type: str | Unset = UNSET
    """ Kind of a Flink job. A server may have others. """
    status: str | Unset = UNSET
    """ State of a Flink job. `job_init` is a draft. At rest are job_init, job_submit_fail, job_running_exception,
    job_cancel_success, job_finish and job_arrearage_stopped; a job in any other state changes by itself or by a
    command. A server may have others. """
    status_desc: str | Unset = UNSET
    """ The state in words, such as the reason of a failure. """
    create_time: int | Unset = UNSET
    """ Milliseconds since 1970. """
    start_time: int | None | Unset = UNSET
    """ Start of the job in milliseconds since 1970. 0, or null, if it never ran. """
    user_name: str | Unset = UNSET
    """ Name of the user who made the job. """
    username: str | Unset = UNSET
    """ Name of the user who made the job; the name of the field in one page's table only. """
    duration: int | Unset = UNSET
    """ Milliseconds for which the job has run. """
    root_id: int | Unset = UNSET
    """ Id of the job's parent, or -1 if it has no parent. """
    graph_editor_enabled: bool | Unset = UNSET
    """ Whether the graph of the stream can be edited. """
    has_savepoint: bool | Unset = UNSET
    """ Whether the job has a savepoint. """
    user_id: str | Unset = UNSET
    """ Id of the user who made the job. """
    project_id: str | Unset = UNSET
    """ Project that owns the job. """
    sql_body: str | Unset = UNSET
    """ SQL of the stream. """
    run_mode: str | Unset = UNSET
    """ Cluster of the job, one that others share, its own, or an edge node. """
    job_config: FlinkJobConfig | list[FlinkJobConfig] | Unset = UNSET
    """ Settings of the job. One page's table types it as an array; on its details page it is an object. """
    main_class: None | str | Unset = UNSET
    """ Main class of the jar. """
    entrypoint_args: None | str | Unset = UNSET
    """ Arguments of the jar, separated by spaces. """
    args: None | str | Unset = UNSET
    """ Arguments of the jar, separated by spaces; the name of the field in one page's table only. """
    execution_graph: None | str | Unset = UNSET
    """ Plan by which the job is run. """
    update_time: int | Unset = UNSET
    """ Milliseconds since 1970. """
    queue_name: str | Unset = UNSET
    """ Queue on which the job runs. """
    edge_group_ids: list[str] | None | Unset = UNSET
    """ Ids of edge computing groups. """
    restart_times: int | Unset = UNSET
    """ How often the job was started anew. """
    savepoint_path: str | Unset = UNSET
    """ Folder of savepoints that a user made. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.flink_job_config import FlinkJobConfig  # noqa: PLC0415

        job_id = self.job_id

        name = self.name

        desc = self.desc

        job_type = self.job_type

        status = self.status

        status_desc = self.status_desc

        create_time = self.create_time

        start_time: int | None | Unset
        if isinstance(self.start_time, Unset):
            start_time = UNSET
        else:
            start_time = self.start_time

        user_name = self.user_name

        username = self.username

        duration = self.duration

        root_id = self.root_id

        graph_editor_enabled = self.graph_editor_enabled

        has_savepoint = self.has_savepoint

        user_id = self.user_id

        project_id = self.project_id

        sql_body = self.sql_body

        run_mode = self.run_mode

        job_config: dict[str, Any] | list[dict[str, Any]] | Unset
        if isinstance(self.job_config, Unset):
            job_config = UNSET
        elif isinstance(self.job_config, FlinkJobConfig):
            job_config = self.job_config.to_dict()
        else:
            job_config = []
            for job_config_type_1_item_data in self.job_config:
                job_config_type_1_item = job_config_type_1_item_data.to_dict()
                job_config.append(job_config_type_1_item)

        main_class: None | str | Unset
        if isinstance(self.main_class, Unset):
            main_class = UNSET
        else:
            main_class = self.main_class

        entrypoint_args: None | str | Unset
        if isinstance(self.entrypoint_args, Unset):
            entrypoint_args = UNSET
        else:
            entrypoint_args = self.entrypoint_args

        args: None | str | Unset
        if isinstance(self.args, Unset):
            args = UNSET
        else:
            args = self.args

        execution_graph: None | str | Unset
        if isinstance(self.execution_graph, Unset):
            execution_graph = UNSET
        else:
            execution_graph = self.execution_graph

        update_time = self.update_time

        queue_name = self.queue_name

        edge_group_ids: list[str] | None | Unset
        if isinstance(self.edge_group_ids, Unset):
            edge_group_ids = UNSET
        elif isinstance(self.edge_group_ids, list):
            edge_group_ids = self.edge_group_ids

        else:
            edge_group_ids = self.edge_group_ids

        restart_times = self.restart_times

        savepoint_path = self.savepoint_path

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if job_id is not UNSET:
            field_dict["job_id"] = job_id
        if name is not UNSET:
            field_dict["name"] = name
        if desc is not UNSET:
            field_dict["desc"] = desc
        if job_type is not UNSET:
            field_dict["job_type"] = job_type
        if status is not UNSET:
            field_dict["status"] = status
        if status_desc is not UNSET:
            field_dict["status_desc"] = status_desc
        if create_time is not UNSET:
            field_dict["create_time"] = create_time
        if start_time is not UNSET:
            field_dict["start_time"] = start_time
        if user_name is not UNSET:
            field_dict["user_name"] = user_name
        if username is not UNSET:
            field_dict["username"] = username
        if duration is not UNSET:
            field_dict["duration"] = duration
        if root_id is not UNSET:
            field_dict["root_id"] = root_id
        if graph_editor_enabled is not UNSET:
            field_dict["graph_editor_enabled"] = graph_editor_enabled
        if has_savepoint is not UNSET:
            field_dict["has_savepoint"] = has_savepoint
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if sql_body is not UNSET:
            field_dict["sql_body"] = sql_body
        if run_mode is not UNSET:
            field_dict["run_mode"] = run_mode
        if job_config is not UNSET:
            field_dict["job_config"] = job_config
        if main_class is not UNSET:
            field_dict["main_class"] = main_class
        if entrypoint_args is not UNSET:
            field_dict["entrypoint_args"] = entrypoint_args
        if args is not UNSET:
            field_dict["args"] = args
        if execution_graph is not UNSET:
            field_dict["execution_graph"] = execution_graph
        if update_time is not UNSET:
            field_dict["update_time"] = update_time
        if queue_name is not UNSET:
            field_dict["queue_name"] = queue_name
        if edge_group_ids is not UNSET:
            field_dict["edge_group_ids"] = edge_group_ids
        if restart_times is not UNSET:
            field_dict["restart_times"] = restart_times
        if savepoint_path is not UNSET:
            field_dict["savepoint_path"] = savepoint_path

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flink_job_config import FlinkJobConfig  # noqa: PLC0415

        d = dict(src_dict)
        job_id = d.pop("job_id", UNSET)

        name = d.pop("name", UNSET)

        desc = d.pop("desc", UNSET)

        job_type = d.pop("job_type", UNSET)

        status = d.pop("status", UNSET)

        status_desc = d.pop("status_desc", UNSET)

        create_time = d.pop("create_time", UNSET)

        def _parse_start_time(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        start_time = _parse_start_time(d.pop("start_time", UNSET))

        user_name = d.pop("user_name", UNSET)

        username = d.pop("username", UNSET)

        duration = d.pop("duration", UNSET)

        root_id = d.pop("root_id", UNSET)

        graph_editor_enabled = d.pop("graph_editor_enabled", UNSET)

        has_savepoint = d.pop("has_savepoint", UNSET)

        user_id = d.pop("user_id", UNSET)

        project_id = d.pop("project_id", UNSET)

        sql_body = d.pop("sql_body", UNSET)

        run_mode = d.pop("run_mode", UNSET)

        def _parse_job_config(data: object) -> FlinkJobConfig | list[FlinkJobConfig] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                job_config_type_0 = FlinkJobConfig.from_dict(data)

                return job_config_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            job_config_type_1 = []
            _job_config_type_1 = data
            for job_config_type_1_item_data in _job_config_type_1:
                job_config_type_1_item = FlinkJobConfig.from_dict(job_config_type_1_item_data)

                job_config_type_1.append(job_config_type_1_item)

            return job_config_type_1

        job_config = _parse_job_config(d.pop("job_config", UNSET))

        def _parse_main_class(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        main_class = _parse_main_class(d.pop("main_class", UNSET))

        def _parse_entrypoint_args(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        entrypoint_args = _parse_entrypoint_args(d.pop("entrypoint_args", UNSET))

        def _parse_args(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        args = _parse_args(d.pop("args", UNSET))

        def _parse_execution_graph(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        execution_graph = _parse_execution_graph(d.pop("execution_graph", UNSET))

        update_time = d.pop("update_time", UNSET)

        queue_name = d.pop("queue_name", UNSET)

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

        restart_times = d.pop("restart_times", UNSET)

        savepoint_path = d.pop("savepoint_path", UNSET)

        flink_job = cls(
            job_id=job_id,
            name=name,
            desc=desc,
            job_type=job_type,
            status=status,
            status_desc=status_desc,
            create_time=create_time,
            start_time=start_time,
            user_name=user_name,
            username=username,
            duration=duration,
            root_id=root_id,
            graph_editor_enabled=graph_editor_enabled,
            has_savepoint=has_savepoint,
            user_id=user_id,
            project_id=project_id,
            sql_body=sql_body,
            run_mode=run_mode,
            job_config=job_config,
            main_class=main_class,
            entrypoint_args=entrypoint_args,
            args=args,
            execution_graph=execution_graph,
            update_time=update_time,
            queue_name=queue_name,
            edge_group_ids=edge_group_ids,
            restart_times=restart_times,
            savepoint_path=savepoint_path,
        )

        flink_job.additional_properties = d
        return flink_job

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
