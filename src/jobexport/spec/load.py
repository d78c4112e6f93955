"""Reads and writes YAML documents so that every message can name a file and a line.

YAML 1.1 turns `no`, `on` and `2026-03-01` into booleans and dates; an OpenAPI document has JSON's types. So only
`true`, `false`, `null`, integers and floats are special here, keys are strings, and a key given twice is an error.

Every file of YAML or JSON that a user names is read here, and is measured before anything is built of it: its bytes,
its nesting, and its values, where an alias counts as the values that it stands for.
"""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from jobexport.core.disk.reading import read_up_to
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

_T = TypeVar("_T")

# libyaml is several times faster; PyYAML's wheels have it, a source build may not.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: type[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_BYTES = 4 << 20
"""The most bytes of a file; the largest file of the project has 54,000."""
_SHORT = 1 << 18
"""The most characters of a text whose value is kept, for the next time that the same text is read."""
_DEEPEST = 100
"""The deepest nesting of lists and mappings; copying and writing them need more stack than reading."""
_MOST = 4 << 20
"""The most characters that a file may stand for, with `_EACH` more for each value; aliases are written out."""
_EACH = 20

# The tags PyYAML constructs as JSON would; None stands for every tag it does not know.
_KEPT_TAGS = (*(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")), None)


class _JsonLoader(_Loader):  # type: ignore[misc]  # the base is chosen when the module is imported
    """A safe loader that knows JSON's types only."""

    # Without the rest of YAML's tags: no dates, sets or bytes, even if a file asks for them.
    yaml_constructors = {tag: _Loader.yaml_constructors[tag] for tag in _KEPT_TAGS}  # noqa: RUF012  # PyYAML's own name
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own name and shape

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:  # PyYAML's signature
        if not isinstance(node, yaml.MappingNode):  # `!!map [a]`
            raise _Refused(node.start_mark.line + 1, f"a {node.id} with the tag !!map; leave the tag out")
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not (isinstance(key, yaml.ScalarNode) and key.tag == "tag:yaml.org,2002:str"):
                text = key.value if isinstance(key, yaml.ScalarNode) else f"(a {key.id})"
                raise _Refused(line, f"key {text} is not a string; put it in quotes")
            if key.value == "<<" and not key.style:
                raise _Refused(line, "merge keys (<<) are not read; write the keys out, or put << in quotes")
            if key.value in seen:
                raise _Refused(
                    line, f"key {key.value!r} was given before, on line {seen[key.value]}; remove one of the two"
                )
            seen[key.value] = line
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


class _JsonDumper(_Dumper):  # type: ignore[misc]  # as above
    """A dumper whose output the loader reads back unchanged: no aliases, long text in blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_JsonDumper.add_representer(str, _represent_text)


def _constructor(tag: str, from_text: Callable[[str], Any]) -> Callable[[Any, Any], Any]:
    def construct(loader: Any, node: yaml.ScalarNode) -> Any:
        text = loader.construct_scalar(node)
        try:
            return from_text(text)
        except (KeyError, ValueError):
            line = node.start_mark.line + 1
            raise _Refused(line, f"{text:.40} cannot be read as {tag}; put it in quotes") from None

    return construct


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


for _tag, _pattern, _first, _from_text in (
    ("bool", r"true|false", "tf", {"true": True, "false": False}.__getitem__),
    ("null", r"null|~|", ["n", "~", ""], {"null": None, "~": None, "": None}.__getitem__),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789", int),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789", _finite),
):
    _JsonLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _constructor(_tag, _from_text))
    # The dumper has the same patterns, so that it quotes text that the loader would read as a number, such as 1e3.
    for _class in (_JsonLoader, _JsonDumper):
        _class.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


class _Refused(Exception):  # noqa: N818  # it never leaves this module
    """A construct that is valid in YAML and not allowed here."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line, self.problem = line, problem


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML (or JSON) file whose top level is a mapping.

    Raises:
        JobexportError: the file can't be read, is not YAML, or has a key twice; the text names file and line.
    """
    document = _load(path)
    if not isinstance(document, dict):
        raise JobexportError(f"{path}: the top level must be a mapping, not {kind(document)}")
    return document


def load_yaml_list(path: Path) -> list[Any]:
    """Read a YAML (or JSON) file whose top level is a list; it raises as `load_yaml` does."""
    document = _load(path)
    if not isinstance(document, list):
        raise JobexportError(f"{path}: the top level must be a list, not {kind(document)}")
    return document


# Two escapes of JSON for one character beyond U+FFFF, which JSON's writers use and YAML does not know.
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


def _without_pairs(text: str) -> str:
    """Return the text of a JSON file with each escaped pair of surrogates as one escape of YAML."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return text

    def escape(match: re.Match[str]) -> str:
        number = 0x10000 + ((int(match[2], 16) - 0xD800) << 10) + int(match[3], 16) - 0xDC00
        return f"{match[1]}\\U{number:08x}"

    return _PAIR.sub(escape, text)


def _load(path: Path) -> Any:
    return parse_yaml(_read(path), path)


def parse_yaml(text: str, path: Path) -> Any:
    """Parse YAML text; `path` is the file that messages name. It raises as `load_yaml` does."""
    try:
        return tree(_parsed(text))
    except _Refused as problem:
        raise JobexportError(f"{path} line {problem.line}: {problem.problem}") from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = f" line {mark.line + 1}" if mark else ""
        raise JobexportError(
            f"{path}{line}: not valid YAML: {problem.problem or problem.context:.200}; correct the file"
        ) from None
    except yaml.YAMLError as problem:
        raise JobexportError(f"{path}: not valid YAML: {' '.join(str(problem).split())}; correct the file") from None


def _remembered(function: Callable[[str], _T]) -> Callable[[str], _T]:
    """Remember what a function makes of short texts, which nobody may change.

    A command reads the union and the register several times; a copy takes a tenth of the time of parsing.
    """
    remembered = functools.lru_cache(maxsize=16)(function)
    return lambda text: remembered(text) if len(text) <= _SHORT else function(text)


@_remembered
def _parsed(text: str) -> Any:
    _measure(text)
    return yaml.load(text, _JsonLoader)  # noqa: S506  # derived from the safe loader


@_remembered
def _composed(text: str) -> yaml.Node | None:
    _measure(text)
    return yaml.compose(text, _JsonLoader)


@_remembered
def _measure(text: str) -> None:
    """Raise _Refused if a document is nested too deeply or stands for too much, before any value is built.

    libyaml builds nodes by calling itself, so that a deep document would end the interpreter.
    """
    _check_tags(text)
    sizes: dict[str, tuple[int, int]] = {}
    """Of each anchor: the characters and the levels of its value."""
    open_: list[tuple[str | None, int, int]] = [(None, 0, 0)]
    event: Any
    for event in yaml.parse(text, _JsonLoader):
        line = event.start_mark.line + 1
        anchor, below = getattr(event, "anchor", None), 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append((anchor, _EACH, 1))
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == each for each, _, _ in open_):
                raise _Refused(line, f"alias *{anchor} contains itself; write the value out")
            size, below = sizes.get(str(anchor), (_EACH, 0))
            _add(open_, size, below)
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionEndEvent):
            size, levels = _EACH, 0
            if isinstance(event, yaml.ScalarEvent):
                size += len(event.value)
            else:
                anchor, size, levels = open_.pop()
            if anchor is not None:
                sizes[anchor] = size, levels
            _add(open_, size, levels)
        else:
            continue
        if len(open_) - 1 + below > _DEEPEST:
            raise _Refused(line, f"lists and mappings are nested deeper than {_DEEPEST}; write them flatter")
        if sum(size for _, size, _ in open_) > _MOST:
            raise _Refused(line, f"the file stands for more than {_MOST >> 20} MiB; leave out what is not needed")


def _check_tags(text: str) -> None:
    """Raise _Refused for many declarations of tags: libyaml compares each with all before it."""
    if text.count("%TAG") > _DEEPEST:
        lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("%TAG")]
        if len(lines) > _DEEPEST:
            raise _Refused(lines[_DEEPEST], f"more than {_DEEPEST} %TAG lines; leave them out")


def _add(open_: list[tuple[str | None, int, int]], size: int, levels: int) -> None:
    """Add the size of a value to the innermost of the open collections."""
    anchor, before, deepest = open_[-1]
    open_[-1] = anchor, before + size, max(deepest, levels + 1)


def tree(value: Any) -> Any:
    """Copy a document so that no two places share a value, as places behind YAML aliases do."""
    if isinstance(value, dict):
        return {key: tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tree(item) for item in value]
    return value


def line_of(path: Path, pointer: Sequence[str | int]) -> int | None:
    """Return the line (from 1) on which the value at `pointer` begins, or None if the file lacks the value.

    The file is parsed a second time, so call this for messages, not in hot paths.
    """
    return lines_of(path)(pointer)


def lines_of(path: Path) -> Callable[[Sequence[str | int]], int | None]:
    """Return a `line_of` for many places of one file, which is parsed once."""
    try:
        node = compose_yaml(path)
    except (yaml.YAMLError, _Refused, JobexportError):
        node = None
    return functools.partial(_line_in, node)


def compose_yaml(path: Path) -> yaml.Node | None:
    """Return the nodes of a YAML file, read-only, each with its lines; the file must be one that `load_yaml` reads."""
    return _composed(_read(path))


def _line_in(node: yaml.Node | None, pointer: Sequence[str | int]) -> int | None:
    for step in pointer:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
            node = node.value[step]
        else:
            return None
    return node.start_mark.line + 1 if node is not None else None


def dump_yaml(document: Any) -> str:
    """Write a document as YAML: keys in their order, no aliases, the same text every time."""
    return str(yaml.dump(document, Dumper=_JsonDumper, sort_keys=False, allow_unicode=True, width=120))


def dump_line(value: Any) -> str:
    """Write a value as YAML on one line, as `load_yaml` reads it back: `{a: [1, 'no']}`."""
    text = yaml.dump(
        value, Dumper=_JsonDumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=2**30
    )
    return str(text).removesuffix("\n").removesuffix("\n...")


def kind(value: Any) -> str:
    """Return the name of a value's type in JSON, such as `an object`, for messages."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _read(path: Path) -> str:
    try:
        content = read_up_to(path, _BYTES)
        if len(content) > _BYTES:
            raise JobexportError(f"{path}: longer than {_BYTES >> 20} MiB; leave out what is not needed")
        return _without_pairs(content.decode("utf-8"))
    except OSError as problem:
        raise JobexportError(f"cannot read {path}: {problem.strerror}; check the path") from None
    except UnicodeDecodeError as problem:
        raise JobexportError(f"cannot read {path}: not UTF-8 at byte {problem.start}; save it as UTF-8") from None
