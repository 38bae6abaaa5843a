"""Python's search for garbage, kept away from what stands for good."""

import gc

YOUNG = 50_000
"""Objects between two looks at what is young; with Python's own 700 it took an eighth of a request's time."""


def settle() -> None:
    """What stands when the work begins stays: it need not be looked through again and again.

    A look at all of it took a quarter of a second, once in the middle of a transaction that others waited for. Work
    leaves few cycles, so looking a hundred times more seldom than usual costs some megabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
