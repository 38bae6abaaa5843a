"""A backup is a folder: database, files and checkpoints, and a manifest that a restore must meet."""
