"""What a check or a scenario raises."""

from __future__ import annotations


class Violation(AssertionError):  # noqa: N818  # what it is called in the field
    """The server broke the contract; the text says how. An AssertionError, because schemathesis takes nothing else."""

    def __init__(self, text: str, rests_on: tuple[str, ...] = (), pointer: str = "") -> None:
        """Say what was broken.

        Args:
            text: what was expected and what came.
            rests_on: entries of the register that say so; without any, those of the check.
            pointer: JSON pointer into the answer's body.
        """
        super().__init__(text)
        self.rests_on, self.pointer = rests_on, pointer
