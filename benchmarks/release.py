"""Verifies wheel and source archive as their users get them, and prints what to upload. Uploads nothing.

For each Python at hand (on PATH, and of pyenv) and each extra, uv installs the wheel into a new environment with the
newest versions of the dependencies that the wheel allows; for the oldest Python also with the oldest ones. There the
dependencies have to fit each other, and a program that uses the extra has to run. The last column is the median
processor time of the extra's import in a fresh interpreter. The source archive has to build the same wheel.

    python benchmarks/release.py path/of/uv [dist]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NoReturn

from attrs import frozen
from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 3
PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
SERVED = """
from jobexport import mock
with mock.serve("otc-2026") as server:
    import urllib.request as r
    sent = r.Request(f"{server.url}/v1/{server.project_id}/jobs/myJob/export", b"{}", {"X-Auth-Token": server.token})
    assert r.build_opener(r.ProxyHandler({})).open(sent).read(2) == b"PK"
"""
REFUSED = """
import subprocess, sys
done = subprocess.run([sys.executable, "-m", "jobexport", "--version"], capture_output=True, text=True)
assert (done.returncode, done.stderr.count("\\n")) == (2, 1), done
"""
PAGE = "# A\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n"


@frozen
class Use:
    """What is tried of an extra: the statement whose time is taken, and programs and commands that have to succeed."""

    statement: str
    programs: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


USES = {
    "": Use("import jobexport_api; from jobexport import DgcClient, DliClient", (REFUSED,)),
    "cli": Use("import jobexport.cli.commands", (), ("--version", "dgc export --help", "dli export --help")),
    "obs": Use("import obstore.store; from jobexport import DliClient"),
    "openstack": Use("import jobexport.cli.export.profile; from openstack.config import OpenStackConfig"),
    "mock": Use("from jobexport.mock import serve", (SERVED,), ("mock --list-faults", "editions")),
    "uvloop": Use("import uvloop"),
    "contract": Use("import jobexport.contract", (), ("contract --edition otc-2024 --api dli --max-examples 1",)),
    "drift": Use("import jobexport.drift", (), ("drift page.md --edition otc-2024 --fail-on error --format json",)),
    "tools": Use("import jobexport.cli.commands", (SERVED,), ("--version", "resolve otc-2024")),
}
EXPECTED = {"drift": 1}
"""The exit code of an extra's commands, if not 0: the page differs."""


def run(command: list[str | Path], folder: Path, code: int = 0) -> str:
    """Run a command that ends with this code; return its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JOBEXPORT_", "OS_"))}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    if done.returncode != code:
        words = " ".join(map(str, command))[:300]
        fail(f"{words}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def fail(sentence: str) -> NoReturn:
    """End the program."""
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def pythons(allowed: SpecifierSet) -> Iterator[tuple[str, str]]:
    """Yield version and path of the first Python of each minor version that the wheel allows, oldest first."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = filter(None, (shutil.which(f"python3.{minor}") for minor in range(30)))
    found: dict[tuple[int, ...], tuple[str, str]] = {}
    for path in (sys.executable, *on_path, *map(str, sorted(root.glob("versions/*/bin/python3")))):
        code = "import platform; print(platform.python_version())"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        version = done.stdout.strip()
        if done.returncode == 0 and allowed.contains(version, prereleases=True):
            found.setdefault(tuple(map(int, version.split(".")[:2])), (version, path))
    return iter(found[minor] for minor in sorted(found))


def seconds(python: Path, statement: str, folder: Path) -> float:
    """Return the median seconds of a statement in fresh interpreters with warm byte code."""
    code = f"from time import process_time as now\nstart = now()\n{statement}\nprint(now() - start)"
    return median([float(run([python, "-c", code], folder)) for _ in range(RUNS + 1)][1:])


def megabytes(folder: Path) -> float:
    """Return the size of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def verify(uv: Path, python: str, wheel: Path, extra: str, oldest: bool, folder: Path) -> tuple[float, float]:
    """Install the wheel with an extra and use it; return megabytes of the installation and the import's seconds."""
    run([uv, "venv", "--quiet", "--python", python, folder / "venv"], folder)
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    inside = folder / "venv/bin/python"
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", inside]
    if oldest:  # of the dependencies that pyproject.toml names itself
        names = ["--extra", extra] if extra else []
        run([*install, "--resolution", "lowest-direct", "--requirement", PYPROJECT, *names], folder)
    run([*install, f"{wheel}[{extra}]" if extra else wheel], folder)
    size = megabytes(folder / "venv")
    run([uv, "pip", "check", "--quiet", "--python", inside], folder)
    use = USES[extra]
    for program in use.programs:
        run([inside, "-c", program], folder)
    for command in use.commands:
        run([folder / "venv/bin/jobexport", *command.split()], folder, EXPECTED.get(extra, 0))
    return size, seconds(inside, use.statement, folder)


def content(wheel: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def main(uv: Path, dist: Path) -> None:
    """Verify, print the table, and print what to upload."""
    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as scratch:
        run([uv, "build", "--quiet", "--wheel", "--out-dir", scratch, source], dist)
        if content(Path(scratch, wheel.name)) != content(wheel):
            fail(f"{source.name} builds another wheel")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch)  # our own wheel
        (metadata,) = Path(scratch).glob("*.dist-info")
        ours = PathDistribution(metadata).metadata
    extras = ["", *(ours.get_all("Provides-Extra") or ())]
    if set(extras) != set(USES):
        fail(f"USES has to name the extras {', '.join(extras)}")
    print("| Python | dependencies | extra | installed, MB | import, ms of CPU |\n| --- | --- | --- | --- | --- |")
    found = list(pythons(SpecifierSet(ours["Requires-Python"])))
    for (version, path), oldest in [(found[0], True), *((python, False) for python in found)]:
        for extra in extras:
            with tempfile.TemporaryDirectory() as scratch:
                size, taken = verify(uv, path, wheel, extra, oldest, Path(scratch))
            named = "oldest" if oldest else "newest"
            print(f"| {version} | {named} | {extra or 'none'} | {size:.1f} | {taken * 1000:.0f} |", flush=True)
    print("\nTo upload, with a tool such as `uv publish` or twine:")
    for file in (wheel, source):
        print(f"  {file}  {file.stat().st_size:,} bytes  sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        fail(__doc__.partition("\n\n    ")[2].strip())
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2] if len(sys.argv) > 2 else "dist").absolute())
