"""Signals end a command by an error that lets it clean up."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from jobexport.cli.signals import Signalled, ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_exit_code_names_the_signal(number: signal.Signals) -> None:
    """It is 128 and the number, as shells have it; the handlers of before are there afterwards."""
    before = signal.getsignal(number)
    with pytest.raises(Signalled) as caught, ended_by_signals():
        signal.raise_signal(number)
    assert caught.value.code == 128 + number
    assert signal.getsignal(number) is before


def test_a_second_hangup_does_not_break_off_the_clean_up() -> None:
    """A terminal that is closed may send it twice."""
    cleaned = []

    def command() -> None:
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGHUP)
            cleaned.append(True)

    with pytest.raises(Signalled), ended_by_signals():
        command()
    assert cleaned


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """`nohup` starts a command with SIGHUP ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ended_by_signals():
        signal.raise_signal(signal.SIGHUP)
