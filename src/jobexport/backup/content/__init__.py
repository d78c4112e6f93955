"""What definitions say: their references, places that look like secrets, limits of an import, and differences."""
