"""Makes the pages of the Python API: the public names of each package, from their docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import pkgutil
import sys
from typing import TYPE_CHECKING

import jobexport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

# Modules without `__all__` whose names are public all the same.
_WHOLE = ("jobexport.errors", "jobexport.pytest_plugin")


def pages() -> dict[str, str]:
    """Return a page for each public package, and the page that leads to them, by file name."""
    modules = [*_packages(), *map(importlib.import_module, _WHOLE)]
    whole = [(name, value) for name in _WHOLE for value in vars(importlib.import_module(name)).values()]
    seen = {id(value): f"{name}.{value.__name__}" for name, value in whole if inspect.isclass(value)}
    found = {f"python/{module.__name__}.rst": "\n".join(_page(module, seen)) for module in modules}
    rows = "\n".join(f"- [`{module.__name__}`]({module.__name__}.rst): {_first_line(module)}" for module in modules)
    listed = "\n".join(module.__name__ for module in modules)
    text = f"# Python\n\nThe public names of each package.\n\n{rows}\n\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    return {"python/index.md": text, **found}


def _packages() -> Iterator[ModuleType]:
    """Return the packages that list their public names."""
    yield jobexport
    for found in pkgutil.walk_packages(jobexport.__path__, "jobexport."):
        if found.ispkg and not f"{found.name}.".startswith("jobexport.cli."):
            module = importlib.import_module(found.name)
            if hasattr(module, "__all__"):
                yield module


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").partition("\n")[0]


def _page(module: ModuleType, seen: dict[int, str]) -> Iterator[str]:
    """Return the lines of a page; a class or function that a former page has is a reference to it."""
    name = module.__name__
    # A package may have the name of a function beside it, such as drift.scaffold.
    options = "" if name in _WHOLE else "\n   :no-members:\n   :no-index:"
    yield f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}{options}\n"
    if name in _WHOLE:
        return
    again = []
    for public in sorted(module.__all__, key=lambda each: (not each[0].isupper(), each.lower())):
        value = getattr(module, public)
        if id(value) in seen:
            again.append(f"- :py:obj:`{seen[id(value)]}`")
        elif inspect.isclass(value) or inspect.isroutine(value):
            seen[id(value)] = f"{name}.{public}"
            yield f".. {_directive(value)}:: {name}.{public}\n"
        elif not public.startswith("__"):
            yield f".. py:data:: {name}.{public}\n{_value(value)}\n   {_docstring(public, value)}\n"
    if again:
        yield "\n".join(["Also in this package:\n", *again, ""])


def _directive(value: object) -> str:
    if inspect.isclass(value):
        return "autoexception" if issubclass(value, BaseException) else "autoclass"
    return "autofunction"


def _value(value: object) -> str:
    return f"   :value: {value!r}\n" if isinstance(value, str) else ""


def _docstring(name: str, value: object) -> str:
    """Return the docstring of a constant, which stands below it in the module that defines it."""
    for module, content in sorted(sys.modules.items()):
        if module.startswith("jobexport.") and vars(content).get(name) is value:
            body = ast.parse(inspect.getsource(content)).body
            for statement, below in itertools.pairwise(body):
                match statement, below:
                    case (
                        ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)),
                        ast.Expr(value=ast.Constant(value=str() as text)),
                    ) if found == name:
                        return " ".join(text.split())
    return ""
