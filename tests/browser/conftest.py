"""Collected by `make test-browser` only: it needs a browser."""

import os

if "JOBEXPORT_BROWSER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]
