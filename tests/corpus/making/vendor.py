"""The vendor's pages of the three operations, and single changes of their text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift import read_page
from tests.corpus.making.folder import DOCS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from jobexport.drift.facts import PageFacts, Parameter

CN_2020, INTL_2026, OTC_2024, OTC_2026 = ("huaweicloud-cn-2020", "huaweicloud-intl-2026", "otc-2024", "otc-2026")
PAGES = (
    (f"{CN_2020}/dli_export_flink_job.md", CN_2020, "exportFlinkJobs"),
    (f"{CN_2020}/dgc_export_job.md", CN_2020, "exportJob"),
    (f"{CN_2020}/dgc_batch_export_jobs.md", CN_2020, "batchExportJobs"),
    (f"{INTL_2026}/dli_export_flink_job.txt", INTL_2026, "exportFlinkJobs"),
    (f"{OTC_2024}/dli_export_flink_job.html", OTC_2024, "exportFlinkJobs"),
    (f"{OTC_2024}/dgc_export_job.rst", OTC_2024, "exportJob"),
    (f"{OTC_2024}/dgc_batch_export_jobs.rst", OTC_2024, "batchExportJobs"),
    (f"{OTC_2026}/dli_export_flink_job.rst", OTC_2026, "exportFlinkJobs"),
    (f"{OTC_2024}/dgc_export_job.rst", OTC_2026, "exportJob"),
    (f"{OTC_2024}/dgc_batch_export_jobs.rst", OTC_2026, "batchExportJobs"),
)
"""Page, edition and operation; the DGC pages of otc-2026 are those of otc-2024."""


@frozen
class Text:
    """A page's text, with what was read from it."""

    lines: tuple[str, ...]
    facts: PageFacts

    @classmethod
    def load(cls, name: str) -> Text:
        content = (DOCS / name).read_text(encoding="utf-8")
        return cls(tuple(content.split("\n")), read_page(DOCS / name))

    def with_line(self, number: int, line: str) -> str:
        return "\n".join((*self.lines[: number - 1], line, *self.lines[number:]))

    def row_lines(self, row: Parameter, most: int = 12) -> Iterator[tuple[int, str]]:
        """Yield the lines of a row with their numbers, up to the next row."""
        after = [int(other.at) for other in self.facts.parameters if int(other.at) > int(row.at)]
        end = min([int(row.at) + most, len(self.lines) + 1, *after])
        yield from ((number, self.lines[number - 1]) for number in range(int(row.at), end))


@frozen
class TextMutation:
    """A page's text with one fact changed."""

    text: str
    kinds: frozenset[str]
    about: str
    line: int | None
    """The line that the finding must name, or None if any line is right."""
    also: frozenset[str] = frozenset()


def text_mutation(page: Text, rng: random.Random) -> TextMutation:
    """Change one fact of a page."""
    while True:
        changed = rng.choice(TEXT_MUTATORS)(page, rng)
        if changed is not None:
            return changed


def _kept_width(line: str, old: str, new: str) -> str:
    """Replace one text by another; in the cell of a grid the width stays."""
    word = rf"(?<!\w){re.escape(old)}(?!\w)"
    if not line.lstrip().startswith("|") or line.count("|") < 3:
        return re.sub(word, new, line, count=1)
    cell = re.search(rf"{word} *", line)
    assert cell is not None
    return line[: cell.start()] + new.ljust(len(cell.group())) + line[cell.end() :]


def _rename(page: Text, rng: random.Random) -> TextMutation | None:
    row = rng.choice(page.facts.parameters)
    new = row.name[:-1] + ("x" if row.name[-1] != "x" else "q")
    line = re.sub(rf'(?<![\w"]){row.name}(?![\w=])', new, page.lines[int(row.at) - 1], count=1)
    kind = "path-variable-renamed" if row.location == "path" else "parameter-renamed"
    return TextMutation(page.with_line(int(row.at), line), frozenset({kind}), row.name, int(row.at))


_FLIPPED = {"Yes": "No", "No": "Yes", "是": "否", "否": "是"}


def _flip(page: Text, rng: random.Random) -> TextMutation | None:
    row = rng.choice(page.facts.parameters)
    if row.mandatory == "conditional":
        return None  # A note in the row overrules the column.
    for number, line in page.row_lines(row):
        cell = re.search(r"(?<![A-Za-z])(?:Yes|No)(?![A-Za-z])|(?<=>)[是否](?=<)", line)
        if cell:
            new = _kept_width(line, cell.group(), _FLIPPED[cell.group()])
            kind = "response-mandatory-changed" if row.location == "response" else "mandatory-changed"
            return TextMutation(page.with_line(number, new), frozenset({kind}), row.name, int(row.at))
    return None


_RETYPED = {
    "String": "Long",
    "Boolean": "Long",
    "boolean": "Long",
    "Array of Longs": "Long",
    "[Long]": "String",
    "Array of Strings": "String",
    "[String]": "String",
    "List": "Long",
    "列表数据结构": "String",
}


def _retype(page: Text, rng: random.Random) -> TextMutation | None:
    row = rng.choice(page.facts.parameters)
    for number, line in page.row_lines(row):
        if row.type_text in _RETYPED and row.type_text in line.replace(row.name, "", 1):
            new = _kept_width(line, row.type_text, _RETYPED[row.type_text])
            return TextMutation(page.with_line(number, new), frozenset({"type-changed"}), row.name, int(row.at))
    return None


def _recode(page: Text, rng: random.Random) -> TextMutation | None:
    code = rng.choice(page.facts.error_codes) if page.facts.error_codes else None
    if code is None:
        return None
    new = code.code[:-2] + f"{rng.randrange(60, 99)}"
    text = "\n".join(page.lines).replace(code.code, new)
    return TextMutation(text, frozenset({"error-code-changed"}), code.code, int(code.at))


def _remethod(page: Text, rng: random.Random) -> TextMutation | None:
    assert page.facts.endpoint is not None
    at = int(page.facts.endpoint.at)
    line = page.lines[at - 1].replace("POST", rng.choice(["PUT", "GET"]), 1)
    return TextMutation(page.with_line(at, line), frozenset({"method-changed"}), "method", at)


def _repath(page: Text, rng: random.Random) -> TextMutation | None:
    assert page.facts.endpoint is not None
    at = int(page.facts.endpoint.at)
    old, new = rng.choice([("/v1", "/v2"), ("export", "exports"), ("jobs", "job")])
    line = page.lines[at - 1].replace(old, new, 1)
    return TextMutation(page.with_line(at, line), frozenset({"path-changed"}), "path", at)


def _restatus(page: Text, rng: random.Random) -> TextMutation | None:
    statuses = [status for status in page.facts.statuses if str(status.code) in page.lines[int(status.at) - 1]]
    if not statuses:
        return None
    status = rng.choice(statuses)
    new = str(status.code + rng.choice([6, 22, 26]))
    line = page.lines[int(status.at) - 1].replace(str(status.code), new, 1)
    kinds, also = frozenset({"status-changed", "status-added"}), frozenset({"error-status-changed"})
    return TextMutation(page.with_line(int(status.at), line), kinds, "status", int(status.at), also)


def _relimit(page: Text, rng: random.Random) -> TextMutation | None:
    for row in page.facts.parameters:
        for number, line in page.row_lines(row):
            if row.limits.max_items == 100 and "100" in line:
                new = line.replace("100", rng.choice(["150", "200", "999"]), 1)
                return TextMutation(page.with_line(number, new), frozenset({"limit-changed"}), row.name, int(row.at))
    return None


def _redefault(page: Text, rng: random.Random) -> TextMutation | None:
    for row in page.facts.parameters:
        for number, line in page.row_lines(row):
            if row.default is True and (found := re.search(r"\*\*true\*\* |(?<=：)true", line)):
                new = line.replace(found.group(), found.group().replace("true", "false").rstrip(), 1)
                return TextMutation(page.with_line(number, new), frozenset({"default-changed"}), row.name, int(row.at))
    return None


def _remedia(page: Text, rng: random.Random) -> TextMutation | None:
    for media_type in page.facts.media_types:
        text = "\n".join(page.lines).replace(media_type.value, "application/x-tar")
        return TextMutation(text, frozenset({"media-type-changed"}), "media type", int(media_type.at))
    return None


def _refile(page: Text, rng: random.Random) -> TextMutation | None:
    if not page.facts.file_names:
        return None
    text = re.sub(r"DLF(?=\\?_)", "DGX", "\n".join(page.lines)).replace("jobs.zip", "jobz.zip")
    return TextMutation(text, frozenset({"file-name-changed"}), "file", None)


def _block(page: Text, row: Parameter) -> tuple[int, int] | None:
    """Return the slice of lines of a whole row, counted from 0, or None if the row shares a line with other text."""
    start = int(row.at) - 1
    if page.facts.form in ("markdown", "html"):
        while "<tr" not in page.lines[start]:
            start -= 1
        end = int(row.at)
        while "</tr>" not in page.lines[end]:
            end += 1
        # The first row may stand on one line with the table's own marks.
        return (start, end + 1) if page.lines[start].lstrip(" |").startswith("<tr") else None
    if page.facts.form == "rst":
        end = int(row.at)
        while not page.lines[end].lstrip().startswith("+"):
            end += 1
        return start, end + 1
    return None


def _drop(page: Text, rng: random.Random) -> TextMutation | None:
    row = rng.choice(page.facts.parameters)
    table = [other for other in page.facts.parameters if other.location == row.location]
    block = _block(page, row)
    if block is None or len(table) == 1:
        return None
    text = "\n".join((*page.lines[: block[0]], *page.lines[block[1] :]))
    return TextMutation(text, frozenset({"parameter-missing"}), row.name, None)


def _add(page: Text, rng: random.Random) -> TextMutation | None:
    row = rng.choice(page.facts.parameters)
    block = _block(page, row)
    if block is None or row.location == "path" or row.type is None:
        return None
    new = "q" * len(row.name)
    copy = [line.replace(row.name, new) for line in page.lines[slice(*block)]]
    text = "\n".join((*page.lines[: block[1]], *copy, *page.lines[block[1] :]))
    line = block[1] + int(row.at) - block[0]
    return TextMutation(text, frozenset({"parameter-added"}), new, line)


TEXT_MUTATORS: tuple[Callable[[Text, random.Random], TextMutation | None], ...] = (
    _rename,
    _flip,
    _retype,
    _recode,
    _remethod,
    _repath,
    _restatus,
    _relimit,
    _redefault,
    _remedia,
    _refile,
    _drop,
    _add,
)

# Words that may carry a fact.
_SPECIAL = re.compile(
    r"mandatory|required|must|default|maximum|value|true|false|selected|format|package|parameter|carried|exceed",
    re.IGNORECASE,
)


def reworded(page: Text, rng: random.Random) -> str | None:
    """Return the text with one word of a row's description changed, or None if no word can change."""
    row = rng.choice([row for row in page.facts.parameters if row.description])
    if page.facts.language == "zh":
        for number, line in page.row_lines(row):
            start = row.description[:4]
            if start in line:
                return page.with_line(number, line.replace(start, f"请注意，{start}", 1))
        return None
    words = [word for word in re.findall(r"[A-Za-z]{5,}", row.description) if not _SPECIAL.search(word)]
    rng.shuffle(words)
    for word in words:
        for number, line in page.row_lines(row, 40):
            if re.search(rf"\b{word}\b", line.replace(row.name, "")):
                return page.with_line(number, re.sub(rf"\b{word}\b", word[::-1].lower(), line, count=1))
    return None
