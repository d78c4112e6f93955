"""Reports which rule of which edition a request broke: in response headers and in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGGER = logging.getLogger("jobexport.mock")
"""Logger with one warning for each request that breaks a rule; without a handler it is silent."""
LOGGER.addHandler(logging.NullHandler())


@frozen
class Diagnosis:
    """Reporter of violations of one document."""

    edition: str | None
    """The document's `x-edition`; None if missing or not fit for a header."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Diagnosis:
        """Return the reporter for a document."""
        edition = document.get("info", {}).get("x-edition")
        fit = isinstance(edition, str) and edition.isascii() and edition.isprintable()
        return cls(edition if fit else None)

    def report(self, violation: str) -> dict[str, str]:
        """Write a violation to the log and return it as response headers. The text holds no value of the request."""
        LOGGER.warning("%s %s", self.edition or "(no edition)", violation)
        headers = {"X-Mock-Violation": violation}
        return headers if self.edition is None else headers | {"X-Mock-Edition": self.edition}
