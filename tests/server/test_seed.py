"""Fictitious cases are plausible, counted, numbered from the same series, and the same for the same number."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Event, Timer
from cases.models import Case, CaseRelation
from cases.numbers import NumberSeries
from cases.parties import Party
from cases.steps import STEP_OF, State
from cases.timers import TERMS
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from indicators.recount import recount
from oversight.opened import OPENED
from server.seed.first import is_empty, seed
from tests.conftest import NOON
from tests.databases import clone, drop, unique
from tests.people import registration
from tests.server.filling import FULL, LIGHT
from tests.world import KEYRING, World

OFFICES = "from cases c join offices o on o.id = c.holder_office_id join tenants t on t.id = o.tenant_id"


async def test_every_case_is_there_and_the_counters_agree(owner: AsyncSession) -> None:
    told = select(func.count(Event.case_id.distinct()))
    assert (await owner.scalar(told) or 0) >= FULL
    assert (await owner.scalar(select(func.count()).select_from(Case)) or 0) >= LIGHT + FULL
    assert await recount(owner) == []


async def test_row_security_binds_the_owner_again(owner: AsyncSession) -> None:
    loose = text("select relname from pg_class where relrowsecurity and not relforcerowsecurity")
    assert (await owner.scalars(loose)).all() == []


async def test_dates_come_in_order_and_none_lies_ahead(owner: AsyncSession) -> None:
    for case in await owner.scalars(select(Case)):
        dates = (case.filed_at, case.accepted_at, case.guided_at, case.closed_at, case.archived_at)
        reached = [date for date in dates if date is not None]
        assert reached == sorted(reached)
        assert reached[-1] <= case.changed_at


async def test_a_state_has_what_belongs_to_it(owner: AsyncSession) -> None:
    cases = list(await owner.scalars(select(Case)))
    assert {case.state for case in cases} >= set(State) - {State.SET_BACK}
    for case in cases:
        assert case.step == STEP_OF[State(case.state)]
        assert (case.accepted_at is None) == (case.case_class is None)
        assert (case.archived_at is None) == (case.dossier_no is None)


async def test_a_seeded_order_opens_what_a_real_one_opens(owner: AsyncSession) -> None:
    """Without names it would open the notes to the complaint officer of the same office."""
    lent = select(CaseRelation.actions).where(CaseRelation.source.like("supervision_orders:%"))
    found = (await owner.scalars(lent)).all()
    assert found and all(actions == sorted(OPENED) for actions in found)


async def test_custody_follows_the_holding_office_and_lies_on_every_tier(owner: AsyncSession) -> None:
    astray = text(
        f"select count(*) {OFFICES} where (t.province_id, t.prefecture_id, t.county_id, t.township_id)"
        " is distinct from (c.province_id, c.prefecture_id, c.county_id, c.township_id)"
    )
    assert await owner.scalar(astray) == 0
    tiers = await owner.execute(text(f"select t.tier, count(*) {OFFICES} group by 1"))
    shares: dict[str, int] = {tier: number for tier, number in tiers}
    assert min(shares["T"], shares["C"]) > shares["F"] > shares["P"] > 0


async def test_due_dates_are_those_of_the_running_terms(owner: AsyncSession) -> None:
    ours = [kind for kind, term in TERMS.items() if term.ours]
    running = select(Timer.case_id, func.min(Timer.due_at)).where(Timer.kind.in_(ours), Timer.done_at.is_(None))
    nearest = {case: due for case, due in await owner.execute(running.group_by(Timer.case_id))}
    assert nearest
    for case in await owner.scalars(select(Case)):
        assert case.due_at == nearest.get(case.id)


async def test_names_are_sealed_and_open_with_the_key(owner: AsyncSession) -> None:
    raw: Sequence[bytes] = (await owner.scalars(text("select name from parties"))).all()
    assert {sealed[0] for sealed in raw} == {1}
    assert all(len(name) >= 2 for name in await owner.scalars(select(Party.name)))


async def test_real_registrations_go_on_after_the_last_number(seeded_world: World) -> None:
    desk = await seeded_world.office("jiantang.clerk")
    taken = select(NumberSeries.last).where(
        NumberSeries.series == "registration", NumberSeries.office_id == desk, NumberSeries.year == NOON.year
    )
    async with seeded_world.owner() as session:
        last = await session.scalar(taken) or 0
    registered = (await seeded_world.register("jiantang.clerk", **await registration(seeded_world))).case
    assert registered.registration_no == f"533401-{desk:05d}-2026-{last + 1:05d}"


async def _made(running_servers: Endpoints, template: str, clock: FrozenClock) -> list[Any]:
    """What the number 3 makes of an empty province."""
    name = unique("again")
    await asyncio.to_thread(clone, running_servers, template, name)
    owner = running_servers.on_database(name).owner
    assert await is_empty(owner)
    await seed(owner, KEYRING, NOON, light=40, full=6, number=3)
    assert not await is_empty(owner)
    store = Store(owner, clock, pool_size=1)
    async with store.anonymous() as session:
        made = [tuple(row) for row in await session.execute(text("select * from cases order by registration_no"))]
        made += list(await session.scalars(select(Party.name).order_by(Party.id)))
    await store.close()
    await asyncio.to_thread(drop, running_servers, name)
    return made


async def test_the_same_number_makes_the_same_cases(
    running_servers: Endpoints, filled_template: str, clock: FrozenClock
) -> None:
    first = await _made(running_servers, filled_template, clock)
    assert len(first) > 90
    assert first == await _made(running_servers, filled_template, clock)
