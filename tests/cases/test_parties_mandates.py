"""Who may answer and sign for whom: agents, guardians, and representatives who are neither (domain.md 13.1-10)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases.mandates import Power, acting_for
from cases.models import Case
from cases.parties import Consent, Mandate, Party
from foundation.errors import InvalidInput
from tests.cases.build import Walk, assessed, consented, registered
from tests.identity import numbered
from tests.people import registration
from tests.world import World

DIRECTOR = "xgll.director"
AGENT: dict[str, Any] = {
    "capacity": "special",
    "name": "周代理",
    "bond": "lawyer",
    "written": True,
    "given_on": "2026-03-01",
    "matters": "代为参加调解、表示同意并签订调解协议",
}
GUARDIAN: dict[str, Any] = {
    "capacity": "guardian",
    "name": "和母亲",
    "bond": "parent",
    "written": True,
    "ground": "minor",
    "basis": "户口簿",
}


async def mandate(walk: Walk, party: Party, **form: Any) -> Mandate:
    await walk.do(DIRECTOR, "record-mandate", party_id=str(party.id), **form)
    async with walk.world.owner() as session:
        query = select(Mandate).where(Mandate.party_id == party.id).order_by(Mandate.recorded_at.desc())
        return (await session.scalars(query.limit(1))).one()


async def consent(walk: Walk, party: Party, **form: Any) -> None:
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(party.id)], **{"kind": "mediation", "given": True, **form})


async def refused(walk: Walk, party: Party, act: str, **form: Any) -> dict[str, str]:
    """Field -> rule."""
    with pytest.raises(InvalidInput) as error:
        await walk.do(DIRECTOR, act, **form)
    return {one.field: one.rule for one in error.value.fields}


async def may_do(walk: Walk, party: Party, mandate_id: UUID | None, power: Power) -> str:
    """`ok`, or the rule by which it is refused."""
    async with walk.world.as_(DIRECTOR) as (session, _):
        case = await session.get_one(Case, walk.case_id)
        try:
            await acting_for(session, case, await session.get_one(Party, party.id), mandate_id, power, "by")
        except InvalidInput as error:
            return error.fields[0].rule
    return "ok"


async def child(world: World, born: str = "20140302") -> tuple[Walk, Party]:
    """One petitioner who is twelve on 2 March 2026, or was born on another day."""
    form = await registration(world, persons=1)
    form["petitioners"][0] |= {"id_number": numbered(born)}
    done = await world.register("jiantang.clerk", **form)
    walk = Walk(world, done.case.id, done.receipts)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office(DIRECTOR), reason="company")
    await walk.do(DIRECTOR, "accept-handover", no_conflict=True)
    return walk, (await walk.petitioners())[0]


@pytest.mark.obligation("N4")
async def test_for_a_child_under_fourteen_only_the_guardian_consents(world: World) -> None:
    """个人信息保护法 31."""
    walk, young = await child(world)
    form = {"party_ids": [str(young.id)], "kind": "disclosure", "given": True}
    assert await refused(walk, young, "record-consent", **form) == {"mandate_id": "guardian_required"}
    agent = await mandate(walk, young, **AGENT)
    by_agent = await refused(walk, young, "record-consent", **form, mandate_id=str(agent.id))
    assert by_agent == {"mandate_id": "guardian_required"}
    guardian = await mandate(walk, young, **GUARDIAN)
    await consent(walk, young, kind="disclosure", mandate_id=str(guardian.id))
    async with world.owner() as session:
        given = (await session.scalars(select(Consent).where(Consent.case_id == walk.case_id))).one()
    assert given.given_by == guardian.id


@pytest.mark.obligation("1", "N2")
async def test_a_child_may_say_no_by_itself(world: World) -> None:
    walk, young = await child(world)
    await consent(walk, young, given=False)
    assert (await walk.petitioners())[0].status == "declined"


async def test_who_turns_eighteen_answers_for_itself_from_that_day(world: World) -> None:
    for born, rule in (("20080302", "ok"), ("20080303", "guardian_required")):
        walk, young = await child(world, born)
        assert await may_do(walk, young, None, Power.SIGN) == rule


async def test_at_sixteen_who_lives_on_the_own_work_stands_as_an_adult(world: World) -> None:
    """民法典 18."""
    walk, young = await child(world, "20090101")
    assert await may_do(walk, young, None, Power.CONSENT) == "guardian_required"
    await walk.do(DIRECTOR, "correct-party", party_id=str(young.id), basis="劳动合同、工资单", own_living=True)
    assert await may_do(walk, young, None, Power.CONSENT) == "ok"


async def test_an_adult_without_capacity_is_represented_by_the_guardian_whose_ground_is_proved(world: World) -> None:
    walk = await assessed(world, persons=2)
    adult = (await walk.petitioners())[0]
    assert await may_do(walk, adult, None, Power.SIGN) == "ok"
    guardian = await mandate(walk, adult, **{**GUARDIAN, "ground": "incapable", "basis": "（2026）云3401民特1号判决"})
    assert await may_do(walk, adult, None, Power.SIGN) == "guardian_required"
    assert await may_do(walk, adult, guardian.id, Power.SIGN) == "ok"


@pytest.mark.obligation("N8")
async def test_general_special_and_guardian_mandates_reach_as_far_as_they_go(world: World) -> None:
    walk = await assessed(world, persons=2)
    first = (await walk.petitioners())[0]
    general = await mandate(walk, first, **{**AGENT, "capacity": "general"})
    special = await mandate(walk, first, **{**AGENT, "name": "吴代理"})
    asked = [Power.ATTEND, Power.CONSENT, Power.SIGN, Power.FREE_WILL]
    assert [await may_do(walk, first, general.id, power) for power in asked] == [
        *("ok", "no_special_mandate", "no_special_mandate", "only_in_person")
    ]
    assert [await may_do(walk, first, special.id, power) for power in asked] == ["ok", "ok", "ok", "only_in_person"]


async def test_an_agent_of_one_party_is_nobody_for_another(world: World) -> None:
    walk = await assessed(world, persons=2)
    first, second = await walk.petitioners()
    special = await mandate(walk, first, **AGENT)
    form = {"party_ids": [str(second.id)], "kind": "mediation", "given": True, "mandate_id": str(special.id)}
    assert await refused(walk, second, "record-consent", **form) == {"mandate_id": "not_a_mandate"}


async def test_a_representative_of_a_visit_is_no_agent(world: World) -> None:
    """Its own id stands for no mandate; and the mark alone gives no power over the others."""
    walk = await assessed(world, persons=2)
    chosen, other = await walk.petitioners()
    assert chosen.representative
    assert await may_do(walk, other, chosen.id, Power.SIGN) == "not_a_mandate"
    form = {"party_ids": [str(other.id)], "kind": "mediation", "given": True, "mandate_id": str(chosen.id)}
    assert await refused(walk, other, "record-consent", **form) == {"mandate_id": "not_a_mandate"}


async def test_a_mandate_ends_by_its_day_and_by_its_revocation(world: World) -> None:
    walk = await assessed(world, persons=2)
    first, second = await walk.petitioners()
    until_today = await mandate(walk, first, **{**AGENT, "ends_on": "2026-03-02"})
    revoked = await mandate(walk, second, **AGENT)
    assert await may_do(walk, first, until_today.id, Power.SIGN) == "ok"
    await walk.do(DIRECTOR, "revoke-mandate", mandate_id=str(revoked.id))
    assert await may_do(walk, second, revoked.id, Power.SIGN) == "mandate_ended"
    world.clock.advance(days=1)
    assert await may_do(walk, first, until_today.id, Power.SIGN) == "mandate_ended"
    again = await refused(walk, second, "revoke-mandate", mandate_id=str(revoked.id))
    assert again == {"mandate_id": "not_a_choice"}


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"written": False}, "written", "required"),
        ({"given_on": None}, "given_on", "required"),
        ({"given_on": "2026-03-03"}, "given_on", "in_future"),
        ({"ends_on": "2026-02-01"}, "ends_on", "too_early"),
        ({"matters": None}, "matters", "required"),
        ({"name": "周\u202e代理"}, "name", "unseen_character"),
        ({"telephone": "12345678901"}, "telephone", "no_telephone"),
        ({"id_number": "533401198506070121"}, "id_number", "malformed"),
        ({"id_number": numbered("20120101")}, "id_number", "not_adult"),
        ({**GUARDIAN, "ground": None}, "ground", "required"),
        ({**GUARDIAN, "basis": None}, "basis", "required"),
    ],
)
async def test_a_mandate_is_written_dated_and_says_what_for(
    world: World, change: dict[str, Any], field: str, rule: str
) -> None:
    walk = await registered(world, persons=1)
    party = (await walk.petitioners())[0]
    form = {name: value for name, value in {**AGENT, **change}.items() if value is not None}
    with pytest.raises(InvalidInput) as error:
        await walk.do("jiantang.clerk", "record-mandate", party_id=str(party.id), **form)
    assert {one.field: one.rule for one in error.value.fields} == {field: rule}


@pytest.mark.obligation("4")
async def test_nobody_acts_for_both_sides(world: World) -> None:
    """民法典 168."""
    walk = await assessed(world, persons=1)
    await mandate(walk, (await walk.petitioners())[0], **AGENT)
    company = await walk.company()
    form = {"party_id": str(company.id), **AGENT}
    assert await refused(walk, company, "record-mandate", **form) == {"name": "both_sides"}


@pytest.mark.obligation("1")
async def test_nobody_consents_who_is_no_party_of_this_case(world: World) -> None:
    walk, other = await consented(world, persons=2), await consented(world, persons=2)
    stranger = (await other.petitioners())[0]
    form = {"party_ids": [str(stranger.id)], "kind": "mediation", "given": True}
    assert await refused(walk, stranger, "record-consent", **form) == {"party_ids.0": "not_a_choice"}
    about = {"party_id": str(stranger.id), **AGENT}
    assert await refused(walk, stranger, "record-mandate", **about) == {"party_id": "not_a_choice"}


async def test_a_guardian_named_at_the_desk_is_on_record_from_the_first_day(world: World) -> None:
    form = await registration(world, persons=1)
    form["petitioners"][0] |= {"birth_date": "2016-05-01", "guardian_name": "和母亲", "guardian_relation": "parent"}
    done = await world.register("jiantang.clerk", **form)
    async with world.owner() as session:
        one = (await session.scalars(select(Mandate).where(Mandate.case_id == done.case.id))).one()
    assert (one.name, one.capacity, one.bond, one.ground) == ("和母亲", "guardian", "parent", "minor")
