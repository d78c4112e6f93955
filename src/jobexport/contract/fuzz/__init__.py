"""schemathesis in a process of its own, with the project's checks."""
