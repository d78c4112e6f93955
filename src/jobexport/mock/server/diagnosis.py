"""Says which rule of which edition a request broke: to the caller in headers, to whoever runs the server in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGGER = logging.getLogger("jobexport.mock")
"""One warning for each request that breaks a rule. Silent unless someone listens."""
LOGGER.addHandler(logging.NullHandler())


@frozen
class Diagnosis:
    """Reports violations of one document."""

    edition: str | None
    """The document's `x-edition`; None where it has none that a header can carry."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Diagnosis:
        """Make the reports name this document."""
        edition = document.get("info", {}).get("x-edition")
        fit = isinstance(edition, str) and edition.isascii() and edition.isprintable()
        return cls(edition if fit else None)

    def report(self, violation: str) -> dict[str, str]:
        """Log a violation; give the headers that say the same. The text holds no value of the request."""
        LOGGER.warning("%s %s", self.edition or "(no edition)", violation)
        headers = {"X-Mock-Violation": violation}
        return headers if self.edition is None else headers | {"X-Mock-Edition": self.edition}
