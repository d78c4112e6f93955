"""The check of an object that a server names in a response, and lacks when a link leads to it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok

from jobexport.contract import Data, Violation
from jobexport.contract.fuzz import hooks
from jobexport.spec import load_edition
from jobexport.spec.document import media, operations_by_id, response

DOCUMENT = load_edition("huaweicloud-intl-2026")
SHOW = operations_by_id(DOCUMENT)["showJob"]
MISSING = media(response(DOCUMENT, SHOW.fields, 400))["examples"]["job-not-found"]["value"]


def followed(**query: Any) -> None:
    """Check the response to a request along the link from a list to `showJob`: the job does not exist."""
    hooks.hold_to(DOCUMENT, Data("p", ("a",), ()), lambda: True)
    case: Any = SimpleNamespace(
        id="2",
        operation=SimpleNamespace(path=SHOW.path, method="get"),
        method="GET",
        path_parameters={"project_id": "p", "job_name": "a"},
        query=query,
        body=NOT_SET,
        headers={},
        meta=None,
    )
    parameters = {"path_parameters": {"job_name": SimpleNamespace(value=Ok("a"))}}
    transition = SimpleNamespace(id="list -> show", parameters=parameters)
    node = SimpleNamespace(parent_id="1", transition=transition, is_transition_applied=True, value=case)
    listed = SimpleNamespace(status_code=200)
    recorder = SimpleNamespace(cases={"2": node}, find_response=lambda case_id: listed)
    context: Any = SimpleNamespace(internals=SimpleNamespace(recorder=recorder))
    refused: Any = SimpleNamespace(
        status_code=400, headers={"content-type": ["application/json"]}, content=json.dumps(MISSING).encode()
    )
    hooks.linked_object_missing(context, refused, case)


def test_an_object_that_the_response_before_named_is_there() -> None:
    """A refusal of the object as missing breaks the rule."""
    with pytest.raises(Violation, match="lacks the object that it named"):
        followed()


def test_a_version_that_no_response_named_may_be_missing() -> None:
    """A job may be there although its version 5394 is not: the same refusal breaks no rule."""
    followed(version=5394)
