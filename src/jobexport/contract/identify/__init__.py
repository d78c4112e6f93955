"""Which edition a server speaks."""

from jobexport.contract.identify.identification import identify

__all__ = ["identify"]
