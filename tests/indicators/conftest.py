"""The tests of indicators count in the real province."""

from tests.world import filled_template, province, world

__all__ = ["filled_template", "province", "world"]
