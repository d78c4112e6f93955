"""The documents tell the truth: their code runs, and the commands, files and rooms that they name exist."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import click
import pytest

from jobexport.cli.commands import cli
from jobexport.mock import FAULTS
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.spec.editions import CHECKOUT, edition_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

NAMES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{p.name}" for p in CHECKOUT.glob("docs/*.md")),
)
PAGES = {name: (CHECKOUT / name).read_text(encoding="utf-8") for name in NAMES}
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCE = CHECKOUT / "src/jobexport"

each_page = pytest.mark.parametrize("name", NAMES)


def blocks(name: str, *languages: str) -> list[str]:
    """Return a page's blocks of code that are in one of these languages; empty text is a block without one."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", PAGES[name], re.DOTALL | re.MULTILINE)
    return [block for language, block in found if language in languages]


def spans(text: str) -> list[str]:
    """Return the texts between backticks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def code(name: str) -> list[str]:
    """Return a page's code for a shell: each span, and each line of its blocks, continued lines joined."""
    joined = "\n".join(blocks(name, "sh", "")).replace("\\\n", " ")
    return [*spans(PAGES[name]), *(line.removeprefix("$ ").partition(" # ")[0] for line in joined.splitlines())]


def runnable() -> list[str]:
    """Return the pages that have Python."""
    return [name for name in NAMES if blocks(name, "python")]


@pytest.mark.parametrize("name", runnable())
def test_the_python_examples_run(name: str, tmp_path: Path) -> None:
    """Each block of Python runs as it stands, one after the other in an empty folder; a test is run by pytest."""
    for number, block in enumerate(blocks(name, "python")):
        path = tmp_path / f"test_block_{number}.py"
        path.write_text(block, encoding="utf-8")
        command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--rootdir", str(tmp_path)]
        command = [*(command if "def test_" in block else ()), path.name]
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_example_leaves_a_zip(tmp_path: Path) -> None:
    """The README's program writes the zip that it names."""
    (block,) = blocks("README.md", "python")
    subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True)
    assert (tmp_path / "DLF_myJob.zip").read_bytes().startswith(b"PK")


@each_page
def test_every_make_rule_and_variable_it_names_exists(name: str) -> None:
    """`make x Y=z` on a page is a rule of the Makefile with a variable of the Makefile."""
    rules = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) \?=", MAKEFILE, re.MULTILINE))
    for words in (shlex.split(text) for text in code(name) if text.startswith("make ")):
        assert {word for word in words[1:] if "=" not in word} <= rules, words
        assert {word.partition("=")[0] for word in words[1:] if "=" in word} <= variables, words


def commands(text: str) -> Iterator[list[str]]:
    """Find the calls of `jobexport` in a piece of shell; return the words that follow the name."""
    for call in re.findall(r"(?:^|[\s/(])jobexport ((?:[^'\"|;&()]|'[^']*'|\"[^\"]*\")+)", text):
        yield shlex.split(call.replace("$", ""))


@each_page
def test_every_command_and_option_it_names_exists(name: str) -> None:
    """`jobexport x --y` on a page is a command with this option."""
    for words in (words for text in code(name) for words in commands(text)):
        command: click.Command = cli
        for word in words:
            if isinstance(command, click.Group) and not word.startswith("-"):
                assert word in command.commands, words
                command = command.commands[word]
            elif re.match(r"--?[a-z]", word):
                assert word.partition("=")[0] in options(command), (words, word)


def options(command: click.Command) -> set[str]:
    """Return the names of a command's options, and of the commands in it."""
    found = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return found.union({"-h", "--help"}, *map(options, inner))


@each_page
def test_every_option_it_names_alone_exists(name: str) -> None:
    """A span that begins with `--y` is an option of some command."""
    named = {text.split()[0].partition("=")[0] for text in spans(PAGES[name]) if re.match(r"--?[a-z]", text)}
    assert named <= options(cli)


@each_page
def test_every_extra_it_names_exists(name: str) -> None:
    """`[x]` in an installation is an extra of the distribution; a wheel has the distribution's version."""
    text = PAGES[name]
    extras = PROJECT["optional-dependencies"].keys()
    assert set(re.findall(r"(?:jobexport|\.|whl)\[([a-z]+)\]", text)) <= extras
    assert set(re.findall(r"\[extra\][^`]*?`([a-z]+)`", text)) <= extras
    assert set(re.findall(r"jobexport-([0-9.]+)-py3", text)) <= {PROJECT["version"]}


def test_the_readme_explains_every_extra() -> None:
    """Each extra of the distribution has a row in the README's table."""
    assert [name for name in PROJECT["optional-dependencies"] if f"| `{name}` |" not in PAGES["README.md"]] == []


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as the viewers of Markdown name them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_every_file_it_links_exists(name: str) -> None:
    """Relative links lead to a file, and to a heading in it."""
    for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        if not link.startswith("https://"):
            file, _, anchor = link.partition("#")
            target = (CHECKOUT / name).parent / file if file else CHECKOUT / name
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@each_page
def test_every_path_it_names_exists(name: str) -> None:
    """A path below a folder of the checkout is there; `<x>` and `…` stand for any name."""
    below = re.compile(r"(?:src|tests|openapi|overlays|generated|benchmarks|examples|docs)/[^\s*]*")
    for text in (text for text in spans(PAGES[name]) if below.fullmatch(text)):
        path = re.sub(r"<\w+>|…|ROOM", "*", text.partition("::")[0]).rstrip("/")
        if not path.startswith("generated/jobexport_api/"):  # an operation that is an example
            assert list(CHECKOUT.glob(path)), text


@each_page
def test_every_test_it_names_exists(name: str) -> None:
    """`test_x` on a page is a function of a test."""
    functions = {text.rpartition("::")[2] for text in spans(PAGES[name]) if re.search(r"(^|::)test_\w+$", text)}
    text = "".join(path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py"))
    assert {function for function in functions if not re.search(rf"def {function}\b", text)} == set()


def test_every_name_of_the_code_in_the_recipes_exists() -> None:
    """A constant or an internal name that CONTRIBUTING.md shows is in the code."""
    files = [path for folder in ("src", "tests", "benchmarks", "docs") for path in (CHECKOUT / folder).rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in (*files, CHECKOUT / "openapi/openapi.yaml"))
    named = {text for text in spans(PAGES["CONTRIBUTING.md"]) if re.fullmatch(r"_\w+|[A-Z]{2,}|[A-Z][a-z]\w+", text)}
    assert {name for name in named if not re.search(rf"\b{name}\b", text)} == set()


def test_the_pages_of_faults_count_them() -> None:
    """Groups and numbers on the pages are those of the faults in the code."""
    groups = Counter(fault.group.rpartition(": ")[2] for fault in FAULTS.values())
    strength = PAGES["docs/contract-strength.md"]
    told = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|", strength, re.MULTILINE))
    assert {group: int(number) for group, number in told.items()} == {
        {FOR_CLIENTS: "made for testing clients"}.get(group, group): number for group, number in groups.items()
    }
    assert f"each of its {len(FAULTS)} faults" in strength
    assert f"The {len(FAULTS) - groups[FOR_CLIENTS]} faults of the last" in strength
    listed = set(re.findall(r"^\| ([a-z ]+) \|", PAGES["docs/contract-faults.md"], re.MULTILINE)) - {"group"}
    assert listed == groups.keys() - {FOR_CLIENTS}


def test_the_page_of_editions_names_every_edition() -> None:
    """The generated page lists exactly the editions of `overlays/`; the README and the guide link it."""
    page = (CHECKOUT / "generated/EDITIONS.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z0-9-]+)` ", page, re.MULTILINE) == edition_ids()
    assert "](generated/EDITIONS.md)" in PAGES["README.md"]
    assert "](../generated/EDITIONS.md)" in PAGES["docs/editions.md"]


def test_every_page_is_reached_from_the_readme() -> None:
    """The README links each page of docs/, ARCHITECTURE.md and CONTRIBUTING.md."""
    assert [name for name in NAMES[1:] if f"]({name})" not in PAGES["README.md"]] == []


def test_the_readme_is_short() -> None:
    """The README has at most 150 lines."""
    assert len(PAGES["README.md"].splitlines()) <= 150


def rows(title: str) -> list[list[str]]:
    """Return the rows of the table below a heading of ARCHITECTURE.md, without its head."""
    section = PAGES["ARCHITECTURE.md"].partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_glossary_is_short() -> None:
    """The glossary has at most 25 words, each once."""
    words = [row[0] for row in rows("Glossary")]
    assert 0 < len(words) == len(set(words)) <= 25


ROOMS = {path.parent.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py")} - {"."}
MODULES = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}


def mapped() -> dict[str, list[str]]:
    """Return the rooms of ARCHITECTURE.md with their rows; the modules beside the rooms stand in one row."""
    return {room: row for row in rows("Rooms") for room in spans(row[0])}


def test_the_map_has_every_room() -> None:
    """Each folder of the source has a row, each row is a folder, or a module beside the folders."""
    assert mapped().keys() - {"__main__"} == ROOMS | MODULES - {"__main__"}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_the_map_names_modules_that_exist(room: str) -> None:
    """A module that a row names is in the room."""
    named = {name for name in spans(mapped()[room][1]) if re.fullmatch(r"[a-z_0-9]+", name)}
    assert named <= {path.stem for path in (SOURCE / room).glob("*.py")}


def home(module: str) -> str:
    """Return the room of an imported module, or the name of a module beside the rooms."""
    parts = module.split(".")[1:]
    below = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((room for room in below if room in ROOMS), parts[0] if parts[0] in MODULES else "jobexport")


def imports(room: str) -> set[str]:
    """Return the rooms that a room's modules import."""
    found: set[str] = set()
    for path in (SOURCE / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    ours = {home(module) for module in found if module.startswith("jobexport.")}
    return ours | {"jobexport_api" for module in found if module.startswith("jobexport_api")}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_depends_only_on_what_the_map_says(room: str) -> None:
    """A room imports nothing that its row does not name, apart from itself, the core and the errors."""
    said = mapped()[room][2]
    if said == "every room below":
        return
    core = {other for other in ROOMS if other.split("/")[0] == "core"}
    allowed = {room, *core, "errors", *spans(said)}
    if said.startswith("rooms of") or ", rooms of" in said:
        allowed |= {other for other in ROOMS if other.startswith(f"{room}/")}
    assert imports(room) <= allowed
