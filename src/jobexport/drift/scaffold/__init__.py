"""A first description of operations that the union does not have."""

from jobexport.drift.scaffold.document import scaffold, scaffold_document
from jobexport.drift.scaffold.folder import FolderScaffold

__all__ = ["FolderScaffold", "scaffold", "scaffold_document"]
