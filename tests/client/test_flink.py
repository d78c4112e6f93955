from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jobexport_api.types import ROLES
from obstore.store import LocalStore, MemoryStore

from jobexport import FlinkExport, errors
from jobexport.mock import FolderStorage, serve
from jobexport.spec.editions import edition_ids
from tests.client.making.calls import NO_RETRIES
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import members, zip_of
from tests.drift.making.described import DESCRIBED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jobexport.errors import JobexportError
    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

NAMES = ["b/a_1.zip", "b/c_2.zip"]


@pytest.mark.parametrize("edition", edition_ids())
def test_an_export_is_understood_in_every_edition(
    caller: Caller, started: Callable[[str], Server], edition: str
) -> None:
    """Whatever the edition calls its list and however it types is_success, the result is the same."""
    server = started(edition)
    server.core.reset()
    result = caller.dli(server, "obs-test/backup", [100])
    assert result.succeeded is True
    assert [name.rpartition("_")[0] for name in result.archives] == ["obs-test/backup/aggregate"]
    assert len(caller.dli(server, "obs-test").archives) == len(server.state.projects[server.project_id].flink)
    assert server.core.requests[-1].content == b'{"obs_dir":"obs-test","is_selected":false}'


@pytest.mark.parametrize(
    ("fields", "archives"),
    [
        ({"is_success": True, "zip_file": NAMES}, NAMES),
        ({"is_success": "true", "zip_files": NAMES}, NAMES),
        ({"is_success": " TRUE", "zip_file": NAMES[:1], "zip_files": NAMES}, NAMES),
        ({"is_success": "True", "zip_file": NAMES[0]}, NAMES[:1]),
        ({"is_success": True, "zip_file": ""}, []),
        ({"is_success": True, "zip_file": None, "message": None}, []),
        ({"is_success": True, "new": {"a": 1}}, []),
        ({"is_success": True, "zip_file": [], "new": ["no job"]}, []),
    ],
)
def test_every_form_of_success_is_read(
    caller: Caller, scripted: Scripted, fields: dict[str, Any], archives: list[str]
) -> None:
    """Boolean or text in any case, either name of the list, a scalar for a list of one."""
    scripted.respond(ScriptedResponse.json(fields))
    assert caller.dli(scripted, "b") == FlinkExport(True, "", tuple(archives))


@pytest.mark.parametrize(
    ("ids", "fields"),
    [
        ([100], {"is_success": True, "message": "", "in_no_edition": NAMES}),
        ([100], {"is_success": "true"}),
        ([100], {"is_success": True, "zip_file": []}),
        ([100], {"is_success": True, "zip_file": [""]}),
        ([100], {"is_success": True, "zip_file": None}),
        ([100], {"is_success": True, "zip_files": ""}),
        (None, {"is_success": True, "in_no_edition": NAMES}),
        (None, {"is_success": True, "zip_file": [], "in_no_edition": NAMES}),
        (None, {"is_success": True, "in_no_edition": NAMES[0]}),
        (None, {"is_success": True, "data": {"zip_file": NAMES}}),
    ],
)
def test_a_success_without_a_zip_is_no_empty_success(
    caller: Caller, scripted: Scripted, ids: list[int] | None, fields: dict[str, Any]
) -> None:
    """A success that names no zip though jobs were named, or in a field that no edition has, is UnexpectedResponse."""
    scripted.respond(ScriptedResponse.json(fields))
    known = " or ".join(ROLES["ExportFlinkJobsResponse"]["zip-paths"])
    words = rf"the response names no zip in {known}; it has {', '.join(fields)} \(status"
    with pytest.raises(errors.UnexpectedResponse, match=words):
        caller.dli(scripted, "b", *([] if ids is None else [ids]))


@pytest.mark.parametrize(
    ("ids", "zips", "problem"),
    [
        ([100, 101], ["", NAMES[0]], "'' can't be the name of a zip"),
        ([100], ["see the mail"], "'see the mail' can't be the name of a zip"),
        ([100], [NAMES[0], "b/folder/"], "'b/folder/' can't be the name of a zip"),
    ],
)
def test_a_success_with_other_zips_than_asked_for_is_an_error(
    caller: Caller, scripted: Scripted, ids: list[int], zips: list[str], problem: str
) -> None:
    """If jobs were named, every name is that of a zip; a note has what is in OBS."""
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": zips}))
    with pytest.raises(errors.UnexpectedResponse, match=problem) as raised:
        caller.dli(scripted, "b", ids)
    assert raised.value.__notes__[0].startswith("the export itself succeeded and is in OBS: ")


@pytest.mark.parametrize("verdict", [False, "false", "FALSE", "False", " false "])
def test_every_form_of_failure_is_raised(caller: Caller, scripted: Scripted, verdict: Any) -> None:
    """A false verdict with status 200 is ExportFailed, with the service's message."""
    scripted.respond(ScriptedResponse.json({"is_success": verdict, "message": "No\r\nroom.", "zip_file": NAMES}))
    with pytest.raises(errors.ExportFailed, match=r"could not export the jobs and says: No room\.") as raised:
        caller.dli(scripted, "b")
    assert raised.value.archives == tuple(NAMES)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'[["is_success", true]]',
        b"{",
        b'{"is_success": 1}',
        b'{"zip_file": []}',
        b"\xff\xfe",
        b'{"is_success": "yes"}',
        b'{"is_success": true, "zip_file": [1]}',
        b'{"is_success": true, "zip_file": {}}',
        b'{"is_success": true, "zip_file": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"PK\x03\x04",
    ],
    ids=lambda body: repr(body)[:30],
)
def test_what_no_edition_allows_is_unexpected(caller: Caller, scripted: Scripted, body: bytes) -> None:
    """A body that does not say whether the export succeeded, or where to, is UnexpectedResponse."""
    scripted.respond(ScriptedResponse(body))
    with pytest.raises(errors.UnexpectedResponse, match=r"exportFlinkJobs: .*status 200"):
        caller.dli(scripted, "b")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "DLF.0100", errors.JobNotFound),
        (400, "DLI.16001", errors.JobNotFound),
        (400, "DLF.3051", errors.InvalidRequest),
        (400, "DLI.29001", errors.ObsPathInvalid),
        (400, "DLF.6888", errors.PermissionDenied),
        (400, "DLI.0999", errors.ServerFault),
        (400, "DLI.1028", errors.ApiError),
        (401, "APIGW.0301", errors.Unauthorized),
        (403, "DLI.0001", errors.PermissionDenied),
        (404, "APIGW.0101", errors.ApiError),
        (413, "APIGW.0201", errors.InvalidRequest),
        (429, "APIGW.0308", errors.Throttled),
        (500, "APIGW.0601", errors.ServerFault),
        (200, "DLF.0100", errors.JobNotFound),
    ],
)
def test_an_error_is_classed_by_its_code(
    caller: Caller, scripted: Scripted, status: int, code: str, kind: type[errors.ApiError]
) -> None:
    """The class follows the documented code, or the status if the code is not documented; every part is kept."""
    scripted.respond(ScriptedResponse.error(status, code, "It is so.", **{"X-Request-Id": "r-1"}))
    with pytest.raises(errors.ApiError) as raised:
        caller.with_options(retries=NO_RETRIES).dli(scripted, "b")
    error = raised.value
    assert type(error) is kind
    assert (error.status, error.code, error.message) == (status, code, "It is so.")
    assert (error.request_id, error.operation) == ("r-1", "exportFlinkJobs")
    assert str(error).startswith(f"exportFlinkJobs: {code} It is so. (status {status}, request id r-1); ")


@pytest.mark.parametrize("status", [200, 400, 502])
def test_a_request_id_may_be_in_the_body(caller: Caller, scripted: Scripted, status: int) -> None:
    """A gateway that sends the id in the body only is quoted, with and without a code."""
    for fields in ({"error_code": "APIGW.0308", "error_msg": "x"}, {}):
        scripted.respond(ScriptedResponse.json({"request_id": "r-1", **fields}, status=status))
        if fields or status != 200:
            with pytest.raises(errors.ApiError, match="request id r-1") as raised:
                caller.with_options(retries=NO_RETRIES).dli(scripted, "b")
            assert raised.value.request_id == "r-1"


def test_a_code_needs_no_message(caller: Caller, scripted: Scripted) -> None:
    """An error without a message is classed by its code all the same; a success has no code alone."""
    scripted.respond(ScriptedResponse.json({"error_code": "DLI.16001"}, status=400))
    with pytest.raises(errors.JobNotFound) as raised:
        caller.dli(scripted, "b")
    assert (raised.value.code, raised.value.message) == ("DLI.16001", "")
    scripted.respond(ScriptedResponse.json({"error_code": "DLI.16001"}))
    with pytest.raises(errors.UnexpectedResponse):
        caller.dli(scripted, "b")


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b'{"error_code": 1, "error_msg": []}'])
def test_an_error_without_a_code_keeps_its_status(caller: Caller, scripted: Scripted, body: bytes) -> None:
    """A gateway's page is an ApiError all the same."""
    scripted.respond(ScriptedResponse(body, status=502))
    with pytest.raises(errors.ServerFault, match="status 502") as raised:
        caller.dli(scripted, "b")
    assert raised.value.code is None


def test_zips_are_downloaded_and_checked(caller: Caller, tmp_path: Path) -> None:
    """With download_to and store each zip is fetched from OBS into the folder, under its own name."""
    storage = FolderStorage(tmp_path / "obs")
    with serve(DESCRIBED.documents["otc-2024"], storage=storage) as server:
        store = LocalStore(tmp_path / "obs" / "bucket", mkdir=True)
        result = caller.dli(server, "bucket/deep", download_to=tmp_path / "got", store=store)
    assert [path.name for path in result.files] == [name.rpartition("/")[2] for name in result.archives]
    assert all(members(path) for path in result.files)


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        (
            "b/missing.zip",
            errors.DownloadFailed,
            "b/missing.zip can't be downloaded from OBS: .*does `store` stand for",
        ),
        ("b/broken.zip", errors.ArchiveCorrupt, "the zip is damaged"),
        ("b/empty.zip", errors.ArchiveCorrupt, "the zip is damaged: it holds no file"),
        ("b/..", errors.UnexpectedResponse, "can't be the name of a zip"),
        ("b/a\\..\\b.zip", errors.UnexpectedResponse, "can't be the name of a zip"),
        ("b/\0.zip", errors.UnexpectedResponse, "can't be the name of a zip"),
        ("b/\ud800.zip", errors.UnexpectedResponse, "can't be the name of a zip"),
        (f"b/{'a' * 300}.zip", errors.UnexpectedResponse, "can't be the name of a zip"),
        ("b/x/good.zip", errors.UnexpectedResponse, "two zips have the same name"),
    ],
)
def test_a_download_that_fails_says_that_the_export_did_not(
    caller: Caller, scripted: Scripted, tmp_path: Path, name: str, kind: type[JobexportError], sentence: str
) -> None:
    """The error is one of the tree, nothing leads out of the folder, and a note names what stands in OBS."""
    store = MemoryStore()
    store.put("good.zip", zip_of({"a": b"1"}))
    store.put("empty.zip", zip_of({}))
    store.put("broken.zip", zip_of({"a": b"1"})[:-30])
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": ["b/good.zip", name]}))
    with pytest.raises(kind, match=sentence) as raised:
        caller.dli(scripted, "b", download_to=tmp_path / "got", store=store)
    assert any("b/good.zip" in note for note in raised.value.__notes__)
    assert {path.name for path in tmp_path.rglob("*")} <= {"got", "good.zip"}


def test_downloads_have_files_that_every_system_can_hold(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Zips whose names are too long for a file, a device's, or differ in case only are files of their own."""
    store, names = MemoryStore(), ["名" * 128, "con", "Job", "job", "a?b", "a b"]
    for name in names:
        store.put(f"{name}.zip", zip_of({name: b"1"}))
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": [f"b/{name}.zip" for name in names]}))
    files = caller.dli(scripted, "b", download_to=tmp_path, store=store).files
    assert [[*members(path)] for path in files] == [[name] for name in names]
    plain = [path.name.removesuffix(".zip").partition("~")[0] for path in files[1:]]
    assert plain == ["%63on", "Job", "job", "a%3Fb", "a b"]
    assert len({path.name.casefold() for path in files}) == len(names)
    assert len(files[0].name.encode()) < 200


def test_a_download_needs_both_places(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """download_to without store is a ValueError, and nothing is exported."""
    with pytest.raises(ValueError, match="give download_to and store together"):
        caller.dli(scripted, "b", download_to=tmp_path)
    assert scripted.received == []
