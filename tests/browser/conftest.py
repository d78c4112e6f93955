"""Tests that only `make test-browser` collects, because they need a browser."""

import os

if "JOBEXPORT_BROWSER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]
