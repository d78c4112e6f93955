"""What each operation does with a sound request."""
