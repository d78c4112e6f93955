"""The description side: load documents, apply overlays, list editions, read the register."""

from jobexport.core.extras import needing

with needing("tools", "jobexport.spec"):
    from jobexport.spec.editions import Edition, editions, load_edition, resolve
    from jobexport.spec.load import dump_yaml, load_yaml
    from jobexport.spec.overlay import OverlayError, apply_overlay
    from jobexport.spec.register import Register, load_register

__all__ = [
    "Edition",
    "OverlayError",
    "Register",
    "apply_overlay",
    "dump_yaml",
    "editions",
    "load_edition",
    "load_register",
    "load_yaml",
    "resolve",
]
