"""Opening the gate in a process: the web, the worker and every command do it once, before the first question."""

from foundation.store import Store
from policies import gate
from policies.editions import in_force
from policies.relations import RelationSource
from policies.stored import table_of


async def open_gate(store: Store, source: RelationSource) -> None:
    """Read the rules in force, take their table, decide by it. Raises PolicyBroken: then the process must not serve."""
    async with store.anonymous() as session:
        edition, book = await in_force(session)
        table = await table_of(session, book)
    gate.use(gate.Gate(book, table, source, edition))
