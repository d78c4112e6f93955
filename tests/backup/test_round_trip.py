"""Round trips of any definitions: restore then backup is an equal backup, and a restore twice is a restore once."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobexport.backup import diff
from tests.backup.making.restoring import empty, operations, restore

if TYPE_CHECKING:
    from tests.backup.making.workspace import Workspace

_texts = st.text(st.characters(codec="utf-8"), max_size=12)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)
_names = st.from_regex(r"[A-Za-z0-9_.\-]{1,12}", fullmatch=True)
_jobs = st.dictionaries(
    _names,
    st.fixed_dictionaries(
        {
            "params": st.lists(
                st.fixed_dictionaries({"name": _names, "value": _texts, "type": st.just("variable")}), max_size=2
            ),
            "schedule": st.fixed_dictionaries({"type": st.just("EXECUTE_ONCE")}),
            "unknownField": _values,
        }
    ),
    max_size=4,
)


def test_restore_then_backup_is_equal(workspace: Workspace) -> None:
    """Fields that no page has arrive too, and the second restore sends no change."""

    @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(jobs=_jobs, texts=st.dictionaries(_names, _texts, max_size=3), used=st.booleans())
    def holds(jobs: dict[str, Any], texts: dict[str, str], used: bool) -> None:
        workspace.jobs.clear()
        workspace.scripts.clear()
        scripts = itertools.cycle(texts)
        for name, fields in jobs.items():
            properties = [{"name": "scriptName", "value": next(scripts)}] if texts and used else []
            workspace.job(name, nodes=[{"name": "n", "type": "HiveSQL", "properties": properties}], **fields)
        for name, content in texts.items():
            workspace.script(name, content=content)
        with tempfile.TemporaryDirectory() as place:
            _check(workspace, Path(place, "1"), Path(place, "2"))

    holds()


def _check(workspace: Workspace, first: Path, second: Path) -> None:
    assert workspace.put().back_up(first).complete
    empty(workspace.server)
    result = restore(workspace.server, first)
    assert result.complete, result.failures
    assert workspace.back_up(second).complete
    assert diff(first, second).items == ()
    assert restore(workspace.server, first).written == ()
    assert not {"importJob", "createScript", "createResource"} & set(operations(workspace.server))
