"""The content of definitions: references, places that look like secrets, limits of an import, differences."""
