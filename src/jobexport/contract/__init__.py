"""The contract test: checks a server against the document of one edition."""

from jobexport.core.extras import needing

with needing("contract"):
    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.checks.registry import CHECKS, Check
    from jobexport.contract.checks.violation import Violation
    from jobexport.contract.data import Data, load_names
    from jobexport.contract.reports.accept import Acceptance, load_acceptances
    from jobexport.contract.reports.model import EditionReport, Failure, OperationReport, as_plain
    from jobexport.contract.runner import check_edition
    from jobexport.contract.scenarios.tools import Tools
    from jobexport.contract.sending.live import plan
    from jobexport.contract.sending.pace import Live

__all__ = [
    "CHECKS",
    "Acceptance",
    "Check",
    "CheckedExchange",
    "Data",
    "EditionReport",
    "Failure",
    "Live",
    "OperationReport",
    "Tools",
    "Violation",
    "as_plain",
    "check_edition",
    "load_acceptances",
    "load_names",
    "plan",
]
