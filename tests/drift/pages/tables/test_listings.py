"""Listings: the body below one or several request lines, and trees without the sentence above them."""

from __future__ import annotations

import pytest

from jobexport.drift.pages.tables.listings import listing

BODY = '{"water": 3}'


@pytest.mark.parametrize(
    "above",
    [
        "POST /v1/0a1b/gardens",
        "POST https://{endpoint}/v1/0a1b/gardens\nPOST https://{endpoint}/v1.1/0a1b/gardens\n",
        "POST\n\nhttps://{endpoint}/v1/0a1b/gardens\n",
        "POST\n/v1/0a1b/gardens\nX-Auth-Token: a",
        "POST/v1/0a1b/gardens",
        "POST: https://{endpoint}/v1/0a1b/gardens",
        "POST :\n/v1/0a1b/gardens",
        "POST /v1/0a1b/gardens\nor\nPOST /v1.1/0a1b/gardens",
        "Request:\nPOST /v1/0a1b/gardens\n\nRequest body:",
        "# Water it.\nPOST /v1/0a1b/gardens",
    ],
)
def test_the_json_below_request_lines_is_the_example(above: str) -> None:
    """Several request lines, or method and address on lines of their own, are no part of the body."""
    found = listing(f"{above}\n{BODY}")
    assert (found.method, found.path, found.value) == ("POST", "/v1/0a1b/gardens", {"water": 3})


@pytest.mark.parametrize("text", ["DELETE", "POST\nwater it", "GET\n{"])
def test_a_method_without_an_address_is_no_request_line(text: str) -> None:
    """A listing that begins with the word of a method has a request only if an address follows."""
    assert (listing(text).method, listing(text).path) == ("", "")


def test_an_address_s_query_is_no_part_of_its_path() -> None:
    """The query is apart from the path, written as a query or as a template of one."""
    assert (listing("GET /?soil HTTP/1.1").path, listing("GET /?soil HTTP/1.1").query) == ("/", "soil")
    assert (listing("GET /v1/{id}{?dry,wet}").path, listing("GET /v1/{id}{?dry,wet}").query) == ("/v1/{id}", "dry&wet")


@pytest.mark.parametrize(
    "above",
    [
        "",
        "The response is packed. Its folders are as follows:\n",
        "下载的文件如下：\n",
        "目录结构如下\n",
        "One packed file\n",
    ],
)
def test_a_sentence_above_a_tree_is_no_folder(above: str) -> None:
    """The entries of a tree begin with its first folder, and end with its last file."""
    assert listing(f"{above}beds\n├─{{bed}}.bed\nEach bed has a file.").entries == ("beds/{bed}.bed",)
    assert listing(f"{above}beds\n├─{{bed}}.bed").entries == ("beds/{bed}.bed",)


def test_a_folder_of_two_words_is_a_folder() -> None:
    """A name with a blank is a folder, also at the top of a tree."""
    assert listing("garden beds\n├─a.bed\n├─the old ones\n│  ├─b.bed").entries == (
        "garden beds/a.bed",
        "garden beds/the old ones/b.bed",
    )
