"""All that is the holder's goes with the case, in the act that moves it; what was done before stays whose it was."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cases.models import TIER_COLUMNS
from dossiers.custody_reads import chains
from foundation.clock import local_date
from migrations.metadata import metadata
from policies.actions import Action
from tests.cases.build import Walk
from tests.oversight.reach import actions, inspected
from tests.teams import build
from tests.world import World

FOLLOWS = {"cases", "supervision_orders"}
"""Tables listed across cases, which therefore carry custody columns (decisions.md 5)."""
MOVES = {
    "cases": "the holder",
    "case_relations": "offered, registrar, entrusts, team, supervises end; sent begins",
    "deadlines": "who has to do it, by trigger with the thing itself",
    "delegations": "what the former holder lent ends, by trigger",
    "assistances": "ends, or is lent on by the receiver",
    "handover_offers": "the offer is answered, or overruled",
    "holder_disputes": "decided by the naming",
    "supervision_orders": "columns follow; ends where its issuer no longer stands above",
    "teams": "ends, or goes on under the receiver",
    "travel_requests": "a trip not begun is the receiver's, to be approved again",
}
STAYS = {
    "access_matters": "who asked for sight, whose grant lasts its term: whoever stands above now may revoke it",
    "bills": "in whose books it is owed",
    "budget_movements": "of whose line it was held or spent",
    "case_origins": "where it came from",
    "case_units": "whose organ the unit is",
    "complaints": "who decides, about the former holder's people",
    "custody_loops": "who passed it round",
    "custody_moves": "the moves themselves",
    "dossiers": "who archived it: a closed case is not handed over",
    "dossier_prints": "in whose books it was claimed",
    "events": "who did it",
    "fee_payments": "whose finance paid it",
    "funding_signals": "in whose books the claim is",
    "goal_marks": "whose goal the month's figure is in: figures of past periods do not change",
    "inspection_findings": "whose work was found wanting, and who found it",
    "inspection_scores": "who scored",
    "inspections": "who inspects; closed where it no longer stands above",
    "leader_charges": "whose leader; it ends where the case leaves the leader's tier, by trigger",
    "ledger_entries": "booked",
    "looks": "who looked",
    "notices": "in which post one was told; shown only while the case shows",
    "order_entries": "who did it, or was told",
    "oversight_notes": "who wrote it",
    "payer_decisions": "decided by the holder of the day the cost was incurred",
    "payouts": "who was paid by whose books",
    "recoveries": "in whose books it is to be recovered",
    "reveals": "who looked",
    "settlement_charges": "of a closed case",
    "settlements": "of a closed case",
    "warning_receipts": "who received it",
    "warning_withholdings": "who reviews why a warning is not shown",
    "warnings": "who received it",
}
"""Tables of a case with somebody's office or tenant that a handover leaves as they are, and whose it is."""


def test_every_table_with_custody_columns_follows_the_case() -> None:
    """A new one needs a room that moves it (cases.hooks.Follows), and its place in this list."""
    tables = metadata.tables.values()
    assert {
        table.name for table in tables if _of_cases(table) and set(TIER_COLUMNS) <= set(table.columns.keys())
    } == FOLLOWS


def test_of_every_table_that_names_an_office_or_a_tenant_it_is_said_whether_it_follows() -> None:
    named = {
        table.name
        for table in metadata.tables.values()
        if _of_cases(table) and any(column.name.endswith(("office_id", "tenant_id")) for column in table.columns)
    }
    assert named == MOVES.keys() | STAYS.keys()
    assert not MOVES.keys() & STAYS.keys()


def _of_cases(table: Any) -> bool:
    return table.name == "cases" or "case_id" in table.columns


CUSTODY = text(f"select {', '.join(TIER_COLUMNS)} from cases where id = :case union"
               f" select {', '.join(TIER_COLUMNS)} from supervision_orders where case_id = :case")  # fmt: skip
TERMS = text("select kind, due_at from timers where case_id = :case and done_at is null order by kind, due_at")
ORDERS = text("select issuer_office_id, state from supervision_orders where case_id = :case order by recorded_at")
INSPECTED = text("""select office_id, closed_at is null from inspections where case_id = :case
    order by recorded_at""")
TRIPS = text("select office_id, status, decided_by from travel_requests where case_id = :case")
WATCHING = text("""select distinct office_id from case_relations where case_id = :case and relation = 'supervises'
    and until > :now""")


async def told(walk: Walk, query: Any) -> list[tuple[Any, ...]]:
    async with walk.world.owner() as session:
        rows = await session.execute(query, {"case": walk.case_id, "now": walk.world.clock.now()})
        return [tuple(row) for row in rows]


@pytest.mark.failure(3)
@pytest.mark.obligation("62")
async def test_columns_orders_team_trips_terms_and_objects_move_with_custody(world: World) -> None:
    walk = await build.confirmed(world)
    await with_all_kinds(walk)
    terms = await told(walk, TERMS)
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    world.clock.advance(seconds=1)
    here, above, own = [await world.office(one) for one in ("diqing.director", "diqing.supervisor", "xgll.lgo")]
    ((_, prefecture, *below),) = await told(walk, CUSTODY)
    assert (prefecture, below) == ((await world.subject("diqing.director")).tenant_id, [None, None])
    assert await told(walk, ORDERS) == [(above, "open"), (own, "left")]
    assert await told(walk, WATCHING) == [(above,)]
    assert await told(walk, INSPECTED) == [(above, True), (own, False)]
    assert await told(walk, TRIPS) == [(here, "requested", None)]
    assert await build.members(walk) == {}
    assert await told(walk, TERMS) == terms
    assert Action.CASE_READ_STATEMENT not in await actions(world, "xgll.lgo", walk.case_id)
    async with world.as_("diqing.director") as (session, _):
        assert [one.held for one in await chains(session, walk.case_id)] == [True]


async def with_all_kinds(walk: Walk) -> None:
    """Orders from above and from the own house, a trip ahead, an object in a cupboard."""
    world, today = walk.world, local_date(walk.world.clock.now())
    order = {"ground": "overdue", "requirements": "限期办结", "contact": "督查科"}
    for issuer in ("diqing.supervisor", "xgll.lgo"):
        await walk.do(issuer, "issue-order", **order)
        await inspected(walk, issuer)
    trip = {"serves": "A", "purpose": "到昆明调取材料", "starts_on": str(today + timedelta(days=5))}
    await walk.do("xgll.handler", "request-travel", ends_on=str(today + timedelta(days=6)), standard_fen=80_000, **trip)
    brick = {"name": "墙砖3块", "marks": "一角缺损", "from_name": "某村村委会", "kept_at": "物证柜3号"}
    keeper, moment = str((await world.subject("xgll.handler")).person_id), world.clock.now().isoformat()
    await walk.do("xgll.handler", "receive-object", keeper=keeper, both_signed=True, moved_at=moment, **brick)
