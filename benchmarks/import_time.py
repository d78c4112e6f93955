"""Measures the time of `import jobexport_api`, beside `import httpx`, its main dependency.

Each figure is the median of fresh interpreters that take turns. All have warm bytecode in a folder of their own, so
neither a read-only installation nor PYTHONDONTWRITEBYTECODE changes the figures. The package loads httpx and attrs on
the first access to a client or a model; the last line has both. httpx imports rich and click if they are installed:
the ratio is higher in an environment without them.

    python benchmarks/import_time.py [runs]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from statistics import median

LIMIT = 1.2

BASELINE = "import httpx"
MEASURED = "import jobexport_api"
STATEMENTS = {
    BASELINE: "",
    "import httpx, attrs": "the two dependencies",
    MEASURED: f"the limit is {LIMIT}",
    "from jobexport_api import Client; import jobexport_api.api.dgc.export_job": "the imports of one call",
}


def seconds(statement: str, environment: dict[str, str]) -> float:
    """Return the seconds that `statement` takes as the first statement of a fresh interpreter."""
    code = f"from time import perf_counter as now\nstart = now()\n{statement}\nprint(now() - start)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(runs: int) -> int:
    """Print the table and return 1 if the limit is broken."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        for statement in STATEMENTS:
            seconds(statement, environment)
        rounds = [{statement: seconds(statement, environment) for statement in STATEMENTS} for _ in range(runs)]
    medians = {statement: median(times[statement] for times in rounds) for statement in STATEMENTS}
    print(f"{runs} fresh interpreters each, Python {sys.version.split()[0]}\n\n median   ratio")
    for statement, note in STATEMENTS.items():
        ratio = medians[statement] / medians[BASELINE]
        print(f"{medians[statement] * 1000:4.0f} ms  {ratio:6.2f}  {statement}" + (f"   ({note})" if note else ""))
    return int(medians[MEASURED] > LIMIT * medians[BASELINE])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 20))
