"""The exception that a check or a scenario raises."""

from __future__ import annotations


class Violation(AssertionError):  # noqa: N818  # the field's word
    """The server broke the contract; the text says how. Only an AssertionError is a failed check for schemathesis."""

    def __init__(self, text: str, rests_on: tuple[str, ...] = (), pointer: str = "", about: str = "") -> None:
        """Build the exception.

        Args:
            text: the expected and the seen value.
            rests_on: entries of the register behind the rule; by default, the entries of the check.
            pointer: JSON pointer into the response's body.
            about: the subject, if it is another than the check's; failures about one subject may have one cause.
        """
        super().__init__(text)
        self.rests_on, self.pointer, self.about = rests_on, pointer, about
