"""What really happened in Yunnan: 叶枝镇 and 巴迪乡 came from 维西 to 德钦, 禄丰县 became a city; and what could."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from cases import reading
from cases.lookup import by_number
from cases.models import Case
from cases.papers import Paper
from cases.parties import Party
from cases.petitioner import petitioner
from cases.register import register
from cases.registration_form import RegistrationForm
from cases.reveal import Reveal
from cases.timeline import of_case
from foundation.forms import parse
from foundation.ids import new_id
from indicators.access_counts import KINDS, access_counts
from indicators.recount import recount
from indicators.suitable import YearRow, aims
from organisation.changes_file import CHANGES, read_changes
from organisation.divisions import DIVISIONS, read_tree_file
from organisation.names_then import office_names
from organisation.tree_drafting import PlanForm, draft_plan
from organisation.tree_finding import present_unit, units_named
from organisation.tree_import import import_tree
from organisation.tree_reading import branch_on, history_of
from organisation.tree_words import approve_plan
from policies import gate
from policies.actions import Action
from server.operator import OPERATOR
from tenants.models import Place
from tenants.subject import Subject
from tests.organisation.older import as_before, somebody, unit
from tests.organisation.planning import APPROVERS, misfits, run
from tests.people import registration
from tests.world import World

LUFENG, MOVED = read_changes(CHANGES)
CONTACT = "德钦县信访接待窗口，0887-8412345"
THEN = datetime(2024, 9, 20, 2, tzinfo=UTC)


@pytest.fixture
async def older(own_world: World) -> World:
    await as_before(own_world)
    return own_world


async def carried_out(world: World, form: PlanForm, by: str) -> None:
    """Drafted and approved before its day, and carried out on it."""
    async with world.as_(by) as (session, subject):
        plan = (await draft_plan(session, subject, form)).id
    for version, login in enumerate(APPROVERS, start=1):
        async with world.as_(login) as (session, subject):
            await approve_plan(session, subject, plan, version)
    day = form.effective_on
    world.clock.instant = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    assert (await run(world, plan)).done


async def case_at(world: World, code: str, **columns: Any) -> UUID:
    """Registered at the unit's window by its clerk, then as `columns` say."""
    world.clock.advance(seconds=1)
    clerk = await somebody(world, code, "window_clerk")
    async with world.owner() as session:
        place = (await unit(session, code)).place_id
    form = parse(RegistrationForm, await registration(world, persons=2) | {"place_id": place}, strict=True)
    async with world.store.scoped(clerk.scope) as session:
        case_id = (await register(session, clerk, form)).case.id
    async with world.owner() as session:
        await session.execute(update(Case).where(Case.id == case_id).values(version=Case.version, **columns))
    return case_id


async def seen_by(world: World, subject: Subject, *cases: UUID) -> list[bool]:
    """Whether the subject sees the status of each, by the gate and by the database."""
    async with world.store.scoped(subject.scope) as session:
        branches = gate.visible(subject, Action.CASE_STATUS)
        found = {one for branch in branches for one in await session.scalars(select(Case.id).where(branch))}
        return [case in found for case in cases]


async def year(world: World, login: str, number: int) -> YearRow:
    async with world.as_(login) as (session, subject):
        return next(row for row in (await aims(session, subject)).years if row.year == number)


async def revealed(world: World, month: str) -> dict[str, int | None]:
    """At 迪庆: how often each county's people opened personal data in that month."""
    async with world.as_("diqing.supervisor") as (session, subject):
        found = await access_counts(session, subject, None, month)
    return {row.name: row.counts[list(KINDS).index("reveals")] for row in found.rows}


async def reveal(world: World, case_id: UUID, clerk: Subject, times: int) -> None:
    now = world.clock.now()
    async with world.owner() as session:
        party = (await session.scalars(select(Party.id).where(Party.case_id == case_id).limit(1))).one()
        session.add_all(
            Reveal(
                id=new_id(now), case_id=case_id, party_id=party, person_id=clerk.person_id,
                office_id=clerk.office_id, purpose="contact", recorded_at=now,
            )
            for _ in range(times)
        )  # fmt: skip


async def own_papers(world: World, case_id: UUID) -> list[Sequence[Paper]]:
    """What each party reads on the own page."""
    async with world.owner() as session:
        parties = list(
            await session.scalars(select(Party.id).where(Party.case_id == case_id, Party.side == "petitioner"))
        )
    pages = []
    for party in parties:
        subject = petitioner(party)
        async with world.store.scoped(subject.scope) as session:
            case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
            pages.append(await reading.papers_of(session, case_id, await gate.permissions(session, subject, case)))
    return pages


async def test_two_townships_come_to_deqin_with_their_open_cases_and_the_past_stays_as_it_was(older: World) -> None:
    world = older
    world.clock.instant = THEN
    yezhi = "533423102"
    head = await somebody(world, yezhi, "sfs_head")
    accepted = {"state": "accepted", "step": 3, "accepted_at": THEN.replace(month=8)}
    going_on = await case_at(world, yezhi, **accepted, case_no="云533423信调〔2024〕00007号")
    ended = await case_at(
        world, "533423205", state="archived", step=8, outcome="agreed", closed_at=THEN, archived_at=THEN
    )
    world.clock.instant = THEN.replace(month=8)
    await reveal(world, going_on, head, 7)
    world.clock.instant = THEN
    number = (await world.case(going_on)).registration_no
    before = {login: await year(world, login, 2024) for login in ("weixi.director", "deqin.director")}
    assert (before["weixi.director"].suitable, before["deqin.director"].suitable) == (1, 0)
    assert (await revealed(world, "2024-08"))["维西傈僳族自治县"] == 7

    lines = [replace(MOVED.changes[0], contact=CONTACT), *MOVED.changes[1:]]
    await carried_out(world, replace(MOVED, changes=lines), "diqing.admin")
    await reveal(world, going_on, head, 9)

    assert await misfits(world) == 0
    weixi, deqin = [replace(await world.subject(login), role="fee_reviewer") for login in before]
    assert await seen_by(world, deqin, going_on, ended) == [True, False]
    assert await seen_by(world, weixi, going_on, ended) == [False, True]
    assert await seen_by(world, head, going_on) == [True]
    async with world.store.scoped(head.scope) as session:
        for known_as in (number, "云533423信调〔2024〕00007号"):
            assert await by_number(session, head, known_as) == going_on

    for papers in await own_papers(world, going_on):
        [told] = [paper for paper in papers if paper.kind == "division_notice"]
        assert (told.content["former"], told.content["receiver"]) == ("维西傈僳族自治县", "德钦县")
        assert told.content["contact"] == CONTACT and told.content["effective_on"] == "2024-09-27"
        assert "free_helpers" in told.content and "remedy_clock" not in told.content
    assert not [one for papers in await own_papers(world, ended) for one in papers if one.kind == "division_notice"]

    assert {login: await year(world, login, 2024) for login in before} == before
    august, september = await revealed(world, "2024-08"), await revealed(world, "2024-09")
    assert (august["维西傈僳族自治县"], august["德钦县"]) == (7, 0)
    assert (september["维西傈僳族自治县"], september["德钦县"]) == (0, 9)
    async with world.owner() as session:
        assert await recount(session) == []
    await _reads_of_the_past(world, weixi)


async def _reads_of_the_past(world: World, reader: Subject) -> None:
    """Old codes and names find who answers today; each day has its own tree."""
    async with world.store.scoped(reader.scope) as session:
        [found] = await units_named(session, "533423102")
        assert (found.name, found.code, found.above) == ("叶枝镇", "533422102", "德钦县")
        assert found.formerly == ("533423102", "维西傈僳族自治县")
        told = await history_of(session, await present_unit(session, "533423205"))
        assert [(spell.code, spell.parent, spell.since) for spell in told.spells] == [
            ("533422207", "德钦县", date(2024, 9, 27)),
            ("533423205", "维西傈僳族自治县", date(2020, 1, 1)),
        ]
        weixi = await present_unit(session, "533423")
        for day, there in ((date(2024, 9, 26), True), (date(2024, 9, 27), False)):
            children = {child.name for child in (await branch_on(session, weixi, day)).children}
            assert ("叶枝镇" in children, "巴迪乡" in children) == (there, there)


async def test_a_county_that_became_a_city_keeps_its_cases_and_numbers_and_the_tree_is_then_today_s(
    older: World,
) -> None:
    world = older
    world.clock.instant = datetime(2021, 1, 25, 2, tzinfo=UTC)
    case_id = await case_at(world, "532302100", case_no="云532331信调〔2021〕00001号")
    before = await world.case(case_id)
    async with world.owner() as session:
        assert (await unit(session, "532302100")).county_code == "532331"
    await carried_out(world, LUFENG, "yunnan.admin")
    case = await world.case(case_id)
    assert (case.case_no, case.registration_no, case.version) == (
        before.case_no,
        before.registration_no,
        before.version,
    )
    clerk = await somebody(world, "532302100", "window_clerk")
    async with world.store.scoped(clerk.scope) as session:
        lufeng = await present_unit(session, "532331")
        [found] = await units_named(session, "禄丰县")
        assert (found.tenant_id, found.name, found.formerly) == (lufeng, "禄丰市", ("禄丰县", "532331"))
        offices = (await branch_on(session, lufeng, date(2021, 2, 2))).offices
        called = await office_names(session, [one.id for one in offices])
        assert {called.at(one.id, before.filed_at).split(" · ")[0] for one in offices} == {"禄丰县"}
        assert {called[one.id].split(" · ")[0] for one in offices} == {"禄丰市"}
        assert [event.act for event in await of_case(session, case_id, await _may(session, clerk, case_id))]
    async with world.owner() as session:
        assert (await unit(session, "532302100")).county_code == "532302", "for the case numbers to come"
    world.clock.instant = THEN
    await carried_out(world, MOVED, "diqing.admin")
    async with world.owner() as session:
        assert await import_tree(session, OPERATOR, read_tree_file(DIVISIONS), MOVED.effective_on, dry_run=True) == []


async def _may(session: Any, subject: Subject, case_id: UUID) -> gate.Permissions:
    return await gate.permissions(session, subject, await gate.fetch(session, subject, Action.CASE_STATUS, case_id))


async def test_a_zone_stays_under_its_host_county_whose_code_nests_under_no_prefecture_any_more(older: World) -> None:
    """Made up: 禄劝 of 昆明 comes to 楚雄 and keeps its code 530128; its zone and what the zone holds go with it."""
    world = older
    world.clock.instant = THEN
    zone, county, chuxiong = "530128401", "530128", "532300"
    held = await case_at(world, zone)
    async with world.owner() as session:
        kunming = (await unit(session, county)).prefecture_id
    form = {"operation": "move", "code": county, "parent_code": chuxiong, "contact": "楚雄州信访局"}
    plan = {"effective_on": "2024-09-27", "ground": "虚拟〔2024〕1号", "changes": [form]}
    await carried_out(world, parse(PlanForm, plan, strict=True), "yunnan.admin")
    async with world.owner() as session:
        host, above, park = await unit(session, county), await unit(session, chuxiong), await unit(session, zone)
        assert (park.parent_id, park.prefecture_id, host.prefecture_id) == (host.id, above.id, above.id)
        assert (await session.get_one(Place, host.place_id)).code_mca == county
        assert await recount(session) == []
    case = await world.case(held)
    assert (case.prefecture_id, case.county_id, case.township_id) == (above.id, host.id, park.id)
    for tenant, sees in ((above.id, True), (kunming, False)):
        one = replace(await world.subject("diqing.supervisor"), tenant_id=tenant)
        assert await seen_by(world, one, held) == [sees]
