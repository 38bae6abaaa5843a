"""The month's statistics for the tier above: by tenant, small numbers hidden, never by person (N12)."""

from access.requests_models import AccessMatter
from cases.reveal import Reveal
from foundation.ids import new_id
from indicators.access_counts import KINDS, AccessCounts, access_counts
from tests.access.asking import ASKER, REVIEWER, ask_for, granted
from tests.cases.build import Walk, assessing
from tests.world import World


async def counted(world: World, login: str, month: str | None = None) -> AccessCounts:
    async with world.as_(login) as (session, subject):
        return await access_counts(session, subject, None, month)


def column(view: AccessCounts, kind: str) -> dict[str, int | None]:
    return {row.name: row.counts[list(KINDS).index(kind)] for row in view.rows}


async def reveal(walk: Walk, login: str, times: int) -> None:
    party = (await walk.petitioners())[0]
    subject = await walk.world.subject(login)
    now = walk.world.clock.now()
    async with walk.world.owner() as session:
        session.add_all(
            Reveal(
                id=new_id(now),
                case_id=walk.case_id,
                party_id=party.id,
                person_id=subject.person_id,
                office_id=subject.office_id,
                purpose="contact",
                recorded_at=now,
            )
            for _ in range(times)
        )


async def test_reveals_count_for_the_tenant_of_who_looked_and_small_ones_are_hidden(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    await reveal(walk, "xgll.director", 7)
    await reveal(walk, "deqin.director", 3)
    await reveal(walk, "weixi.director", 9)
    view = await counted(own_world, REVIEWER)
    found = column(view, "reveals")
    assert found["德钦县"] is None and found["香格里拉市"] is None and found["维西傈僳族自治县"] == 9
    assert view.total[list(KINDS).index("reveals")] == 19
    assert view.month == "2026-03" and view.before == "2026-02" and view.after is None
    assert not any(column(await counted(own_world, REVIEWER, "2026-02"), "reveals").values())


async def test_requests_grants_and_emergencies_count_for_the_askers_tenant_in_their_month(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    for number in range(5):
        await ask_for(own_world, f"没有的号码{number}")
    asked = await granted(walk, purpose="emergency")
    refused = await ask_for(own_world, "另外没有的号码", purpose="emergency")
    async with own_world.owner() as session:
        assert await session.get(AccessMatter, refused.id) is None
    view = await counted(own_world, REVIEWER)
    assert column(view, "requests")["维西傈僳族自治县"] == 7
    assert column(view, "grants")["维西傈僳族自治县"] is None, "one grant is too few to show"
    assert column(view, "emergencies")["维西傈僳族自治县"] is None
    assert asked.id


async def test_an_identity_looked_up_at_registration_counts_for_the_station(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    view = await counted(own_world, REVIEWER)
    assert column(view, "lookups")["香格里拉市"] == 0, "nobody gave an identity number"
    assert walk.case_id


async def test_each_tier_reads_those_below_and_the_province_reads_prefectures(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    await reveal(walk, ASKER, 8)
    province = await counted(own_world, "yunnan.supervisor")
    assert column(province, "reveals")["迪庆藏族自治州"] == 8 and "维西傈僳族自治县" not in column(province, "reveals")
    assert [crumb.name for crumb in (await counted(own_world, "diqing.privacy")).above] == []


async def test_a_decision_late_in_the_month_by_yunnan_time_counts_there(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    own_world.clock.instant = own_world.clock.instant.replace(day=31, hour=15, minute=59)
    await reveal(walk, ASKER, 5)
    own_world.clock.advance(minutes=2)
    await reveal(walk, ASKER, 6)
    assert column(await counted(own_world, REVIEWER, "2026-03"), "reveals")["维西傈僳族自治县"] == 5
    assert column(await counted(own_world, REVIEWER, "2026-04"), "reveals")["维西傈僳族自治县"] == 6
