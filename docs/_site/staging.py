"""Writes the sources of the site: the Markdown of the checkout at the same places, and the pages made from the code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from docs._site import command_pages, edition_pages, python_pages, register_page
from jobexport.spec.editions import REGISTER, edition_ids
from jobexport.spec.register import load_register

if TYPE_CHECKING:
    from collections.abc import Iterator

# The pages that people write, in the order of the menu. A page under docs/ that no group names comes last in Guides.
_GROUPS = {
    "Guides": (
        "docs/export.md",
        "docs/backup.md",
        "docs/backup-trouble.md",
        "docs/archives.md",
        "docs/clients.md",
        "docs/generated.md",
        "docs/mock.md",
        "docs/contract.md",
        "docs/drift.md",
        "docs/new-edition.md",
        "docs/recipes.md",
        "examples/README.md",
    ),
    "Reference": (
        "docs/editions.md",
        "generated/EDITIONS.md",
        "generated/INCONSISTENCIES.md",
        "docs/faults.md",
        "docs/contract-faults.md",
        "docs/contract-strength.md",
        "docs/benchmarks.md",
        "SECURITY.md",
    ),
    "Development": ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"),
}
_README = "README.md"
_REGISTER = "generated/INCONSISTENCIES.md"
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
_IMAGE = re.compile(r"<(?:img|source)\b[^>]*\bsrc(?:set)?=\"([^\"]+)\"")


def write(checkout: Path, stage: Path) -> None:
    """Write all pages, and the files of the checkout that they link, into a folder."""
    written = {name: (checkout / name).read_text(encoding="utf-8") for name in _written(checkout)}
    for name, text in written.items():
        for target in _linked(name, text, checkout):
            if target not in written and (checkout / target).is_file():
                _put(stage, target, checkout / target)
    groups = _groups(checkout)
    made = {
        **command_pages.pages(),
        **python_pages.pages(),
        **edition_pages.pages(checkout),
        _REGISTER: register_page.page(written[_REGISTER], load_register(checkout / REGISTER), edition_ids(checkout)),
    }
    groups["Reference"] = ["commands/index.md", "python/index.md", *groups["Reference"]]
    groups["The APIs, by edition"] = [name for name in made if name.startswith("apis/")]
    for name, text in (written | made).items():
        _put(stage, name, relinked(name, text, checkout))
    menu = "\n".join(_menu(title, pages) for title, pages in groups.items())
    start = (stage / _README).rename(stage / "index.md")
    start.write_text(f"{start.read_text(encoding='utf-8')}\n{menu}", encoding="utf-8")


def _written(checkout: Path) -> list[str]:
    """Return the pages that people or `make generate` write, relative to the checkout."""
    return [_README, *(name for group in _groups(checkout).values() for name in group)]


def _groups(checkout: Path) -> dict[str, list[str]]:
    """Return the written pages that are there, by group of the menu."""
    groups = {title: [name for name in names if (checkout / name).is_file()] for title, names in _GROUPS.items()}
    known = {name for names in groups.values() for name in names}
    groups["Guides"] += [f"docs/{path.name}" for path in sorted((checkout / "docs").glob("*.md"))]
    groups["Guides"] = [
        name for name in dict.fromkeys(groups["Guides"]) if name not in known or name in _GROUPS["Guides"]
    ]
    return groups


def _menu(title: str, pages: list[str]) -> str:
    listed = "\n".join(name.rpartition(".")[0] for name in pages)
    return f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{listed}\n```\n"


def _linked(name: str, text: str, checkout: Path) -> Iterator[str]:
    """Return the files of the checkout that a page links or shows, relative to the checkout."""
    for target in [*(match[2] for match in _LINK.finditer(text)), *_IMAGE.findall(text)]:
        if not re.match(r"[a-z]+:", target):
            path = ((checkout / name).parent / target).resolve()
            if path.is_relative_to(checkout):
                yield path.relative_to(checkout).as_posix()


def relinked(name: str, text: str, checkout: Path) -> str:
    """Return the text with its links as the site has them: the README is called index, and no folder has a page."""

    def link(match: re.Match[str]) -> str:
        words, target, anchor = match[1], match[2], match[3] or ""
        path = ((checkout / name).parent / target).resolve()
        if path == checkout / _README:
            return f"[{words}]({target.removesuffix(_README)}index.md{anchor})"
        return words if path.is_dir() else match[0]

    return _LINK.sub(link, text)


def _put(stage: Path, name: str, content: str | Path) -> None:
    target = stage / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copyfile(content, target)
    else:
        target.write_text(content, encoding="utf-8")
