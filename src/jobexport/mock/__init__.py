"""A server that answers as one edition's document says, for tests that must not need a cloud account.

What it does not imitate: tokens that expire, temporary keys, quotas, the rights and classes of object storage, and
whatever the vendor's pages leave open; there the code says in a comment which way it went.
"""

from jobexport.core.extras import needing

with needing("mock"):
    from jobexport.mock.faults.registry import FAULTS
    from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN
    from jobexport.mock.server.app import create_app
    from jobexport.mock.server.core import DEFAULT_EDITION, Core, Options
    from jobexport.mock.server.run import Server, run, serve
    from jobexport.mock.state.state import EXAMPLE_PROJECT, State
    from jobexport.mock.storage.s3 import S3Storage
    from jobexport.mock.storage.storage import FolderStorage, MemoryStorage, Storage

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
