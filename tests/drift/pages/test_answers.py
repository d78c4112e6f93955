"""Facts of the vendor's own pages of the three operations, and of made-up ones, against answers written by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import pytest
import yaml

from jobexport.drift import read_page
from jobexport.drift.facts import DataType, Limits
from jobexport.spec.editions import CHECKOUT

HERE = Path(__file__).parent
ANSWERS = sorted((HERE / "answers").glob("*.yaml"))
OWN = sorted(path for path in (HERE / "made_up").iterdir() if path.suffix != ".yaml")
PAGES = CHECKOUT.parent / "shared" / "docs"

needs_pages = pytest.mark.skipif(not PAGES.is_dir(), reason="the vendor's pages are not here")

SINGLE = ("form", "language", "title", "document_id", "updated", "operation_names", "markers")


def short(kind: DataType | None) -> str:
    """A type in the words of the answers."""
    if kind is None:
        return "-"
    word = kind.format or kind.kind
    return f"{word}<{short(kind.items)}>" if kind.items else word


def found(page) -> dict[str, set]:
    """The facts of a page as sets, one for each kind."""
    named = {f"{each.location} {'.'.join(each.path)}": each for each in page.parameters}
    assert len(named) == len(page.parameters), "a parameter is there twice"
    return {
        **{key: {str(value)} for key in SINGLE if (value := getattr(page, key))},
        "endpoint": {f"{page.endpoint.method} {page.endpoint.path}"} if page.endpoint else set(),
        "parameters": set(named),
        "mandatory": {f"{key} {each.mandatory}" for key, each in named.items()},
        "types": {f"{key} {short(each.type)}" for key, each in named.items()},
        "conditions": {(key, each.condition) for key, each in named.items() if each.condition},
        "defaults": {(key, json.dumps(each.default)) for key, each in named.items() if each.default is not None},
        "limits": {(key, limits(each.limits)) for key, each in named.items() if each.limits != Limits()},
        "media_types": {f"{each.side} {each.value}" for each in page.media_types},
        "statuses": {f"{each.code} {each.source}" for each in page.statuses},
        "error_codes": {f"{each.code} {each.source} {each.status or '-'} {each.message}" for each in page.error_codes},
        "examples": {
            example(each.kind, f"{each.method} {each.path}".strip(), each.status, each.value) for each in page.examples
        },
        "file_names": {f"{'member ' if each.member else ''}{each.name}" for each in page.file_names},
        "trees": {each.entries for each in page.trees},
        "actions": {f"{each.name} {each.access_level} {each.resource}" for each in page.actions},
        "tables": {(at, f"{each.role} {each.location or '-'} {each.rows}") for at, each in enumerate(page.tables)},
        "unread": {each.text for each in page.unread},
    }


def expected(answer: dict) -> dict[str, set]:
    """The facts of an answer in the same shape."""
    # A blank in a name is written as an underline here, before a capital.
    rows = [re.sub(r"_(?=[A-Z])", "\0", row).split(" ") for row in answer["parameters"]]
    rows = [[word.replace("\0", " ") for word in row] for row in rows]
    return {
        **{
            key: {str(tuple(value) if isinstance(value, list) else value)}
            for key in SINGLE
            if (value := answer.get(key))
        },
        "endpoint": {answer["endpoint"]},
        "parameters": {f"{where} {name}" for where, name, _, _ in rows},
        "mandatory": {f"{where} {name} {mandatory}" for where, name, mandatory, _ in rows},
        "types": {f"{where} {name} {kind}" for where, name, _, kind in rows},
        "conditions": set(answer.get("conditions", {}).items()),
        "defaults": {(key, json.dumps(value)) for key, value in answer.get("defaults", {}).items()},
        "limits": {
            (key, tuple((name, tuple(most) if isinstance(most, list) else most) for name, most in value.items()))
            for key, value in answer.get("limits", {}).items()
        },
        "media_types": set(answer.get("media_types", ())),
        "statuses": set(answer.get("statuses", ())),
        "error_codes": set(answer.get("error_codes", ())),
        "examples": {
            example(each["kind"], each.get("path", ""), each.get("status"), each.get("value"))
            for each in answer.get("examples", ())
        },
        "file_names": set(answer.get("file_names", ())),
        "trees": {tuple(each) for each in answer.get("trees", ())},
        "actions": set(answer.get("actions", ())),
        "tables": set(enumerate(answer["tables"])),
        "unread": set(),
    }


def limits(stated: Limits) -> tuple:
    return tuple((key, value) for key, value in attrs.asdict(stated).items() if value not in (None, ()))


def example(kind, path, status, value) -> str:
    return f"{kind} {path} {status} {json.dumps(value, sort_keys=True, ensure_ascii=False)}"


def says(answered: set, read: set) -> set:
    """The conditions read that name what the answer says they depend on, in the answer's words."""
    return {(key, word) for key, word in answered for at, sentence in read if at == key and word in sentence} | {
        each for each in read if each[0] not in {key for key, _ in answered}
    }


def check(path: Path, answer: dict) -> None:
    read = found(read_page(path))
    wanted = expected(answer)
    read["conditions"] = says(wanted["conditions"], read["conditions"])
    assert read.keys() == wanted.keys()
    for kind, facts in wanted.items():
        assert read[kind] == facts, kind


@needs_pages
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_every_fact_of_the_vendor_s_page_is_read_and_no_other(path):
    """Precision and recall are 1 for every kind of fact."""
    answer = yaml.safe_load(path.read_text("utf-8"))
    check(PAGES / answer["page"], answer)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_fact_of_a_made_up_page_is_read_and_no_other(path):
    """Pages of other years and forms than the vendor's that are here are read as well."""
    check(path, yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8")))


@needs_pages
def test_every_page_of_the_operations_has_an_answer():
    """No page of the three operations is left out."""
    answered = {yaml.safe_load(path.read_text("utf-8"))["page"] for path in ANSWERS}
    assert answered == {str(path.relative_to(PAGES)) for path in PAGES.glob("*/*export*")}


@needs_pages
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_line_of_a_fact_shows_it(path):
    """The line that a fact names contains the fact's name in the file as it is."""
    source = PAGES / yaml.safe_load(path.read_text("utf-8"))["page"]
    lines = source.read_text("utf-8").split("\n")
    page = read_page(source)
    shown = [
        (page.title_at, page.title),
        (page.endpoint.at, page.endpoint.method),
        *(
            (each.at, each.name.replace("_", r"\_") if r"\_" in lines[each.at - 1] else each.name)
            for each in page.parameters
        ),
        *((each.at, str(each.code)) for each in page.statuses),
        *((each.at, each.code) for each in page.error_codes),
        *((each.at, each.text.split("\n")[0].strip()) for each in page.examples),
        *((each.at, each.entries[0].split("/")[0]) for each in page.trees),
        *((each.at, each.name) for each in page.actions),
        *((each.at, each.value) for each in page.media_types),
    ]
    for at, text in shown:
        assert text in lines[at - 1], (at, text)
