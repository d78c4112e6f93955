"""Directed requests that schemathesis does not make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import Factory, field, frozen

from jobexport.contract.checks import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.contract.data import Data

ABSENT: Final = object()
"""Stands for no body, as None is JSON's null."""


class TransportProblem(Exception):  # noqa: N818  # what it is called in the field
    """No answer came, or only part of one; the text is one sentence."""


@frozen
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    content: bytes = field(repr=False)


class Sender(Protocol):
    """What sends a scenario's requests."""

    @property
    def signs(self) -> bool:
        """Whether there is an access key to sign with."""

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        body: Any = ABSENT,
        content: bytes | None = None,
        headers: Mapping[str, str] = Factory(dict),
        credentials: str = "right",
    ) -> Answer:
        """Send one request."""


@frozen
class Scenario:
    """A few requests that show one rule of the contract."""

    id: str
    sentence: str
    """What a server must do."""
    rests_on: tuple[str, ...]
    operation: str
    run: Callable[[Sender], None] = field(repr=False)
    negative: bool = False
    """Whether it sends requests that break the document."""


def scenarios(document: Mapping[str, Any], data: Data, change: Any = None) -> list[Scenario]:
    """Give the scenarios that the data makes possible."""
    if not data.jobs or "/v1/{project_id}/jobs/{job_name}/export" not in document["paths"]:
        return []
    path = f"/v1/{data.project}/jobs/{data.jobs[0]}/export"

    def known(sender: Sender) -> None:
        answer = sender.send("exportJob", "POST", path)
        if answer.status != 200:
            raise Violation(f"a job that is there was answered {answer.status}")

    def unknown(sender: Sender) -> None:
        for credentials in ("none", "wrong-token", *(("wrong-key", "altered", "old") if sender.signs else ())):
            answer = sender.send("exportJob", "POST", path, credentials=credentials)
            if answer.status not in (401, 403):
                raise Violation(f"a request with credentials {credentials} was answered {answer.status}", ("COM-003",))

    return [
        Scenario("known_job", "A job that is there is exported.", (), "exportJob", known),
        Scenario("credentials_wanted", "Who is not known is not let in.", ("COM-003",), "exportJob", unknown, True),
    ]
