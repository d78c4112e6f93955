"""Overlays against the cases in `overlay_cases`; `make test-corpus` has the specification's own sets.

A case is a folder with `openapi.yaml`, `overlay.yaml` and the expected result, all written by hand: `output.yaml`, or
`error.txt` with the exact message, in which `{source}` stands for the path of the overlay. The title in an overlay is
the claim of its case.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.errors import JobexportError
from jobexport.spec import jsonpath
from jobexport.spec.load import dump_yaml, load_yaml
from jobexport.spec.overlay import OverlayError, apply_actions, apply_overlay, touched_places

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = sorted(path for path in (Path(__file__).parent / "overlay_cases").iterdir() if path.is_dir())
SUCCEEDING = [case for case in CASES if (case / "output.yaml").is_file()]
FAILING = [case for case in CASES if (case / "error.txt").is_file()]
ALLOWED = re.compile("matches nothing|has nothing to do|so neither counts")
LENIENT = [case for case in FAILING if ALLOWED.search((case / "error.txt").read_text(encoding="utf-8"))]


def name(case: Any) -> Any:
    """Return the name of a case: its folder."""
    return case.name


def overlay(*actions: Any) -> dict[str, Any]:
    """Build a complete overlay of some actions."""
    return {"overlay": "1.0.0", "info": {"title": "Test", "version": "1.0.0"}, "actions": list(actions)}


def apply_case(case: Any, **options: Any) -> Any:
    """Return the document of a case with its overlay applied; messages have the overlay's path."""
    source = case / "overlay.yaml"
    return apply_overlay(load_yaml(case / "openapi.yaml"), load_yaml(source), source=source, **options)


def containers(value: Any) -> Iterator[Any]:
    """Yield every object and array inside `value`, and itself."""
    if isinstance(value, (dict, list)):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_case_is_complete(case: Any) -> None:
    """A case has a document, an overlay and one result, and nothing else."""
    names = {path.name for path in case.iterdir()}
    assert names in ({"openapi.yaml", "overlay.yaml", "output.yaml"}, {"openapi.yaml", "overlay.yaml", "error.txt"})


@pytest.mark.parametrize("case", SUCCEEDING, ids=name)
def test_case(case: Any) -> None:
    """The result is the expected one, with the same types and the same order of keys."""
    # YAML text distinguishes 1 from true, and orders of keys; comparing dicts does not.
    assert dump_yaml(apply_case(case)) == dump_yaml(load_yaml(case / "output.yaml"))


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_failing_case(case: Any) -> None:
    """The message is exactly the expected one, on one line, whatever the overlay holds."""
    expected = (case / "error.txt").read_text(encoding="utf-8").removesuffix("\n")
    with pytest.raises(OverlayError) as caught:
        apply_case(case)
    assert len(expected.splitlines()) == 1
    assert str(caught.value) == expected.replace("{source}", str(case / "overlay.yaml"))


@pytest.mark.parametrize("case", CASES, ids=name)
def test_arguments_stay_as_they_were(case: Any) -> None:
    """Neither the document nor the overlay is changed, also when applying fails."""
    document, actions = load_yaml(case / "openapi.yaml"), load_yaml(case / "overlay.yaml")
    before = copy.deepcopy((document, actions))
    try:
        apply_overlay(document, actions)
    except OverlayError:
        assert case in FAILING
    assert (document, actions) == before


@pytest.mark.parametrize("case", SUCCEEDING, ids=name)
def test_result_shares_nothing(case: Any) -> None:
    """Changing the result changes neither argument, nor a second place in the result."""
    document, actions = load_yaml(case / "openapi.yaml"), load_yaml(case / "overlay.yaml")
    result = apply_overlay(document, actions)
    identities = [id(container) for value in (document, actions, result) for container in containers(value)]
    assert len(set(identities)) == len(identities)


def test_matches_share_nothing() -> None:
    """An item given to several arrays can be changed in one of them alone."""
    result = apply_overlay({"one": [], "two": []}, overlay({"target": "$.*", "update": {"tags": []}}))
    result["one"][0]["tags"].append("dli")
    assert result == {"one": [{"tags": ["dli"]}], "two": [{"tags": []}]}


def test_result_does_not_hold_the_update() -> None:
    """Changing the result leaves the overlay fit to be applied again."""
    actions = overlay({"target": "$", "update": {"info": {"contact": {}}}})
    apply_overlay({}, actions)["info"]["contact"]["name"] = "Support"
    assert apply_overlay({}, actions) == {"info": {"contact": {}}}


def test_shared_objects_of_the_caller_are_separated() -> None:
    """Python objects that stand in two places of a document are two values in the result."""
    job = {"example": 1}
    document = {"request": job, "response": job}
    assert apply_overlay(document, overlay({"target": "$..example", "remove": True})) == {"request": {}, "response": {}}


def test_applying_needs_no_file() -> None:
    """Parsed values are enough, and the message has the caller's name of the overlay."""
    with pytest.raises(OverlayError, match=r"^the overlay of DGC action 1: target \$\.info matches nothing; "):
        apply_overlay({}, overlay({"target": "$.info", "remove": True}), source="the overlay of DGC")


def test_overlay_has_a_default_name() -> None:
    """Without a source the message says overlay."""
    with pytest.raises(OverlayError, match=r"^overlay action 1: target \$\.info matches nothing; "):
        apply_overlay({}, overlay({"target": "$.info", "remove": True}))


def test_path_need_not_exist(tmp_path: Path) -> None:
    """A path that can't be read costs the line number, not the message."""
    source = tmp_path / "gone.yaml"
    with pytest.raises(OverlayError) as caught:
        apply_overlay({}, overlay({"target": "$.info", "remove": True}), source=source)
    assert str(caught.value).startswith(f"{source} action 1: target $.info matches nothing; ")


def test_message_names_file_action_and_line(tmp_path: Path) -> None:
    """A path, the number of the action and its line stand before the problem."""
    source = tmp_path / "dli.yaml"
    actions = overlay({"target": "$.info", "update": {}}, {"target": "$.paths", "remove": True})
    source.write_text(dump_yaml(actions), encoding="utf-8")
    line = 1 + source.read_text(encoding="utf-8").splitlines().index("- target: $.paths")
    with pytest.raises(OverlayError) as caught:
        apply_overlay({"info": {}}, actions, source=source)
    assert str(caught.value).startswith(f"{source} action 2 (line {line}): target $.paths ")


def test_message_names_the_base() -> None:
    """A target that matches nothing points to the document the caller names."""
    with pytest.raises(OverlayError, match=r"; was it renamed or removed in drafts/union\.yaml\?$"):
        apply_overlay({}, overlay({"target": "$.info", "remove": True}), base="drafts/union.yaml")


def test_error_is_the_projects_own() -> None:
    """The command line's one except clause catches overlay errors too."""
    assert issubclass(OverlayError, JobexportError)


@pytest.mark.parametrize("change", [{"remove": True}, {"update": {"title": "Batches"}}, {"copy": "$.paths"}])
def test_lenient_zero_matches(change: dict[str, Any]) -> None:
    """When not strict, an action that matches nothing changes nothing."""
    assert apply_overlay({"paths": {}}, overlay({"target": "$.info", **change}), strict=False) == {"paths": {}}


def test_lenient_applies_the_rest() -> None:
    """When not strict, the actions after one that matches nothing are applied."""
    actions = overlay({"target": "$.info", "remove": True}, {"target": "$", "update": {"tags": []}})
    assert apply_overlay({}, actions, strict=False) == {"tags": []}


@pytest.mark.parametrize("case", LENIENT, ids=name)
def test_lenient_accepts(case: Any) -> None:
    """An overlay that is refused for a target without a match, or an action without effect, passes when not strict."""
    assert isinstance(apply_case(case, strict=False), dict)


@pytest.mark.parametrize("case", [case for case in FAILING if case not in LENIENT], ids=name)
def test_lenient_still_refuses(case: Any) -> None:
    """Not strict, every other error stays an error."""
    with pytest.raises(OverlayError):
        apply_case(case, strict=False)


@pytest.mark.parametrize("fields", [{}, {"remove": False}, {"update": {"a": 1}, "copy": "$.paths"}])
def test_lenient_without_effect(fields: dict[str, Any]) -> None:
    """When not strict, an action without effect changes nothing."""
    assert apply_overlay({"paths": {}}, overlay({"target": "$", **fields}), strict=False) == {"paths": {}}


def test_lenient_still_needs_a_source() -> None:
    """When not strict, a copy of nothing passes only if its target matches nothing, too."""
    copied = overlay({"target": "$.info", "copy": "$.gone"})
    assert apply_overlay({}, copied, strict=False) == {}
    with pytest.raises(OverlayError, match="which selects 0 nodes"):
        apply_overlay({"info": {}}, copied, strict=False)


@pytest.mark.parametrize("path", ["paths", "$.paths[", "", "$.a\n$.b"])
def test_copy_that_is_no_path(path: str) -> None:
    """A `copy` that is not a JSONPath is refused, also when its target matches nothing."""
    with pytest.raises(
        OverlayError, match=r"^overlay action 1: target \$\.info has a `copy` that is not a valid RFC 9535"
    ):
        apply_overlay({}, overlay({"target": "$.info", "copy": path}), strict=False)


@pytest.mark.parametrize("value", [[], "overlay", None])
def test_overlay_that_is_no_object(value: Any) -> None:
    """A value that is not an object is refused in one sentence."""
    with pytest.raises(OverlayError, match=r"^overlay: an overlay must be an object, not "):
        apply_overlay({}, value)


def test_copies_share_nothing() -> None:
    """A node copied to two places can be changed in one of them alone."""
    result = apply_overlay({"a": {"b": []}, "c": {}, "d": {}}, overlay({"target": "$['c','d']", "copy": "$.a"}))
    result["c"]["b"].append(1)
    assert result == {"a": {"b": []}, "c": {"b": [1]}, "d": {"b": []}}


@pytest.mark.parametrize(
    ("action", "places"),
    [
        ({"target": "$.info", "update": {"title": "x", "version": "2"}}, [("info", "title"), ("info", "version")]),
        ({"target": "$.info", "copy": "$.more"}, [("info", "contact")]),
        ({"target": "$.info", "update": {}}, [("info",)]),
        ({"target": "$.info.title", "update": "x"}, [("info", "title")]),
        ({"target": "$.tags", "update": {"name": "x"}}, [("tags",)]),
        ({"target": "$.tags", "update": ["x"]}, [("tags",)]),
        ({"target": "$.info.title", "remove": True}, [("info", "title")]),
        ({"target": "$.gone", "copy": "$.gone"}, []),
    ],
)
def test_touched_places(action: dict[str, Any], places: list[Any]) -> None:
    """An action touches the keys that it merges, else the node that its target selects."""
    document = {"info": {"title": "Jobs"}, "tags": [], "more": {"contact": {}}}
    after = {"target": "$", "update": {"info": {"license": {}}}}
    assert touched_places(document, overlay(action, after)) == [places, [("info",)]]


def test_malformed_action_is_found_without_a_match() -> None:
    """An action is checked before its target is searched, so a target without a match hides no mistake in it."""
    with pytest.raises(OverlayError, match="unknown field `updates`"):
        apply_overlay({}, overlay({"target": "$.info", "updates": {}}), strict=False)


def nested(depth: Any) -> Any:
    """Return empty objects nested under `items`."""
    document: dict[str, Any] = {}
    value = document
    for _ in range(depth):
        value["items"] = {}
        value = value["items"]
    return document


def test_depth_of_a_real_schema() -> None:
    """Two dots search far deeper than any schema goes."""
    result = apply_overlay(nested(90), overlay({"target": "$..items", "update": {"type": "object"}}))
    assert dump_yaml(result).count("type: object") == 90


def test_extreme_depth() -> None:
    """A document too deep to search gives a message about depth, not about the spelling of the target."""
    with pytest.raises(OverlayError, match=r"^overlay action 1: target \$\.\.items is nested too deeply, "):
        apply_overlay(nested(150), overlay({"target": "$..items", "update": {}}))


def test_extreme_target() -> None:
    """A target of a thousand brackets gives a message, not a stack trace."""
    target = f"$[?{'(' * 1000}@{')' * 1000}]"
    with pytest.raises(OverlayError, match=r"^overlay action 1: target .* is nested too deeply, "):
        apply_overlay({}, overlay({"target": target, "update": {}}))


@pytest.mark.parametrize(
    "action",
    [
        {"target": "$.tags", "copy": "$.tags"},
        {"target": "$..tags", "update": [{"tags": [], "text": "a" * 9000}, {"tags": []}]},
    ],
)
def test_extreme_growth(action: dict[str, Any]) -> None:
    """Actions that double what is there are refused before they fill the memory."""
    actions = [{"description": str(number), **action} for number in range(64)]
    with pytest.raises(OverlayError, match=r"add more than 4 MiB; add less$"):
        apply_overlay({"tags": [["a" * 1000], ["b"]]}, overlay(*actions))


def test_extreme_depth_by_copies() -> None:
    """Copies of a part into itself are refused before they are too deep to write."""
    actions = [{"description": str(number), "target": "$..end", "copy": "$.start"} for number in range(8)]
    with pytest.raises(OverlayError, match=r"makes the document deeper than 100 levels; add less$"):
        apply_overlay({"start": {"a": {"b": {"end": {}}}}}, overlay(*actions))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("$" + ".a" * 50_000, "has more than 200 segments"),
        ("$[?$[?$" + ".a" * 50_000 + "]]", "has more than 200 segments"),
        ("$..[?$..[?$..[?@..e]]]", "takes more than 20,000 steps"),
        ("$.list[?$.list[?$.list[?@[0]==2]]]", "takes more than 20,000 steps"),
        ("$[?match(@, '(a|aa)+b')]", "has the pattern .*, which takes too long"),
        ("$[?search(@, '(a|aa)+b')]", "has the pattern .*, which takes too long"),
    ],
)
@pytest.mark.parametrize("field", ["target", "copy"])
def test_endless_search(monkeypatch: pytest.MonkeyPatch, field: str, target: str, reason: str) -> None:
    """A JSONPath that never ends, or that ends the interpreter, gives a message in bounded time."""
    monkeypatch.setattr(jsonpath, "_SECONDS", 0.05)
    monkeypatch.setattr(jsonpath, "_STEPS", 20_000)
    document = {"list": [[1]] * 150, "text": "a" * 45}
    action = {"target": "$.text", "copy": "$.text"} | {field: target}
    with pytest.raises(OverlayError, match=rf"^overlay action 1: target .* {reason}.*; write") as caught:
        apply_overlay(document, overlay(action))
    assert len(str(caught.value)) < 1000


def test_deep_values_of_a_caller() -> None:
    """A document or an update of Python that is too deep to copy gives a message, not a stack trace."""
    with pytest.raises(OverlayError, match=r"^openapi/openapi.yaml: nested too deeply"):
        apply_overlay(nested(100_000), overlay({"target": "$", "update": {}}))
    with pytest.raises(OverlayError, match=r"^overlay action 1: target \$ is nested too deeply"):
        apply_overlay({}, overlay({"target": "$", "update": nested(100_000)}))


def test_extreme_index() -> None:
    """An index longer than Python turns into a number gives a message, not a stack trace."""
    with pytest.raises(OverlayError, match="is not a valid RFC 9535 JSONPath"):
        apply_overlay({"tags": []}, overlay({"target": f"$.tags[{'9' * 5000}]", "update": {}}))


def test_parts_that_no_action_changes_are_shared_and_the_rest_is_copied() -> None:
    """The document stays as it was, also below a node that an earlier action copied for another change."""
    document = {"a": {"b": {"list": [1], "deep": {"x": [1]}}, "c": [{"y": 1}]}, "d": {"e": 1}}
    before = json.dumps(document)
    actions = [
        {"target": "$.a.b.deep.x", "update": 2},
        {"target": "$.a.b", "update": {"list": [2], "deep": {"x": [3]}}},
        {"target": "$.a.c[0].y", "remove": True},
        {"target": "$.a", "update": {"b": {"list": [3]}}},
    ]
    result = apply_actions(document, actions)
    assert json.dumps(document) == before
    assert result["d"] is document["d"]
    overlay = {"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": actions}
    assert result == apply_overlay(document, overlay) != document
