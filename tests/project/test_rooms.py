"""The rooms of the source: small, shallow, and each with its contract for import-linter."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SOURCE = CHECKOUT / "src" / "jobexport"
MOST_MODULES = 15
DEEPEST = 3

ROOMS = sorted(path.parent for path in SOURCE.rglob("__init__.py"))
CONTRACTS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]


def modules(room: Path) -> list[str]:
    """Return the names of the modules in a room's own folder."""
    return sorted(path.stem for path in room.glob("*.py") if path.stem != "__init__")


def name(room: Path) -> str:
    """Return a room's dotted name."""
    return ".".join(room.relative_to(SOURCE.parent).parts)


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_a_room_has_at_most_fifteen_modules(room: Path) -> None:
    """No folder has more than 15 modules: cut a larger folder into rooms."""
    assert len(modules(room)) <= MOST_MODULES


def test_no_room_lies_deeper_than_three() -> None:
    """A module is at most three folders below the package."""
    assert [name(room) for room in ROOMS if len(room.relative_to(SOURCE).parts) > DEEPEST] == []


def test_a_room_has_no_module_with_a_leading_underscore() -> None:
    """Packages list their public names, so an underscore in a file name has no meaning."""
    assert [
        f"{name(room)}.{module}" for room in ROOMS for module in modules(room) if module[0] == "_" != module[1]
    ] == []


def test_every_package_has_an_exhaustive_contract() -> None:
    """A new package, or a new module in a package's own folder, fails import-linter until it has its layer."""
    packages = {"jobexport"} | {name(room) for room in ROOMS if room.parent == SOURCE}
    contracts = [contract for contract in CONTRACTS if contract["type"] == "layers" and contract.get("exhaustive")]
    assert packages <= {container for contract in contracts for container in contract["containers"]}


def test_the_core_needs_the_standard_library_and_httpx_only() -> None:
    """The core imports only the standard library, httpx, and `errors`."""
    imported = {
        module
        for path in (SOURCE / "core").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = {module for module in imported if module.startswith("jobexport.")}
    assert {module.partition(".")[0] for module in imported - ours} <= set(sys.stdlib_module_names) | {"httpx"}
    assert {module for module in ours if not module.startswith("jobexport.core")} <= {"jobexport.errors"}
