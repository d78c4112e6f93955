"""The `jobexport` command. A plain install lacks what it needs, and then it says so."""

import sys

_FOR_EXPORTS = {"click", "rich"}


def missing_tools(missing: ModuleNotFoundError) -> str:
    """Say what a plain install lacks, and how to get it."""
    name = (missing.name or "").partition(".")[0]
    if name in _FOR_EXPORTS:
        return f"the jobexport command needs {name}; for exports install jobexport[cli], for all of it jobexport[tools]"
    return f"this needs {name}; install the tools: pip install 'jobexport[tools]'"


def main() -> None:
    """Run the command line; exits with 0 fine, 1 found what it looks for, 2 could not do the work."""
    try:
        from jobexport.cli.commands import cli
    except ModuleNotFoundError as missing:
        print(missing_tools(missing), file=sys.stderr)
        sys.exit(2)
    cli()
