"""The `jobexport` command. A plain install lacks what it needs, and then it says so."""

import sys


def main() -> None:
    """Run the command line; exits with 0 fine, 1 found what it looks for, 2 could not do the work."""
    try:
        from jobexport.cli._commands import cli
    except ModuleNotFoundError as missing:
        print(
            f"the jobexport command needs {missing.name}; install its tools: pip install 'jobexport[tools]'",
            file=sys.stderr,
        )
        sys.exit(2)
    cli()
