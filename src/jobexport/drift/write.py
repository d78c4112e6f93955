"""Writes what pages changed into the sources: the union, the overlays and the register."""

from __future__ import annotations

import difflib
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from jobexport.core.disk.files import open_part, put_files, writing
from jobexport.drift.check import Compared, check_page, compare_page, listed_tag
from jobexport.drift.documents.description import Described
from jobexport.drift.edits.advise import BY_HAND, left_to_people
from jobexport.drift.edits.shared import also_changed, differing_tables, unfilled, unread
from jobexport.errors import JobexportError
from jobexport.spec.editions import BASE, OVERLAYS, REGISTER
from jobexport.spec.lint import lint_sources
from jobexport.spec.load import load_yaml
from jobexport.spec.register import register_of
from jobexport.spec.statements.change import applied
from jobexport.spec.statements.claims import Documents, amended, marked, pointer_in
from jobexport.spec.statements.held import unheld
from jobexport.spec.statements.rewrite import rewritten, written_anew

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from jobexport.drift.edits.advise import Advice
    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import Finding

# Every edit resolves a finding; a page whose findings never end is left to people.
_MOST = 200
# An edit can bring a finding back, but not for ever.
_MOST_OF_ONE = 3


@frozen
class Left:
    """A finding that is left to people."""

    page: str
    finding: Finding
    reason: str


@frozen(slots=False)
class Written:
    """The sources after pages were followed."""

    left: tuple[Left, ...]
    resolved: int
    """The number of findings that the new texts resolve."""
    described: Described
    _before: Described

    # Both take most of the time of following a page.

    @cached_property
    def texts(self) -> Mapping[Path, str]:
        """The new text of each file that changes."""
        return texts_of(self.described)

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """The findings of `make lint-spec` in the new texts that the old texts do not have."""
        found = [] if self.described is self._before else _problems(self.described)
        old = set(_problems(self._before)) if found else set()
        return tuple(problem for problem in found if problem not in old)


def follow_pages(pages: Sequence[PageFacts], described: Described, edition: str | None = None) -> Written:
    """Return the sources after the edits for all new findings of pages; no file is changed.

    Args:
        pages: the pages; each is compared with the sources as the pages before it left them.
        described: the sources of a checkout.
        edition: the edition of all pages; guessed page by page if None.

    Raises:
        JobexportError: an installed package has no sources, or a page has no operation of the description.
    """
    if described.union is None:
        raise JobexportError("an installed package has no sources to write; run drift --write in a checkout")
    left: list[Left] = []
    resolved, before = 0, described
    beside: dict[str, dict[str, PageFacts]] = {}
    for page in pages if len(pages) > 1 else ():
        report = check_page(page, described, edition, advised=False)
        beside.setdefault(report.against, {})[report.operation] = page
    for page in pages:
        report = check_page(page, described, edition, advised=False)
        if not report.compared:
            raise JobexportError(f"{page.source}: {report.nature}: nothing to compare, so nothing can be written")
        described, more, undecided = _followed_page(
            page, described, report.against, report.operation, beside.get(report.against, {})
        )
        resolved += more
        left += undecided
    return Written(tuple(left), resolved, described, before)


def _problems(described: Described) -> list[str]:
    codegen = load_yaml(described.root / OVERLAYS / "codegen.yaml")
    overlays = {**described.overlays, "codegen": codegen}
    return lint_sources(described.union or {}, described.documents, overlays, described.register)


def _followed_page(
    page: PageFacts, described: Described, edition: str, operation: str, beside: Mapping[str, PageFacts]
) -> tuple[Described, int, list[Left]]:
    tag = listed_tag(page, described)
    left: dict[tuple[str, str], Left] = {}
    done: Counter[tuple[str, ...]] = Counter()
    found = compare_page(page, described, edition, operation or None, tag)
    for _ in range(_MOST):
        todo = [finding for finding in found.findings if not finding.known and _key(finding) not in left]
        todo = todo or [item for item in _contradicted(found, described) if _key(item) not in left]
        if not todo:
            break
        finding = todo[0]
        reason, after = _edited(finding, found, described, beside)
        blocked = (item.reason for item in left.values() if item.finding.states.at == finding.states.at != "")
        reason = next(blocked, reason) if finding.kind == "example-contradicts-table" else reason
        if after is None or reason:
            left[_key(finding)] = Left(page.source, finding, reason)
            continue
        compared = compare_page(page, after, edition, operation or None, tag)
        # Three values of examples that contradict one row are three findings with the same key.
        still = _keys(compared)[_key(finding)] >= max(_keys(found)[_key(finding)], 1)
        one = (*_key(finding), *finding.states.key())
        if still or done[one] == _MOST_OF_ONE:
            left[_key(finding)] = Left(page.source, finding, "the edit does not resolve it")
            continue
        described, found = after, compared
        done[one] += 1
    return described, done.total(), list(left.values())


def _contradicted(found: Compared, described: Described) -> list[Finding]:
    """Return the known findings whose statements the document contradicts.

    After `is_success` was renamed, its example still has the old name: the new name is of the table's type alone. An
    edit can bring back what the register states to be absent, such as the rest of a body.
    """
    wrong = {
        item.statement.key()
        for item in unheld(described.register, described.union or {}, described.documents)
        if item.edition == found.edition
    }
    return [finding for finding in found.findings if finding.known and finding.states.key() in wrong]


def _key(finding: Finding) -> tuple[str, str]:
    return finding.kind, finding.about


def _keys(found: Compared) -> Counter[tuple[str, str]]:
    return Counter(_key(finding) for finding in found.findings if not finding.known)


def _edited(
    finding: Finding, found: Compared, described: Described, beside: Mapping[str, PageFacts]
) -> tuple[str, Described | None]:
    """Return the sources after the edits for a finding, or the reason why they can't be made."""
    reason = left_to_people(finding, found.comparison) or differing_tables(finding, found.comparison)
    if reason:
        return reason, None
    if finding.kind == "date-changed":
        return "", _dated(described, found, str(finding.states.value))
    try:
        advice = found.advice(finding, described)
        after = followed(advice, described, found.edition)
    except (LookupError, JobexportError):
        return "no edit resolves it", None
    if advice.hint == BY_HAND:
        return BY_HAND, None
    edition, operation = found.edition, found.comparison.operation
    broken = unread(described, after, edition) or unfilled(described, after, edition, operation)
    return broken or also_changed(finding, found.comparison, described, after, edition, beside), after


def _dated(described: Described, found: Compared, date: str) -> Described:
    """Return the sources with another date of the page; the overlay's title has it as well, if it is the only one."""
    operation = found.comparison.operation
    pages = [dict(page) for page in described.entries["pages"]]
    mine = next(page for page in pages if (page["edition"], page["operation"]) == (found.edition, operation))
    old, mine["date"] = mine["date"], date
    overlays = dict(described.overlays)
    if not any(page["date"] == old and page["edition"] == found.edition for page in pages):
        overlay = overlays[found.edition]
        info = {key: value.replace(old, date) for key, value in overlay["info"].items()}
        overlays[found.edition] = overlay | {"info": info}
    return _described(described, described.union or {}, overlays, described.entries | {"pages": pages})


def followed(advice: Advice, described: Described, edition: str) -> Described:
    """Return the sources after an advice: edits of the documents, then amendments of the register, then marks."""
    edits = advice.edits
    union = applied(described.union or {}, list(edits.union))
    overlays = {}
    for id_, overlay in described.overlays.items():
        added = edits.own if id_ == edition else edits.others.get(id_, ())
        dropped = edits.dropped if id_ == edition else ()
        kept = [action for number, action in enumerate(overlay["actions"]) if number not in dropped]
        overlays[id_] = overlay | {"actions": [*kept, *added]}
    after = _described(described, union, overlays, described.entries)
    entries, unmarked = described.entries, union
    documents = Documents(union, after.documents)
    for amendment in advice.amendments:
        new = amendment.new
        if new is not None:
            pointers = tuple(dict.fromkeys(pointer_in(union, pointer) for pointer in new.pointers))
            amendment = attrs.evolve(amendment, new=attrs.evolve(new, pointers=pointers))
            union = marked(union, amendment.entry, pointers)
        entries = amended(entries, amendment, documents)
    if union is unmarked:
        return attrs.evolve(after, register=register_of(entries), entries=entries)
    return _described(described, union, overlays, entries)


def _described(
    old: Described, union: dict[str, Any], overlays: Mapping[str, dict[str, Any]], entries: dict[str, Any]
) -> Described:
    documents = {
        id_: applied(union, overlay["actions"]) | {"info": old.documents[id_]["info"]}
        for id_, overlay in overlays.items()
    }
    return Described(register_of(entries), documents, union, overlays, old.root, old.files, entries)


def texts_of(described: Described) -> dict[Path, str]:
    """Return the text of each source file that differs from its file."""
    root = described.root
    documents = {root / BASE: described.union or {}, root / REGISTER: described.entries}
    documents |= {root / OVERLAYS / f"{id_}.yaml": dict(overlay) for id_, overlay in described.overlays.items()}
    there = {path for path in documents if path.exists()}
    models = {path: path if path in there else _model(item, described, there) for path, item in documents.items()}
    texts = {
        path: written_anew(item) if (model := models[path]) is None else rewritten(model, item)
        for path, item in documents.items()
    }
    return {path: text for path, text in texts.items() if path not in there or text != path.read_text("utf-8")}


def _model(new: dict[str, Any], described: Described, there: Container[Path]) -> Path | None:
    """Return the overlay's file with most of a new overlay's actions, whose lines the new file keeps, or None."""
    shared = {
        path: sum(action in overlay["actions"] for action in new["actions"])
        for id_, overlay in described.overlays.items()
        if (path := described.root / OVERLAYS / f"{id_}.yaml") in there
    }
    return max(shared, key=lambda path: shared[path], default=None) if any(shared.values()) else None


def diff(texts: Mapping[Path, str], root: Path) -> str:
    """Return the changes of files as a unified diff, with paths relative to a folder."""
    lines: list[str] = []
    for path, text in texts.items():
        name = path.relative_to(root).as_posix()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        lines += difflib.unified_diff(old.splitlines(True), text.splitlines(True), f"a/{name}", f"b/{name}")
    return "".join(lines)


def left_lines(written: Written) -> Iterator[str]:
    """Yield a line for each finding that is left to people: page, line, place, reason; then each problem."""
    for left in written.left:
        finding = left.finding
        sides = f"the page says {finding.page or 'nothing'}, the description {finding.other or 'nothing'}"
        place = f" ({finding.states.at})" if finding.states.at else ""
        yield f"left: {left.page} line {finding.line}: {finding.kind}: {finding.about}{place}: {sides}; {left.reason}"
    yield from (f"left: {problem}" for problem in written.problems)


def write_all(texts: Mapping[Path, str]) -> None:
    """Write all files or none: each is written beside its place first, and put back if a later one can't be put.

    Raises:
        TargetUnwritable: a file can't be written; all files are as they were.
    """
    old: dict[Path, bytes | None] = {}
    for path in texts:
        with writing(path):
            old[path] = path.read_bytes() if path.exists() else None
    parts: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            with writing(path):
                part, file = open_part(path.resolve())
                parts.append((part, path.resolve()))
                with file:
                    file.write(text.encode())
        for part, path in parts:
            with writing(path):
                put_files([(part, path)])
    except BaseException:
        for path, content in old.items():
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                path.write_bytes(content)
        raise
    finally:
        for part, _ in parts:
            part.unlink(missing_ok=True)
