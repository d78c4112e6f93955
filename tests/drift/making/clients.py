"""Generates a client from a scaffold."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from jobexport.drift import scaffold
from jobexport.spec.lint import lint_document
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from pathlib import Path


def generates(page: Any, folder: Path) -> Any:
    """Write a page's scaffold, generate a client from it as this project does, and return the scaffold's document."""
    path = folder / "scaffold.yaml"
    path.write_text(scaffold(page), encoding="utf-8")
    assert list(lint_document(load_yaml(path))) == []
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n", encoding="utf-8")
    command += ["--path", str(path), "--output-path", str(folder / "client"), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout.lower()
    return load_yaml(path)
