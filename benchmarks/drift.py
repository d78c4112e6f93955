"""Measures how many pages a second the drift reader reads on one core: `python benchmarks/drift.py [FOLDER]`.

Without FOLDER it reads made-up pages in every form.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from jobexport.drift import read_page

CHECKOUT = Path(__file__).parents[1]
SECONDS = 1.0
"""The time for which each page is read repeatedly."""


def milliseconds(content: bytes) -> float:
    """Return the median time of reading a page, in milliseconds."""
    read_page(content, "page")
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        read_page(content, "page")
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def made_up() -> dict[str, bytes]:
    """Return the usual made-up page in each form and language, by name."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.drift.making.rendering import FORMS, render
    from tests.drift.making.samples import USUAL, translated

    pages = {"en": USUAL, "zh": translated(USUAL, "zh")}
    return {f"{form} {language}": render(page, form).encode() for form in FORMS for language, page in pages.items()}


def main() -> None:
    """Print the time of each page, and the pages a second of each form."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        pages = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    else:
        pages = made_up()
    forms: dict[str, list[float]] = {}
    print(f"{'page':60} {'KiB':>6} {'ms':>7} {'pages/s':>8}")
    for name, content in pages.items():
        taken = milliseconds(content)
        forms.setdefault(str(read_page(content, name).form), []).append(taken)
        print(f"{name:60} {len(content) / 1024:6.1f} {taken:7.1f} {1000 / taken:8.0f}")
    for form, times in sorted(forms.items()):
        print(f"{form}: {1000 * len(times) / sum(times):.0f} pages/s over {len(times)} pages")


if __name__ == "__main__":
    main()
