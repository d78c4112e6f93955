"""Random made-up pages for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from jobexport.drift.facts import DataType, Limits, Mandatory
from jobexport.drift.pages.visible import shown
from tests.drift.making.rendering import BOOLEAN, DOUBLE, INTEGER, LONG, STRING, Field, Page, Style

# Names that are also words of the manuals: the reader must distinguish a cell from a head or a title.
_COMMON = [
    "name",
    "type",
    "message",
    "description",
    "status",
    "code",
    "id",
    "value",
    "result",
    "request",
    "response",
    "error_msg",
    "Schema",
    "dryRun",
]
names = st.one_of(
    st.sampled_from(_COMMON),
    st.from_regex(r"\A[a-z][a-z0-9]{1,8}(_[a-z0-9]{1,6}){0,2}\Z"),
    st.from_regex(r"\A[a-z]{2,6}([A-Z][a-z]{1,5}){1,2}\Z"),
)
_values = st.lists(st.from_regex(r"\A[A-Z][A-Z0-9_]{1,10}\Z"), min_size=2, max_size=5, unique=True).map(tuple)
_SCALARS = (STRING, INTEGER, LONG, BOOLEAN, DOUBLE)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    # What nobody sees is no text of a page.
    | st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")).filter(shown), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(names.filter(lambda name: not name.startswith("error")), _json, min_size=1, max_size=5)


@st.composite
def _limits(draw: Any, kind: DataType) -> Limits:
    match kind.kind:
        case "string":
            choice = draw(st.integers(0, 3))
            if choice == 1:
                return Limits(values=draw(_values))
            most = draw(st.integers(2, 5000))
            return (
                Limits(),
                Limits(),
                Limits(max_length=most),
                Limits(min_length=draw(st.integers(1, most - 1)), max_length=most),
            )[choice]
        case "integer" if draw(st.booleans()):
            least = draw(st.integers(0, 100))
            return Limits(minimum=least, maximum=least + draw(st.integers(1, 10**6)))
        case "array" if draw(st.booleans()):
            return Limits(max_items=draw(st.integers(1, 1000)))
        case _:
            return Limits()


def _default(kind: DataType, limits: Limits) -> Any:
    if limits.values:
        return st.sampled_from(limits.values)
    if limits.minimum is not None:
        return st.integers(int(limits.minimum), None if limits.maximum is None else int(limits.maximum))
    return (
        {"boolean": st.booleans(), "integer": st.integers(0, 1000)}.get(kind.kind, st.none())
        if not limits.max_length
        else st.none()
    )


@st.composite
def _field(draw: Any, name: str, depth: int, columns: tuple[bool, bool], serial: list[int]) -> Field:
    mandatory_column, type_column = columns
    children: tuple[Field, ...] = ()
    if depth and draw(st.integers(0, 3)) == 0:
        serial[0] += 1
        kind = DataType("object", name=f"Kind{serial[0]}")
        kind = draw(st.sampled_from((kind, DataType("array", items=kind))))
        children = draw(fields(depth - 1, serial, (True, True)))
    else:
        kind = draw(st.sampled_from(_SCALARS))
        kind = draw(st.sampled_from((kind, kind, DataType("array", items=kind), DataType("map", items=STRING))))
    limits = draw(_limits(kind)) if type_column else Limits()
    default = draw(st.none() | _default(kind, limits)) if type_column and not children else None
    mandatory: Mandatory = draw(st.sampled_from(("yes", "no", "no", "conditional"))) if mandatory_column else "unknown"
    return Field(
        name,
        kind if type_column else None,
        mandatory,
        condition="kind is set to A" if mandatory == "conditional" else "",
        default=default,
        limits=limits,
        children=children,
    )


@st.composite
def fields(
    draw: Any, depth: int = 2, serial: list[int] | None = None, columns: tuple[bool, bool] | None = None, least: int = 1
) -> tuple[Field, ...]:
    """Draw the rows of a table and of its nested tables."""
    serial = [0] if serial is None else serial
    columns = columns or draw(st.sampled_from(((True, True), (True, True), (True, False), (False, True))))
    chosen = draw(st.lists(names, min_size=least, max_size=4, unique=True))
    return tuple(draw(_field(name, depth if all(columns) else 0, columns, serial)) for name in chosen)


def _flat(least: int = 0) -> Any:
    return st.just(()) | fields(0, least=1) if not least else fields(0, least=1)


@st.composite
def pages(draw: Any) -> Page:
    """Draw a page of an operation."""
    variables = draw(st.lists(st.from_regex(r"\A[a-z]{3,8}_(id|name)\Z"), max_size=2, unique=True))
    path = "/v1/" + "/".join(f"things/{{{variable}}}" for variable in variables) + "/copy"
    serial = [0]
    query = draw(_flat())
    query = tuple(field for field in query if field.name not in variables and field.mandatory == "no")
    return Page(
        language=draw(st.sampled_from(("en", "zh"))),
        updated=draw(st.sampled_from(("", "2026-01-08", "2021-12-31"))),
        operation_name=draw(st.sampled_from(("", "CopyThing"))),
        method=draw(st.sampled_from(("POST", "PUT"))),
        path=path.replace("//", "/"),
        path_fields=tuple(Field(variable) for variable in variables),
        query=query,
        headers=draw(_flat()),
        body=draw(st.just(()) | fields(2, serial)),
        response=draw(st.just(()) | fields(1, serial)),
        statuses=draw(st.sampled_from(((), ((200, "It is done."), (400, "It is not good.")), ((204, "Gone"),)))),
        errors=draw(
            st.sampled_from(
                ((), (("DLF.0100", "The thing does not exist."), ("DLI.0999", "A fault.")), (("APIG.0201", "Late."),))
            )
        ),
        request=draw(st.none() | bodies),
        response_body=draw(st.none() | bodies),
        failure=draw(
            st.sampled_from(
                (None, (400, "DLF.3051", "The parameter is invalid."), (404, "DLI.0002", "It does not exist."))
            )
        ),
        action=draw(st.sampled_from(("", "dli:things:copy"))),
    )


styles = st.integers(0, 10**6).map(Style)
