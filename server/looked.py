"""By which way of looking a request opens a case."""

from access.looks_models import Exit

READS = frozenset({"GET", "HEAD"})


def exit_of(method: str, path: str) -> Exit:
    """From the address alone, which every door names alike."""
    if method not in READS or "/acts/" in path:
        return Exit.ACT
    if "/files" in path:
        return Exit.FILE
    if "/papers" in path:
        return Exit.PAPER
    if path.startswith("/handovers/") or path.endswith("/handover"):
        return Exit.PREVIEW
    return Exit.API if path.startswith("/api/") else Exit.PAGE
