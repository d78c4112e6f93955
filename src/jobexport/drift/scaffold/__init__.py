"""A first description of an operation that the union does not have."""

from jobexport.drift.scaffold.document import scaffold, scaffold_document

__all__ = ["scaffold", "scaffold_document"]
