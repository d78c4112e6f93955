"""Bodies of servers in use: their charset, and bytes that no charset explains."""

from __future__ import annotations

import pytest

from jobexport.core import lenient_json

JSON = "application/json"
WORDS = "\u4f5c\u4e1a\u4e0d\u5b58\u5728"
ERROR = '{"error_code": "DLF.0100", "error_msg": "%s"}'


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gbk", WORDS),
        ("GB18030", WORDS),
        ("big5", "\u5de5\u4f5c"),
        ("shift_jis", "\u8868"),
        ("iso-8859-1", "gr\u00f6\u00dfe"),
        ("utf-16", WORDS),
        ("utf-16-be", WORDS),
        ("utf-8-sig", WORDS),
        ("utf-7", WORDS),
    ],
)
@pytest.mark.parametrize("form", ["; charset={}", ';x=1;CHARSET="{}"'])
def test_the_declared_charset_is_read(charset: str, text: str, form: str) -> None:
    """A body is read as its media type says, and so is its text."""
    body = (ERROR % text).encode(charset)
    content_type = JSON + form.format(charset)
    assert lenient_json.parse(body, content_type) == {"error_code": "DLF.0100", "error_msg": text}
    assert lenient_json.decode(body, content_type) == ERROR % text


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_forms_of_unicode_need_no_declaration(charset: str) -> None:
    """A body in a form of Unicode is read without a charset."""
    assert lenient_json.parse((ERROR % WORDS).encode(charset))["error_msg"] == WORDS


@pytest.mark.parametrize(
    "declared", ["", "; charset=utf-8", "; charset=klingon", "; charset=zlib", "; charset=idna", "; charset="]
)
def test_a_code_is_read_in_bytes_of_no_charset(declared: str) -> None:
    """Without a charset that fits, the code is read, and the bytes stand as escapes."""
    found = lenient_json.parse((ERROR % WORDS).encode("gbk"), JSON + declared)
    assert found["error_code"] == "DLF.0100"
    assert found["error_msg"] == r"\xd7\xf7\xd2\xb5\xb2\xbb\xb4\xe6\xd4\xda"


def test_a_backslash_may_be_half_of_a_character() -> None:
    """A second byte that is that of a backslash costs neither the code nor the rest of the text."""
    body = (ERROR % "\u8868").encode("shift_jis")
    assert body.count(b"\\") == 1
    assert lenient_json.parse(body) == {"error_code": "DLF.0100", "error_msg": "\\x95\\"}


def test_a_message_may_break_its_line() -> None:
    """A control character that JSON wants escaped costs nothing."""
    assert lenient_json.parse((ERROR % "a\nb\0").encode())["error_msg"] == "a\nb\0"


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_is_none(body: bytes) -> None:
    """A body that is not JSON has no value, whatever charset it declares."""
    for charset in ("", "; charset=gbk", "; charset=utf-16"):
        assert lenient_json.parse(body, JSON + charset) is None
        assert isinstance(lenient_json.decode(body, JSON + charset), str)
