"""Generates a client and tests from a scaffold."""

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
    """Write a page's scaffold, generate a client from it as this project does, and return the scaffold's document.

    Instead of a page, it may be the text of a document.
    """
    path = folder / "scaffold.yaml"
    path.write_text(page if isinstance(page, str) else scaffold(page), encoding="utf-8")
    assert list(lint_document(load_yaml(path))) == []
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n", encoding="utf-8")
    command += ["--path", str(path), "--output-path", str(folder / "client"), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout.lower()
    return load_yaml(path)


def loaded(document: dict[str, Any]) -> int:
    """Return the number of operations of a document, all of which schemathesis can make requests for."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.core.result import Ok

    # The project's own configuration is for its own documents.
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    found = list(schema.get_all_operations())
    # Anything but an operation is the reason why it can't be loaded.
    return sum(each.ok().as_strategy() is not None for each in found if isinstance(each, Ok))
