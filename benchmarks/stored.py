"""The figures of benchmarks: compared, printed, and stored in `results/NAME.json`, from which page.py makes its page.

A file holds one run, in which the compared things took turns, so that other load on the machine slows all of them.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import re
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from attrs import asdict, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SKIPPED = 3
"""The exit code of a benchmark that could not run here."""


class SkippedError(Exception):
    """Something that a benchmark needs is missing; the text is a sentence that names it."""


class BrokenError(Exception):
    """A file of results that can't be read; the text is a sentence that names the file and the place in it."""


@frozen
class Goal:
    """The most or the least that a figure shall be."""

    of: Literal["value", "ratio"]
    most: float | None = None
    least: float | None = None

    def missed(self, row: Row) -> bool:
        """Return True if a row misses this goal."""
        figure = row.value if self.of == "value" else row.ratio
        most, least = self.most, self.least
        return figure is not None and ((most is not None and figure > most) or (least is not None and figure < least))

    @property
    def text(self) -> str:
        """The goal for people, such as `≤ 1.15 ×`."""
        sign, number = ("≤", self.most) if self.most is not None else ("≥", self.least)
        return f"{sign} {number:g}{' ×' if self.of == 'ratio' else ''}"


@frozen
class Row:
    """One of the compared things."""

    name: str
    ours: bool
    value: float
    """The median of the rounds; `low` and `high` are their ends."""
    low: float
    high: float
    ratio: float | None
    """The median of the rounds' ratios to the first row."""
    goal: Goal | None

    @property
    def missed(self) -> bool:
        """True if the row misses its goal."""
        return self.goal is not None and self.goal.missed(self)


@frozen
class Comparison:
    """One measurement of several things."""

    id: str
    title: str
    unit: str
    better: Literal["less", "more"]
    rows: tuple[Row, ...]

    def shown(self) -> str:
        """Return the figures as a table for a terminal."""
        width = max(len(row.name) for row in self.rows) + 2
        lines = [f"\n{self.title}, {self.unit}"]
        for row in self.rows:
            times = "" if row.ratio is None else f"{row.ratio:8.2f} ×"
            goal = f"   {row.goal.text}{' MISSED' if row.missed else ''}" if row.goal else ""
            lines.append(f"  {row.name:{width}}{row.value:10g}   {f'{row.low:g} to {row.high:g}':18}{times}{goal}")
        return "\n".join(lines)


@frozen
class Result:
    """The comparisons of one run, and where it ran."""

    name: str
    date: str
    machine: dict[str, Any]
    load: tuple[float, float]
    nice: int
    """The priority of the run: below 0 it went before other load."""
    versions: dict[str, str]
    comparisons: tuple[Comparison, ...]


def compared(
    id_: str,
    title: str,
    unit: str,
    rounds: Sequence[Mapping[str, float]],
    *,
    ours: Collection[str],
    better: Literal["less", "more"] = "less",
    goals: Mapping[str, Goal] | None = None,
    related: bool = True,
) -> Comparison:
    """Compare rounds that measured the same things, by name; `related` makes ratios to the first one."""
    first = next(iter(rounds[0]))
    rows = []
    for name in rounds[0]:
        values = [each[name] for each in rounds]
        ratios = [each[name] / each[first] for each in rounds if each[first]] if related else []
        value, low, high = (_short(each) for each in (median(values), min(values), max(values)))
        ratio = _short(median(ratios)) if ratios else None
        rows.append(Row(name, name in ours, value, low, high, ratio, (goals or {}).get(name)))
    return Comparison(id_, title, unit, better, tuple(rows))


def _short(number: float) -> float:
    """Return a number with four digits, which is more than other load lets one believe."""
    return float(f"{number:.4g}")


def machine() -> dict[str, Any]:
    """Return facts of this machine, none of which names it."""
    try:
        model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (OSError, ValueError):
        model, memory = None, 0.0
    cpu = " ".join(model[1].split()) if model else platform.machine()
    system = f"{platform.system()} {platform.machine()}"
    return {"system": system, "cpu": cpu, "cores": os.cpu_count() or 1, "memory_gib": round(memory, 1)}


def load() -> float:
    """Return the average number of runnable processes over the last minute."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def versions(*distributions: str) -> dict[str, str]:
    """Return the versions of Python, of this project, and of these distributions."""
    found = {name: importlib.metadata.version(name) for name in ("jobexport", *distributions)}
    return {"Python": platform.python_version(), **found}


def write(result: Result) -> None:
    """Store a result."""
    fields = asdict(
        result, filter=lambda attribute, value: attribute.name not in ("most", "least") or value is not None
    )
    # The file has the name.
    del fields["name"]
    text = json.dumps(fields, indent=1, ensure_ascii=False)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.name}.json").write_text(f"{text}\n", encoding="utf-8")


def read(path: Path) -> Result:
    """Return a stored result.

    Raises:
        BrokenError: the file is not JSON, or has not the fields of results.schema.json.
    """
    # Not at the top: the benchmark of the client measures memory, which Linux hands down to processes.
    import jsonschema_rs

    schema = json.loads((HERE / "results.schema.json").read_text(encoding="utf-8"))
    place = f"benchmarks/results/{path.name}"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BrokenError(f"{place} is not JSON: {problem}; measure it anew: make benchmarks") from None
    for error in jsonschema_rs.validator_for(schema).iter_errors(fields):
        where = "/".join(map(str, error.instance_path)) or "the top"
        raise BrokenError(f"{place}, {where}: {error.message}; measure it anew: make benchmarks")
    comparisons = tuple(_comparison(each) for each in fields.pop("comparisons"))
    again = [id_ for id_, times in Counter(each.id for each in comparisons).items() if times > 1]
    if again:
        raise BrokenError(f"{place} has the comparison {again[0]} twice; measure it anew: make benchmarks")
    return Result(path.stem, **{**fields, "load": tuple(fields["load"])}, comparisons=comparisons)


def _comparison(fields: dict[str, Any]) -> Comparison:
    rows = (Row(**{**row, "goal": row["goal"] and Goal(**row["goal"])}) for row in fields["rows"])
    return Comparison(**{**fields, "rows": tuple(rows)})


def run(measure: Callable[[list[str]], Iterable[Result]]) -> int:
    """Measure with the program's arguments and print the figures; `--store` stores them. Return the exit code."""
    arguments = [word for word in sys.argv[1:] if word != "--store"]
    # Without byte code on disk each process of a comparison would compile all that it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        for result in measure(arguments):
            print(f"\n{result.name}: {', '.join(f'{name} {version}' for name, version in result.versions.items())}")
            print(f"{result.machine}, load {result.load[0]} before and {result.load[1]} after")
            for comparison in result.comparisons:
                print(comparison.shown(), flush=True)
            if "--store" in sys.argv:
                write(result)
    except SkippedError as reason:
        print(reason, file=sys.stderr)
        return SKIPPED
    return 0


class Clock:
    """Remembers the load at the beginning of a run, for its result."""

    def __init__(self) -> None:
        self._before = load()

    def result(self, name: str, used: Mapping[str, str], *comparisons: Comparison) -> Result:
        """Return the result of a run that ends now."""
        today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        nice = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else 0
        return Result(name, today, machine(), (self._before, load()), nice, dict(used), comparisons)
