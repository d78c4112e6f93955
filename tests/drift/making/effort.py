"""The cost of tests: how many random or slow examples (all with `make drift-strength`), and pages in memory."""

import gc
import os
from typing import TypeVar

from jobexport.drift import PageFacts

T = TypeVar("T")

ALL = bool(os.environ.get("JOBEXPORT_THOROUGH"))


def effort(usual: T, thorough: T) -> T:
    """Return the thorough value with `make drift-strength`, else the usual one."""
    return thorough if ALL else usual


def alive() -> int:
    """Return the number of pages whose facts are in memory."""
    gc.collect()
    return sum(isinstance(each, PageFacts) for each in gc.get_objects())
