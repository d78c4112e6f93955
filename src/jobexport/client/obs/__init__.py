"""The download of zips from object storage (OBS)."""
