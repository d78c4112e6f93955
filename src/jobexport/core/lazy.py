"""Packages that load a public name at its first use, so that importing them takes no time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazily(
    package: str, names: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the functions `__getattr__` and `__dir__` of a package.

    The caller keeps public names apart from the names of modules in the package: once imported, a module would hide the
    public name. Nothing checks it here.

    Args:
        package: the package's `__name__`.
        names: the public names of each module, such as `{"jobexport.client.retry": ("Retries",)}`.
    """
    modules = {name: module for module, group in names.items() for name in group}

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def names_listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return load, names_listed
