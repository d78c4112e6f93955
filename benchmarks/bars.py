"""Bar charts as SVG: one bar for each thing that was compared, as wide as a telephone, in a light and a dark scheme.

Written by hand instead of with a library, because the tests make each chart anew and compare the bytes: pygal 3.1
writes the day and its licence into each file, 15 KB a chart, and has no dark scheme; matplotlib and numpy would be the
largest packages that the tests install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from stored import Comparison

WIDTH, EDGE, ROW, BAR = 350, 10, 38, 12
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .card { fill: #fff; stroke: #d0d7de }
  .bar { fill: #8c959f }
  .ours { fill: #0969da }
  .ends { stroke: #24292f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .card { fill: #161b22; stroke: #30363d }
    .bar { fill: #6e7681 }
    .ours { fill: #4493f8 }
    .ends { stroke: #e6edf3 }
  }
"""


def number(value: float) -> str:
    """Return a figure for people: 12,345, 123, 12.3, 1.23 or 0.0123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def chart(comparison: Comparison) -> str:
    """Return the SVG of a comparison: bars to the medians, a line over the range of the rounds."""
    height = 2 * EDGE + ROW * len(comparison.rows) - 4
    scale = (WIDTH - 2 * EDGE) / (max(row.high for row in comparison.rows) or 1)
    title = f"{comparison.title}, {comparison.unit}; {comparison.better} is better"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"',
        ' role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>',
    ]
    for at, row in enumerate(comparison.rows):
        top = EDGE + ROW * at
        low, high = (EDGE + end * scale for end in (row.low, row.high))
        middle = top + 18 + BAR / 2
        value = escape(f"{number(row.value)} {comparison.unit}")
        kind = "bar ours" if row.ours else "bar"
        lines += [
            f'<text x="{EDGE}" y="{top + 12}">{escape(row.name)}</text>',
            f'<text x="{WIDTH - EDGE}" y="{top + 12}" text-anchor="end">{value}</text>',
            f'<rect class="{kind}" x="{EDGE}" y="{top + 18}" width="{max(row.value * scale, 1):.1f}" height="{BAR}"/>',
            f'<line class="ends" x1="{low:.1f}" y1="{middle:g}" x2="{high:.1f}" y2="{middle:g}"/>',
        ]
    return "\n".join([*lines, "</svg>", ""])
