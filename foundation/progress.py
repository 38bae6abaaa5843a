"""How long work tells what it is doing."""

from collections.abc import Callable

Progress = Callable[[str], None]
"""Called with one line, Chinese and English, when a step begins."""
