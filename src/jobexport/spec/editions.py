"""Finds the editions, and loads the document of each.

In a checkout the sources are openapi/ and overlays/ and the resolved documents lie in generated/openapi/. An installed
package ships the resolved documents only.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.load import load_yaml, tree
from jobexport.spec.overlay import apply_overlay

# src/jobexport/spec/editions.py → the checkout; in an installed package this folder holds no openapi/.
CHECKOUT = Path(__file__).resolve().parents[3]
_SHIPPED = Path(__file__).resolve().parent / "_shipped"

BASE = Path("openapi/openapi.yaml")
OVERLAYS = Path("overlays")
RESOLVED = Path("generated/openapi")
PACKAGE = Path("generated/jobexport_api")
REGISTER = Path("openapi/inconsistencies.yaml")
REGISTER_SCHEMA = "inconsistencies.schema.yaml"

_STANDS_FOR = "This document holds what one edition of the vendor's documentation says, and no more. "
_REPAIR = "rm -rf generated && make generate"

# The overlay for the client generator stands beside the editions' overlays, but is not an edition.
_CODEGEN = "codegen"


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


def load_edition(edition: str) -> dict[str, Any]:
    """Return the resolved OpenAPI document of an edition.

    Raises:
        JobexportError: the edition does not exist, or its document is missing or unreadable.
    """
    known = {path.stem: path for path in _resolved_paths()}
    if edition not in known:
        if is_checkout() and (CHECKOUT / OVERLAYS / f"{edition}.yaml").is_file() and edition != _CODEGEN:
            raise JobexportError(f"edition {edition} has an overlay but no document yet; run `{_REPAIR}`")
        raise JobexportError(
            f"there is no edition {edition!r}; choose one of {', '.join(known) or f'none (run `{_REPAIR}`)'}"
        )
    path = known[edition]
    return cast("dict[str, Any]", tree(_document(path, path.stat().st_mtime_ns)))


@functools.cache
def _document(path: Path, _changed: int) -> dict[str, Any]:
    """Read a resolved document, again only after a change: a copy takes a tenth of the time of reading."""
    return load_yaml(path)


def resolve(edition: str, *, root: Path = CHECKOUT) -> dict[str, Any]:
    """Return the union with an edition's overlay applied; no file is changed.

    Args:
        edition: an edition's id, or the path of an overlay file of your own.
        root: the checkout that holds openapi/ and overlays/.

    Raises:
        JobexportError: the edition or the file does not exist, or the overlay can't be applied.
    """
    is_path = edition.endswith((".yaml", ".yml", ".json"))
    if not is_path and edition not in (known := edition_ids(root)):
        raise JobexportError(
            f"there is no edition {edition!r}; choose one of {', '.join(known)}, or name an overlay file"
        )
    path = Path(edition) if is_path else root / OVERLAYS / f"{edition}.yaml"
    overlay = load_yaml(path)
    document = _applied(overlay, path, root)
    if not isinstance(document.get("info"), dict) or "title" not in document["info"]:
        raise JobexportError(f"{_short(path)}: takes away info or its title, which a document needs; drop that action")
    about = overlay["info"]
    document["info"] |= {
        "title": f"{document['info']['title']}, edition {path.stem}",
        "summary": about["title"],
        "description": f"{document['info'].get('description', '')}\n{_STANDS_FOR}{about.get('description', '')}\n",
        "x-edition": path.stem,
    }
    return document


def resolve_for_codegen(root: Path = CHECKOUT) -> dict[str, Any]:
    """Return the document that the client is generated from: the union, less the parts the generator must not see.

    Raises:
        JobexportError: a source can't be read, or the overlay can't be applied.
    """
    path = root / OVERLAYS / f"{_CODEGEN}.yaml"
    return _applied(load_yaml(path), path, root)


def _applied(overlay: dict[str, Any], path: Path, root: Path) -> dict[str, Any]:
    base = root / BASE
    return apply_overlay(load_yaml(base), overlay, source=_short(path), base=_short(base))


def edition_ids(root: Path = CHECKOUT) -> list[str]:
    """List the ids of the editions that have an overlay under `root`.

    Raises:
        JobexportError: no edition has an overlay; a check of no edition would find nothing wrong.
    """
    found = sorted(path.stem for path in (root / OVERLAYS).glob("*.yaml") if path.stem != _CODEGEN)
    if not found:
        raise JobexportError(f"{root / OVERLAYS} has no edition's overlay; name the folder of a checkout")
    return found


def resolved_ids() -> list[str]:
    """List the ids of the editions that have a document, without reading a document."""
    return [path.stem for path in _resolved_paths()]


def is_checkout() -> bool:
    """Return whether the package lies in a checkout, with the sources at hand."""
    return (CHECKOUT / BASE).is_file() and (CHECKOUT / OVERLAYS).is_dir()


def register_path() -> Path:
    """Return the path of the register: in the checkout, or shipped with the package."""
    return CHECKOUT / REGISTER if is_checkout() else _SHIPPED / REGISTER.name


def _resolved_paths() -> list[Path]:
    folder = CHECKOUT / RESOLVED if is_checkout() else _SHIPPED / "openapi"
    return sorted(folder.glob("*.yaml"))


def _short(path: Path) -> Path:
    """Return a path as messages show it: relative, if it lies below the current folder."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
