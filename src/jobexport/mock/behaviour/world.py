"""The state of a server as it is now, and the steps that are still to come; all behaviours share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from jobexport.mock.requests.request import Refused, violation
from jobexport.mock.state.state import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import ProjectState, WorkspaceState
    from jobexport.mock.storage.storage import Storage

    Place = tuple[str, str]
    """The ids of project and workspace."""


@frozen
class Step:
    """A change of a workspace that happens at a time of its own, such as one job of an import."""

    due: int
    """Milliseconds since 1970."""
    place: Place
    change: Callable[[WorkspaceState, int], WorkspaceState] = field(repr=False)
    """A function of the workspace and the time of the change."""
    then: Callable[[State, State], State] | None = field(default=None, repr=False)
    """A function of the states before and after the change that returns the state to leave, as a fault has it."""


@define(eq=False)
class World:
    """The state of a server and what changes it. Only the event loop of the server may use it."""

    state: State
    clock: Callable[[], int] = field(repr=False)
    storage: Storage
    task_seconds: float = 0.0
    """How long a task runs."""
    records: bool = False
    """True if the `offset` of DGC's lists counts records, False if it counts pages."""
    steps: list[Step] = field(init=False, factory=list, repr=False)
    """The steps that are still to come, sorted by time."""

    def replace(self, state: State) -> None:
        """Replace the whole state, and forget the steps to come."""
        self.state = state
        self.steps.clear()

    def plan(self, *steps: Step) -> None:
        """Carry out each step as soon as it is due."""
        self.steps = sorted([*self.steps, *steps], key=lambda step: step.due)
        self.settle()

    def settle(self) -> None:
        """Carry out the steps that are due, in the order of their times."""
        now = self.clock()
        while self.steps and self.steps[0].due <= now:
            step = self.steps.pop(0)
            workspace = self._find(step.place)
            if workspace is not None:
                before, after = self.state, self.state.with_workspace(step.place, step.change(workspace, step.due))
                self.state = after if step.then is None else step.then(before, after)

    def _find(self, place: Place) -> WorkspaceState | None:
        project = self.state.projects.get(place[0])
        return None if project is None else project.workspaces.get(place[1])

    def project(self, request: Request) -> ProjectState:
        """Return the project of a request.

        Raises:
            Refused: the state lacks it.
        """
        project = self.state.projects.get(request.path["project_id"])
        if project is None:
            raise Refused("no-permission")
        return project

    def place(self, operation: Operation, request: Request) -> Place:
        """Return the ids of a request's project and workspace.

        Raises:
            Refused: the state lacks one of them.
        """
        workspaces = self.project(request).workspaces
        project_id, workspace = request.path["project_id"], request.headers.get("workspace")
        # The pages do not say what an empty header means; here it counts as a missing header.
        if not workspace:
            if DEFAULT_WORKSPACE not in workspaces:
                reason = violation(operation, "header", "/workspace", "required, as there is no default workspace")
                raise Refused("invalid-request", violation=reason)
            return project_id, DEFAULT_WORKSPACE
        # `default` is the name of a folder, not the id of a workspace.
        if workspace == DEFAULT_WORKSPACE or workspace not in workspaces:
            raise Refused("no-permission")
        return project_id, workspace

    def workspace(self, place: Place) -> WorkspaceState:
        """Return the workspace of a place that exists."""
        return self.state.projects[place[0]].workspaces[place[1]]

    def change(self, place: Place, workspace: WorkspaceState) -> None:
        """Replace the content of a workspace."""
        self.state = self.state.with_workspace(place, workspace)
