"""The contract side: hold a server to what one edition of the documentation says."""

from jobexport.contract._accept import Acceptance, load_acceptances
from jobexport.contract._live import plan
from jobexport.contract._wire import Live
from jobexport.contract.checks import CHECKS, Check
from jobexport.contract.data import Data, load_names
from jobexport.contract.exchange import Exchange
from jobexport.contract.report import EditionReport, Failure, OperationReport, as_plain
from jobexport.contract.runner import check_edition
from jobexport.contract.scenario import Tools
from jobexport.contract.violation import Violation

__all__ = [
    "CHECKS",
    "Acceptance",
    "Check",
    "Data",
    "EditionReport",
    "Exchange",
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
