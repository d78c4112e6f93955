"""The tools of scenarios: functions that change a server, and the form of a broken claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from jobexport.contract.sandbox import Sandbox


@frozen
class BrokenClaim:
    """A claim of the documentation that the server broke in a scenario."""

    check: str
    """Id of the scenario or the check."""
    rests_on: tuple[str, ...]
    pointer: str
    message: str
    expected: str
    """The duty of the server, in one sentence."""
    case: str
    """Id of the exchange in the journal."""
    operation: str = ""
    """operationId of the request that broke the claim, if it is another than the scenario's."""
    about: str = ""
    """The subject, if it is another than the rule's."""


@frozen
class Tools:
    """Functions that change and read the state of a server; only the project's own mock offers them."""

    change: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and description. In its context the job of the default workspace has this description; an
    unknown job is a copy of another job."""
    change_flink: Callable[[int, str], AbstractContextManager[None]] | None = None
    """Function of id and description. In its context the Flink job has this description."""
    change_script: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and content. In its context the script of the default workspace has this content; a missing
    script is there as a copy of another."""
    fetch: Callable[[str], bytes | None] | None = None
    """Function of the name `<bucket>/<folder>/…`. Returns the object in storage, or None if it is missing."""
    store: Callable[[str, bytes], None] | None = None
    """Function of the name `<bucket>/<folder>/…` and the content of an object, which is in storage then."""
    slow_tasks: Callable[[float], AbstractContextManager[None]] | None = None
    """Function of seconds. In its context each task that begins runs as long."""
    restore: Callable[[], None] | None = None
    """Function that undoes what requests changed on the server since the run began."""
    restore_path: str = ""
    """Path of a POST request with the same effect as `restore`, for schemathesis's process; empty if missing."""
    sandbox: Sandbox | None = None
    """The objects that scenarios may change on a server in use, if the user named a prefix."""
