"""Makes docs/benchmarks.md and its charts of the stored figures; `--check` compares them instead.

python benchmarks/page.py [--check]
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from bars import chart, number
from stored import RESULTS, BrokenError, Comparison, Result, Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 120
INTRODUCTION = """`make benchmarks` measures jobexport beside other programs and stores the figures in
`benchmarks/results`; `make benchmark-page` makes this page of them. Compared things take turns in one run, so that
other load on the machine slows all of them. A figure is the median of the rounds, `×` the median of each round's ratio
to the first line, and a line over a bar the range of the rounds. Where jobexport is more than a tenth worse than the
best other program, or misses its goal, the reason stands below; much of it is work that the other program does not do.
A comparison whose program is missing keeps its older figures, with their date.
"""

# Name of a file of results → title of its section, and what was compared.
SECTIONS = {
    "client": (
        "The clients",
        "Clients of one mock, on the loopback interface. httpx stands for a program written by hand. "
        "Calls share an open connection; files go to the folder for temporary files.",
    ),
    "mock": (
        "The mock",
        "A bare route of Starlette parses the request and sends a constant, on the same server (uvicorn, httptools). "
        "The mock also checks each request against the document, and exports: in tests into memory, by "
        "`jobexport mock` into a folder.",
    ),
    "mock-prism": (
        "The mock beside Prism",
        "Both check each request against the document of otc-2026 and refuse what breaks it. Prism responds with an "
        "example of the document, the mock exports.",
    ),
    "contract": (
        "The contract test",
        "`jobexport contract` beside plain `st run` of schemathesis with its default checks: the same document, names, "
        "token, seeds and number of examples, one worker each. "
        "[How strong the contract test is](contract-strength.md) has all faults.",
    ),
    "drift": (
        "Drift",
        "Pages made up for the tests, in two languages, on one core: a page's facts are read, and then compared with "
        "the description. The parser alone gives no facts.",
    ),
    "drift-corpus": (
        "Drift on pages of the vendor",
        "Whole pages of five editions, from a folder that is not part of the project.",
    ),
    "backup": (
        "Backups",
        "`jobexport.backup` on a mock whose every response comes late. No program needs less time than its requests, "
        "four at a time, and their latency.",
    ),
}

# (file, comparison) or (file, comparison, row) → why jobexport is behind there.
REASONS = {
    (
        "client",
        "import",
    ): "The clients load all operations that they offer, and their checks of zips. `import jobexport` alone loads "
    "them on first use.",
    (
        "client",
        "import",
        "jobexport_api, one operation",
    ): "An operation needs httpx and attrs, and its models are classes of attrs, which are built at import.",
    ("client", "call"): "A call checks the response against what the page promises, and hides secrets from errors.",
    ("client", "call-async"): "As for the blocking call.",
    ("client", "jobs"): "Each zip is checked and is on the disk (fsync, then a rename) before its job counts as "
    "exported; the row without fsync shows how much of the time that is. Zips of 100 jobs are not taken apart.",
    ("client", "zip"): "The zip is hashed, checked to its last byte (CRC of each member) and is on the disk, before it "
    "has its name. Raw httpx only hashes it.",
    (
        "client",
        "zip",
        "jobexport_api, whole body",
    ): "It is the generator's own function, which holds the whole body. Large zips are for the streaming one.",
    ("client", "zip-memory", "jobexport_api, whole body"): "It holds the whole body.",
    ("client", "zip-memory", "AsyncDgcClient"): "httpx's async client takes as much.",
    ("client", "zip-async"): "As for the blocking client.",
    ("client", "zip-text"): "To check a member it has to be inflated, which takes longer than to receive it.",
    (
        "mock",
        "requests",
    ): "The bare route is the upper limit: the rest is the check of each request against the document, and the export.",
    ("mock", "requests", "the command, with a folder"): "Each export is a new file, which a user can "
    "open; the time is that of the file system.",
    ("mock", "start"): "The mock reads its document and compiles a validator for each schema.",
    ("mock", "memory"): "It has the document, its validators and the example jobs.",
    ("mock-prism", "requests"): "It is ahead of Prism; its goal is six times Prism's requests.",
    ("contract", "run"): "It also runs the scenarios: states before and after each change, every page of lists, tasks.",
    (
        "drift",
        "html",
    ): "The parser is a part of the work: the rest finds tables, types, ranges and marks in words.",
    ("drift", "markdown"): "As for HTML.",
    ("drift", "rst"): "As for HTML; docutils is most of the time.",
    ("drift-corpus", "html"): "As for made-up pages.",
    (
        "drift-corpus",
        "markdown",
    ): "These pages have their tables as HTML inside of Markdown. markdown-it-py passes over "
    "them; jobexport reads them with justhtml.",
    ("drift-corpus", "rst"): "As for made-up pages.",
    ("backup", "full"): "Each job and script becomes a file of its own, and is on the disk (fsync) before the backup "
    "counts as complete; the last row is the time of these files alone, one after the other.",
    ("backup", "night"): "All lists are read first; then the folder is compared with them, and its index written.",
    ("backup", "unchanged"): "All lists are read, and the folder is compared with them.",
}


class UnknownError(Exception):
    """A file of results that no section is for; the text is a sentence that names it."""


def results() -> list[Result]:
    """Return the stored results in the order of their sections.

    Raises:
        BrokenError: a file can't be read.
        UnknownError: a file belongs to no section.
    """
    paths = {path.stem: path for path in sorted(RESULTS.glob("*.json"))}
    for name, path in paths.items():
        if name not in SECTIONS:
            raise UnknownError(
                f"benchmarks/results/{path.name} has no section; add it to SECTIONS of benchmarks/page.py"
            )
    return [read(paths[name]) for name in SECTIONS if name in paths]


def behind(comparison: Comparison) -> Iterator[tuple[Row, Row]]:
    """Yield each row of the project that is worse than another one by more than a tenth, with the best other one."""
    sign = 1 if comparison.better == "less" else -1
    others = sorted((row for row in comparison.rows if not row.ours), key=lambda row: sign * row.value)
    for row in comparison.rows:
        if row.ours and others and _times(comparison, row, others[0]) > 1.1:
            yield row, others[0]


def _times(comparison: Comparison, row: Row, other: Row) -> float:
    """Return how many times worse a row is than another one, by the pairs of the rounds if the figures allow it."""
    paired = row.ratio is not None and other.ratio
    mine, theirs = (row.ratio or 0, other.ratio or 1) if paired else (row.value, other.value)
    if comparison.better == "more":
        mine, theirs = theirs, mine
    return mine / theirs if theirs else float(mine > 0) * 1000


def table(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of the table of a comparison."""
    related = any(row.ratio is not None for row in comparison.rows)
    spread = any(row.low != row.high for row in comparison.rows)
    heads = ["", comparison.unit, *(["range"] if spread else []), *(["×"] if related else []), "goal"]
    goals = any(row.goal for row in comparison.rows)
    heads = heads if goals else heads[:-1]
    yield f"| {' | '.join(heads)} |".replace("|  |", "| |")
    yield f"| {' | '.join(['---', *['---:' for _ in heads[1:]]])} |"
    for row in comparison.rows:
        cells = [f"**{row.name}**" if row.ours else row.name, number(row.value)]
        cells += [f"{number(row.low)} to {number(row.high)}"] if spread else []
        cells += ["" if row.ratio is None else f"{row.ratio:.2f}"] if related else []
        cells += [f"{row.goal.text}{', missed' if row.missed else ''}" if row.goal else ""] if goals else []
        yield f"| {' | '.join(cells)} |".replace("  ", " ")


def filled(text: str, indent: str = "") -> str:
    """Return a paragraph in lines, without a break inside of code."""
    whole = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", "\0"), text)
    return fill(whole, WIDTH, subsequent_indent=indent, break_on_hyphens=False).replace("\0", " ")


def section(result: Result) -> Iterator[str]:
    """Yield the lines of a section."""
    title, sentence = SECTIONS[result.name]
    facts = result.machine
    used = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    yield from (f"## {title}", "", filled(sentence), "")
    where = f"{facts['cores']} cores of {facts['cpu']} with {facts['memory_gib']:g} GiB, {facts['system']}"
    load = f"a load of {result.load[0]:g} before and {result.load[1]:g} after"
    load += f", with nice {result.nice}" if result.nice else ""
    yield filled(f"Measured on {result.date} with {used}; on {where}; at {load}.")
    for comparison in result.comparisons:
        better = "Less" if comparison.better == "less" else "More"
        yield from ("", f"### {comparison.title}, {comparison.unit}", "")
        yield f"![{better} is better: {comparison.title}](benchmarks/{result.name}-{comparison.id}.svg)"
        yield ""
        yield from table(comparison)
        yield from shortfalls(result, comparison)
    yield ""


def shortfalls(result: Result, comparison: Comparison) -> Iterator[str]:
    """Yield the lines on what is worse than another row or misses its goal: an item for each reason."""
    worse = {row.name for row, _ in behind(comparison)}
    items: dict[tuple[str, str], list[str]] = {}
    for row in comparison.rows:
        if row.name in worse or (row.ours and row.missed):
            key = (result.name, comparison.id)
            why = REASONS.get((*key, row.name)) or REASONS.get(key, "Not known yet.")
            label = "Behind" if row.name in worse else "Misses its goal"
            items.setdefault((label, why), []).append(row.name)
    if items:
        yield ""
    for (label, why), rows in items.items():
        yield filled(f"- {label}: {' and '.join(rows)}. {why}", "  ")


def made() -> dict[Path, str]:
    """Return the page and its charts, by path.

    Raises:
        BrokenError: a file of results can't be read.
        UnknownError: a file of results belongs to no section.
    """
    found = results()
    if not found:
        raise BrokenError("benchmarks/results has no figures; measure first: make benchmarks")
    lines = [
        "# Benchmarks",
        "",
        filled(INTRODUCTION),
        "",
    ]
    for result in found:
        lines += section(result)
    charts = {
        DOCS / "benchmarks" / f"{result.name}-{comparison.id}.svg": chart(comparison)
        for result in found
        for comparison in result.comparisons
    }
    return {DOCS / "benchmarks.md": "\n".join(lines).rstrip() + "\n", **charts}


def differing(files: dict[Path, str]) -> list[str]:
    """Return the paths whose files are not these."""
    there = {DOCS / "benchmarks.md", *(DOCS / "benchmarks").glob("*")}
    return sorted(
        path.relative_to(DOCS.parent).as_posix()
        for path in there | files.keys()
        if not path.is_file() or path.read_bytes() != files.get(path, "").encode()
    )


def main(arguments: list[str]) -> int:
    """Write or compare the page; return 1 if it differs, 2 if the results are not sound."""
    try:
        files = made()
    except (BrokenError, UnknownError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if arguments == ["--check"]:
        for path in differing(files):
            print(f"{path} is not what the stored figures give; run make benchmark-page", file=sys.stderr)
        return int(bool(differing(files)))
    shutil.rmtree(DOCS / "benchmarks", ignore_errors=True)
    (DOCS / "benchmarks").mkdir()
    for file, text in files.items():
        file.write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
