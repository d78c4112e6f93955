"""`--edition auto`: identifies the edition of a server, and shows how its responses fit each edition."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
import httpx
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobexport.cli.contract.live import server_data, treatment
from jobexport.contract.identify.identification import AGREES, CONTRADICTS, NOT_OBSERVABLE, Identification, identify
from jobexport.contract.sender import TransportProblem
from jobexport.contract.sending.pace import RunStopped
from jobexport.contract.sending.session import open_session
from jobexport.errors import JobexportError
from jobexport.spec import editions, load_edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobexport.contract.identify.identification import Verdict

# Short, so that the table fits 80 columns; letters that any terminal has.
_CELLS = {
    AGREES: Text("yes", style="green"),
    CONTRADICTS: Text("no", style="red"),
    NOT_OBSERVABLE: Text("-", style="dim"),
}


def settle(url: str | None, api: str | None, format_: str, given: Mapping[str, Any]) -> Identification:
    """Print and return the edition of the server at `url`; if no edition fits, print an overlay and exit with 1.

    Args:
        url: the base URL of the server.
        api: `dli` or `dgc` to test this family only.
        format_: `table` or `json`.
        given: the options for a server in use.

    Raises:
        JobexportError: the server can't be reached, or its responses do not fit any edition.
    """
    if url is None:
        raise click.UsageError("--edition auto asks a server which edition it speaks; name the server with --url")
    found = _ask(url, api, given)
    if format_ == "table":
        _show(found)
    if found.fits:
        return found
    if format_ == "json":
        click.echo(json.dumps({"identification": as_json(found), "reports": []}, indent=2))
    elif found.overlay:
        click.echo(
            f"\n# An overlay for this server; saved to a file, it is an edition: contract --edition FILE --url {url}"
        )
        click.echo(found.overlay, nl=False)
    raise SystemExit(1)


def _ask(url: str, api: str | None, given: Mapping[str, Any]) -> Identification:
    data = server_data(load_edition(editions()[0].id), given)
    with open_session(url, data, treatment(given), Path(os.devnull)) as session:
        # Probes that succeed write to the named places only. One probe has an invalid OBS path on purpose.
        session.places = None

        def send(request: httpx.Request) -> httpx.Response:
            try:
                return session.request(request)
            except TransportProblem as problem:
                kind = httpx.ConnectError if problem.unreachable else httpx.TransportError
                raise kind(str(problem)) from None

        try:
            found = identify(url, data, send, api)
        except RunStopped as stopped:
            raise JobexportError(f"cannot tell the edition of {url}: {stopped}") from None
    if not found.closest:
        raise JobexportError(
            f"cannot tell the edition of {url}: {found.problem}; check the URL, the token and the jobs"
        )
    return found


def _show(found: Identification) -> None:
    """Print what tells the editions apart, then the contradictions to the closest edition, then the result."""
    console = Console()
    console = console if console.is_terminal else Console(width=80)
    ids = list(dict.fromkeys(verdict.edition for verdict in found.verdicts))
    rows = list(zip(*(iter(found.verdicts),) * len(ids), strict=True))
    told = [row for row in rows if any(verdict.verdict == CONTRADICTS for verdict in row)]
    # First the rows in which the server differs from the closest edition.
    told.sort(key=lambda row: _verdict(row, found.closest[0]) != CONTRADICTS)
    if told:
        table = Table(box=box.SIMPLE)
        table.add_column("entry", no_wrap=True)
        table.add_column("fact")
        for number in range(1, len(ids) + 1):
            table.add_column(str(number), no_wrap=True)
        for row in told:
            table.add_row(Text(row[0].entry), Text(row[0].fact), *(_CELLS[verdict.verdict] for verdict in row))
        console.print("Does the server agree with")
        for number, id_ in enumerate(ids, 1):
            console.print(Text(f"  {number}  {id_}"))
        console.print(table)
    for text in _others([row for row in rows if row not in told], found.closest[0]):
        console.print(Text(text))
    for line in (*_contradictions(found), *_sentences(found)):
        console.print(Text(line), soft_wrap=True)


def _verdict(row: Sequence[Verdict], edition: str) -> str:
    return next(verdict.verdict for verdict in row if verdict.edition == edition)


def _others(rows: Sequence[Sequence[Verdict]], closest: str) -> list[str]:
    """Return a line with the number of the rows that are not in the table, and a line for each reason."""
    if not rows:
        return []
    reasons = Counter(
        verdict.reason
        for row in rows
        for verdict in row
        if (verdict.edition, verdict.verdict) == (closest, NOT_OBSERVABLE)
    )
    agreed = len(rows) - reasons.total()
    return [
        f"{len(rows)} more entries do not tell the editions apart; --format json has all of them:",
        *([f"  {agreed}: the server agrees"] if agreed else []),
        *(f"  {number}: {reason}" for reason, number in reasons.most_common()),
    ]


def _contradictions(found: Identification) -> list[str]:
    return [
        f"{verdict.edition} {verdict.entry or verdict.fact}: {seen.seen}\n"
        f"  {seen.request} → {seen.status}{f', {seen.pointer}' if seen.pointer else ''}"
        for verdict in found.verdicts
        if verdict.edition == found.closest[0] and verdict.verdict == CONTRADICTS
        for seen in verdict.evidence
    ]


def _sentences(found: Identification) -> list[str]:
    """Return the sentences after the table: the edition, the requests, and the problems."""
    names = " and ".join(found.closest)
    lines = []
    if found.fits:
        lines.append(f"The server speaks {names}.")
    else:
        lines.append(f"No edition fits all responses; the closest is {names}.")
    if len(found.closest) > 1:
        lines.append(f"The responses fit these editions equally; the run uses {found.closest[0]}.")
    if found.problem:
        lines.append(f"Not all requests were sent: {found.problem}.")
    lines += [f"An overlay can't express: {text}." for text in found.unsaid]
    lines.append(f"{len(found.requests)} requests were sent.")
    return lines


def as_json(found: Identification) -> dict[str, Any]:
    """Return an identification as JSON values."""
    return attrs.asdict(found)
