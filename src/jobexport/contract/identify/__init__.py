"""Identification of the edition that a server speaks."""

from jobexport.contract.identify.identification import identify

__all__ = ["identify"]
