"""The `jobexport` command. In a plain install it names the missing extra."""

import sys

from jobexport.cli.missing import needing_cli
from jobexport.cli.signals import ended_by_signals
from jobexport.core.output import standard_output
from jobexport.errors import MissingExtra


def main() -> None:
    """Run the command line; exit with 0 if fine, 1 for failures or differences, 2 if the work could not be done.

    A signal ends it with 128 and the signal's number, after it has cleaned up.
    """
    with ended_by_signals(), standard_output():
        try:
            with needing_cli():
                from jobexport.cli.commands import cli
        except MissingExtra as missing:
            print(f"Error: {missing}, or 'jobexport[tools]' for every command", file=sys.stderr)
            sys.exit(2)
        cli()
