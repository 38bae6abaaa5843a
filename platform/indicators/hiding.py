"""Small counts are hidden from who may not see a case (rule 44): a count below five could point at a person (N1)."""

from collections.abc import Sequence

LEAST = 5


def hide(counts: Sequence[int | None]) -> list[int | None]:
    """None for 1 to 4; when just one is hidden, the smallest other goes too, or the sum would betray it."""
    shown = [None if count is None or 0 < count < LEAST else count for count in counts]
    if shown.count(None) == 1 and (others := [count for count in shown if count]):
        shown[shown.index(min(others))] = None
    return shown
