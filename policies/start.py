"""Opening the gate in a process: the web, the worker and every command do it once, before the first question."""

from foundation.store import Store
from policies import gate
from policies.relations import RelationSource
from policies.rules import load
from policies.stored import table_of


async def open_gate(store: Store, source: RelationSource) -> None:
    """Read the rules, take their table, decide by it. Raises PolicyBroken: then the process must not serve."""
    book = load()
    async with store.anonymous() as session:
        table = await table_of(session, book)
    gate.use(gate.Gate(book, table, source))
