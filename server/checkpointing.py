"""The audit's checkpoints, by the clock: in the database, and the province's in the file outside of it."""

import asyncio
from pathlib import Path

from foundation.audit_checkpoints import keep_hour
from foundation.audit_file import CheckpointFile, to_file
from foundation.store import Scope, Store
from server.recurring import system_subject

NAME = "system.checkpoints"


async def keep_checkpoints(store: Store, folder: Path) -> int:
    """Make this hour's checkpoints unless they are made, and file what is not filed; returns how many were made.

    Nothing is done while somebody else holds the folder (another worker, or a verification): the next run will.
    Raises OSError when the folder can't be written.
    """
    province = await system_subject(store, NAME)
    if province is None:
        return 0
    scope = Scope(province.tenant_id, province.person_id, cases=False)
    file = CheckpointFile(folder)
    with file.turn() as mine:
        if not mine:
            return 0
        async with store.scoped(scope) as session:
            made = await keep_hour(session)
        async with store.scoped(scope) as session:
            checkpoints = await to_file(session)
        await asyncio.to_thread(file.append, checkpoints, store.clock.now())
    return made
