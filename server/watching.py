"""Each minute: warnings that nobody signed for, withholdings that nobody reviewed, charges of leaders run out."""

from foundation.store import Store
from oversight.watching import BATCH, watch
from server.recurring import system_subject

WATCHING = "system.warnings"


async def watch_offices(store: Store) -> int:
    """Batch by batch, over the whole province; returns how many rows it has settled."""
    subject = await system_subject(store, WATCHING)
    if subject is None:
        return 0
    settled = 0
    while True:
        async with store.scoped(subject.scope) as session:
            batch = await watch(session, subject)
        settled += batch
        if batch < BATCH:
            return settled
