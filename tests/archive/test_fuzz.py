"""Any bytes at all: a value, or one of the two errors."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobexport.archive import JobArchive
from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archive.making.zips import Zips

quick = settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def sound(zips: type[Zips]) -> list[Any]:
    """Small archives that are sound, of several ways to write them."""
    job = zips.part("jobs/a.job", b'{"name": "a", "nodes": [{"name": "n"}], "x": [1.5, null, "\\u00e4"]}')
    script = zips.part("jobs/a/s.script", b'{"name": "s", "type": "Shell", "content": "echo"}', method=0)
    other = zips.part("cdm/x", b"x" * 50, flags=0x0808)
    wide = zips.part("resources/r.resource", b'{"name": "r"}', wide=True)
    return [
        zips.zipped(job, script, other),
        zips.zipped(job, wide, wide=True),
        zips.zipped(script, comment=b"comment"),
    ]


def use(content: Any) -> Any:
    """Call everything there is; give whether all went well."""
    folder = Path(tempfile.mkdtemp())
    went_well = True
    try:
        archive = JobArchive(None, stream=io.BytesIO(content))
        calls: list[Callable[[], object]] = [
            lambda: JobArchive.open(io.BytesIO(content)),
            archive.verify,
            lambda: [value.as_json() for kind in ("jobs", "scripts", "resources") for value in getattr(archive, kind)],
            lambda: [(job.nodes, [(node.type, node.properties) for node in job.nodes]) for job in archive.jobs],
            lambda: archive.unpack(folder / "out"),
            lambda: archive.unpack_for_git(folder / "git"),
        ]
        for call in calls:
            before = set(folder.rglob("*"))
            with contextlib.suppress(ArchiveCorrupt, ArchiveUnsafe):
                call()
                continue
            went_well = False
            assert set(folder.rglob("*")) == before
        return went_well
    finally:
        shutil.rmtree(folder)


def test_sound_ones_are_sound(sound: list[Any]) -> None:
    """The zips that are mutated are valid."""
    assert all(use(content) for content in sound)


@quick
@given(st.binary(max_size=200))
@example(b"PK\5\6" + bytes(18))
@example(b"PK\5\6" + b"\xff" * 18)
@example(b"PK\6\6" + bytes(52) + b"PK\6\7" + bytes(16) + b"PK\5\6" + b"\xff" * 16 + b"\0\0")
def test_any_bytes(content: Any) -> None:
    """Random bytes are refused with ArchiveCorrupt or ArchiveUnsafe only."""
    use(content)


@quick
@given(data=st.data())
def test_mutated_zips(sound: list[Any], data: Any) -> None:
    """A sound zip with bytes changed, cut out or put in never brings another error."""
    content = bytearray(data.draw(st.sampled_from(sound)))
    places = st.integers(0, len(content) - 1)
    for place, new in data.draw(st.lists(st.tuples(places, st.binary(max_size=4)), min_size=1, max_size=6)):
        length = data.draw(st.sampled_from([0, 1, len(new), len(new), len(new), 40]))
        content[place : place + length] = new
    use(bytes(content))


@quick
@given(data=st.data())
def test_any_fields(zips: type[Zips], data: Any) -> None:
    """Members of any names, flags, methods, sizes and content, in headers that agree, bring no other error."""
    numbers = st.sampled_from([0, 1, 2, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]) | st.none()
    names = st.one_of(
        st.binary(max_size=20),
        st.text(alphabet="aA./\\:\u0301é \0%~", max_size=12).map(str.encode),
        st.sampled_from(["jobs/a.job", "a.script", "x/a.resource", ".job", "jobs/", "CON.job"]).map(str.encode),
    )
    content = st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"{}", b'{"name": ""}', b'{"name": "../x", "content": "x"}', b'{"nodes": [{"location": 1}]}']),
    )
    parts = [
        zips.part(
            data.draw(names),
            data.draw(content),
            method=data.draw(st.sampled_from([0, 8, 8, 8, 9, 12])),
            flags=data.draw(st.sampled_from([0, 0x0800, 0x0808, 0x0801, 0xFFFF])),
            mode=data.draw(st.sampled_from([0, 0o100644, 0o040755, 0o120777])),
            size=data.draw(st.none() | numbers),
            crc=data.draw(st.none() | st.none() | numbers),
            extra=data.draw(st.sampled_from([b"", b"", b"\1\0\4\0aaaa", b"\1\0", b"\1\0\xff\xff" + b"a" * 24])),
            wide=data.draw(st.booleans()),
        )
        for _ in range(data.draw(st.integers(0, 4)))
    ]
    use(zips.zipped(*parts, wide=data.draw(st.booleans())))


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=8,
    ),
    st.sampled_from(["name", "nodes", "location", "properties", "content", "type", "approvers", "dependFiles", "x"]),
)
def test_any_json(zips: type[Zips], value: Any, key: Any) -> None:
    """Any JSON in any field is read and given back whole; in a node's fields as well."""
    fields = {key: value, "nodes": [{key: value, "location": value}]}
    parts = [zips.part(f"a.{kind}", json.dumps(fields).encode()) for kind in ("job", "script", "resource")]
    with contextlib.suppress(ArchiveCorrupt):  # half a surrogate pair
        content = zips.zipped(*parts)
        archive = JobArchive.open(io.BytesIO(content))
        values: list[Any] = [*archive.jobs, *archive.scripts, *archive.resources]
        assert [read.as_json() for read in values] == [fields] * 3
        for read in values:
            for name in dir(type(read)):
                if not name.startswith("_"):
                    getattr(read, name)
        assert [node.as_json() for node in archive.jobs[0].nodes] == fields["nodes"]
        assert use(content)
