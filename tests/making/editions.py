"""The editions and the entries of the register whose facts tests name."""

from __future__ import annotations

KNOWN = ("huaweicloud-cn-2020", "huaweicloud-cn-2025", "huaweicloud-intl-2026", "otc-2024", "otc-2026")
"""The editions that there were when facts of single editions were written into tests; a later one may differ."""

# The last entry of each hundred of numbers, when facts of single entries were written into tests.
_LAST_ENTRIES = (
    *("COM-011", "DLI-016", "DLI-120", "DLI-207", "DLI-309", "DLI-402", "DLI-505"),
    *("DGC-015", "DGC-108", "DGC-210", "DGC-309", "DGC-415", "DGC-502", "DGC-609", "DGC-711", "DGC-816", "DGC-912"),
)


def is_known_entry(id_: str) -> bool:
    """Return whether tests can name an entry: it was there when they were written."""
    return any(last[:5] == id_[:5] and last >= id_ for last in _LAST_ENTRIES)
