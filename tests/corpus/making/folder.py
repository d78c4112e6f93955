"""The folder that `make test-corpus` names: the vendor's pages, and the Overlay specification's own sets."""

import functools
import os
from pathlib import Path

from jobexport.drift import PageFacts, read_page

_CORPUS = Path(os.environ.get("JOBEXPORT_CORPUS", "."))
DOCS = _CORPUS / "docs"
PAGES = tuple(sorted(path for path in DOCS.glob("*/*") if path.is_file()))
OVERLAYS = tuple(path.parent for path in sorted(_CORPUS.glob("overlay-compliant-sets/*/overlay.yaml")))


@functools.cache
def read(path: Path) -> PageFacts:
    """Read a page, once for all tests of a process."""
    return read_page(path)
