"""The walk goes through the whole application over the real province."""

from tests.door import door
from tests.world import filled_template, province, world

__all__ = ["door", "filled_template", "province", "world"]
