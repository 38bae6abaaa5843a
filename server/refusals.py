"""Refusals on record, each in a short transaction of its own, because the request's own was rolled back.

Refused writes are recorded one by one; refused reads are counted per subject and minute (decisions.md 16): the first
of a minute is recorded, with the number that the minute before had beyond its first.
"""

from datetime import datetime

from foundation import audit
from foundation.errors import DomainError
from foundation.grammar import Happening
from foundation.store import Store
from tenants.subject import Subject

READS = frozenset({"GET", "HEAD"})


class RefusedReads:
    """Counts of one process: actor -> (minute, reads refused beyond the first)."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[datetime, int]] = {}

    def count(self, actor: str, now: datetime) -> int | None:
        """None: counted, nothing to record. A number: record now; so many went unrecorded before."""
        minute = now.replace(second=0, microsecond=0)
        counted_minute, unrecorded = self._counts.get(actor, (None, 0))
        if counted_minute == minute:
            self._counts[actor] = (minute, unrecorded + 1)
            return None
        self._counts[actor] = (minute, 0)
        return unrecorded


refused_reads = RefusedReads()


async def audit_refusal(store: Store, subject: Subject, method: str, path: str, error: DomainError) -> None:
    """Append the refusal to the chain of the subject's tenant. Paths hold ids only, never personal data."""
    if subject.tenant_id is None:
        return
    detail: dict[str, object] = {"code": error.code, "method": method}
    if method in READS:
        unrecorded = refused_reads.count(subject.actor, store.clock.now())
        if unrecorded is None:
            return
        detail["unrecorded_before"] = unrecorded
    entry = audit.Entry(
        subject.actor, subject.post_id, Happening.REQUEST_REFUSED, "path", path[:200], "refused", detail
    )
    async with store.scoped(subject.scope) as session:
        await audit.append(session, entry, subject.tenant_id)
