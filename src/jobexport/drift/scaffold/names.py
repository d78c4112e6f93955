"""Names of operations and schemas, from the words of a page."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.facts import PageFacts

_WORD = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+(?![a-z])|[0-9]+")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_LITTLE = {"a", "an", "the", "of", "in", "for", "to", "and"}
# A stem that lost its e: creat-ing, execut-ing, remov-ing, releas-ing, synchroniz-ing.
_LOST_E = re.compile(r"(?:[aeiu]t|[aeiou]v|[aeiou][sz]|[^aeiou]c|nag|rg|ur|ar)$")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def operation_id(page: PageFacts) -> str:
    """Return an operationId for the page: the vendor's name, else from the title, else from the path.

    `Creating a Job` → `createJob`; `POST /v1/{project_id}/jobs/batch-export` → `postJobsBatchExport`.
    """
    for name in page.operation_names:
        return name[0].lower() + name[1:]
    words = [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", page.title) if word.lower() not in _LITTLE]
    if words and page.title.isascii():
        verbs = 2 if words[0].lower() == "batch" else 1
        return _camel([*map(_infinitive, words[:verbs]), *words[verbs:]])
    if page.endpoint is None:
        return "operation"
    steps = _steps(page.endpoint.path)
    return _camel([page.endpoint.method, *(word for step in steps for word in re.findall(r"[A-Za-z0-9]+", step))])


def _infinitive(word: str) -> str:
    stem = word[:-3] if word.lower().endswith("ing") and len(word) > 5 else ""
    if not stem:
        return word
    if _DOUBLED.search(stem):
        return stem[:-1]
    return f"{stem}e" if _LOST_E.search(stem) else stem


def _camel(words: list[str]) -> str:
    head, *rest = words
    return head.lower() + "".join(word[0].upper() + word[1:] for word in rest)


def pascal(text: str) -> str:
    """Return a schema's name for a text, `list of nodes` → `ListNodes`; empty without a letter or digit of ASCII."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words if word.lower() not in _LITTLE)
    return name if name[:1].isalpha() else f"Table{name}" if name else ""


def singular(name: str) -> str:
    """Return the singular of an English plural: `jobs` → `job`, `entries` → `entry`; unchanged if it is not one."""
    if name.endswith("ies") and len(name) > 4:
        return f"{name[:-3]}y"
    if re.search(r"(?:ss|x|ch|sh)es$", name):
        return name[:-2]
    return name[:-1] if re.search(r"[^siu]s$", name) else name


def unique(name: str, taken: set[str]) -> str:
    """Return the name, or the name with the first free number if taken: `Node` → `Node2`.

    Case is ignored, because a generator can't tell `Node` from `node`.
    """
    lower = {other.lower() for other in taken}
    number = 2
    found = name
    while found.lower() in lower:
        found = f"{name}{number}"
        number += 1
    return found


def plain(name: str) -> str:
    """Return a name without what a generator of code changes: `Job_config` and `JobConfig` → `jobconfig`."""
    return re.sub(r"\W|_", "", name).lower()


def words_of(name: str) -> list[str]:
    """Return the words of a name: `CreateFlinkJarJob` → `["Create", "Flink", "Jar", "Job"]`."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)


def common_words(names: list[list[str]]) -> list[str]:
    """Return the words that all names have in one order: `CreateJarJob` and `CreateSQLJob` → `CreateJob`."""
    shared, *others = names
    for other in others:
        rest, kept = other, []
        for word in shared:
            if word in rest:
                kept.append(word)
                rest = rest[rest.index(word) + 1 :]
        shared = kept
    return shared


def variable_names(paths: list[str]) -> dict[str, str]:
    """Return each path with the same names of variables for the same spot.

    Paths that differ in the names of variables only are one path in OpenAPI. Variables behind the same steps get the
    longest name if one name ends with the other: `{name}` and `{job_name}` → `{job_name}`.
    """
    spots: dict[str, Counter[str]] = {}
    for path in paths:
        for spot, name in _variables(path):
            spots.setdefault(spot, Counter())[name] += 1
    found: dict[str, str] = {}
    templates: dict[str, str] = {}
    for path in paths:
        used: set[str] = set()
        written = path
        for spot, name in _variables(path):
            alike = [other for other in spots[spot] if plain(other).endswith(plain(name))]
            best = max(alike, key=lambda other: (len(plain(other)), spots[spot][other]))
            used.add(best := unique(_variable(best), used))
            # The names before this one are in place already, and can't be found again.
            written = written.replace(f"{{{name}}}", f"<{best}>", 1)
        written = written.replace("<", "{").replace(">", "}")
        found[path] = templates.setdefault(_VARIABLE.sub("{}", written), written)
    return found


def _variable(name: str) -> str:
    """Return a name that generators of code take for a variable of a path: `job.name` → `job_name`."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-")
    return name if name[:1].isalpha() else f"variable_{name}".rstrip("_")


def _variables(path: str) -> list[tuple[str, str]]:
    """Return the variables of a path, each with the steps before it, without the names of variables."""
    return [(_VARIABLE.sub("{}", path[: match.start()]), match[1]) for match in _VARIABLE.finditer(path)]


def operation_ids(operations: list[tuple[str, str, str]]) -> list[str]:
    """Return a unique operationId for each operation, given as wanted operationId, method and path.

    Of several operations with one name, the one with the shortest path keeps it. The others get the words that only
    their paths have, `deleteJob` → `deleteStreamingJob`, or the last variable, `getJobs` → `getJobsByJobId`.
    """
    order = sorted(range(len(operations)), key=lambda at: (operations[at][2].count("/"), at))
    found: dict[int, str] = {}
    taken: dict[str, str] = {}
    for at in order:
        wanted, method, path = operations[at]
        tries = [wanted]
        if (other := taken.get(plain(wanted))) is not None:
            tries += list(_qualified(wanted, method, path, other))
        name = next((each for each in tries if plain(each) not in taken), "")
        found[at] = name or unique(tries[-1], set(found.values()))
        taken[plain(found[at])] = path
    return [found[at] for at in range(len(operations))]


def _qualified(wanted: str, method: str, path: str, other: str) -> Iterator[str]:
    """Yield longer names for an operation whose name the operation of another path has."""
    verb, *rest = words_of(wanted)
    steps, known = _steps(path), [plain(step) for step in _steps(other)]
    own = [step for step in steps if plain(step) not in known]
    extra = [word for step in own for word in re.findall(r"[A-Za-z0-9]+", step) if word.lower() not in plain(wanted)]
    if extra:
        yield _camel([verb, *extra, *rest])
    versions = [
        step for step in path.split("/") if re.fullmatch(r"v\d+(\.\d+)*", step) and step not in other.split("/")
    ]
    for version in versions:
        yield f"{wanted}{version.upper().replace('.', '_').removesuffix('_0')}"
    variables = [name for _, name in _variables(path)]
    if variables:
        yield f"{wanted}By{pascal(variables[-1].replace('_', ' '))}"
    yield _camel([method.lower(), *(word for step in steps for word in re.findall(r"[A-Za-z0-9]+", step))])


def _steps(path: str) -> list[str]:
    """Return the steps of a path that are neither variables nor versions."""
    return [step for step in path.split("/") if step and "{" not in step and not re.match(r"v\d", step)]
