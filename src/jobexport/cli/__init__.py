"""The `jobexport` command. A plain install lacks what it needs, and then it says so."""

import sys

from jobexport.cli.missing import needing_cli
from jobexport.core.output import standard_output
from jobexport.errors import MissingExtra


def main() -> None:
    """Run the command line; exits with 0 fine, 1 found what it looks for, 2 could not do the work."""
    with standard_output():
        try:
            with needing_cli():
                from jobexport.cli.commands import cli
        except MissingExtra as missing:
            print(f"Error: {missing}, or 'jobexport[tools]' for every command", file=sys.stderr)
            sys.exit(2)
        cli()
