"""Opening the gate against a real database."""

from cases.relations import CaseRelations
from foundation.store import Store
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from policies.start import open_gate


async def test_a_second_start_takes_the_stored_table(store: Store) -> None:
    await open_gate(store, CaseRelations())
    first = gate.opened().table
    await open_gate(store, CaseRelations())
    assert gate.opened().table is not first
    assert gate.opened().table.cells == first.cells
    assert gate.opened().table.allows("handler", "C", Relation.HANDLER, Action.OPINION_ISSUE)
