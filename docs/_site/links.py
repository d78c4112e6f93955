"""Checks a built site: each link and anchor leads to something in it, and no page loads anything from another host."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOADED = {"script", "img", "source", "iframe", "embed", "audio", "video", "object"}


class _Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        for name in ("href", "src", "data", "srcset", "action"):
            if link := found.get(name):
                self.links.append(link.split()[0] if name == "srcset" else link)
                if tag in _LOADED or (tag == "link" and found.get("rel") in {"stylesheet", "icon", "preload"}):
                    self.loaded.append(link)


def problems(site: Path) -> Iterator[str]:
    """Return a sentence for each link that leads nowhere, and for each file that the network must bring."""
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    pages = {name: _Page(path.read_text(encoding="utf-8")) for name, path in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        yield from (f"{name} loads {link} by network" for link in page.loaded if _elsewhere(link))
        for link in dict.fromkeys(page.links):
            if _elsewhere(link) or urlsplit(link).scheme in {"data", "mailto"}:
                continue
            target = _target(name, link)
            anchor = unquote(urlsplit(link).fragment)
            if target not in files:
                yield f"{name} links {link}, and the site has no {target}"
            elif anchor and target in pages and anchor not in pages[target].ids:
                yield f"{name} links {link}, and {target} has no anchor {anchor}"


def _elsewhere(link: str) -> bool:
    return urlsplit(link).scheme in {"http", "https"} or link.startswith("//")


def _target(page: str, link: str) -> str:
    path = unquote(urlsplit(link).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
