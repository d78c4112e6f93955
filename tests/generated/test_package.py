from __future__ import annotations

import importlib.metadata
import importlib.resources
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import jobexport_api
import pytest
from jobexport_api.models.export_flink_jobs_request import ExportFlinkJobsRequest

PACKAGE = Path(jobexport_api.__file__).parent
PROJECT = Path(__file__).parents[2]
TEMPLATES = PROJECT / "openapi" / "codegen" / "templates"
FORKS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja"))


def test_py_typed_exists() -> None:
    """The package carries the marker that makes type checkers read its annotations."""
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize(
    "path", [PROJECT, Path(sys.prefix), Path(tempfile.gettempdir())], ids=["project", "environment", "temporary"]
)
def test_no_file_names_a_path_of_this_machine(path: Path) -> None:
    """No generated file says where it was generated."""
    sources = [source for source in PACKAGE.rglob("*") if source.is_file() and source.suffix != ".pyc"]
    assert len(sources) > 10
    assert [source for source in sources if f"{path}/" in source.read_text(encoding="utf-8")] == []


def test_every_argument_has_words() -> None:
    """The docstring of an operation says of each argument what it is, also where only the parameter says so."""
    operations = [path for path in PACKAGE.glob("api/*/*.py") if path.name != "__init__.py"]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in operations}
    assert all(re.search(r"^        project_id \(str\): \w", text, re.MULTILINE) for text in texts.values())
    assert {name: re.findall(r"^        \w+ \([^)]*\):$", text, re.MULTILINE) for name, text in texts.items()} == {
        name: [] for name in texts
    }


def test_importing_the_package_does_not_import_httpx() -> None:
    """`import jobexport_api` and its models do without httpx until a client is asked for."""
    code = "import sys, jobexport_api, jobexport_api.models; assert 'httpx' not in sys.modules; jobexport_api.Client"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_the_package_lacks_is_an_attribute_error() -> None:
    """A misspelt name of the package is an AttributeError."""
    with pytest.raises(AttributeError, match="Clinet"):
        getattr(jobexport_api, "Clinet")  # noqa: B009 (a type checker would refuse the plain spelling)


@pytest.mark.parametrize("fork", FORKS)
def test_a_fork_names_the_generator_version_it_comes_from(fork: str) -> None:
    """Every forked template opens with the version it was forked from, and that is the installed one."""
    installed = importlib.metadata.version("openapi-python-client")
    opening = (TEMPLATES / fork).read_text(encoding="utf-8").splitlines()[:2]
    assert opening == ["{#", f"Fork of {fork} of openapi-python-client {installed}."]


@pytest.mark.parametrize("fork", FORKS)
def test_a_fork_says_why_and_when_it_goes(fork: str) -> None:
    """Every forked template says why it is there and when it can be deleted."""
    comment = (TEMPLATES / fork).read_text(encoding="utf-8").split("#}")[0]
    assert "Why" in comment
    assert "elete when" in comment


@pytest.mark.parametrize("fork", FORKS)
def test_a_fork_replaces_a_template_of_the_generator(fork: str) -> None:
    """Every forked template has the name of one of the generator's, which would ignore any other."""
    assert (importlib.resources.files("openapi_python_client") / "templates" / fork).is_file()


def test_the_repr_of_an_unset_value_is_its_name() -> None:
    """An unset field of a model shows as `UNSET`, without a module's path or an address."""
    request = ExportFlinkJobsRequest(obs_dir="bucket/folder", is_selected=False)
    assert "job_selected=UNSET" in repr(request)
    assert "Unset" not in repr(request)
    assert " at 0x" not in repr(request)


def test_an_operation_imports_its_own_models_only() -> None:
    """The import of one operation loads the models that it uses, not the models of all operations."""
    code = (
        "import sys, jobexport_api.api.dgc.list_scripts, jobexport_api.models as models;"
        "loaded = [name for name in sys.modules if name.startswith('jobexport_api.models.')];"
        "print(len(loaded), len(models.__all__), all(hasattr(models, name) for name in models.__all__))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, known, there = run.stdout.split()
    assert int(loaded) < 6 < int(known)
    assert there == "True"
