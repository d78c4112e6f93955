"""The `jobexport` command. A plain install lacks what it needs, and then it says so."""

import sys


def missing_tools(missing: ModuleNotFoundError) -> str:
    """Say what a plain install lacks, and how to get it."""
    return f"the jobexport command needs {missing.name}; install its tools: pip install 'jobexport[tools]'"


def main() -> None:
    """Run the command line; exits with 0 fine, 1 found what it looks for, 2 could not do the work."""
    try:
        from jobexport.cli._commands import cli
    except ModuleNotFoundError as missing:
        print(missing_tools(missing), file=sys.stderr)
        sys.exit(2)
    cli()
