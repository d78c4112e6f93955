"""Effects of faults on the state of the mock: before a request is carried out, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Fault
    from jobexport.mock.state.state import State


def left(choose: Callable[[State, State], State], world: World, before: State, known: set[int]) -> bool:
    """Leave the state that a fault chooses, now and after each new step to come; return whether that has an effect."""
    world.steps = [step if id(step) in known else evolve(step, then=choose) for step in world.steps]
    after, world.state = world.state, choose(before, world.state)
    return world.state is not after or any(step.then is choose for step in world.steps)


def entering(fault: Fault, world: World) -> Callable[[Call], bool] | None:
    """Return the function of a request that makes the state which a fault prepares the state of the world."""
    prepare = fault.prepare
    if prepare is None:
        return None

    def enter(call: Call) -> bool:
        # The behaviour refuses a project or workspace that the state lacks.
        state = prepare(call) if call.placed else None
        if state is not None:
            world.state = state
        return state is not None

    return enter
