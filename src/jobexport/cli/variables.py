"""The section of `--help` with the environment variables that a command reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jobexport.core import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

CREDENTIALS = (environment.TOKEN, environment.ACCESS_KEY, environment.SECRET_KEY, environment.SECURITY_TOKEN)


class ReadingCommand(click.Command):
    """A command that reads environment variables that belong to no single option."""

    def __init__(self, *args: Any, variables: Sequence[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.variables = variables

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each variable: its name and its meaning."""
        with formatter.section("Environment variables"):
            formatter.write_dl([(name, environment.MEANINGS[name]) for name in self.variables])
        super().format_epilog(ctx, formatter)
