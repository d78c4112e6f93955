"""The faults that happen to one request, at each step of its way."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import BadZipFile

from attrs import define, evolve, field

from jobexport.mock.faults.registry import FAULTS
from jobexport.mock.requests.outcome import Outcome, whole

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from jobexport.mock.faults.active import ActiveFault
    from jobexport.mock.faults.call import Call
    from jobexport.mock.requests.request import Request

_ORDER = {id_: place for place, id_ in enumerate(FAULTS)}


@define
class Chosen:
    """The faults that happen to one request. The steps are in the order in which they come."""

    faults: list[ActiveFault]
    applied: list[ActiveFault] = field(factory=list)
    """Those that found something to spoil."""

    def mistake(self, method: str) -> bool:
        """Whether the operation answers under a method that is not its own. If not, none of these faults happens."""
        self.applied = [fault for fault in self.faults if method in fault.fault.methods]
        if not self.applied:
            self.count()
        return bool(self.applied)

    def instead(self, call: Call) -> Outcome | None:
        """Give what takes the operation's place; None when no fault does."""
        for fault in self.faults:
            if fault.fault.instead is not None:
                self.applied.append(fault)
                return Outcome(fault.fault.instead(_seen_by(fault, call)))
        return None

    @property
    def may_admit(self) -> bool:
        """Whether a caller who is refused might still be let in."""
        return any(fault.fault.admit is not None for fault in self.faults)

    def admit(self, call: Call) -> bool:
        """Whether to let in a caller who is refused."""
        for fault in self.faults:
            if fault.fault.admit is not None and fault.fault.admit(_seen_by(fault, call)):
                self.applied.append(fault)
                return True
        return False

    def accept(self, call: Call) -> Request | None:
        """Give what a request that is refused is understood as; None when it stays refused."""
        for fault in self.faults:
            if fault.fault.accept is not None:
                request = fault.fault.accept(_seen_by(fault, call))
                if request is not None:
                    self.applied.append(fault)
                    return request
        return None

    def refuse(self, call: Call) -> str | None:
        """Give the name of the error for a request that is right; None when it stays right."""
        for fault in self.faults:
            if fault.fault.refuse is not None:
                name = fault.fault.refuse(_seen_by(fault, call))
                if name is not None:
                    self.applied.append(fault)
                    return name
        return None

    def misread(self, call: Call) -> None:
        """Put the request that is done in the place of the one that came."""
        for fault in self.faults:
            if fault.fault.misread is not None:
                request = fault.fault.misread(_seen_by(fault, call))
                if request is not None:
                    self.applied.append(fault)
                    call.request = request

    async def alter(self, call: Call, outcome: Outcome) -> Outcome:
        """Do to an outcome what the faults do, in the order they were named."""
        # What was done to an answer that is not sent after all did not happen.
        self.applied = [fault for fault in self.applied if fault.fault.alter is None]
        if any(fault.fault.alter is not None for fault in self.faults):
            outcome = await whole(outcome)
        for fault in self.faults:
            if fault.fault.alter is not None:
                try:
                    changed = await fault.fault.alter(_seen_by(fault, call), outcome)
                except (BadZipFile, ValueError, TypeError, AttributeError, LookupError):
                    # What another fault left of the answer is not what this one knows.
                    if not self.applied:
                        raise
                    continue
                if changed is not None:
                    self.applied.append(fault)
                    outcome = changed
        return outcome

    def deliver(self, app: ASGIApp) -> ASGIApp:
        """Give the application that sends the answer as the faults want it. This is the last that happens."""
        # What breaks an answer off is innermost, so that it still comes late or slowly.
        for fault in sorted(self.faults, key=lambda fault: _ORDER[fault.fault.id], reverse=True):
            effect = fault.fault
            # What answers in the operation's place may have lost to another that does.
            if effect.deliver is not None and (effect.instead is None or fault in self.applied):
                if effect.instead is None:
                    self.applied.append(fault)
                app = effect.deliver(app, fault.number)
        self.count()
        return app

    def count(self) -> None:
        """Give back the times of those that found nothing to spoil."""
        for fault in self.faults:
            if fault not in self.applied:
                fault.use(-1)


def _seen_by(fault: ActiveFault, call: Call) -> Call:
    return evolve(call, number=fault.number, count=fault.met, memory=fault.memory)
