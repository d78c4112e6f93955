"""A server that answers as one edition's document says, for tests that must not need a cloud account.

What it does not imitate: tokens that expire, temporary keys, quotas, the rights and classes of object storage, and
whatever the vendor's pages leave open; there the code says in a comment which way it went.
"""

from jobexport.mock._app import DEFAULT_EDITION, Core, Options, create_app
from jobexport.mock._auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN
from jobexport.mock._faults import FAULTS
from jobexport.mock._s3 import S3Storage
from jobexport.mock._server import Server, run, serve
from jobexport.mock._state import EXAMPLE_PROJECT, State
from jobexport.mock._storage import FolderStorage, MemoryStorage, Storage

__all__ = [
    "DEFAULT_EDITION",
    "EXAMPLE_ACCESS_KEY",
    "EXAMPLE_PROJECT",
    "EXAMPLE_SECRET_KEY",
    "EXAMPLE_TOKEN",
    "FAULTS",
    "Core",
    "FolderStorage",
    "MemoryStorage",
    "Options",
    "S3Storage",
    "Server",
    "State",
    "Storage",
    "create_app",
    "run",
    "serve",
]
