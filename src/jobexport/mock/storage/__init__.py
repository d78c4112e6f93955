"""Object storage for exports."""
