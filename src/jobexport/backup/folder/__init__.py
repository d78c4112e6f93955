"""The folder of a backup, format `jobexport-backup/1`: its files, their rules, and how a change of all is one step."""
