"""Plans for the tree whose day has come, carried out by a named system subject; what a stopped worker left goes on."""

from foundation.store import Store
from handover.tree_run import due_plans, run_plan
from server.recurring import system_subject

TREE = "system.tree"


async def carry_out_plans(store: Store) -> int:
    """All that are due, one after the other; returns how many cases came along.

    One that fails keeps no other waiting: it is raised when all have been tried.
    """
    subject = await system_subject(store, TREE)
    if subject is None:
        return 0
    cases, failed = 0, list[Exception]()
    for plan in await due_plans(store, subject):
        try:
            cases += (await run_plan(store, subject, plan)).cases
        except Exception as error:  # whatever this plan meets must not hold up the others
            failed.append(error)
    if failed:
        raise failed[0]
    return cases
