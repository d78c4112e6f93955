"""schemathesis in a process of its own, with our checks."""
