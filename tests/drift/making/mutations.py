"""Single changes of made-up pages, each with the finding that it must cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport.drift.facts import DataType, Limits, Mandatory
from tests.drift.making.rendering import BOOLEAN, INTEGER, STRING, Field, Page

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_TABLES = ("path_fields", "headers", "body", "response")
_TYPES = (STRING, BOOLEAN, INTEGER, DataType("array", items=STRING), DataType("object"), DataType("map", items=STRING))


@frozen
class Mutation:
    """A page with one fact changed."""

    page: Page
    kinds: frozenset[str]
    """The kinds that the finding may have."""
    about: str
    """A part of the finding's subject."""
    needle: str
    """A word on the line that the finding must name; empty if the fact was removed."""
    also: frozenset[str] = frozenset()
    """Kinds of further findings that the change may cause."""


def mutation(page: Page, rng: random.Random) -> Mutation:
    """Change one fact of a page; the page must have a row of parameters."""
    while True:
        changed = rng.choice(MUTATORS)(page, rng)
        if changed is not None:
            return changed


def _row(page: Page, rng: random.Random) -> tuple[str, int, Field]:
    rows = [(table, number, row) for table in _TABLES for number, row in enumerate(getattr(page, table))]
    return rng.choice(rows)


def _with(page: Page, table: str, number: int, *rows: Field) -> Page:
    before = getattr(page, table)
    changes: dict[str, Any] = {table: (*before[:number], *rows, *before[number + 1 :])}
    return evolve(page, **changes)


def rename(page: Page, rng: random.Random) -> Mutation | None:
    table, number, row = _row(page, rng)
    new = rng.choice([f"{row.name}s", f"new_{row.name}", row.name.replace("_", "") + "Id", "something_else"])
    changed = _with(page, table, number, evolve(row, name=new))
    if table == "path_fields":
        changed = evolve(changed, path=page.path.replace(f"{{{row.name}}}", f"{{{new}}}"))
        return Mutation(changed, frozenset({"path-variable-renamed"}), row.name, new)
    return Mutation(changed, frozenset({"parameter-renamed"}), row.name, new)


def flip(page: Page, rng: random.Random) -> Mutation | None:
    table, number, row = _row(page, rng)
    others: dict[str, Mandatory] = {"yes": "no", "no": "yes", "conditional": rng.choice(("yes", "no"))}
    new = others[row.mandatory]
    changed = _with(page, table, number, evolve(row, mandatory=new))
    kind = "response-mandatory-changed" if table == "response" else "mandatory-changed"
    return Mutation(changed, frozenset({kind}), row.name, row.name)


def retype(page: Page, rng: random.Random) -> Mutation | None:
    table, number, row = _row(page, rng)
    if row.type is None:
        return None
    new = rng.choice([type_ for type_ in _TYPES if type_.kind != row.type.kind])
    # A default or a list of values belongs to the old type.
    changed = _with(page, table, number, evolve(row, type=new, default=None, limits=Limits()))
    if (row.default, row.limits) != (None, Limits()):
        return None
    return Mutation(changed, frozenset({"type-changed"}), row.name, row.name)


def drop(page: Page, rng: random.Random) -> Mutation | None:
    table, number, row = _row(page, rng)
    if len(getattr(page, table)) == 1 and table in ("body", "headers"):
        return None  # `drop_table` removes whole tables.
    return Mutation(_with(page, table, number), frozenset({"parameter-missing"}), row.name, "")


def drop_table(page: Page, rng: random.Random) -> Mutation | None:
    table = rng.choice(["headers", "body"])
    rows = getattr(page, table)
    if len(rows) != 1:
        return None
    gone: dict[str, Any] = {table: ()}
    return Mutation(evolve(page, **gone), frozenset({"parameter-missing"}), rows[0].name, "")


def add(page: Page, rng: random.Random) -> Mutation | None:
    tables = [table for table in _TABLES[1:] if getattr(page, table)]
    if not tables:
        return None
    table = rng.choice(tables)
    number = rng.randrange(len(getattr(page, table)))
    row = getattr(page, table)[number]
    new = Field(f"brand_new_{rng.randrange(100)}", rng.choice(_TYPES), rng.choice(["yes", "no"]))
    if new.type and row.type and new.type.kind == row.type.kind:
        new = evolve(new, type=INTEGER)
    return Mutation(_with(page, table, number, row, new), frozenset({"parameter-added"}), new.name, new.name)


def recode(page: Page, rng: random.Random) -> Mutation | None:
    new = f"{rng.choice(['DLI', 'DLF'])}.{rng.randrange(7000, 9999)}"
    # Without a page id the register does not know the page's codes, so the code counts as added.
    kinds = frozenset({"error-code-changed" if page.document_id else "error-code-added"})
    if page.errors:
        (_, message), *rest = page.errors
        return Mutation(evolve(page, errors=((new, message), *rest)), kinds, "error code", new)
    if page.failure:
        status, _code, message = page.failure
        return Mutation(evolve(page, failure=(status, new, message)), kinds, "error code", new)
    return None


def known_code(page: Page, rng: random.Random) -> Mutation | None:
    """Replace a code that the register states for the page by another code of the description."""
    if not (page.failure and page.document_id):
        return None
    status, code, message = page.failure
    new = rng.choice(["DLF.0101", "DLF.0202", "DLF.6205"])
    return Mutation(evolve(page, failure=(status, new, message)), frozenset({"error-code-changed"}), code, new)


def repath(page: Page, rng: random.Random) -> Mutation | None:
    old, new = rng.choice([("/v1", "/v3"), ("export", "exports"), ("jobs", "job"), ("/{project_id}", "")])
    path = page.path.replace(old, new, 1)
    fields = tuple(row for row in page.path_fields if f"{{{row.name}}}" in path)
    changed = evolve(page, path=path, path_fields=fields, request=None)
    return Mutation(changed, frozenset({"path-changed"}), "path", path)


def remethod(page: Page, rng: random.Random) -> Mutation | None:
    new = rng.choice(["PUT", "GET", "DELETE", "PATCH"])
    return Mutation(evolve(page, method=new), frozenset({"method-changed"}), "method", new)


def relimit(page: Page, rng: random.Random) -> Mutation | None:
    rows = [row for row in enumerate(page.body) if row[1].limits.max_items]
    if not rows:
        return None
    number, row = rows[0]
    new = evolve(row, limits=evolve(row.limits, max_items=rng.choice([10, 50, 99, 101, 500])))
    return Mutation(_with(page, "body", number, new), frozenset({"limit-changed"}), row.name, row.name)


def revalue(page: Page, rng: random.Random) -> Mutation | None:
    rows = [row for row in enumerate(page.body) if row[1].limits.values]
    if not rows:
        return None
    number, row = rows[0]
    values = rng.choice([("DEVELOP",), ("DEVELOP", "SUBMIT", "DRAFT"), ("DEVELOP", "SUBMITTED")])
    new = evolve(row, limits=Limits(values=values))
    return Mutation(_with(page, "body", number, new), frozenset({"values-changed"}), row.name, row.name)


def redefault(page: Page, rng: random.Random) -> Mutation | None:
    rows = [row for row in enumerate(page.body) if row[1].default is not None]
    if not rows:
        return None
    number, row = rng.choice(rows)
    new = evolve(row, default=rng.choice([not row.default if isinstance(row.default, bool) else "SUBMIT", None]))
    return Mutation(_with(page, "body", number, new), frozenset({"default-changed"}), row.name, row.name)


def restatus(page: Page, rng: random.Random) -> Mutation | None:
    if not page.statuses:
        return None
    number = rng.randrange(len(page.statuses))
    code, text = page.statuses[number]
    if any(
        code == shown
        for shown in (200 if page.response_body is not None else 0, page.failure[0] if page.failure else 0)
    ):
        return None  # The example would still have the old status.
    new = code + rng.choice([1, 2, 6, 22])
    statuses = (*page.statuses[:number], (new, text), *page.statuses[number + 1 :])
    return Mutation(evolve(page, statuses=statuses), frozenset({"status-changed"}), str(code), str(new))


def refail(page: Page, rng: random.Random) -> Mutation | None:
    """Change the status beside the example of an error, and in the table of statuses."""
    if not page.failure:
        return None
    old, code, message = page.failure
    new = rng.choice([402, 409, 422])
    statuses = tuple((new if status == old else status, text) for status, text in page.statuses)
    changed = evolve(page, failure=(new, code, message), statuses=statuses)
    kinds, also = frozenset({"status-changed", "status-added"}), frozenset({"error-status-changed"})
    return Mutation(changed, kinds, "status", str(new), also)


def more_status(page: Page, rng: random.Random) -> Mutation | None:
    if not page.statuses:
        return None
    new = rng.choice([202, 302, 409, 422, 504])
    return Mutation(
        evolve(page, statuses=(*page.statuses, (new, "New."))), frozenset({"status-added"}), str(new), str(new)
    )


def remedia(page: Page, rng: random.Random) -> Mutation | None:
    if not page.media_type:
        return None
    new = rng.choice(["application/zip", "application/x-zip-compressed", "text/plain"])
    return Mutation(evolve(page, media_type=new), frozenset({"media-type-changed"}), "media type", new)


def refile(page: Page, rng: random.Random) -> Mutation | None:
    if not page.file_name:
        return None
    new = rng.choice([page.file_name.replace("DLF_", "DGC_").replace("jobs", "job"), f"x_{page.file_name}"])
    return Mutation(evolve(page, file_name=new), frozenset({"file-name-changed"}), "file", new)


def retree(page: Page, rng: random.Random) -> Mutation | None:
    if not page.tree:
        return None
    (folder, names), *rest = page.tree
    new = rng.choice([f"my_{folder}", f"{folder}/inner"])
    return Mutation(evolve(page, tree=((new, names), *rest)), frozenset({"archive-tree-changed"}), "layout", "")


def misfit(page: Page, rng: random.Random) -> Mutation | None:
    """Change an example so that it contradicts its table."""
    if page.response_body is None:
        return None
    name = rng.choice(list(page.response_body))
    changed = page.response_body | {name: {"nested": 1}}
    return Mutation(evolve(page, response_body=changed), frozenset({"example-contradicts-table"}), name, "")


MUTATORS: tuple[Callable[[Page, random.Random], Mutation | None], ...] = (
    rename,
    rename,
    flip,
    flip,
    retype,
    retype,
    drop,
    drop,
    drop_table,
    add,
    add,
    recode,
    known_code,
    repath,
    remethod,
    relimit,
    revalue,
    redefault,
    restatus,
    refail,
    more_status,
    remedia,
    refile,
    retree,
    misfit,
)
"""All mutations; common ones more than once."""
