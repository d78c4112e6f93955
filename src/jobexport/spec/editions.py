"""Finds the editions, and loads the document of each, or the document that a file of the user's own makes.

The sources are openapi/ and overlays/, the resolved documents lie in generated/openapi/: in the checkout, or in the
folder that an installed package ships.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import reference
from jobexport.spec.load import load_yaml, tree
from jobexport.spec.overlay import apply_overlay
from jobexport.spec.shape import check_shape

# src/jobexport/spec/editions.py → the checkout; in an installed package this folder holds no openapi/.
CHECKOUT = Path(__file__).resolve().parents[3]

BASE = Path("openapi/openapi.yaml")
OVERLAYS = Path("overlays")
RESOLVED = Path("generated/openapi")
PACKAGE = Path("generated/jobexport_api")
REGISTER = Path("openapi/inconsistencies.yaml")
REGISTER_SCHEMA = "inconsistencies.schema.yaml"

SOURCES = (
    CHECKOUT if (CHECKOUT / BASE).is_file() and (CHECKOUT / OVERLAYS).is_dir() else Path(__file__).parent / "_shipped"
)
"""The folder that the files above lie in: the checkout, or what the package ships."""

_STANDS_FOR = "This document holds what one edition of the vendor's documentation says, and no more. "
_REPAIR = "rm -rf generated && make generate"

# The overlay for the client generator stands beside the editions' overlays, but is not an edition.
_CODEGEN = "codegen"

# The versions whose schemas are JSON Schema 2020-12, as the mock and the checks read them.
_OPENAPI = re.compile(r"3\.1\.\d+", re.ASCII)
# What is not safe in a header, in a URL and in the name of a folder.
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 60


@frozen
class Edition:
    """The documentation of one cloud at one time."""

    id: str
    """The name on the command line, such as `otc-2026`."""
    title: str
    """The pages that the edition stands for, with their dates."""
    path: Path
    """The resolved document."""


def editions() -> list[Edition]:
    """List the editions, by id.

    Raises:
        JobexportError: a document can't be read.
    """
    found = [Edition(path.stem, load_yaml(path)["info"]["summary"], path) for path in _resolved_paths()]
    if not found:
        raise JobexportError(f"no edition has a document; run `{_REPAIR}`")
    return found


def load_edition(edition: str | os.PathLike[str], *, folder: Path | None = None) -> dict[str, Any]:
    """Return the resolved OpenAPI document of an edition, or the document that a file makes.

    Args:
        edition: the id of an edition, or the path of an overlay or of an OpenAPI document. An id goes before a file of
            that name, which `./NAME` names.
        folder: the folder in which a relative path begins; by default the current folder.

    Raises:
        JobexportError: neither edition nor file exists, the edition's document is missing, or the file is unusable.
    """
    known = resolved_ids()
    if edition not in known and edition in _overlay_ids(SOURCES):
        raise JobexportError(f"edition {edition} has an overlay but no document yet; run `{_REPAIR}`")
    found = _id_or_path(edition, known, folder)
    if isinstance(found, Path):
        return _own_document(found, SOURCES)
    path = SOURCES / RESOLVED / f"{found}.yaml"
    return cast("dict[str, Any]", tree(_document(path, path.stat().st_mtime_ns)))


@functools.cache
def _document(path: Path, _changed: int) -> dict[str, Any]:
    """Read a resolved document, again only after a change: a copy takes a tenth of the time of reading."""
    return load_yaml(path)


def resolve(edition: str | os.PathLike[str], *, root: Path = SOURCES) -> dict[str, Any]:
    """Return the union with an edition's overlay applied, or the document that a file makes; no file is changed.

    Args:
        edition: the id of an edition, or a path as for `load_edition`.
        root: the checkout that holds openapi/ and overlays/.

    Raises:
        JobexportError: neither edition nor file exists, the file is unusable, or the overlay can't be applied.
    """
    found = _id_or_path(edition, edition_ids(root), None)
    if isinstance(found, Path):
        return _own_document(found, root)
    path = root / OVERLAYS / f"{found}.yaml"
    return _resolved(load_yaml(path), path, found, root)


def report_name(edition: str | os.PathLike[str]) -> str:
    """Return the name of a folder for reports on an edition or a file; no two files share a name.

    `otc-2026` → `otc-2026`, `drafts/mine.yaml` → `mine-5f0c2a91`.

    Raises:
        JobexportError: neither edition nor file exists.
    """
    found = _id_or_path(edition, resolved_ids(), None)
    if isinstance(found, str) or _is_of_edition(found, SOURCES):
        return Path(edition).stem if isinstance(found, Path) else found
    place = os.path.normcase(found.resolve())
    return f"{_name(found, SOURCES)}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:8]}"


def _id_or_path(edition: str | os.PathLike[str], known: list[str], folder: Path | None) -> str | Path:
    """Return the id of an edition, or the path of a file, which any other text is.

    Raises:
        JobexportError: neither edition nor file exists.
    """
    if isinstance(edition, str) and edition in known:
        return edition
    path = Path(edition) if folder is None else folder / edition
    try:
        missing = not path.exists() or path.is_dir()
    except OSError:
        # The reader of the file names the reason.
        missing = False
    if missing:
        choices = ", ".join(known) or f"none (run `{_REPAIR}`)"
        raise JobexportError(
            f"there is no edition {os.fspath(edition)!r} and no such file; "
            f"choose one of {choices}, or name an overlay or an OpenAPI document"
        )
    return path


def _own_document(path: Path, root: Path) -> dict[str, Any]:
    """Return the document that a file makes: the union with an overlay applied, or a whole OpenAPI document."""
    content = load_yaml(path)
    id_ = path.stem if _is_of_edition(path, root) else _name(path, root)
    if "overlay" in content:
        document = _resolved(content, path, id_, root)
        check_shape(document, path, made=True)
        return document
    version = content.get("openapi")
    if version is None:
        raise JobexportError(
            f"{path}: neither an overlay nor an OpenAPI document; begin it with `overlay: 1.1.0` or `openapi: 3.1.0`"
        )
    if not (isinstance(version, str) and _OPENAPI.fullmatch(version)):
        raise JobexportError(f"{path}: `openapi` must be a version 3.1.x, such as 3.1.0, not {version!r}; convert it")
    check_shape(content, path)
    return content | {"info": content["info"] | {"x-edition": id_}}


def _name(path: Path, root: Path) -> str:
    """Return a name for a file of the user's own: never an edition's id, whose claims in the register are not its."""
    name = _UNSAFE.sub("-", path.stem).strip(".-")[:_LONGEST_NAME] or "own"
    return f"own-{name}" if name in {*resolved_ids(), *_overlay_ids(root)} else name


def _is_of_edition(path: Path, root: Path) -> bool:
    """Return whether a file is the overlay or the resolved document of the edition that it is named after."""
    sources = (root / OVERLAYS / f"{path.stem}.yaml", root / RESOLVED / f"{path.stem}.yaml")
    return path.stem != _CODEGEN and any(source.is_file() and path.samefile(source) for source in sources)


def _resolved(overlay: dict[str, Any], path: Path, id_: str, root: Path) -> dict[str, Any]:
    """Return the union with an overlay applied, and with the name and the texts of the edition."""
    document = _applied(overlay, path, root)
    if not isinstance(document.get("info"), dict) or "title" not in document["info"]:
        raise JobexportError(f"{_short(path)}: takes away info or its title, which a document needs; drop that action")
    about = overlay["info"]
    document["info"] |= {
        "title": f"{document['info']['title']}, edition {id_}",
        "summary": about["title"],
        "description": f"{document['info'].get('description', '')}\n{_STANDS_FOR}{about.get('description', '')}\n",
        "x-edition": id_,
    }
    return document


def resolve_for_codegen(root: Path = SOURCES) -> dict[str, Any]:
    """Return the document that the client is generated from: the union, less the parts the generator must not see.

    Raises:
        JobexportError: a source can't be read, or the overlay can't be applied.
    """
    path = root / OVERLAYS / f"{_CODEGEN}.yaml"
    document = _applied(load_yaml(path), path, root)
    # The generator shows the descriptions of schemas only.
    for parameter in document["components"]["parameters"].values():
        if "description" in parameter and reference(parameter["schema"]) is None:
            parameter["schema"] = {"description": parameter["description"]} | parameter["schema"]
    return document


def _applied(overlay: dict[str, Any], path: Path, root: Path) -> dict[str, Any]:
    base = root / BASE
    return apply_overlay(load_yaml(base), overlay, source=_short(path), base=_short(base))


def edition_ids(root: Path = SOURCES) -> list[str]:
    """List the ids of the editions that have an overlay under `root`.

    Raises:
        JobexportError: no edition has an overlay; a check of no edition would find nothing wrong.
    """
    found = _overlay_ids(root)
    if not found:
        raise JobexportError(f"{root / OVERLAYS} has no edition's overlay; name the folder of a checkout")
    return found


def _overlay_ids(root: Path) -> list[str]:
    return sorted(path.stem for path in (root / OVERLAYS).glob("*.yaml") if path.stem != _CODEGEN)


def resolved_ids() -> list[str]:
    """List the ids of the editions that have a document, without reading a document."""
    return [path.stem for path in _resolved_paths()]


def is_checkout() -> bool:
    """Return whether the package lies in a checkout, whose sources can be edited."""
    return SOURCES == CHECKOUT


def register_path() -> Path:
    """Return the path of the register: in the checkout, or shipped with the package."""
    return SOURCES / REGISTER


def _resolved_paths() -> list[Path]:
    return sorted((SOURCES / RESOLVED).glob("*.yaml"))


def _short(path: Path) -> Path:
    """Return a path as messages show it: relative, if it lies below the current folder."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
