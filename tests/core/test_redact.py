"""The one place that finds secrets in foreign texts, and escapes what nobody sees."""

from __future__ import annotations

import json
import logging
import os
import time

import pytest

from jobexport.core import redact
from jobexport.core.redact import REDACTED, Redaction, printable, secrets_in
from tests.making.spellings import SECRET, leaks, spellings

OTHER = "T0k3n-SeCrEt-abcdefghijklmnop"


@pytest.mark.parametrize("name", spellings())
def test_a_secret_is_found_in_every_spelling(name: str) -> None:
    """The spelling is replaced, in text and in bytes, and the text around it stays."""
    spelling = spellings()[name]
    for text in (spelling, f'<a href="/login?back={spelling}">', f"{spelling} {spelling}"):
        assert not leaks(Redaction.of([OTHER, SECRET]).text(text))
        assert REDACTED.encode() in Redaction.of([SECRET]).content(text.encode())
    assert Redaction.of([SECRET]).text(f"<p>{spelling}</p>").startswith("<p>")
    assert Redaction.of([SECRET]).text(f"<p>{spelling}</p>").endswith("</p>")


@pytest.mark.parametrize("secret", ['pa"ss/wörd&', "%41%42%43\\u0041", "s3cr3t..", "=+/" * 9, "\\\\\\\\\\\\\\\\"])
def test_a_secret_may_have_any_letters(secret: str) -> None:
    """A secret that looks like an escape, is short, or repeats itself is found, too."""
    for name in ("plain", "percent, all", "percent", "JSON, all", "entities, all", "hexadecimal"):
        assert Redaction.of([secret]).text(f"({spellings(secret)[name]})").strip("()") == REDACTED, name


@pytest.mark.parametrize(
    ("secret", "echo"),
    [
        ("pass😀word", r"pass\ud83d\ude00word"),
        ("pass😀word", r"pass\U0001f600word"),
        ("😀" * 8, json.dumps("😀" * 8)),
        ("=ab=cd=ef=12", r"\u003dab\u003dcd\u003def\u003d12"),
        ("top secret word", "top+secret+word"),
        ("top&secret word", "top%26secret+word"),
        ("pässwörd", "p%u00E4ssw%u00F6rd"),
        ("pässwörd", "pa\u0308sswo\u0308rd"),
        ("pa\u0308sswo\u0308rd", "pässwörd"),
        ("κωδικός1ς", "ΚΩΔΙΚΌΣ1Σ"),
        ("ıİıİıİıİ", "ıİıİıİıİ"),
        ("ıİıİıİıİ", "IİIİIİIİ"),
        ('a&b<c>d"e&f', "a&ampb&ltc&gtd&quote&ampf"),
    ],
)
def test_a_letter_may_have_several_spellings(secret: str, echo: str) -> None:
    """Pairs of escapes, blanks of forms, accents apart, letters with several small forms: all are the secret."""
    assert Redaction.of([secret]).text(f"({echo})").replace('"', "") == f"({REDACTED})"


def test_other_text_stays() -> None:
    """Texts that have less than ten letters in common with a secret stay, and so do those of a secret of seven."""
    text = 'example-bucket holds example-area; token t, "\\u00e4" &amp; %2F \\\\ İ & &#99999999; &#x0; 0123456789abcdef'
    redaction = Redaction.of(["example-token", "example-secret-key", "bucket", "t", "", None])
    assert redaction.text(text) == text
    assert Redaction.of([]).text(text) == text


def test_a_piece_of_a_secret_is_secret() -> None:
    """Ten letters of a secret are replaced, and all but one letter of a secret with eight."""
    assert Redaction.of([OTHER]).text(f"<{OTHER[3:13]}>") == f"<{REDACTED}>"
    assert Redaction.of([OTHER]).text(f"<{OTHER[3:12]}>") == f"<{OTHER[3:12]}>"
    assert Redaction.of(["pass-w0r"]).text("<PASS-W0>") == f"<{REDACTED}>"


def test_no_repr_shows_a_secret() -> None:
    """The repr of a redaction has neither the secret nor a piece."""
    assert not leaks(repr(Redaction.of([SECRET])))


@pytest.mark.parametrize("text", ["a", "%41", "\\", "\0", "&", "&#", "&amp", SECRET, SECRET[:9], "\\u004", "İ"])
def test_the_time_grows_with_the_text_only(text: str) -> None:
    """A long secret, and a text that has much of it or of the beginnings of escapes, take no quadratic time."""
    redaction = Redaction.of([SECRET * 200])
    started = time.process_time()
    redaction.text(text * (200_000 // len(text)))
    assert time.process_time() - started < 30


def test_headers_lose_credentials_and_cookies() -> None:
    """The value of a header for credentials or cookies is replaced whole; the others lose secrets only."""
    headers = [
        ("X-Auth-Token", "near"),
        ("set-cookie", "a=b"),
        ("X-Amz-Security-Token", "s"),
        ("X-Echo", f"is {SECRET}"),
    ]
    values = [value for _, value in Redaction.of([SECRET]).headers(headers)]
    assert values == [REDACTED, REDACTED, REDACTED, f"is {REDACTED}"]


def test_the_secrets_of_a_request_are_the_values_only() -> None:
    """The key and the signature of `Authorization` are secret; the names of algorithm and headers are not."""
    signed = "SDK-HMAC-SHA256 Access=AKID, SignedHeaders=host;x-sdk-date, Signature=0a1b"
    headers = [("Authorization", signed), ("X-Auth-Token", "tok"), ("Proxy-Authorization", "Basic dTpw"), ("Host", "h")]
    assert secrets_in(headers) == ["AKID", "0a1b", "tok", "dTpw"]


@pytest.mark.parametrize("name", spellings())
def test_the_logs_of_httpx_show_no_secret_in_use(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG the loggers of httpx and httpcore show neither a secret that a server repeats, nor what turns text."""
    redact.remember(SECRET)
    with caplog.at_level(logging.DEBUG):
        for logger in ("httpx", "httpcore.http11", "httpcore.connection"):
            logging.getLogger(logger).debug("headers %r\u202e", [("X-Echo", spellings()[name])])
    assert not leaks(caplog.text)
    assert caplog.text.count(f"{REDACTED}") >= 3
    assert "\\u202e" in caplog.text


def test_only_the_last_secrets_are_kept() -> None:
    """A process that renews its tokens for years keeps 32 of them."""
    redact.remember(*(f"renewed-token-{number:04d}-{number * 7919:09d}" for number in range(100)))
    assert redact.known().text("renewed-token-0099-000783981") == REDACTED
    assert len(redact._known.secrets) == 32


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_wait_for_a_thread_of_its_parent() -> None:
    """A child that is forked while a thread of the parent looks for secrets can look for them, too."""
    with redact._known.lock:
        child = os.fork()
        if not child:
            free = redact._known.lock.acquire(timeout=60)
            os._exit(0 if free else 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("letter", "\x1b\x9b\u200b\u200e\u202e\u2066\u2069\ufeff\u00ad\u3164\ufe0f\u115f\ud800\n")
def test_characters_that_nobody_sees_are_escaped(letter: str) -> None:
    """Such a character is shown by its number; letters of other scripts stay."""
    number = letter.encode("unicode_escape").decode()
    assert printable(f"作业 ok {letter}é") == f"作业 ok {number}é"
    assert printable(letter, keep=letter) == letter
