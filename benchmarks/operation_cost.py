"""What an operation costs: lines of description, mock, contract and client for each operation.

    python benchmarks/operation_cost.py

Everything is read from the tree. What several operations use counts for each with its share: half of the lines, if two
operations use it. What all operations use is no cost of one of them, and is left out.

- description: the operation and the components that it refers to in the union, the entries of the register about it,
  and the actions of overlays that name these entries.
- mock: its function in `BEHAVIOURS`, and what this uses in `jobexport.mock.behaviour` and `.state`.
- contract: the scenarios whose subject it is, and what these use in `jobexport.contract.scenarios`.
- client: what uses its module of `jobexport_api`, up to the methods of the clients.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import yaml

from jobexport.contract.scenarios.registry import SANDBOX, SCENARIOS
from jobexport.mock.behaviour.behaviours import BEHAVIOURS
from jobexport.spec import load_edition
from jobexport.spec.document import operations
from jobexport.spec.editions import edition_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Node = tuple[str, str]
    """Module and name of a function, a method, a class or a constant."""
    Shares = Mapping[str, Iterable[Any]]

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
BEFORE = {"exportFlinkJobs", "exportJob", "batchExportJobs"}
"""The operations of the first version, which brought the machinery along."""
OPERATIONS = {found.id: found for id_ in edition_ids() for found in operations(load_edition(id_))}
PARTS = ("description", "mock", "contract", "client")


class Code:
    """The functions, classes and constants of some rooms: their lines, and what each uses of the others."""

    def __init__(self, *rooms: str, methods: bool = False) -> None:
        self.lines: dict[Node, int] = {}
        self.uses: dict[Node, set[Node]] = defaultdict(set)
        trees = {
            ".".join(path.relative_to(SOURCE).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
            for room in rooms
            for path in (SOURCE / room).rglob("*.py")
        }
        for module, tree in trees.items():
            names = dict(_imported(tree))
            for node in tree.body:
                for name, part in _defined(node, methods=methods):
                    first = min([part.lineno, *(each.lineno for each in getattr(part, "decorator_list", ()))])
                    self.lines[module, name] = (part.end_lineno or first) - first + 1
                    self.uses[module, name] |= set(_used(part, module, names))

    def below(self, node: Node) -> set[Node]:
        """Return a node and all that it uses, directly or through others."""
        found, left = set(), [node]
        while left:
            each = left.pop()
            if each in self.lines and each not in found:
                found.add(each)
                left += self.uses[each]
        return found

    def above(self, module: str) -> set[Node]:
        """Return all that uses something of a module, directly or through others."""
        found = {node for node, used in self.uses.items() if any(name == module for name, _ in used)}
        while more := {node for node, used in self.uses.items() if used & found} - found:
            found |= more
        return found

    def shares(self, reached: Shares) -> dict[str, float]:
        """Return the lines of each operation: of what it reaches, by the number of operations that reach it too."""
        return shares(reached, self.lines)


def shares(reached: Shares, lines: Mapping[Any, int]) -> dict[str, float]:
    """Return the lines of each operation, with its share of what several operations reach."""
    by: dict[Any, set[str]] = defaultdict(set)
    for operation, nodes in reached.items():
        for node in nodes:
            by[node].add(operation)
    return {
        operation: sum(lines[node] / len(by[node]) for node in set(nodes) if len(by[node]) < len(OPERATIONS))
        for operation, nodes in reached.items()
    }


def _defined(node: ast.stmt, *, methods: bool) -> Iterator[tuple[str, ast.stmt]]:
    if isinstance(node, ast.ClassDef) and methods:
        yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, _FUNCTIONS))
    elif isinstance(node, (ast.ClassDef, *_FUNCTIONS)):
        yield node.name, node
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from ((each.id, node) for each in targets if isinstance(each, ast.Name))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _imported(tree: ast.Module) -> Iterator[tuple[str, Node]]:
    """Yield the names that a module imports, with the module and the name that they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((each.asname or each.name, (node.module, each.name)) for each in node.names)


def _used(part: ast.stmt, module: str, names: Mapping[str, Node]) -> Iterator[Node]:
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            yield names.get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            # `writes.create_resource`, of an imported module.
            yield ".".join(names[node.value.id]), node.attr


def mock() -> dict[str, float]:
    """Return the lines of the mock for each operation."""
    code = Code("jobexport/mock/behaviour", "jobexport/mock/state")
    return code.shares({id_: code.below((found.__module__, found.__name__)) for id_, found in BEHAVIOURS.items()})


def contract() -> dict[str, float]:
    """Return the lines of the contract test for each operation."""
    code = Code("jobexport/contract/scenarios")
    document = load_edition("huaweicloud-intl-2026")
    reached: dict[str, set[Node]] = {id_: set() for id_ in OPERATIONS}
    for scenario in (*SCENARIOS, *SANDBOX):
        for id_ in scenario.subject.ids(document) if scenario.subject is not None else ():
            reached[id_] |= code.below((scenario.function.__module__, scenario.id))
    return code.shares(reached)


def client() -> dict[str, float]:
    """Return the lines of the client for each operation."""
    code = Code("jobexport/client", methods=True)
    modules = {
        id_: f"jobexport_api.api.{found.tags[0]}.{re.sub('(?<!^)(?=[A-Z])', '_', id_).lower()}"
        for id_, found in OPERATIONS.items()
    }
    return code.shares({id_: code.above(module) for id_, module in modules.items()})


def description() -> dict[str, float]:
    """Return the lines of the description for each operation: union, register, overlays."""
    lines: dict[Any, int] = {}
    reached: dict[str, set[Any]] = {id_: set() for id_ in OPERATIONS}
    union = _composed(ROOT / "openapi/openapi.yaml")
    spans = {
        f"#/components/{kind}/{name}": node for kind, held in union["components"].items() for name, node in held.items()
    }
    for methods in union["paths"].values():
        for node in (node for name, node in methods.items() if name in {"get", "post", "delete"}):
            text = node.text
            id_ = re.search(r"operationId: (\w+)", text)[1]  # type: ignore[index]  # lint requires one
            used = _referred(text, spans)
            reached[id_] |= {id_, *used}
            lines[id_] = node.lines
            lines |= {name: spans[name].lines for name in used}
    about = {}
    for entry in _composed(ROOT / "openapi/inconsistencies.yaml")["entries"]:
        found = re.search(r"id: (\S+)", entry.text)[1]  # type: ignore[index]  # the schema requires one
        named = re.search(r"operations: \[(.*?)\]", entry.text, re.DOTALL)
        about[found] = set(re.split(r"[,\s]+", named[1])) & OPERATIONS.keys() if named else set()
        lines[found] = entry.lines
        for id_ in about[found]:
            reached[id_].add(found)
    for path in sorted((ROOT / "overlays").glob("*-20*.yaml")):
        for number, action in enumerate(_composed(path)["actions"]):
            lines[path.name, number] = action.lines
            for entry in set(re.findall(r"\b(?:DLI|DGC|COM)-\d+\b", action.text)) & about.keys():
                for id_ in about[entry]:
                    reached[id_].add((path.name, number))
    return shares(reached, lines)


class Span:
    """A node of a YAML file: its text and its number of lines; keys and items lead to the nodes below."""

    def __init__(self, node: yaml.Node, text: str) -> None:
        self.node, self.whole = node, text

    @property
    def text(self) -> str:
        """The text of the node."""
        return self.whole[self.node.start_mark.index : self.node.end_mark.index].rstrip()

    @property
    def lines(self) -> int:
        """The lines of the node, with that of its key."""
        return self.text.count("\n") + 1 + (self.node.start_mark.column > 0)

    def __iter__(self) -> Iterator[Span]:
        return (Span(node, self.whole) for node in self.node.value)

    def __getitem__(self, key: str) -> Span:
        return dict(self.items())[key]

    def items(self) -> Iterator[tuple[str, Span]]:
        """Yield keys and nodes."""
        return ((key.value, Span(node, self.whole)) for key, node in self.node.value)

    def values(self) -> Iterator[Span]:
        """Yield the nodes."""
        return (node for _, node in self.items())


def _composed(path: Path) -> Span:
    text = path.read_text(encoding="utf-8")
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    assert node is not None  # noqa: S101  # the files are not empty
    return Span(node, text)


def _referred(text: str, spans: Mapping[str, Span]) -> set[str]:
    found: set[str] = set()
    left = [text]
    while left:
        more = set(re.findall(r"#/components/\w+/\w+", left.pop())) & spans.keys() - found
        found |= more
        left += [spans[name].text for name in more]
    return found


def main() -> int:
    """Print the table and the median of mock and contract."""
    columns = {"description": description(), "mock": mock(), "contract": contract(), "client": client()}
    print(f"{'operation':18}" + "".join(f"{part:>13}" for part in PARTS))
    new = [id_ for id_ in OPERATIONS if id_ not in BEFORE]
    for id_ in new:
        print(f"{id_:18}" + "".join(f"{columns[part].get(id_, 0):13.0f}" for part in PARTS))
    print(f"{'median':18}" + "".join(f"{median(columns[part].get(id_, 0) for id_ in new):13.0f}" for part in PARTS))
    both = [columns["mock"].get(id_, 0) + columns["contract"].get(id_, 0) for id_ in new]
    print(f"median of mock + contract: {median(both):.0f}; all {len(new)}: {sum(both):.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
