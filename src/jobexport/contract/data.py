"""Names that exist on the server under test: without them no generated request ever succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Data:
    """What requests may name with success."""

    project: str
    jobs: tuple[str, ...]
    """Names of DGC jobs in the default workspace."""
    flink_jobs: tuple[int, ...]
    workspaces: tuple[str, ...] = ()
    """Workspaces that have these jobs too; empty: only the default one is asked."""
    obs_dirs: tuple[str, ...] = ("obs-test",)
    obs_paths: tuple[str, ...] = ("obs://test_bucket/job_nodes/",)
    token: str | None = field(default=None, repr=False)
    workspace_jobs: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Names of DGC jobs by workspace, where they are known."""
    submitted: tuple[str, ...] = ()
    """Jobs of the default workspace whose submitted version is another than the one being developed."""
    resources: tuple[str, ...] = ()
    """Names and locations of the resources that nodes may use."""
    flink_names: Mapping[int, str] = field(factory=dict)
    """Names of Flink jobs by id, where they are known."""
    complete: bool = False
    """Whether the server holds nothing beside this: then what is not named here must be refused as unknown."""

    @classmethod
    def of_examples(cls, document: Mapping[str, Any], token: str | None = None) -> Data:
        """Take the names that the documentation's own examples use."""
        components = document["components"]
        return cls(
            project=components["parameters"]["ProjectId"]["example"],
            jobs=(
                *components["schemas"]["JobName"]["examples"],
                *components["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["examples"][0],
            ),
            flink_jobs=tuple(components["schemas"]["FlinkJobId"]["examples"]),
            token=token,
        )

    def bindings(self) -> dict[str, tuple[tuple[str | int, ...], float]]:
        """Give, for each parameter as schemathesis names it, the values and the share of requests that use one.

        The rest keeps what schemathesis makes up, so that unknown names are tried as well.
        """
        return {
            "path.project_id": ((self.project,), 0.98),
            "path.job_name": (self.jobs, 0.8),
            "header.workspace": (self.workspaces, 0.9),
            "body.jobList[*]": (self.jobs, 0.95),
            "body.job_selected[*]": (self.flink_jobs, 0.95),
            "body.obs_dir": (self.obs_dirs, 0.8),
            "body.obsPath": (self.obs_paths, 0.8),
        }
