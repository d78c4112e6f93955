"""References of definitions, and places that look like secrets."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.archive.definitions import pretty
from jobexport.backup.content import references, suspects


def refs(kind: str, **fields: Any) -> list[str]:
    return list(references.of(kind, fields, [pretty(fields).decode()]))


def node(type_: str = "HiveSQL", **properties: Any) -> dict[str, Any]:
    return {
        "nodes": [{"type": type_, "properties": [{"name": key, "value": value} for key, value in properties.items()]}]
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (node(scriptName="s", connectionName="c"), ["connection:c", "script:s"]),
        (node("CDM Job", clusterName="cdm", jobName="other"), ["cluster:cdm"]),
        (node("DLI Spark", clusterName="q"), ["queue:q"]),
        (node("Sub Job", jobName="child"), ["job:child"]),
        (node("DIS Stream", streamName="in"), ["stream:in"]),
        (node(resourcePath="jar"), ["resource:jar"]),
        (node(resourcePath="obs://b/k.jar"), ["bucket:b", "obs_file:b/k.jar"]),
        (node(scriptName="${x}", connectionName="#{Job.getParam('c')}"), []),
        (node(scriptName=None, connectionName=3, queueName=" "), []),
        ({"schedule": {"cron": {"dependJobs": {"jobs": ["up"]}}}}, ["job:up"]),
        (
            {"schedule": {"cron": {"dependJobs": {"otherWorkSpaceJobs": [{"jobName": "far", "workspace": "w"}]}}}},
            ["job:far"],
        ),
        ({"nodes": [{"cronTrigger": {"dependJobs": {"jobs": ["up"]}}}]}, ["job:up"]),
        ({"basicConfig": {"owner": "o", "executeUser": "e", "agency": "a"}}, ["agency:a", "user:e", "user:o"]),
        ({"approvers": [{"approverName": "p"}]}, ["user:p"]),
        ({"logPath": "obs://logs/x/"}, ["bucket:logs"]),
        ({"params": [{"name": "p", "value": '#{Env.get("region")}'}]}, ["variable:region"]),
        ({"params": [{"name": "p", "value": "a\nobs://b/k\nc"}]}, ["bucket:b", "obs_file:b/k"]),
    ],
)
def test_a_job_refers_to_what_its_fields_name(fields: dict[str, Any], expected: list[str]) -> None:
    """Properties, schedules, users and texts name what a job needs; a computed value names nothing."""
    assert refs("job", **fields) == expected


def test_a_script_refers_to_places_in_its_text() -> None:
    """A script needs its connection and its queue, and the buckets in its SQL."""
    text = "CREATE TABLE t OPTIONS (path 'obs://b/d/'); ADD JAR obs://b/u.jar;"
    fields = {"connectionName": "c", "queueName": "q", "type": "DLISQL"}
    found = references.of("script", fields, [pretty(fields).decode(), text])
    assert found == ("bucket:b", "connection:c", "obs_file:b/u.jar", "queue:q")


def test_a_flink_job_refers_to_its_queue_and_jars() -> None:
    """Editions have the bucket inside `job_config` or beside it."""
    fields = {"queue_name": "q", "job_config": {"obs_bucket": "b", "udf_jar_url": "obs://b/u.jar"}}
    assert refs("flink", **fields) == ["bucket:b", "obs_file:b/u.jar", "queue:q"]


@pytest.mark.parametrize(
    ("definition", "places"),
    [
        ({"params": [{"name": "db_password", "value": "x"}]}, ["params.db_password"]),
        ({"params": [{"name": "db_password", "value": "${secret}"}]}, []),
        ({"params": [{"name": "tokens_seen", "value": "3"}]}, []),
        ({"config": {"accessKey": "AK"}}, ["config.accessKey"]),
        ({"nodes": [{"name": "n", "properties": [{"name": "url", "value": "jdbc:x://u:p@h"}]}]},
         ["nodes.n.properties.value (user and password in a URL)"]),
        ({"content": "WITH ('connector.password' = 'x')"}, ["content (connector.password)"]),
        ({"content": "-- ask for the password\nSELECT task FROM t WHERE ask = 1"}, []),
    ],
)  # fmt: skip
def test_places_that_look_like_secrets_are_named(definition: dict[str, Any], places: list[str]) -> None:
    """A key, an assignment and a URL with a password are named by their place; words about secrets are not."""
    assert list(suspects.places(definition)) == places
