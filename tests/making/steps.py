"""Counts the steps of a regular expression on a text, as an engine that goes back takes them; no clock is read.

The matcher walks the tree that Python's own parser makes of a pattern. It tries the same alternatives in the same order
as `re`, without its shortcuts.
"""

from __future__ import annotations

import random
import re
from re import _constants as sre  # the standard library's own names
from re import _parser as parser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Continue = Callable[[int], bool]
    Match = Callable[[int, Continue], bool]

MOST = 300_000
"""The most steps that are counted."""


class TooMany(Exception):  # noqa: N818  # it never leaves this module
    """More than MOST steps."""


class Counted:
    """A pattern whose steps are counted."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.flags = pattern.flags
        self.tree = parser.parse(pattern.pattern, pattern.flags)
        self._match = self._sequence(self.tree)
        self.text, self.steps, self.matched = "", 0, False
        self.groups: dict[int, tuple[int, int]] = {}

    def count(self, text: str, how: str) -> int:
        """Return the number of steps of `match`, `fullmatch` or `search`; MOST if there are more."""
        self.text, self.steps, self.matched = text, 0, False
        try:
            for start in range(len(text) + 1 if how == "search" else 1):
                self.groups.clear()
                if self._match(start, lambda at: how != "fullmatch" or at == len(text)):
                    self.matched = True
                    break
        except TooMany:
            return MOST
        return self.steps

    def _step(self) -> None:
        self.steps += 1
        if self.steps >= MOST:
            raise TooMany

    def _sequence(self, items: Any) -> Match:
        matches = [self._item(operator, value) for operator, value in items]

        def run(at: int, then: Continue) -> bool:
            def from_(index: int, here: int) -> bool:
                if index == len(matches):
                    return then(here)
                return matches[index](here, lambda after: from_(index + 1, after))

            return from_(0, at)

        return run

    def _item(self, operator: Any, value: Any) -> Match:
        if operator in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            fits = self._character(operator, value)

            def one(at: int, then: Continue) -> bool:
                self._step()
                return at < len(self.text) and fits(self.text[at]) and then(at + 1)

            return one
        return {
            sre.MAX_REPEAT: self._repeat,
            sre.MIN_REPEAT: self._lazy,
            sre.POSSESSIVE_REPEAT: self._possessive,
            sre.SUBPATTERN: self._group,
            sre.BRANCH: self._branch,
            sre.AT: self._at,
            sre.ASSERT: self._assert,
            sre.ASSERT_NOT: self._assert_not,
            sre.ATOMIC_GROUP: self._atomic,
            sre.GROUPREF: self._reference,
        }[operator](value)

    def _character(self, operator: Any, value: Any) -> Callable[[str], bool]:
        # One character is what Python's engine itself decides.
        flags = self.flags & (re.IGNORECASE | re.ASCII | re.DOTALL)
        if operator is sre.LITERAL or operator is sre.NOT_LITERAL:
            text = re.escape(chr(value))
            found = re.compile(text if operator is sre.LITERAL else f"[^{text}]", flags)
        elif operator is sre.ANY:
            found = re.compile(".", flags)
        else:
            found = re.compile(f"[{''.join(_spelled(value))}]", flags)
        known: dict[str, bool] = {}

        def fits(letter: str) -> bool:
            if letter not in known:
                known[letter] = found.fullmatch(letter) is not None
            return known[letter]

        return fits

    def _single(self, items: Any) -> Callable[[str], bool] | None:
        if len(items) == 1 and items[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._character(*items[0])
        return None

    def _repeat(self, value: Any) -> Match:
        least, most, items = value
        if fits := self._single(items):

            def run(at: int, then: Continue) -> bool:
                end = at
                while end < len(self.text) and end - at < most and fits(self.text[end]):
                    self._step()
                    end += 1
                for here in range(end, at + least - 1, -1):
                    self._step()
                    if then(here):
                        return True
                return False

            return run
        inner = self._sequence(items)

        def again(at: int, then: Continue, done: int) -> bool:
            self._step()
            if done < most and inner(at, lambda after: (after > at or done < least) and again(after, then, done + 1)):
                return True
            return done >= least and then(at)

        return lambda at, then: again(at, then, 0)

    def _lazy(self, value: Any) -> Match:
        least, most, items = value
        inner = self._sequence(items)

        def run(at: int, then: Continue) -> bool:
            done = 0
            # An inner match of more than one character may end in several ways; the first counts.
            while True:
                self._step()
                if done >= least and then(at):
                    return True
                ends: list[int] = []
                if done >= most or not inner(at, lambda after, ends=ends: ends.append(after) or True):  # type: ignore[misc]
                    return False
                at, done = ends[0], done + 1

        return run

    def _possessive(self, value: Any) -> Match:
        inner = self._repeat(value)
        return self._once(inner)

    def _atomic(self, value: Any) -> Match:
        return self._once(self._sequence(value))

    def _once(self, inner: Match) -> Match:
        def run(at: int, then: Continue) -> bool:
            ends: list[int] = []
            return inner(at, lambda after: ends.append(after) or True) and then(ends[0])  # type: ignore[func-returns-value]

        return run

    def _group(self, value: Any) -> Match:
        number, inner = value[0], self._sequence(value[-1])

        def run(at: int, then: Continue) -> bool:
            def ended(after: int) -> bool:
                before = self.groups.get(number)
                self.groups[number] = at, after
                if then(after):
                    return True
                if before:
                    self.groups[number] = before
                return False

            return inner(at, ended)

        return run

    def _branch(self, value: Any) -> Match:
        choices = [self._sequence(each) for each in value[1]]

        def run(at: int, then: Continue) -> bool:
            for each in choices:
                self._step()
                if each(at, then):
                    return True
            return False

        return run

    def _at(self, value: Any) -> Match:
        lines = bool(self.flags & re.MULTILINE)

        def word(at: int) -> bool:
            return 0 <= at < len(self.text) and re.match(r"\w", self.text[at]) is not None

        def fits(at: int) -> bool:
            text = self.text
            if value in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
                return at == 0 or (lines and value is sre.AT_BEGINNING and text[at - 1] == "\n")
            if value in (sre.AT_END, sre.AT_END_STRING):
                if value is sre.AT_END and text[at:] == "\n":
                    return True
                return at == len(text) or (lines and value is sre.AT_END and text[at] == "\n")
            return (word(at - 1) != word(at)) is (value is sre.AT_BOUNDARY)

        return lambda at, then: fits(at) and then(at)

    def _look(self, value: Any) -> Callable[[int], bool]:
        direction, items = value
        inner = self._sequence(items)
        width = items.getwidth()[0] if direction < 0 else 0
        return lambda at: at >= width and inner(at - width, lambda after: direction > 0 or after == at)

    def _assert(self, value: Any) -> Match:
        look = self._look(value)
        return lambda at, then: look(at) and then(at)

    def _assert_not(self, value: Any) -> Match:
        look = self._look(value)
        return lambda at, then: not look(at) and then(at)

    def _reference(self, value: Any) -> Match:
        def run(at: int, then: Continue) -> bool:
            start, end = self.groups[value]
            self._step()
            return self.text.startswith(self.text[start:end], at) and then(at + end - start)

        return run


def _spelled(value: Any) -> Iterator[str]:
    names = {
        sre.CATEGORY_DIGIT: r"\d",
        sre.CATEGORY_NOT_DIGIT: r"\D",
        sre.CATEGORY_SPACE: r"\s",
        sre.CATEGORY_NOT_SPACE: r"\S",
        sre.CATEGORY_WORD: r"\w",
        sre.CATEGORY_NOT_WORD: r"\W",
    }
    for operator, part in value:
        if operator is sre.NEGATE:
            yield "^"
        elif operator is sre.LITERAL:
            yield re.escape(chr(part))
        elif operator is sre.RANGE:
            yield f"{re.escape(chr(part[0]))}-{re.escape(chr(part[1]))}"
        else:
            yield names[part]


LETTERS = "a Aé中1_-.:/,()[]{}<>\"'*|+=`~#\t\n–!$@“é（、"


class Samples:
    """Texts that a pattern matches, at random."""

    def __init__(self, pattern: re.Pattern[str], seed: int = 0) -> None:
        self._counted = Counted(pattern)
        self._random = random.Random(seed)  # noqa: S311  # no secret

    def text(self) -> str:
        """Return a text that the pattern matches, or nearly."""
        return self._of(self._counted.tree)

    def _of(self, items: Any) -> str:
        return "".join(self._part(operator, value) for operator, value in items)

    def _part(self, operator: Any, value: Any) -> str:
        choose = self._random
        if operator is sre.LITERAL:
            return chr(value)
        if operator in (sre.NOT_LITERAL, sre.ANY, sre.IN):
            fits = self._counted._character(operator, value)
            known = [chr(each[1]) for each in value if each[0] is sre.LITERAL] if operator is sre.IN else []
            fitting: list[str] = [each for each in (*LETTERS, *known) if fits(each)]
            return choose.choice(fitting or ["a"])
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, inner = value
            times = choose.choice([least, least + 1, least + 2])
            return "".join(self._of(inner) for _ in range(min(times, most, 12)))
        if operator is sre.SUBPATTERN:
            return self._of(value[-1])
        if operator is sre.BRANCH:
            return self._of(choose.choice(value[1]))
        if operator is sre.ATOMIC_GROUP:
            return self._of(value)
        return ""

    def pumped(self) -> Callable[[int], str]:
        """Return a function that repeats one piece of a text a number of times, with something foreign behind it."""
        text = self.text() or "a"
        start = self._random.randrange(len(text))
        end = self._random.randint(start + 1, min(len(text), start + 4))
        tail = self._random.choice([text[end:], text[end:] + "\0", "\0", "", "!"])
        head = self._random.choice([text[:start], ""])
        return lambda times: head + text[start:end] * times + tail


def growth(pattern: re.Pattern[str], how: str, texts: Sequence[Callable[[int], str]], length: int) -> tuple[float, str]:
    """Return the largest factor by which the steps grow if a text becomes twice as long, and that text.

    The text is made longer three times, and the smallest of the factors counts: the steps of a bounded repetition grow
    until its bound is reached.
    """
    counted = Counted(pattern)
    worst = (2.1, "")
    for text in texts:
        before, factors = max(counted.count(text(length), how), length), [float(MOST)]
        for times in (2 * length, 4 * length, 8 * length):
            steps = counted.count(text(times), how)
            factors.append(MOST if steps == MOST else steps / max(before, 1))
            before = steps
            if min(factors) <= worst[0]:
                break
        worst = max(worst, (min(factors), text(3)))
    return worst
