"""A program that uses every operation of the generated package, under mypy's strict rules."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import operations
from jobexport.spec.editions import CHECKOUT
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from pathlib import Path


def usage(operation: Any) -> str:
    """Return a function that calls an operation with its required arguments, blocking and in an event loop."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation.id).lower()
    module = f"jobexport_api.api.{operation.tags[0]}.{name}"
    parameters = inspect.signature(importlib.import_module(module).sync_detailed).parameters.values()
    required = {
        item.name: inspect.formatannotation(item.annotation) for item in parameters if item.default is item.empty
    }
    types = ", ".join(f"{argument}: {type_}" for argument, type_ in required.items())
    call = ", ".join(f"{argument}={argument}" for argument in required)
    imports = {module, *re.findall(r"jobexport_api[\w.]*(?=\.\w)", types)}
    return f"""
{"".join(f"import {item}{chr(10)}" for item in sorted(imports))}
async def use_{name}({types}) -> bool:
    response = {module}.sync_detailed({call})
    return response == await {module}.asyncio_detailed({call}) and response.parsed is not None
"""


def test_a_program_that_uses_every_operation_is_typed(tmp_path: Path) -> None:
    """mypy --strict accepts each operation with its required arguments, and refuses a function that does not exist."""
    union = load_yaml(CHECKOUT / "openapi/openapi.yaml")
    uses = [usage(item) for item in operations(union)]
    wrong = "\nimport jobexport_api.api.dgc.show_job\njobexport_api.api.dgc.show_job.get_nothing()\n"
    (tmp_path / "program.py").write_text("\n".join((*uses, wrong)), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "program.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    (refused, _) = run.stdout.strip().splitlines()
    assert "[attr-defined]" in refused
