"""Makes the page of each edition's API: the list of its operations, which Scalar shows in full.

Of the two viewers in the package offapi, Scalar's script works from a file without network. Redoc's release 3 is a
module, which a browser does not load from a file, and fetches a picture from a host of its maker.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docs._site.escaping import code, plain
from jobexport.core.extras import find
from jobexport.spec.document import operations
from jobexport.spec.editions import edition_ids, resolve

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "apis/"


def pages(checkout: Path) -> dict[str, str]:
    """Return a page for each edition, by file name."""
    return {f"{FOLDER}{id_}.md": _page(id_, resolve(id_, root=checkout)) for id_ in edition_ids(checkout)}


def _page(edition: str, document: dict[str, Any]) -> str:
    rows = [
        f"- {code(f'{operation.method.upper()} {operation.path}')}: {plain(operation.fields.get('summary', ''))}"
        for operation in operations(document)
    ]
    return f"# {plain(edition)}\n\n{plain(document['info']['summary'])}\n\n" + "\n".join(rows) + "\n"


def shown(edition: str, checkout: Path) -> str:
    """Return an edition's document as JSON that may stand in a script element."""
    text = json.dumps(resolve(edition, root=checkout), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def viewer() -> Path:
    """Return the script of the viewer."""
    from pathlib import Path

    return Path(str(find("offapi", "mock").origin)).parent / "scalar.js"
