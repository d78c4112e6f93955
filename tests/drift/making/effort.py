"""The number of random or slow examples: enough to see a mistake, or all with `make drift-strength`."""

import os
from typing import TypeVar

T = TypeVar("T")

ALL = bool(os.environ.get("JOBEXPORT_THOROUGH"))


def effort(usual: T, thorough: T) -> T:
    """Return the thorough value with `make drift-strength`, else the usual one."""
    return thorough if ALL else usual
