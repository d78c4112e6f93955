"""YAML is read as JSON would be, written so that it reads back the same, and files are replaced whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.errors import JobexportError
from jobexport.spec.load import dump_yaml, kind, line_of, load_yaml, tree

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Any]:
    """Load a text, or bytes, as the file `api.yaml`."""

    def load(content: Any) -> Any:
        path = tmp_path / "api.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_yaml(path)

    return load


@pytest.fixture
def refused(load: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Load a text that must be refused; return the message without the folder."""

    def refused(content: Any) -> Any:
        with pytest.raises(JobexportError) as caught:
            load(content)
        return str(caught.value).replace(str(tmp_path / "api.yaml"), "api.yaml")

    return refused


@pytest.mark.parametrize(
    "text",
    [
        *("no", "off", "on", "yes", "y", "n", "Yes", "True", "TRUE", "Null", "NULL", ".inf", "-.INF", ".nan"),
        *("2026-03-01", "2026-03-01T10:00:00Z", "12:30", "1:30:00", "0x10", "0o17", "010", "1_000", "+1", "1.", ".5"),
        *("<<", "=", "1.0.0"),
    ],
)
def test_text_that_yaml_1_1_takes_for_something_else(load: Callable[..., Any], text: Any) -> None:
    """A scalar that is not a JSON boolean, null or number is text."""
    assert load(f"value: {text}") == {"value": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("9223372036854775808", 9223372036854775808),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("1.0", 1.0),
    ],
)
def test_json_scalars(load: Callable[..., Any], text: str, value: Any) -> None:
    """JSON's literals and numbers have their JSON types, and the empty value is null."""
    assert repr(load(f"value: {text}")["value"]) == repr(value)


def test_quoted_scalars_are_text(load: Callable[..., Any]) -> None:
    """Quotes make text of everything."""
    assert load("""{"a": "true", 'b': '1', "c": "null", 'd': ''}""") == {"a": "true", "b": "1", "c": "null", "d": ""}


def test_json_is_yaml(load: Callable[..., Any]) -> None:
    """A JSON file is read as it is."""
    assert load('{"paths": {"/v1/{id}": {"x": [1, 2.5, null, true]}}}') == {
        "paths": {"/v1/{id}": {"x": [1, 2.5, None, True]}}
    }


def test_merge_key_is_refused(refused: Callable[..., Any], load: Callable[..., Any]) -> None:
    """The merge key of YAML 1.1 is named with its line, and never read as a key; in quotes it is a key, as in JSON."""
    message = "api.yaml line 3: merge keys (<<) are not read; write the keys out, or put << in quotes"
    assert refused("base: &base {a: 1}\nuse:\n  <<: *base") == message
    assert load('{"<<": {"a": 1}}') == {"<<": {"a": 1}}


def test_byte_order_mark(load: Callable[..., Any]) -> None:
    """A byte order mark is not part of the first key."""
    assert load(b"\xef\xbb\xbfinfo: 1") == {"info": 1}


def test_windows_line_ends(load: Callable[..., Any]) -> None:
    """Line ends of Windows are line ends."""
    assert load(b"a: 1\r\nb: |\r\n  one\r\n  two\r\n") == {"a": 1, "b": "one\ntwo\n"}


def test_aliases_are_separate_values(load: Callable[..., Any]) -> None:
    """Places behind one anchor are equal and not the same object."""
    document = load("request: &job {tags: []}\nresponse: *job")
    document["request"]["tags"].append("dli")
    assert document == {"request": {"tags": ["dli"]}, "response": {"tags": []}}


def test_the_same_text_gives_separate_values(load: Callable[..., Any]) -> None:
    """A change that a caller makes in a document is not there when the same text is read again."""
    load("tags: []")["tags"].append("dli")
    assert load("tags: []") == {"tags": []}


def test_tree_separates_shared_values() -> None:
    """A copy of a document shares no value with it, nor between two of its places."""
    job: dict[str, list[str]] = {"tags": []}
    document = {"one": job, "two": [job]}
    copied = tree(document)
    copied["one"]["tags"].append("dli")
    assert (copied, document) == (
        {"one": {"tags": ["dli"]}, "two": [{"tags": []}]},
        {"one": {"tags": []}, "two": [{"tags": []}]},
    )


@pytest.mark.parametrize("key", ["200", "1.5", "true", "null", "~", "1e3"])
def test_key_that_is_not_a_string(refused: Callable[..., Any], key: str) -> None:
    """A key that is not a string is refused, with its line and the remedy."""
    assert refused(f"responses:\n  {key}: ok") == f"api.yaml line 2: key {key} is not a string; put it in quotes"


@pytest.mark.parametrize(("key", "words"), [("[a, b]", "(a sequence)"), ("{a: 1}", "(a mapping)")])
def test_key_that_is_a_container(refused: Callable[..., Any], key: str, words: str) -> None:
    """A key that is a list or a mapping is refused, and the message does not print the parser's objects."""
    assert refused(f"info: 1\n? {key}\n: 2") == f"api.yaml line 2: key {words} is not a string; put it in quotes"


@pytest.mark.parametrize("key", ["200", "no", "on", "2026-03-01", "0x10"])
def test_key_that_is_a_string(load: Callable[..., Any], key: str) -> None:
    """A quoted number is a key, and so is a word that only YAML 1.1 reads as a boolean or a date."""
    assert load(f"'{key}': 1") == {key: 1}


@pytest.mark.parametrize("key", ["no", "on", "2026-03-01", "0x10"])
def test_plain_key_that_is_a_string(load: Callable[..., Any], key: str) -> None:
    """Without quotes, too, these keys are text."""
    assert load(f"{key}: 1") == {key: 1}


def test_duplicate_key(refused: Callable[..., Any]) -> None:
    """A key given twice is refused, with both lines."""
    message = "api.yaml line 4: key '/jobs' was given before, on line 2; remove one of the two"
    assert refused("paths:\n  /jobs: 1\n  /tasks: 2\n  /jobs: 3") == message


def test_duplicate_key_in_another_spelling(refused: Callable[..., Any]) -> None:
    """Quotes do not make another key."""
    message = "api.yaml line 2: key 'info' was given before, on line 1; remove one of the two"
    assert refused("info: 1\n'info': 2") == message


def test_duplicate_key_inside_a_list(refused: Callable[..., Any]) -> None:
    """Keys are compared at every depth."""
    message = "api.yaml line 3: key 'name' was given before, on line 2; remove one of the two"
    assert refused("parameters:\n  - name: a\n    name: b") == message


def test_same_key_in_two_mappings(load: Callable[..., Any]) -> None:
    """The same key in two mappings is not a duplicate."""
    assert load("a: {name: 1}\nb: {name: 1}") == {"a": {"name": 1}, "b": {"name": 1}}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("info:\n  title: a: b\n", 2),
        ("info: 1\n\ttitle: 2\n", 2),
        ("info: 1\npaths: *gone\n", 2),
        ("info: 1\n---\npaths: 2\n", 2),
        ("info: 1\nvalue: !job x\n", 2),
    ],
)
def test_syntax_error(refused: Callable[..., Any], content: str, line: int) -> None:
    """A text that is not one YAML document is refused with the line."""
    message = refused(content)
    assert message.startswith(f"api.yaml line {line}: not valid YAML: ")
    assert message.endswith("; correct the file")
    assert "\n" not in message


def test_control_character(refused: Callable[..., Any]) -> None:
    """A character that no YAML file may hold is refused in one sentence."""
    message = refused(b"info: \x07")
    assert message.startswith("api.yaml: not valid YAML: ")
    assert "\n" not in message


@pytest.mark.parametrize("value", ["!!binary aGk=", "!!timestamp 2026-03-01", "!!set {a, b}", "!!omap [a: 1]"])
def test_tag_of_a_type_json_lacks(refused: Callable[..., Any], value: str) -> None:
    """A file can't ask for dates, bytes or sets either."""
    assert refused(f"info: 1\nvalue: {value}").startswith("api.yaml line 2: not valid YAML: ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("!!int abc", "abc cannot be read as int"),
        ("!!bool yes", "yes cannot be read as bool"),
        ("!!float none", "none cannot be read as float"),
        ("!!float nan", "nan cannot be read as float"),
        ("1e400", "1e400 cannot be read as float"),
        pytest.param("9" * 5000, "9" * 40 + " cannot be read as int", id="5000 digits"),
    ],
)
def test_value_that_does_not_fit_its_type(refused: Callable[..., Any], value: Any, message: Any) -> None:
    """A scalar that is not a value of its tag's type is refused with the line."""
    assert refused(f"info: 1\nvalue: {value}") == f"api.yaml line 2: {message}; put it in quotes"


def test_not_utf_8(refused: Callable[..., Any]) -> None:
    """A file in another encoding is refused, with the place and the remedy."""
    assert refused("title: größer".encode("latin-1")) == "cannot read api.yaml: not UTF-8 at byte 9; save it as UTF-8"


def test_missing_file(tmp_path: Path) -> None:
    """The message names a missing file."""
    path = tmp_path / "gone.yaml"
    with pytest.raises(JobexportError) as caught:
        load_yaml(path)
    assert str(caught.value) == f"cannot read {path}: No such file or directory; check the path"


def test_folder_instead_of_file(tmp_path: Path) -> None:
    """A folder is refused, and the message states that it is not a file."""
    with pytest.raises(JobexportError) as caught:
        load_yaml(tmp_path)
    assert str(caught.value) == f"cannot read {tmp_path}: Is a directory; check the path"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("- info", "an array"),
        ("[]", "an array"),
        ("", "null"),
        ("# nothing", "null"),
        ("info", "a string"),
        ("1", "a number"),
        ("true", "a boolean"),
    ],
)
def test_top_level(refused: Callable[..., Any], content: str, found: str) -> None:
    """Only a mapping is a document."""
    assert refused(content) == f"api.yaml: the top level must be a mapping, not {found}"


@pytest.mark.parametrize("content", ["a: &x {b: *x}", "a: &x [*x]"])
def test_alias_inside_its_anchor(refused: Callable[..., Any], content: str) -> None:
    """A value that contains itself is refused, since no JSON document can hold it."""
    assert refused(content) == "api.yaml line 1: alias *x contains itself; write the value out"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: " + "[" * 200_000 + "]" * 200_000, 1),
        ('{"a":' * 200_000, 1),
        ("- " * 200_000, 1),
        ("? " * 200_000, 1),
        ("".join(f"{' ' * each}a:\n" for each in range(120)), 101),
        ("".join(f"a{each}: &a{each} [{f'*a{each - 1}' if each else ''}]\n" for each in range(120)), 100),
    ],
    ids=["flow", "json", "compact", "keys", "indents", "aliases"],
)
def test_extreme_nesting(refused: Callable[..., Any], tmp_path: Path, content: str, line: int) -> None:
    """A document of any depth, written out or behind aliases, gives a message with its line."""
    assert (
        refused(content) == f"api.yaml line {line}: lists and mappings are nested deeper than 100; write them flatter"
    )
    assert line_of(tmp_path / "api.yaml", ["a"]) is None


def test_the_deepest_nesting_is_read(load: Callable[..., Any]) -> None:
    """Nesting of 100 levels is read."""
    assert load("a: " + "[" * 99 + "]" * 99)


ALIASES = "a0: &a0 [x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    "content", [ALIASES, f"a: &x {'y' * 9999}\nb: [{'*x, ' * 999}]\n", "[" + "1," * 210_000 + "]"], ids=range(3)
)
def test_aliases_count_as_the_values_that_they_stand_for(
    refused: Callable[..., Any], tmp_path: Path, content: str
) -> None:
    """A file that stands for more than 4 MiB is refused before anything is built of it, however short it is."""
    assert refused(content).endswith(": the file stands for more than 4 MiB; leave out what is not needed")
    assert line_of(tmp_path / "api.yaml", ["a"]) is None


def test_tags_without_number(refused: Callable[..., Any]) -> None:
    """Declarations of tags, of which libyaml compares each with all, are at most 100."""
    declared = "".join(f"%TAG !e{each}! tag:x,2000:\n" for each in range(200))
    assert refused(f"{declared}---\na: 1") == "api.yaml line 101: more than 100 %TAG lines; leave them out"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/dev/zero", "/dev/zero: longer than 4 MiB; leave out what is not needed"),
        ("/dev/null", "/dev/null: the top level must be a mapping, not null"),
        ("/dev", "cannot read /dev: Is a directory; check the path"),
        ("a\0b", "cannot read a\0b: not a file's name; check the path"),
    ],
)
def test_what_is_no_file(path: str, message: str) -> None:
    """A device without an end, an empty one, a folder and an impossible name give a message."""
    with pytest.raises(JobexportError) as caught:
        load_yaml(Path(path))
    assert str(caught.value) == message


def test_numbers_of_many_digits(refused: Callable[..., Any]) -> None:
    """An integer with more digits than Python reads is named with its line."""
    assert refused(f"b: 1\na: {'9' * 5000}") == f"api.yaml line 2: {'9' * 40} cannot be read as int; put it in quotes"


TEXTS = [
    *("no", "on", "yes", "y", "True", "true", "null", "~", "", "2026-03-01", "2026-03-01T10:00:00Z", "12:30"),
    *("0", "-1", "010", "0x10", "0o17", "1e3", "1E-3", "-0", "1_000", "1.0", ".5", "1.", ".inf", "+1"),
    *(
        "<<",
        "=",
        "- a",
        "a: b",
        "a:",
        "# a",
        "a # b",
        "? a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "|",
        ">",
        "---",
        "...",
    ),
    *("{a}", "[a]", "'a'", '"a"', "it's", "/v1/{project_id}/jobs", "$.paths['/v1']", "back\\slash"),
    *(
        " a",
        "a ",
        "a\tb",
        "\t",
        " ",
        "one\ntwo",
        "one\ntwo\n",
        "one\ntwo\n\n",
        "\none",
        "  one\ntwo",
        "one \ntwo",
        "\n",
    ),
    *("one\r\ntwo", "one\n\n  two\n", "# one\ntwo", "作业导出", "größer", "\U0001f600", "\u2028", "\xa0", "word " * 60),
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_round_trip_of_text(load: Callable[..., Any], text: Any) -> None:
    """Text reads back as the same text: as a value, as a key and in a list."""
    document = {"value": text, text + "key": 1, "keys": {text: 2}, "list": [text, [text]]}
    assert load(dump_yaml(document)) == document


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, 2**63, 1.5, 1e3, 1e100, 1e-7, [], {}, [[]], [{}]], ids=repr
)
def test_round_trip_of_other_values(load: Callable[..., Any], value: Any) -> None:
    """Every JSON value reads back with its type."""
    assert repr(load(dump_yaml({"value": value}))) == repr({"value": value})


def test_dump_keeps_order() -> None:
    """Keys stand in the order they were given."""
    assert dump_yaml({"b": 1, "a": 2}) == "b: 1\na: 2\n"


def test_dump_writes_no_aliases() -> None:
    """A value that stands in two places is written out twice."""
    job = {"type": "object"}
    assert dump_yaml({"one": job, "two": job}) == "one:\n  type: object\ntwo:\n  type: object\n"


def test_dump_writes_lines_as_lines() -> None:
    """Text of several lines is readable, and text outside ASCII is not escaped."""
    assert dump_yaml({"description": "one\n作业\n"}) == "description: |\n  one\n  作业\n"


def test_dump_quotes_where_needed_only() -> None:
    """Text that reads as text without quotes is written without quotes."""
    assert dump_yaml({"a": "exportJob", "b": "1e3", "c": "no"}) == "a: exportJob\nb: '1e3'\nc: 'no'\n"


DOCUMENT = """\
# comment
info:
  title: Jobs

paths:
  /v1/{id}:
    get:
      tags: [dli, dgc]
      parameters:
        - name: id
          in: path
        - name: '200'
          in: query
'200':
  a: null
empty:
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ((), 2),
        (("info",), 3),
        (("info", "title"), 3),
        (("paths", "/v1/{id}", "get", "tags"), 8),
        (("paths", "/v1/{id}", "get", "tags", 1), 8),
        (("paths", "/v1/{id}", "get", "parameters"), 10),
        (("paths", "/v1/{id}", "get", "parameters", 0), 10),
        (("paths", "/v1/{id}", "get", "parameters", 0, "in"), 11),
        (("paths", "/v1/{id}", "get", "parameters", 1), 12),
        (("200", "a"), 15),
        (("empty",), 16),
    ],
)
def test_line_of(tmp_path: Path, pointer: tuple[Any, ...], line: int) -> None:
    """A pointer gives the line, from 1, on which its value begins."""
    path = tmp_path / "api.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    assert line_of(path, pointer) == line


@pytest.mark.parametrize(
    "pointer",
    [
        ("gone",),
        ("info", "gone"),
        ("info", "title", "deeper"),
        ("info", "title", 0),
        ("info", 0),
        (200,),
        ("paths", "/v1/{id}", "get", "tags", 2),
        ("paths", "/v1/{id}", "get", "tags", -1),
        ("paths", "/v1/{id}", "get", "tags", -3),
        ("paths", "/v1/{id}", "get", "tags", "0"),
        ("empty", "a"),
    ],
)
def test_line_of_what_is_not_there(tmp_path: Path, pointer: tuple[Any, ...]) -> None:
    """A pointer to nothing has no line."""
    path = tmp_path / "api.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    assert line_of(path, pointer) is None


@pytest.mark.parametrize("content", [None, b"a: [", b"\xff", b""])
def test_line_of_in_an_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    """In a file that can't be parsed, the line is None instead of a second error."""
    path = tmp_path / "api.yaml"
    if content is not None:
        path.write_bytes(content)
    assert line_of(path, ("a",)) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "an object"),
        ([], "an array"),
        ("", "a string"),
        (True, "a boolean"),
        (None, "null"),
        (0, "a number"),
        (0.5, "a number"),
    ],
)
def test_kind(value: Any, words: str) -> None:
    """A type is named as JSON names it; a boolean is not a number."""
    assert kind(value) == words


@pytest.mark.parametrize("text", ["a: !!map [b]", "a: !!map b", "!!map [b]"])
def test_tag_of_another_kind(tmp_path: Path, text: str) -> None:
    """A list or a text with the tag of a mapping is refused with its line, not with a stack trace."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JobexportError, match=r"a\.yaml line 1: a (sequence|scalar) with the tag !!map"):
        load_yaml(path)


def test_escapes_of_json_beyond_16_bits(tmp_path: Path) -> None:
    """A JSON file may write a character as an escaped pair of surrogates, as Python's own writer does."""
    path = tmp_path / "a.json"
    value = {"a": "😀", "b": "\\ud83d\\ude00", "c": ["𠮷x"]}
    path.write_text(json.dumps(value), encoding="utf-8")
    assert load_yaml(path) == value


def test_a_long_tag_is_a_short_sentence(tmp_path: Path) -> None:
    """An error quotes only the beginning of what a file has."""
    path = tmp_path / "a.yaml"
    path.write_text(f"a: !{'b' * 100_000} x", encoding="utf-8")
    with pytest.raises(JobexportError) as caught:
        load_yaml(path)
    assert len(str(caught.value)) < 1000
