"""The contract side: hold a server to what one edition of the documentation says."""

from jobexport.contract.checks import CHECKS, Check
from jobexport.contract.data import Data
from jobexport.contract.exchange import Exchange
from jobexport.contract.runner import EditionReport, Failure, OperationReport, check_edition
from jobexport.contract.violation import Violation

__all__ = [
    "CHECKS",
    "Check",
    "Data",
    "EditionReport",
    "Exchange",
    "Failure",
    "OperationReport",
    "Violation",
    "check_edition",
]
