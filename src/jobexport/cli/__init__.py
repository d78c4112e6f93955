"""The `jobexport` command. A plain install lacks what it needs, and then it says so."""

import sys

from jobexport.cli.missing import missing_tools


def main() -> None:
    """Run the command line; exits with 0 fine, 1 found what it looks for, 2 could not do the work."""
    try:
        from jobexport.cli.commands import cli
    except ModuleNotFoundError as missing:
        print(missing_tools(missing), file=sys.stderr)
        sys.exit(2)
    cli()
