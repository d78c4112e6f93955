"""The extras: each has the imports of its packages, and one sentence names a missing extra.

Programs run in an environment that has only the wheel and the distributions of some extras: for each extra one process
that runs a program with all of them, and then the same program in forks, each without one distribution.
"""

from __future__ import annotations

import ast
import functools
import json
import os
import subprocess
import venv
from importlib.metadata import PathDistribution, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

import jobexport
from jobexport import mock
from tests.drift.making.described import DESCRIBED
from tests.project.making.distributions import OWNERS, closure, place, requirements, tops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Environment = Callable[..., "Installed"]

ROOT = Path(jobexport.__file__).parent

# The rooms whose imports each extra has to serve.
ROOMS = {
    "cli": ("cli",),
    "mock": ("cli", "mock", "spec"),
    "contract": ("cli", "mock", "contract", "spec"),
    "drift": ("cli", "drift", "spec"),
}
# Modules in these rooms that another extra serves, and those that `make` runs in a checkout.
APART = (
    "cli/backup/rehearsing.py",
    "cli/export/dli.py",
    "cli/export/profile.py",
    "contract/sandbox.py",
    "mock/storage/s3.py",
    "spec/generate.py",
    "spec/lint.py",
)
# uvicorn loads httptools by name, and of offapi only files are read: no `import` of ours has their names.
BY_NAME = {"httptools", "offapi"}
PLAIN = {"attrs", "httpx"}

# A program for each extra that uses all of it.
USES = {
    "cli": """
import sys
from jobexport.cli import main
sys.argv[1:] = ["dgc", "export", "myJob", "-o", "out", "--url", {url!r}, "--project", {project!r}]
main()
""",
    "obs": """
from jobexport import DliClient, errors
try:
    from obstore.store import MemoryStore
except ModuleNotFoundError:
    MemoryStore = object
with DliClient({project!r}, auth={token!r}, base_url={url!r}) as dli:
    try:
        dli.export_flink_jobs("obs-test", download_to="out", store=MemoryStore())
    except errors.DownloadFailed:
        pass
""",
    "openstack": """
from jobexport import errors
from jobexport.cli.export.profile import load_profile
try:
    load_profile("nowhere", None)
except errors.TokenUnavailable:
    pass
""",
    "mock": """
import httpx
from jobexport import mock
with mock.serve("otc-2024") as server:
    page = httpx.get(server.url, trust_env=False, verify=False)
    assert page.status_code == 200, page.text
""",
    "contract": """
from pathlib import Path
from jobexport.contract import Data, check_edition
from jobexport.spec import load_edition
data = Data(project={project!r}, jobs=("myJob",), flink_jobs=(100,), token={token!r})
document = load_edition("otc-2026")
path = "/v1.0/{{project_id}}/streaming/jobs/export"
document["paths"] = {{path: document["paths"][path]}}
report = check_edition(document, {url!r}, data, seed=1, report_dir=Path("reports"), api="dli", max_examples=1)
assert report.complete, report.ending
""",
    "drift": """
from jobexport import drift
from jobexport.drift.pages.tables.listings import listing
for text in ("<!DOCTYPE html><h1>A</h1>", "# A\\n\\n| a | b |\\n|---|---|\\n| c | d |\\n", "A\\n=\\n\\n.. note:: b\\n"):
    page = drift.read_page(text.encode() + b"\\n\\nGET /v1.0/{{project_id}}/streaming/jobs/export\\n")
    print(page.form)
listing('{{"a": 1,}}')
drift.load_described()
""",
}


@pytest.fixture(scope="session")
def ours(installed: Path) -> PathDistribution:
    """Return the wheel's metadata."""
    (folder,) = installed.glob("*.dist-info")
    return PathDistribution(folder)


_FORKS = """
import importlib, json, os, runpy, sys, tempfile
from pathlib import Path

def run(arguments):
    sys.argv = arguments[1:]
    if arguments[0] == "-m":
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        exec(compile(arguments[1], "<program>", "exec"), {"__name__": "__main__"})

def exit_code(arguments):
    try:
        run(arguments)
    except SystemExit as ended:
        return ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0

def forked(arguments, pruned):
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        pid = os.fork()
        if not pid:
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            for name in [name for name in sys.modules if name.partition(".")[0] in pruned]:
                del sys.modules[name]
            code = exit_code(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read().decode())
        return code, *texts

first, tasks = json.load(sys.stdin)
results = []
ended = exit_code(first)
for arguments, links, pruned in [] if ended else tasks:
    targets = {Path(link): os.readlink(link) for link in links}
    for link in targets:
        link.unlink()
    importlib.invalidate_caches()
    results.append(forked(arguments, set(pruned)))
    for link, target in targets.items():
        link.symlink_to(target)
Path("results.json").write_text(json.dumps(results))
sys.exit(ended)
"""


@frozen
class Installed:
    """An environment with the wheel and some extras."""

    root: Path
    names: frozenset[str]
    """The distributions beside the wheel."""

    def run(self, *command: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder of the environment."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OS_"))}
        return subprocess.run(
            [self.root / "bin" / "python", *command],
            cwd=self.root,
            env=known | variables,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def forks(
        self, first: list[str], tasks: list[tuple[list[str], str]], **variables: str
    ) -> tuple[subprocess.CompletedProcess[str], list[subprocess.CompletedProcess[str]]]:
        """Run a program, and then others as its forks, each without a distribution unless its name is empty.

        A fork has no module of the missing distribution, of those that need it, and of the wheel: it imports them anew.
        """
        given = [(arguments, [*map(str, self._links(missing))], self._pruned(missing)) for arguments, missing in tasks]
        done = self.run("-c", _FORKS, stdin=json.dumps([first, given]), **variables)
        results = json.loads((self.root / "results.json").read_text(encoding="utf-8"))
        return done, [
            subprocess.CompletedProcess(arguments, *result)
            for (arguments, _), result in zip(tasks, results, strict=False)
        ]

    def _links(self, name: str) -> Iterator[Path]:
        (site,) = self.root.glob("lib/python*/site-packages")
        yield from (site / top for top in tops(name) if (site / top).is_symlink())

    def _pruned(self, missing: str) -> list[str]:
        gone = {name for name in self.names if missing in closure([name])} | {"jobexport"}
        return [module for module, owners in OWNERS.items() if owners & gone] + ["jobexport", "jobexport_api"]


@pytest.fixture(scope="module")
def environment(installed: Path, ours: PathDistribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return a function that returns an environment with the wheel and some extras."""

    @functools.cache
    def make(*extras: str) -> Installed:
        root = tmp_path_factory.mktemp("-".join(("env", *extras)))
        venv.create(root, symlinks=True)
        (site,) = root.glob("lib/python*/site-packages")
        for entry in installed.iterdir():
            (site / entry.name).symlink_to(entry)
        needed = closure(name for extra in ("", *extras) for name in requirements(ours, extra))
        place(needed, site)
        return Installed(root, frozenset(needed))

    return make


Results = tuple[subprocess.CompletedProcess[str], dict[str, subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def used(environment: Environment, server: mock.Server) -> Callable[[str], Results]:
    """Return a function that runs the program of an extra with all its distributions, and without each of `direct`."""

    @functools.cache
    def results(extra: str) -> Results:
        missing = [name for other, name in direct() if other == extra]
        program = ["-c", use(extra, server)]
        done, without = environment(extra).forks(
            program, [(program, name) for name in missing], JOBEXPORT_TOKEN=server.token
        )
        return done, dict(zip(missing, without, strict=False))

    return results


@pytest.fixture(scope="module")
def server() -> Iterator[mock.Server]:
    with mock.serve(DESCRIBED.documents["otc-2026"]) as server:
        yield server


def use(extra: str, server: mock.Server) -> str:
    """Return a program that needs all of an extra."""
    return USES[extra].format(url=server.url, project=server.project_id, token=server.token)


def imported(room: str) -> set[str]:
    """Return the distributions that the modules of a room import when they run."""
    found: set[str] = set()
    for path in sorted((ROOT / room).rglob("*.py")):
        if path.relative_to(ROOT).as_posix() in APART:
            continue
        for module in runtime_imports(ast.parse(path.read_text(encoding="utf-8"))):
            found |= OWNERS.get(module, set())
    return found - {"jobexport"}


def runtime_imports(node: ast.AST) -> Iterator[str]:
    """Return the top-level modules that are imported, except under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield from runtime_imports(other)
        elif isinstance(child, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield str(child.module).partition(".")[0]
        else:
            yield from runtime_imports(child)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize("extra", ROOMS)
def test_an_extra_lists_what_its_packages_import(ours: PathDistribution, extra: str) -> None:
    """The distributions of an extra are the imports of its package, its command and the rooms below."""
    needed = set().union(*map(imported, ROOMS[extra])) - PLAIN
    assert set(requirements(ours, extra)) - PLAIN == needed | (BY_NAME if "mock" in ROOMS[extra] else set())


def test_tools_has_all_the_other_extras(ours: PathDistribution) -> None:
    """The extra `tools` has the distributions of every other extra."""
    others = set(ours.metadata.get_all("Provides-Extra") or ()) - {"tools"}
    # The mock uses uvloop where it is installed, so nothing fails without it.
    assert others == {*USES, "uvloop"}
    assert set(requirements(ours, "tools")) == {name for extra in others for name in requirements(ours, extra)}


@pytest.mark.parametrize("extra", USES)
def test_an_extra_is_enough(used: Callable[[str], Results], extra: str) -> None:
    """With one extra alone a program that uses all of it runs."""
    done, _ = used(extra)
    assert done.returncode == 0, done.stderr


def direct() -> Iterator[tuple[str, str]]:
    """Yield each extra with each distribution that no other extra has."""
    found = distribution("jobexport")
    for extra in USES:
        shared = set(requirements(found, "mock")) if extra == "contract" else set(requirements(found, "cli"))
        names = set(requirements(found, extra)) - PLAIN - (shared if extra != "cli" else set())
        # requests is left out: schemathesis needs it too, and fails first.
        yield from ((extra, name) for name in sorted(names - {"requests"}))


@pytest.mark.parametrize(("extra", "missing"), list(direct()))
def test_without_a_distribution_the_extra_is_named(used: Callable[[str], Results], extra: str, missing: str) -> None:
    """If a distribution of an extra is missing, the error is a sentence that names its module and the extra."""
    done = used(extra)[1][missing]
    assert done.returncode != 0
    modules = [module for module, owners in OWNERS.items() if missing in owners]
    ends = [f"needs {module}; install it: pip install 'jobexport[{extra}]'" for module in modules]
    assert any(end in last_line(done) for end in ends), done.stderr
    assert done.stderr.count("Traceback") <= 1, done.stderr


def test_a_plain_install_names_the_extra_of_each_package(environment: Environment) -> None:
    """Importing a package or anything in it without its extra is one ImportError, which names the extra."""
    code = """
for statement, extra in {
    "import jobexport.mock": "mock",
    "from jobexport.mock import serve": "mock",
    "import jobexport.mock.server.app": "mock",
    "import jobexport.contract": "contract",
    "from jobexport.contract.identify import identify": "contract",
    "from jobexport.drift import read_page": "drift",
    "from jobexport.drift.scaffold import scaffold_document": "drift",
    "import jobexport.spec": "tools",
    "from jobexport.spec.overlay import apply_overlay": "tools",
}.items():
    for _ in range(2):
        try:
            exec(statement)
        except ModuleNotFoundError as error:
            package = "spec" if extra == "tools" else extra
            assert str(error).startswith(f"jobexport.{package} needs "), error
            assert str(error).endswith(f"; install it: pip install 'jobexport[{extra}]'"), error
            assert error.__suppress_context__ and error.__cause__ is None
        else:
            raise SystemExit(f"{statement} passed")
"""
    done = environment().run("-c", code)
    assert done.returncode == 0, done.stderr


def test_a_plain_install_names_the_extra_of_the_command(environment: Environment) -> None:
    """Without any extra the command is one sentence with exit code 2."""
    done = environment().run("-m", "jobexport", "editions")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: the jobexport command needs click; install it: pip install 'jobexport[cli]', "
        "or 'jobexport[tools]' for every command\n"
    )


def test_each_command_names_its_extra(environment: Environment, server: mock.Server) -> None:
    """With the extra `cli` alone each other command, and each option of another extra, is one sentence and code 2."""
    cli = environment("cli")
    (cli.root / "page.md").write_text("# A\n", encoding="utf-8")
    where = ("--url", server.url, "--project", server.project_id)
    keys = {"HUAWEICLOUD_SDK_AK": server.access_key, "HUAWEICLOUD_SDK_SK": server.secret_key}
    download = ("--obs-dir", "obs-test", "--all", "--download", "out", "--obs-endpoint", server.url)
    cases: tuple[tuple[tuple[str, ...], str, str], ...] = (
        (("mock",), "jobexport.mock", "mock"),
        (("mock", "--list-faults"), "jobexport.mock", "mock"),
        (("contract",), "jobexport.contract", "contract"),
        (("contract", "--url", server.url, "--edition", "auto"), "jobexport.contract", "contract"),
        (("drift", "page.md"), "jobexport.drift", "drift"),
        (("drift", "page.md", "--scaffold"), "jobexport.drift", "drift"),
        (("drift", "page.md", "--against", "page.md"), "jobexport.drift", "drift"),
        (("editions",), "jobexport.spec", "tools"),
        (("resolve", "otc-2024"), "jobexport.spec", "tools"),
        (("dli", "export", *download, *where), "--download", "obs"),
        (("dgc", "export", "myJob", "-o", "out", "--os-cloud", "nowhere"), "a profile of clouds.yaml", "openstack"),
    )
    tasks = [(["-m", "jobexport", *arguments], "") for arguments, _, _ in cases]
    _, results = cli.forks(["-c", "import jobexport.cli.commands"], tasks, **keys)
    for (arguments, user, extra), done in zip(cases, results, strict=True):
        assert (done.returncode, done.stdout) == (2, ""), (arguments, done.stderr)
        assert done.stderr.startswith(f"Error: {user} needs "), (arguments, done.stderr)
        assert done.stderr.endswith(f"; install it: pip install 'jobexport[{extra}]'\n"), (arguments, done.stderr)
        assert done.stderr.count("\n") == 1, (arguments, done.stderr)


def test_a_bucket_needs_its_own_extra(environment: Environment) -> None:
    """With the extra `mock` alone `--obs s3://bucket` is one sentence with the extra `obs`, and code 2."""
    keys = {"AWS_ACCESS_KEY_ID": "an-id", "AWS_SECRET_ACCESS_KEY": "a-key"}
    done = environment("mock").run("-m", "jobexport", "mock", "--obs", "s3://bucket", "--port", "0", **keys)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: S3Storage needs obstore; install it: pip install 'jobexport[obs]'\n"


def test_edits_without_the_linter_lead_to_a_checkout(environment: Environment) -> None:
    """With the extra `drift` alone `--write` is one sentence that names the rule of a checkout which has the linter."""
    drift = environment("drift")
    (drift.root / "page.md").write_text(
        "# A\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n", encoding="utf-8"
    )
    done = drift.run("-m", "jobexport", "drift", "page.md", "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert "run `make install` there" in done.stderr
    assert done.stderr.count("\n") == 1


def test_completion_without_an_extra_is_silent(environment: Environment) -> None:
    """With the extra `cli` alone a shell that completes an edition gets nothing, and no traceback."""
    words = {"COMP_WORDS": "jobexport mock --edition o", "COMP_CWORD": "3", "_JOBEXPORT_COMPLETE": "bash_complete"}
    code = "import sys; sys.argv[0] = 'jobexport'; from jobexport.cli import main; main()"
    done = environment("cli").run("-c", code, **words)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
