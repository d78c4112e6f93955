"""Makes the page of each edition's API: the list of its operations, which Scalar shows in full.

Of the two viewers in the package offapi, Scalar's script works from a file without network. Redoc's release 3 is a
module, which a browser does not load from a file, and fetches a picture from a host of its maker.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docs._site.escaping import code, plain
from jobexport.core.extras import find
from jobexport.mock.server.marked import marked
from jobexport.spec.document import operations
from jobexport.spec.editions import REGISTER, edition_ids, resolve
from jobexport.spec.register import load_register

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
    """Return an edition's document as JSON for a script element; its marks lead to the register."""
    document = resolve(edition, root=checkout)
    result = marked(document, edition, load_register(checkout / REGISTER))
    # The mock's page has the mock as the only server.
    result["servers"] = document.get("servers", [])
    for path, item in document["paths"].items():
        result["paths"][path] |= {"servers": item["servers"]} if "servers" in item else {}
    return as_json(result).replace("](/_mock/inconsistencies#", "](../generated/INCONSISTENCIES.html#")


def as_json(document: dict[str, Any]) -> str:
    """Return a document as JSON that ends no script element."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def viewer() -> Path:
    """Return the script of the viewer."""
    from pathlib import Path

    return Path(str(find("offapi", "mock").origin)).parent / "scalar.js"
