"""The reader of documentation pages: bytes → text → blocks → facts."""
