"""Decisions about importing jobs and following the task: tests that entries of the register name."""

from __future__ import annotations

from typing import Any

from tests.spec.making.resolved import (
    DOCUMENTS,
    JSON,
    accepts,
    each_edition,
    examples,
    operation,
)

IMPORT = "/v1/{project_id}/jobs/import"
TASK = "/v1/{project_id}/system-tasks/{task_id}"


@each_edition
def test_the_zip_to_import_is_named_with_a_scheme(edition: Any) -> None:
    """The zip that importJob takes has to be named, and each example names it with obs://."""
    bodies = operation(edition, IMPORT)["requestBody"]["content"][JSON]["examples"].values()
    assert all(body["value"]["path"].startswith("obs://") for body in bodies)
    assert not accepts(edition, "ImportJobRequest", {})


@each_edition
def test_the_path_of_a_task_is_that_of_its_uri_line(edition: Any) -> None:
    """A task is asked for below system-tasks, whatever the examples of its page have."""
    assert [path for path in DOCUMENTS[edition]["paths"] if "task" in path.lower()] == [TASK]


@each_edition
def test_the_words_for_states_are_open(edition: Any) -> None:
    """A state that no page names, such as WARNING, is legal for a task and for a part of it."""
    task = examples(edition, TASK, "get")["successful"]
    part = {**task["subtasks"][0], "status": "WARNING"}
    assert accepts(edition, "SystemTask", {**task, "status": "WARNING", "subtasks": [part]})


@each_edition
def test_the_examples_of_a_task_are_of_one_task(edition: Any) -> None:
    """The examples are JSON of one task: the one that the example of importJob has begun."""
    (begun,) = examples(edition, IMPORT).values()
    tasks = examples(edition, TASK, "get").values()
    assert {task["id"] for task in tasks} == {begun["taskId"]}
    assert {part["taskId"] for task in tasks for part in task["subtasks"]} == {begun["taskId"]}
    assert DOCUMENTS[edition]["components"]["parameters"]["TaskId"]["example"] == begun["taskId"]
