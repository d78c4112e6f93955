"""How much is run of what is random or takes long: enough to see a mistake, or all with `make drift-strength`."""

import os
from typing import TypeVar

T = TypeVar("T")

ALL = bool(os.environ.get("JOBEXPORT_THOROUGH"))


def effort(usual: T, thorough: T) -> T:
    """Choose by what was asked for."""
    return thorough if ALL else usual
