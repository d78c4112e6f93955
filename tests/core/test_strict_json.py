"""The policy of the strict JSON reader: the texts that it refuses, and why, and the texts that it reads."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from jobexport.core import strict_json

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"{} {}", "Extra data"),
        (MARK + b"{}", "Expecting value"),
        (b'{"a": 1, "a": 1}', "key 'a' is given twice"),
        (b'[{"x": {"a": 1, "b": 2, "a": 3}}]', "key 'a' is given twice"),
        (b'{"' + b"k" * 1000 + b'": 1, "' + b"k" * 1000 + b'": 2}', "key 'kkk"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"-Infinity", "-Infinity is not JSON"),
        (b"[1e999]", "number 1e999 is out of range"),
        (b"1" * 5000, "Exceeds the limit"),
        (b'"a\xff"', "not UTF-8 at byte 2"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        ("{}".encode("utf-16"), "not UTF-8 at byte 0"),
        (b'{"\\ud800": 1}', "half of a surrogate pair"),
        (b'["\\uDFFF"]', "half of a surrogate pair"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    ],
    ids=range(18),
)
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("file", [False, True])
def test_what_two_readers_could_understand_differently_is_refused(
    content: bytes, reason: str, file: bool, exact: bool
) -> None:
    """The reason is short and fit for a sentence, for a body and for a file; only the mark is a body's own fault."""
    if file and content.startswith(MARK):
        assert strict_json.parse(content, file=True) == {}
        return
    with pytest.raises(ValueError, match=f"^{reason}") as raised:
        strict_json.parse(content, file=file, exact=exact)
    assert len(str(raised.value)) < 200
    assert not isinstance(raised.value, UnicodeError)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b" null ", None),
        (b'{"a": {"a": [1, 2.5, true, "\xc3\xa4"]}}', {"a": {"a": [1, 2.5, True, "ä"]}}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\\\ud800"', "\\ud800"),
    ],
)
def test_json_is_read(content: bytes, value: Any) -> None:
    """Equal keys in different objects, both halves of a pair, and any value at the top."""
    assert strict_json.parse(content) == value


@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_file_has_a_hundred_levels_at_most(start: bytes, end: bytes) -> None:
    """A file may have 100 levels, far more than the pages' examples; a body may have more."""
    assert strict_json.parse(start * 99 + b"[]" + end * 99, file=True)
    assert strict_json.parse(start * 100 + b"[]" + end * 100)
    with pytest.raises(ValueError, match="nested too deeply"):
        strict_json.parse(start * 100 + b"[]" + end * 100, file=True)


NUMBERS = ["1", "1.0", "1.50", "1E5", "1e-400", "-0", "-0.0", "0.1000000000000000055", "9007199254740993", "1" * 4300]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:20])
def test_a_number_is_passed_on_as_it_was_sent(number: str) -> None:
    """Read exactly and written, a number has every letter that it had, also after a copy."""
    value = strict_json.parse(b'{"a": [%b]}' % number.encode(), exact=True)
    for copied in (value, copy.deepcopy(value)):
        assert strict_json.write(copied) == f'{{\n  "a": [\n    {number}\n  ]\n}}\n'


def test_a_number_is_a_number_all_the_same() -> None:
    """A number that keeps its text is the float that it would be without."""
    number = strict_json.parse(b"1.50", exact=True)
    assert isinstance(number, float)
    assert (number, json.dumps(number)) == (1.5, "1.5")
    assert type(strict_json.parse(b"1.5", exact=True)) is float
    assert type(strict_json.parse(b"15", exact=True)) is int


@pytest.mark.parametrize("sort_keys", [False, True])
@pytest.mark.parametrize(
    "value",
    [{}, [], '\u00e4\u2028\0"', None, True, {"b": {"d": [], "c": [1, [2.5, {}]]}, "a": [{"x": "\u00e4"}, None]}],
    ids=repr,
)
def test_other_values_are_written_as_json_writes_them(value: Any, sort_keys: bool) -> None:
    """The form is that of the standard library, so that the files of earlier exports stay as they are."""
    expected = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=sort_keys) + "\n"
    assert strict_json.write(value, sort_keys=sort_keys) == expected


@pytest.mark.parametrize("piece", [b"{},", b"0,", b'"",', b'"a":{},'])
def test_too_many_values_are_refused_before_they_are_made(piece: bytes) -> None:
    """A text whose values would take a hundred times its bytes is refused for their number, right or wrong."""
    with pytest.raises(strict_json.TooManyValues, match="more than 500000 values"):
        strict_json.parse(b"[" + piece * 500_001 + b"0]")


@pytest.mark.parametrize("text", [b'"%s"', rb'"\"%s\\"', b'"%s'])
def test_commas_within_a_text_are_no_values(text: bytes) -> None:
    """A script of many commas is one value, also after an escaped quotation mark, or without an end."""
    assert strict_json.count_values(b'{"content": ' + text % (b"[{," * 200_000) + b"}") <= 3


def test_counting_takes_time_in_proportion_to_the_bytes() -> None:
    """Quotation marks that open texts without end are passed once, not once for each mark."""
    strict_json.count_values(b'"' + rb"\"" * 1_000_000 + b"," * 20_000)


def test_brackets_within_a_text_are_no_depth() -> None:
    """A file's text may hold any number of brackets."""
    assert strict_json.parse(b'["' + b"[" * 1000 + b'"]', file=True) == ["[" * 1000]
