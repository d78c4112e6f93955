"""Holds the mock of every edition against every edition, and prints which checks tell them apart.

A row is the mock's edition, a column the edition it is checked against. On the diagonal everything must pass; a cell
that passes off the diagonal is a pair whose difference no answer can show (see the README).
"""

import sys
import tempfile
from pathlib import Path

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract import EditionReport, check_edition
from jobexport.spec import editions, load_edition


def cell(report: EditionReport) -> str:
    """Name the checks that failed, with their operations."""
    failed = sorted({f"{operation}: {failure.check}" for operation, failure in report.failures})
    failed += [f"{operation}: never 2xx" for operation in report.never_succeeded]
    return ", ".join([*failed, *report.errors]) or "passes"


def main() -> int:
    """Print a line for each pair; 1 when a mock does not keep its own edition's contract."""
    max_examples = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    ids = [edition.id for edition in editions()]
    wrong = False
    for served in ids:
        with mock.serve(served) as server, tempfile.TemporaryDirectory() as folder:
            for checked in ids:
                report = check_edition(
                    load_edition(checked),
                    server.url,
                    mock_data(server),
                    seed=1,
                    report_dir=Path(folder),
                    max_examples=max_examples,
                )
                wrong |= served == checked and not report.passed
                print(f"mock {served:22} checked as {checked:22} {cell(report)}", flush=True)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
