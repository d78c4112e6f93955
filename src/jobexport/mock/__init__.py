"""A mock server that follows one edition's document, for tests without a cloud account.

Not imitated: expiring tokens, temporary keys, quotas, the rights and classes of object storage. Where the vendor's
pages leave a behaviour open, a comment in the code names the choice.
"""

from jobexport.core.extras import needing

with needing("mock"):
    from jobexport.mock.faults.registry import FAULTS
    from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN
    from jobexport.mock.server.app import create_app
    from jobexport.mock.server.core import DEFAULT_EDITION, Core, ServerOptions
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
    "S3Storage",
    "Server",
    "ServerOptions",
    "State",
    "Storage",
    "create_app",
    "run",
    "serve",
]
