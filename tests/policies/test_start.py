"""Opening the gate against a real database."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from cases.relations import CaseRelations
from foundation.endpoints import Endpoints
from foundation.store import Store
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from policies.rules import PolicyBroken
from policies.start import open_gate


async def test_a_second_start_takes_the_stored_table(store: Store) -> None:
    await open_gate(store, CaseRelations())
    first = gate.opened().table
    await open_gate(store, CaseRelations())
    assert gate.opened().table is not first
    assert gate.opened().table.cells == first.cells
    assert gate.opened().table.allows("handler", "C", Relation.HANDLER, Action.OPINION_ISSUE)


async def test_a_stored_table_that_somebody_altered_stops_the_start(fresh_database: Endpoints, store: Store) -> None:
    own = Store(fresh_database.app, store.clock)
    await open_gate(own, CaseRelations())
    engine = create_async_engine(fresh_database.owner)
    async with engine.begin() as connection:
        await connection.execute(
            text("""update decision_tables set cells = cells || '{"cashier C governs subsidy:approve": "47"}'""")
        )
    await engine.dispose()
    with pytest.raises(PolicyBroken, match="not the one of the rules"):
        await open_gate(own, CaseRelations())
    await own.close()
