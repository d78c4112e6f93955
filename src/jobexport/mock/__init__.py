"""A server that answers as one edition's document says, for tests that must not need a cloud account.

What it does not imitate: tokens that expire, quotas, real object storage (the zips stay in memory), and whatever the
vendor's pages leave open; there the code says in a comment which way it went.
"""

from jobexport.mock._app import DEFAULT_EDITION, Core, Options, create_app
from jobexport.mock._auth import EXAMPLE_TOKEN
from jobexport.mock._faults import FAULTS
from jobexport.mock._server import Server, run, serve
from jobexport.mock._state import EXAMPLE_PROJECT, State
from jobexport.mock._storage import MemoryStorage, Storage

__all__ = [
    "DEFAULT_EDITION",
    "EXAMPLE_PROJECT",
    "EXAMPLE_TOKEN",
    "FAULTS",
    "Core",
    "MemoryStorage",
    "Options",
    "Server",
    "State",
    "Storage",
    "create_app",
    "run",
    "serve",
]
