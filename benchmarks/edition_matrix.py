"""The mock of every edition checked against every edition: which checks tell two editions apart.

Each line is the mock's edition, the edition it is checked against, and the failed checks. An edition must pass its own
check. If the line of two different editions passes, no response tells them apart (docs/contract-strength.md).
"""

import sys
import tempfile
from pathlib import Path

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract import EditionReport, check_edition
from jobexport.spec import editions, load_edition


def cell(report: EditionReport) -> str:
    """Return the failed checks with their operations, or `passes`."""
    failed = sorted({f"{operation}: {failure.check}" for operation, failure in report.failures})
    failed += [f"{operation}: never 2xx" for operation in report.never_succeeded]
    return ", ".join([*failed, *report.errors]) or "passes"


def main() -> int:
    """Print a line for each pair; return 1 if a mock breaks its own edition's contract."""
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
