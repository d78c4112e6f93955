"""The page for people, without a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpx
import openapi_spec_validator
import pytest

from jobexport.mock import create_app, serve
from jobexport.mock.server.marked import marked
from jobexport.spec import load_edition, load_register
from jobexport.spec.editions import edition_ids

if TYPE_CHECKING:
    from tests.mock.making.apis import Api

EDITIONS = edition_ids()
FLINK = "/v1.0/{project_id}/streaming/jobs/export"


def described(node: Any) -> Any:
    """Return every description in a document."""
    if isinstance(node, list):
        return [text for item in node for text in described(item)]
    if not isinstance(node, dict):
        return []
    own = [node["description"]] if isinstance(node.get("description"), str) else []
    return own + [text for value in node.values() for text in described(value)]


def named(node: Any) -> Any:
    """Return every register id that a document names."""
    if isinstance(node, list):
        return {id_ for item in node for id_ in named(item)}
    if not isinstance(node, dict):
        return set()
    own = node.get("x-inconsistency", [])
    own = {own} if isinstance(own, str) else set(own)
    return own.union(*(named(value) for value in node.values()))


class TestPage:
    def test_everything_comes_from_the_server(self, one_api: Api) -> None:
        """The page and all its assets come from this server, and no asset has another host."""
        # After many requests a page links their list, which is JSON and no asset.
        one_api.server.core.requests.clear()
        with httpx.Client(base_url=one_api.server.url, trust_env=False, verify=False) as client:
            for address in ("/", "/_mock/now", "/_mock/inconsistencies"):
                page = client.get(address)
                assert page.status_code == 200
                assert not re.search(r"https?:|=.//", page.text)
                found = re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text)
                for target in {urljoin(address, name) for name in found} - {"data:,"}:
                    response = client.get(urlsplit(target).path)
                    assert (target, response.status_code) == (target, 200)
                    assert "default-src 'none'" in response.headers["content-security-policy"]

    def test_the_switch_has_every_edition(self, api: Api) -> None:
        """Each edition has a tab; the running edition is marked and shown."""
        page = api.client.get("/").text
        assert re.findall(r'href="/\?edition=([^"]+)"', page) == EDITIONS
        assert re.findall(r'aria-current="page">([^ <]+) <small>● running', page) == [api.edition]
        assert f'data-document="/_mock/openapi/{api.edition}.json"' in page
        assert "You are reading" not in page

    def test_another_edition_says_which_one_runs(self, one_api: Api) -> None:
        """The page of another edition warns that responses are those of the running edition."""
        other = EDITIONS[0]
        page = one_api.client.get("/", params={"edition": other}).text
        assert f"You are reading <b>{other}</b>, but this server speaks <b>{one_api.edition}</b>" in page

    def test_the_register_has_contents(self, one_api: Api) -> None:
        """Each operation leads to its entries, and every entry is below an operation, or below what all have."""
        page = one_api.client.get("/_mock/inconsistencies").text
        targets = re.findall(r'<a href="#([^"]+)">', page)
        assert targets == re.findall(r'<h2 id="([^"]+)">', page)
        assert {"exportFlinkJobs", "exportJob", "Common"} <= set(targets)
        assert page.index("<h2 id=") < page.index("<section id=")
        assert page.count("<section id=") == len(load_register().entries)

    @pytest.mark.parametrize("address", ["/?edition=never", "/_mock/openapi/never.json", "/_mock/page/never"])
    def test_unknown_names(self, one_api: Api, address: str) -> None:
        """An unknown name is 404 with a sentence."""
        response = one_api.client.get(address)
        assert (response.status_code, response.headers["content-type"]) == (404, "text/plain; charset=utf-8")
        assert "'never'" in response.text

    def test_a_name_cannot_bring_markup(self, one_api: Api) -> None:
        """An edition's name from the URL never gets into HTML."""
        response = one_api.client.get("/", params={"edition": "<script>"})
        assert response.headers["content-type"].startswith("text/plain")

    def test_the_token_of_somebody_stays_theirs(self) -> None:
        """The example token is filled in; any other token is not shown."""
        with serve() as server:
            assert f'data-token="{server.token}"' in httpx.get(server.url, trust_env=False, verify=False).text
        with serve(token="mine") as server:
            page = httpx.get(server.url, trust_env=False, verify=False).text
            assert 'data-token=""' in page
            assert "mine" not in page

    def test_an_own_document(self) -> None:
        """The caller's own document is shown too, even without an edition's id."""
        document = load_edition("otc-2026")
        document["info"] = {"title": "Mine", "version": "1"}
        with serve(document) as server, httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
            assert "this server speaks <b>own document</b>" in client.get("/").text
            assert client.get("/_mock/openapi/own document.json").json()["info"]["title"] == "Mine"

    def test_other_methods_are_the_apis(self, one_api: Api) -> None:
        """POST to the page's URL is an unknown path of the API."""
        assert one_api.client.post("/").json().keys() == {"error_code", "error_msg"}

    def test_nothing_is_read_at_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """create_app reads neither the register nor another edition."""
        monkeypatch.setattr("jobexport.spec.load_register", None)
        monkeypatch.setattr("jobexport.spec.editions", None)
        create_app("otc-2026")


class TestDocuments:
    def test_valid(self, api: Api) -> None:
        """Each edition's document is valid OpenAPI, and this server is its only server."""
        document = api.client.get(f"/_mock/openapi/{api.edition}.json").json()
        openapi_spec_validator.validate(document)
        assert document["servers"][0]["url"] == "/"
        assert not [item for item in document["paths"].values() if "servers" in item]

    def test_every_inconsistency_is_spelled_out(self, api: Api) -> None:
        """Each register id in a document is in a description, with its title and a link to its entry."""
        document = api.client.get(f"/_mock/openapi/{api.edition}.json").json()
        text = "\n".join(described(document))
        page = api.client.get("/_mock/inconsistencies").text
        ids = named(load_edition(api.edition))
        register = load_register()
        assert {"DLI-001", "DGC-014", "COM-003"} <= ids
        for id_ in ids:
            assert f"> ⚠ [{id_}](/_mock/inconsistencies#{id_}) {register.entry(id_).title}. This edition: " in text
            assert f'id="{id_}"' in page

    def test_a_mark_without_a_fact_is_folded_away(self, one_api: Api) -> None:
        """Marks whose claim is that the page has nothing are behind the others, in an element to open."""
        document = one_api.client.get("/_mock/openapi/otc-2026.json").json()
        [path] = [path for path in document["paths"] if path.endswith("streaming/jobs/export")]
        shown, _, folded = document["paths"][path]["post"]["description"].partition("<details>")
        assert re.findall(r"⚠ \[([A-Z]+-\d+)\]", shown) == ["DLI-007", "DLI-011", "COM-009"]
        assert re.findall(r"⚠ \[([A-Z]+-\d+)\]", folded) == ["DLI-012", "DLI-014", "DLI-015", "COM-008"]
        assert folded.startswith("<summary>⚠ 4 more marks without a fact of this edition</summary>\n\n> ")
        assert folded.endswith("\n\n</details>")
        outside = [re.sub("<details>.*?</details>", "", text, flags=re.DOTALL) for text in described(document)]
        assert not re.findall(r"This edition: (?:none|not known|says nothing)$", "\n".join(outside), re.MULTILINE)

    def test_what_the_edition_says(self, one_api: Api) -> None:
        """A mark has the claim of the document's edition, not of the running edition."""
        schema = one_api.client.get("/_mock/openapi/huaweicloud-cn-2020.json").json()["components"]["schemas"]
        text = schema["ExportFlinkJobsResponse"]["properties"]["zip_files"]["description"]
        mark = "⚠ [DLI-001](/_mock/inconsistencies#DLI-001) Name of the zip array. This edition: `zip_files`, in table"
        assert mark in text

    def test_a_media_type_has_no_description(self) -> None:
        """If OpenAPI allows no description, the enclosing object has the mark; marks of hosts go to the operation."""
        document: dict[str, Any] = {
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/a": {
                    "servers": [{"url": "https://x", "x-inconsistency": "COM-009"}],
                    "post": {
                        "operationId": "a",
                        "responses": {
                            "200": {"description": "A", "content": {"x/y": {"x-inconsistency": ["DGC-007", "none"]}}}
                        },
                    },
                }
            },
        }
        operation = marked(document, "otc-2026", load_register())["paths"]["/a"]["post"]
        assert operation["description"].startswith("> ⚠ [COM-009]")
        response = operation["responses"]["200"]
        assert response["description"].startswith("A\n\n> ⚠ [DGC-007]")
        assert response["content"] == document["paths"]["/a"]["post"]["responses"]["200"]["content"]

    def test_a_parameter_of_two_types_can_be_tried_out(self, one_api: Api) -> None:
        """Swagger UI finds no value for a list of types, so the page has alternatives of one type each."""
        document = one_api.client.get("/_mock/openapi/otc-2026.json").json()
        schema = document["components"]["parameters"]["FlinkJobIdPath"]["schema"]
        assert schema["anyOf"] == [{"type": "integer"}, {"type": "string"}]
        assert schema.keys() == {"anyOf", "format", "pattern"}

    def test_the_document_is_left_alone(self) -> None:
        """Marking does not change the document."""
        document = load_edition("otc-2026")
        marked(document, "otc-2026", load_register())
        assert document == load_edition("otc-2026")
