"""The public names of the packages, which are loaded at their first use."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import jobexport_api
import pytest

import jobexport

ROOT = Path(jobexport.__file__).parent


def package_name(path: Path) -> str:
    """Return the name of the package whose `__init__.py` this is."""
    return ".".join((jobexport.__name__, *path.parent.relative_to(ROOT).parts))


def declared(path: Path) -> dict[str, tuple[str, str]]:
    """Return the module, and the name in it, that a type checker finds for each name of an `__init__.py`."""
    imports = (
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    )
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in imports for alias in node.names}


INITS = {package_name(path): path for path in sorted(ROOT.rglob("__init__.py"))}
PUBLIC = [name for name in INITS if hasattr(import_module(name), "__all__")]
LAZY = [name for name in PUBLIC if hasattr(import_module(name), "__getattr__")]


def test_the_packages_that_a_plain_install_has_are_lazy() -> None:
    """The packages that need no extra load their names when they are asked for."""
    assert LAZY == ["jobexport", "jobexport.archive", "jobexport.backup", "jobexport.client"]


@pytest.mark.parametrize("package", [*LAZY, "jobexport_api"])
def test_dir_lists_the_names_that_are_not_loaded_yet(package: str) -> None:
    """`dir()` of a lazy package has every public name in a fresh interpreter, where none of them is loaded."""
    code = (
        f"import {package} as package\n"
        "missing = {*package.__all__} - {*dir(package)}\n"
        "assert not missing, missing\n"
        "assert dir(package) == sorted(dir(package))\n"
        "assert not {*package.__all__} & {*vars(package)}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", LAZY)
def test_a_lazy_name_is_what_the_type_checker_takes_it_for(package: str) -> None:
    """Each public name is the very object that the package's `if TYPE_CHECKING` imports."""
    module, imports = import_module(package), declared(INITS[package])
    for name in set(module.__all__) - {"__version__"}:
        home, original = imports[name]
        assert getattr(module, name) is getattr(import_module(home), original), name


@pytest.mark.parametrize("package", LAZY)
def test_a_name_that_a_lazy_package_lacks_is_an_attribute_error(package: str) -> None:
    """A misspelt name is an AttributeError that names the package and the name."""
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Clinet'"):
        getattr(import_module(package), "Clinet")  # noqa: B009 (a type checker would refuse the plain spelling)


def test_public_names_stay_what_they_are_once_every_module_is_imported() -> None:
    """No public name becomes the module of the same name, such as `jobexport.drift.compare`."""
    code = (
        "import importlib, pkgutil, types, jobexport\n"
        f"packages = [importlib.import_module(name) for name in {PUBLIC!r}]\n"
        "before = {(p.__name__, name): getattr(p, name) for p in packages[::-1] for name in p.__all__}\n"
        "for found in pkgutil.walk_packages(jobexport.__path__, 'jobexport.'):\n"
        "    if found.name != 'jobexport.contract.fuzz.plugin':\n"  # it starts a run
        "        importlib.import_module(found.name)\n"
        "for (package, name), value in before.items():\n"
        "    assert getattr(importlib.import_module(package), name) is value, (package, name)\n"
        "    assert not isinstance(value, types.ModuleType), (package, name)\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_lazy_name_is_no_module_of_its_package() -> None:
    """No lazy package has a module by the name of one of its names, which would take the name's place."""
    for package in LAZY:
        folder = INITS[package].parent
        modules = {path.stem for path in folder.iterdir()}
        assert modules & set(import_module(package).__all__) == set(), package


@pytest.mark.parametrize("package", ["jobexport", "jobexport_api"])
def test_dir_lists_the_version(package: str) -> None:
    """`dir()` of both packages has `__version__`, which is read when it is asked for."""
    assert "__version__" in dir(import_module(package))


def test_both_packages_have_the_version_of_the_distribution() -> None:
    """`__version__` of both packages is the version that pip shows."""
    assert jobexport.__version__ == jobexport_api.__version__ == version("jobexport")


def test_the_generated_package_alone_has_no_version(tmp_path: Path) -> None:
    """Without the distribution, as in a copy of the package, `__version__` is an AttributeError that says why."""
    (tmp_path / "jobexport_api").symlink_to(Path(jobexport_api.__file__).parent)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import jobexport_api; jobexport_api.__version__"
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code], capture_output=True, text=True, check=False)
    assert "has no attribute '__version__', as the distribution jobexport is not installed" in done.stderr
    assert done.stderr.count("Traceback") == 1, done.stderr


def test_importing_the_generated_package_does_not_read_the_version() -> None:
    """`import jobexport_api` and `import jobexport` do without importlib.metadata, which takes longer than both."""
    code = "import sys, jobexport, jobexport_api; assert 'importlib.metadata' not in sys.modules"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, env={"PYTHONPATH": ":".join(source_folders())})


def source_folders() -> list[str]:
    """Return the folders that the two packages are in."""
    return [str(ROOT.parent), str(Path(jobexport_api.__file__).parents[1])]
