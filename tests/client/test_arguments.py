from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jobexport_api.types import ERRORS

from jobexport import job_names
from jobexport.client import arguments
from jobexport.client.responses import BY_NAME, LISTED
from jobexport.spec.document import operations
from jobexport.spec.editions import BASE, CHECKOUT
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

UNION = load_yaml(CHECKOUT / BASE)
SCHEMAS = UNION["components"]["schemas"]

NAME = "job name .* must be 1 to 128 letters, digits, Chinese characters, `-`, `_` or `.`"
JOBS = [
    pytest.param([], "names is empty; name at least one job", id="none"),
    pytest.param("myJob", "must be a list of job names, not the single text 'myJob'", id="a text"),
    *(
        pytest.param(["ok", name], NAME, id=repr(name)[:20])
        for name in ("", "a b", "a/b", "ä", "a\n", "a" * 129, "%2E", None, 7, b"a")
    ),
]
IDS = [
    pytest.param([], "job_ids is empty; .* leave job_ids out to export all", id="none"),
    pytest.param("100", "must be a list of integers", id="a text"),
    *(
        pytest.param(
            [100, wrong], "must be an integer from -9223372036854775808 to 9223372036854775807", id=repr(wrong)
        )
        for wrong in (2**63, -(2**63) - 1, True, 1.0, "1", None)
    ),
]


def test_the_rules_are_those_of_the_description() -> None:
    """The constants equal the union's."""
    name = SCHEMAS["JobName"]
    assert f"^{arguments.JOB_NAME}$" == name["pattern"]
    assert (name["minLength"], name["maxLength"]) == (1, arguments.LONGEST_JOB_NAME)
    assert (arguments.JOB_IDS[0], arguments.JOB_IDS[-1]) == tuple(
        SCHEMAS["FlinkJobId"][limit] for limit in ("minimum", "maximum")
    )
    assert SCHEMAS["ExportFlinkJobsRequest"]["properties"]["obs_dir"]["minLength"] == 1


@pytest.mark.parametrize("service", ["dli", "dgc"])
def test_the_endpoints_are_those_of_the_description(service: str) -> None:
    """The table has the servers of every path of the union, and no other."""
    ours = [url for (known, *_), url in (arguments.ENDPOINTS | arguments.EXCEPTIONS).items() if known == service]
    items = [each.item for each in operations(UNION) if each.tags == (service,)]
    assert items
    assert all(sorted(ours) == sorted(server["url"] for server in item["servers"]) for item in items)


def test_every_name_of_an_error_that_has_a_class_is_in_the_description() -> None:
    """Each name by which a class is chosen has a code in an edition."""
    assert set(BY_NAME) - {name for names in ERRORS.values() for name in names} == set()


def test_a_code_has_its_class_by_its_name_or_by_the_pages_of_error_codes() -> None:
    """A code that stands in the client itself is on a page of error codes, and no name gives it a class already."""
    listed = UNION["components"]["x-error-codes"]
    tags = {tag for each in operations(UNION) for tag in each.tags}
    on_pages = {code for tag in tags for codes in listed[tag].values() for code in codes}
    assert {code for code in LISTED if not code.startswith("APIG.")} - on_pages == set()
    assert [code for code in LISTED if BY_NAME.keys() & ERRORS.get(code, ())] == []


@pytest.mark.parametrize(("names", "rule"), JOBS)
def test_wrong_job_names_are_refused_before_anything_is_sent(
    caller: Caller, scripted: Scripted, tmp_path: Path, names: Any, rule: str
) -> None:
    """export_jobs names the rule that a name breaks, sends nothing and makes no folder; job_names has the same rule."""
    with pytest.raises(ValueError, match=rule):
        caller.jobs(scripted, names, to=tmp_path / "out")
    with pytest.raises(ValueError, match=rule):
        caller.jobs(scripted, names, obs_path="obs://b/f")
    with pytest.raises(ValueError, match=rule):
        job_names(names)
    assert scripted.received == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("ids", "rule"), IDS)
def test_wrong_job_ids_are_refused_before_anything_is_sent(
    caller: Caller, scripted: Scripted, ids: Any, rule: str
) -> None:
    """export_flink_jobs names the rule that an id breaks."""
    with pytest.raises(ValueError, match=rule):
        caller.dli(scripted, "obs-test", ids)
    assert scripted.received == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": "a/b"}, NAME),
        ({"to": None}, "give either `to`, .* or obs_path"),
        ({"obs_path": "obs://b/f"}, "give either `to`, .* or obs_path"),
        ({"to": None, "obs_path": ""}, "obs_path must be a text that is not empty"),
        ({"to": None, "obs_path": "obs://\ud800"}, "obs_path has a character that no text can have"),
        ({"status": "submit"}, "status 'submit' must be DEVELOP or SUBMIT"),
        ({"workspace": ""}, "workspace must be printable ASCII"),
        ({"workspace": "a\r\nX-Evil: 1"}, "workspace must be printable ASCII"),
        ({"depend": "false"}, "depend must be True, False or None"),
        ({"to": "\0"}, "must be a path"),
        ({"to": ""}, "must be a path"),
        ({"to": 7}, "to must be a path or a binary stream"),
        ({"to": "/dev/null"}, "/dev/null is not a file"),
    ],
)
def test_wrong_arguments_of_a_job_are_refused_before_anything_is_sent(
    caller: Caller, scripted: Scripted, tmp_path: Path, changes: dict[str, Any], rule: str
) -> None:
    """export_job names the rule that an argument breaks."""
    arguments = {"name": "myJob", "to": tmp_path / "a.zip"} | changes
    with pytest.raises(ValueError, match=rule):
        caller.job(scripted, **arguments)
    assert scripted.received == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"concurrency": 0}, "concurrency 0 must be an integer from 1 on"),
        ({"workspace": "ä"}, "workspace must be printable ASCII"),
        ({"depend": 1}, "depend must be"),
        ({"depend": object()}, "depend must be"),
        ({"to": None}, "give either `to`, .* or obs_path"),
        ({"obs_path": "obs://b/f"}, "give either `to`, .* or obs_path"),
        ({"status": "SUBMIT"}, "status goes with obs_path"),
        ({"to": None, "obs_path": ""}, "obs_path must be a text that is not empty"),
        ({"to": None, "obs_path": "obs://b/f", "status": "DRAFT"}, "status 'DRAFT' must be DEVELOP or SUBMIT"),
        ({"to": None, "obs_path": "obs://b/f", "depend": 1}, "depend must be"),
        ({"to": None, "obs_path": "obs://b/f", "workspace": ""}, "workspace must be printable ASCII"),
        ({"to": None, "obs_path": "obs://b/f", "concurrency": True}, "concurrency True must be"),
    ],
)
def test_wrong_arguments_of_many_jobs_are_refused_before_anything_is_sent(
    caller: Caller, scripted: Scripted, tmp_path: Path, changes: dict[str, Any], rule: str
) -> None:
    """export_jobs names the rule that an argument breaks, and makes no folder."""
    with pytest.raises(ValueError, match=rule):
        caller.jobs(scripted, ["myJob"], **({"to": tmp_path / "out"} | changes))
    assert scripted.received == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"base_url": None}, "give base_url, or cloud and region"),
        ({"cloud": "otc"}, "give either base_url, or cloud and region"),
        ({"base_url": None, "cloud": "otc"}, "give base_url, or cloud and region"),
        ({"base_url": None, "cloud": "aws", "region": "eu-de"}, "no cloud 'aws'; choose huaweicloud or otc"),
        ({"base_url": None, "cloud": "otc", "region": "evil.org/"}, "region 'evil.org/' must be lower-case"),
        ({"base_url": "ftp://host"}, "base_url must be http:// or https://"),
        ({"base_url": "https://user:secret@host"}, "base_url must be http:// or https://"),
        ({"base_url": "https://host:port"}, "base_url must be http:// or https://"),
        ({"base_url": "https://[host"}, "base_url must be http:// or https://"),
        ({"auth": "token\n"}, "token must be printable ASCII"),
        ({"auth": None}, "auth must be a token"),
    ],
)
def test_a_client_with_wrong_options_is_not_made(
    caller: Caller, scripted: Scripted, options: dict[str, Any], rule: str
) -> None:
    """The constructor names the rule that an option breaks, and shows no secret."""
    with pytest.raises(ValueError, match=rule) as raised:
        caller.with_options(**options).dli(scripted, "obs-test")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("service", "cloud", "region", "url"),
    [
        ("dli", "otc", "eu-de", "https://dli.eu-de.otc.t-systems.com"),
        ("dgc", "huaweicloud", "cn-north-4", "https://dayu-dlf.cn-north-4.myhuaweicloud.com"),
        ("dli", "huaweicloud", "eu-west-101", "https://dli.eu-west-101.myhuaweicloud.eu"),
        ("dgc", "huaweicloud", "eu-west-101", "https://dayu-dlf.eu-west-101.myhuaweicloud.eu"),
    ],
)
def test_a_cloud_and_a_region_give_the_address(service: Any, cloud: str, region: str, url: str) -> None:
    """Cloud and region stand for the documented host."""
    assert arguments.find_base_url(service, None, cloud, region) == url
