"""The settings that a document gives to schemathesis."""

from __future__ import annotations

from jobexport.contract.fuzz.process import rejections


def test_a_documented_status_of_errors_is_a_rejection() -> None:
    """An edition that refuses a broken request with 422 may do so; 429 and 500 refuse no broken request."""
    responses = {status: {"description": "d"} for status in ("200", "422", "429", "500")}
    found = rejections({"paths": {"/v1/things": {"get": {"operationId": "listThings", "responses": responses}}}})
    assert set(found) - {"400", "401", "403", "404", "405", "413", "415"} == {"422"}
