"""Definitions that no page has, but a service may send: odd values, names and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

    Items = dict[str, dict[str, Any]]

_VALUES: list[Any] = [
    None, 1, -0.0, "", " ", "${x}", "obs://b/k", "a:b", "#{Env.get('v')}", [], {}, [None], "\u4e2d", 1.50, True,
]  # fmt: skip
_NAMES = ("a", "A", "b", "con", "d.e", ".", "..", "-", "x" * 128, "x" * 127 + "y", "s", "S_1")
_TEXTS = ("", "\n", "SELECT 1;\r\nSELECT 2;", "\ufeffSELECT '\u4e2d\U0001f600';\n\n", "WITH ('password' = 'x');\t \n")
_TYPES = ("HiveSQL", "DLI SQL", "Shell", "Python", "X", None)


def odd_job(chance: random.Random) -> dict[str, Any]:
    """Return the definition of a job whose references are of all sorts."""
    named = {"name": chance.choice(["scriptName", "queueName", "clusterName", None]), "value": chance.choice(_VALUES)}
    node = {"type": chance.choice(["HiveSQL", None, 3, "DLI SQL"]), "properties": [named]}
    return {
        "nodes": chance.choice([[node], node, [1], None]),
        "basicConfig": chance.choice(_VALUES),
        "schedule": chance.choice([{"cron": {"dependJobs": {"jobs": chance.choice(_VALUES)}}}, 1]),
        "approvers": chance.choice([[{"approverName": chance.choice(_VALUES)}], 1]),
    }


def odd_items(chance: random.Random) -> tuple[Items, Items, Items]:
    """Return the jobs, the scripts and the resources of a workspace, by name."""

    def names() -> list[str]:
        return chance.sample(_NAMES, chance.randrange(len(_NAMES)))

    scripts = {
        name: {"type": chance.choice(_TYPES), "content": chance.choice(_TEXTS), "x": chance.choice(_VALUES)}
        for name in names()
    }
    resources = {
        name[:32]: {"type": chance.choice(["jar", None]), "location": chance.choice(_VALUES)} for name in names()
    }
    return {name: odd_job(chance) for name in names()}, scripts, resources
