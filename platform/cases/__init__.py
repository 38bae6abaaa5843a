"""The case and its eight steps."""
