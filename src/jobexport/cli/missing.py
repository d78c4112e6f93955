"""What to say when a package of an extra is not installed."""

from __future__ import annotations

_FOR_EXPORTS = {"click", "rich"}


def missing_tools(missing: ModuleNotFoundError) -> str:
    """Say what a plain install lacks, and how to get it."""
    name = (missing.name or "").partition(".")[0]
    if name in _FOR_EXPORTS:
        return f"the jobexport command needs {name}; for exports install jobexport[cli], for all of it jobexport[tools]"
    return f"this needs {name}; install the tools: pip install 'jobexport[tools]'"
