"""The installed distributions: what each needs, and how another environment gets it without an installation."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def requirements(found: Distribution, extra: str = "") -> Iterator[str]:
    """Return the names of the distributions that a distribution needs, with an extra or without one."""
    for line in found.requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            yield canonicalize_name(wanted.name)
            if wanted.extras:
                yield from (name for more in wanted.extras for name in requirements(distribution(wanted.name), more))


def closure(names: Iterable[str]) -> set[str]:
    """Return distributions with all their dependencies."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += requirements(distribution(name))
    return reached


OWNERS = {module: set(map(canonicalize_name, names)) for module, names in packages_distributions().items()}
"""The distributions that each top-level module comes from."""


def tops(name: str) -> set[str]:
    """Return the names in site-packages that are of a distribution."""
    return {path.parts[0] for path in distribution(name).files or ()} - {"..", "__pycache__"} if name else set()


def place(names: Iterable[str], site: Path) -> None:
    """Link distributions into the site-packages of another environment."""
    for name in names:
        for top in tops(name):
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution(name).locate_file(top))))
