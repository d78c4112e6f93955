"""Writes everything under generated/: one recipe, into a fresh folder, which then replaces the old folder.

`python -m jobexport.spec.generate` writes; with `--check` it compares instead. Both run the same steps, so the check
accepts exactly the files that a fresh run writes.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.core.disk.files import swap_folder, workplace, writing
from jobexport.core.environment import inherited
from jobexport.core.output import standard_output
from jobexport.errors import JobexportError
from jobexport.spec.editions import (
    BASE,
    OVERLAYS,
    PACKAGE,
    REGISTER,
    REGISTER_SCHEMA,
    edition_ids,
    resolve,
    resolve_for_codegen,
)
from jobexport.spec.load import dump_yaml
from jobexport.spec.matrix import render_editions, render_matrix
from jobexport.spec.register import load_register
from jobexport.spec.roles import error_names, mark_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GENERATED = Path("generated")
_CODEGEN = Path("openapi/codegen")

# The tools whose version affects the output.
_TOOLS = ("openapi-python-client", "ruff", "pyyaml", "jsonpath-rfc9535")


def generate(root: Path) -> None:
    """Write generated/ of a checkout anew; on any failure the old folder stays as it was.

    Raises:
        JobexportError: a source is wrong, the generator failed or warned, or the folder can't be written.
    """
    with _fresh(root) as fresh:
        write_all(root, fresh)
        with writing(root / GENERATED):
            swap_folder(fresh, root / GENERATED)


def differences(root: Path) -> list[str]:
    """Return the files under generated/ that differ from a fresh run, as sorted paths.

    Raises:
        JobexportError: as `generate`.
    """
    with _fresh(root) as fresh:
        write_all(root, fresh)
        return sorted(str(GENERATED / path) for path in _unequal(fresh, root / GENERATED))


def write_all(root: Path, folder: Path) -> None:
    """Write the resolved documents, the register's page, the client package and the provenance into `folder`."""
    ids = edition_ids(root)
    (folder / "openapi").mkdir(parents=True)
    documents = {id_: resolve(id_, root=root) for id_ in ids}
    for id_, document in documents.items():
        (folder / "openapi" / f"{id_}.yaml").write_text(dump_yaml(document), encoding="utf-8")
    titles = {id_: document["info"]["summary"] for id_, document in documents.items()}
    register = load_register(root / REGISTER)
    for finding in register.gaps(ids):
        raise JobexportError(finding)
    page = render_matrix(register, ids)
    (folder / "INCONSISTENCIES.md").write_text(page, encoding="utf-8")
    (folder / "EDITIONS.md").write_text(render_editions(register, titles), encoding="utf-8")
    _write_client(root, folder / PACKAGE.name, error_names(documents.values()))
    provenance = {
        "tools": {tool: version(tool) for tool in _TOOLS},
        "inputs": {path.as_posix(): _sha256(root / path) for path in sources(root)},
    }
    (folder / "provenance.json").write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")


def sources(root: Path) -> list[Path]:
    """List the files that affect the output, relative to `root`."""
    folder = BASE.parent
    files = [BASE, REGISTER, folder / REGISTER_SCHEMA]
    files += [path.relative_to(root) for path in (root / OVERLAYS).glob("*.yaml")]
    files += [path.relative_to(root) for path in (root / _CODEGEN).rglob("*") if path.is_file()]
    return sorted(files)


def _write_client(root: Path, package: Path, errors: Mapping[str, list[str]]) -> None:
    document = resolve_for_codegen(root)
    mark_errors(document, errors)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "openapi.yaml"
        path.write_text(dump_yaml(document), encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
        command += ["--path", str(path), "--output-path", str(package)]
        command += ["--config", str(root / _CODEGEN / "config.yaml")]
        command += ["--custom-template-path", str(root / _CODEGEN / "templates")]
        # The generator's hooks call ruff by name: it must be the one of this environment.
        environment = inherited()
        environment["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{environment.get('PATH', '')}"
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        raise JobexportError(f"openapi-python-client could not generate the client: {_reason(done)}")


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return the generator's output as one line; of a traceback only the exception at its end."""
    if "Traceback" in done.stderr:
        return done.stderr.strip().splitlines()[-1]
    return " ".join((done.stdout + done.stderr).split())


@contextlib.contextmanager
def _fresh(root: Path) -> Iterator[Path]:
    """Yield a new folder beside generated/, which is removed at the end in any case."""
    with contextlib.ExitStack() as stack:
        with writing(root):
            folder = stack.enter_context(workplace(root, f"{GENERATED}."))
        yield folder


def _unequal(fresh: Path, place: Path) -> Iterator[Path]:
    both = {folder: set(_files(folder)) for folder in (fresh, place)}
    yield from both[fresh] ^ both[place]
    for path in both[fresh] & both[place]:
        if not filecmp.cmp(fresh / path, place / path, shallow=False):
            yield path


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(argv: list[str] | None = None) -> int:
    """Generate or, with --check, compare; return 0 if fine, 1 if generated/ is stale, 2 if it could not be done."""
    with standard_output():
        return _main(argv)


def _main(argv: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m jobexport.spec.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--root", type=Path, default=Path(), help="the checkout (default: the current folder)")
    options = parser.parse_args(argv)
    started = time.monotonic()
    stale: list[str] = []
    try:
        if options.check:
            stale = differences(options.root)
        else:
            generate(options.root)
    except JobexportError as problem:
        print(problem, file=sys.stderr)
        return 2
    for path in stale:
        print(f"{path} differs from a fresh run")
    if stale:
        print(f"repair it with: rm -rf {GENERATED} && make generate")
        return 1
    done = "is up to date" if options.check else "written"
    print(f"{GENERATED}/ {done} ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
