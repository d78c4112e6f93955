"""Files of names and of accepted deviations: their content, and the errors for invalid files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.contract import Acceptance, Data, load_acceptances, load_names
from jobexport.contract.data import KINDS
from jobexport.errors import JobexportError
from jobexport.spec import load_edition

if TYPE_CHECKING:
    from pathlib import Path


def test_names_are_read_from_yaml_and_json(tmp_path: Path) -> None:
    """YAML and JSON with the same names are read as equal names."""
    names = {"project": "p", "jobs": ["a", "b"], "flink_jobs": [100], "obs_dirs": ["bucket/x"]}
    (tmp_path / "names.json").write_text(json.dumps(names), encoding="utf-8")
    (tmp_path / "names.yaml").write_text(
        "project: p\njobs: [a, b]\nflink_jobs: [100]\nobs_dirs:\n  - bucket/x\n", encoding="utf-8"
    )
    found = load_names(tmp_path / "names.yaml")
    assert found == load_names(tmp_path / "names.json")
    assert found == {"project": "p", "jobs": ("a", "b"), "flink_jobs": (100,), "obs_dirs": ("bucket/x",)}


def test_examples_that_a_document_lacks_are_left_out() -> None:
    """A document of the user's own need not have the examples of the documentation."""
    job = {"name": "job_id", "in": "path", "schema": {"type": "integer", "examples": [7]}}
    document = {"paths": {"/jobs/{job_id}": {"get": {"operationId": "showIt", "parameters": [job], "responses": {}}}}}
    assert Data.of_examples(document) == Data("", (), (7,))


def test_only_jobs_of_the_examples_are_taken_for_known() -> None:
    """The scripts, resources and tasks of the documentation are on no server, so no request for them must succeed."""
    data = Data.of_examples(load_edition("otc-2026"))
    assert data.jobs
    assert data.flink_jobs
    assert (data.scripts, data.resource_ids, data.tasks) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("project: p\nflink_jobs:\n  - 1\n  - one\n", "line 4: /flink_jobs/1:"),
        ("project: p\njob: [a]\n", "a data file may have project, workspaces,"),
        ("project: p\njobs: a\n", "line 2: /jobs:"),
        ("jobs: [a\n", "line 2: not valid YAML"),
        ("- a\n", "the top level must be a mapping, not an array"),
    ],
)
def test_a_bad_file_of_names_is_named_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    """The error names the file, the line and the problem."""
    (tmp_path / "names.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(JobexportError) as problem:
        load_names(tmp_path / "names.yaml")
    assert str(tmp_path / "names.yaml") in str(problem.value)
    assert words in str(problem.value)


def test_accepted_deviations_are_read(tmp_path: Path) -> None:
    """A YAML list of ids with reasons is read as acceptances."""
    path = tmp_path / "accept.yaml"
    path.write_text("- {id: DGC-010, reason: old}\n- id: DLI-001\n  reason: known\n", encoding="utf-8")
    assert load_acceptances(path) == (Acceptance("DGC-010", "old"), Acceptance("DLI-001", "known"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {id: DGC-010, reason: old}\n- {id: DGC-999, reason: x}\n", "line 2: the register has no 'DGC-999'"),
        ("- {id: DGC-010, reason: old}\n- {id: DGC-010}\n", "line 2: /1:"),
        ("- {id: DGC-010, reason: ''}\n", "line 1: /0/reason:"),
        ("id: DGC-010\n", "the top level must be a list, not an object"),
        ("", "the top level must be a list, not null"),
    ],
)
def test_a_bad_file_of_acceptances_is_named_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    """The error names the file, the line and the problem."""
    path = tmp_path / "accept.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JobexportError) as problem:
        load_acceptances(path)
    assert str(path) in str(problem.value)
    assert words in str(problem.value)


def test_ids_are_integers(tmp_path: Path) -> None:
    """JSON's `100.0` is the integer 100, and is sent as such."""
    (tmp_path / "names.yaml").write_text("flink_jobs: [100.0, 1e2, 7]", encoding="utf-8")
    assert repr(load_names(tmp_path / "names.yaml")["flink_jobs"]) == "(100, 100, 7)"


def test_every_kind_of_names_can_be_in_a_file_and_is_bound_to_requests(tmp_path: Path) -> None:
    """A file may have each kind; its names are in the data, and each place of the kind is bound to them."""
    names: dict[str, Any] = {kind.id: [7] if kind.type == "integer" else ["x"] for kind in KINDS}
    (tmp_path / "names.json").write_text(json.dumps(names | {"project": "x"}), encoding="utf-8")
    data = Data(**({"jobs": (), "flink_jobs": ()} | load_names(tmp_path / "names.json")))
    assert {place: values for place, (values, _) in data.bindings().items()} == {
        place: tuple(names[kind.id]) for kind in KINDS for place in kind.places
    }


@pytest.mark.parametrize("name", ["a\nb", "工作", "a ", "a\0b"])
def test_workspaces_that_no_header_can_have(name: str) -> None:
    """A workspace that no header can have is one sentence; otherwise the server would seem to be silent."""
    with pytest.raises(JobexportError, match="no header can have the workspace"):
        Data("project", (), (), workspaces=(name,))
