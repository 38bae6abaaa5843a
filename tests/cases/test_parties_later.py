"""Parties that come later, and what is corrected: the count at acceptance never falls, what stood before is kept."""

from typing import Any

import pytest
from sqlalchemy import select, text

from cases.acts import perform, shown_once
from cases.parties import Party, PartyCorrection
from cases.party_reading import corrections_of, parties_of
from cases.petitioner import enter
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from policies import gate
from tests.cases.build import Walk, accepted, assessed, consented, registered
from tests.identity import identity_number, numbered
from tests.world import World

DIRECTOR, CLERK = "xgll.director", "jiantang.clerk"
JOINING = {"side": "petitioner", "name": "新来者", "privacy_notice": True}


async def joined(walk: Walk, login: str = DIRECTOR, **form: Any) -> dict[str, str]:
    """What is shown once."""
    walk.world.clock.advance(seconds=1)
    async with walk.world.as_(login) as (session, subject):
        case = await walk.world.case(walk.case_id)
        act = walk.world.catalogue["add-party"].form
        filled = parse(act, {**JOINING, **form}, strict=True)
        await perform(session, subject, walk.world.catalogue, walk.case_id, "add-party", filled, case.version)
        return shown_once(session)


async def rules(walk: Walk, login: str, act: str, **form: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        await walk.do(login, act, **form)
    return {one.field: one.rule for one in error.value.fields}


async def named(walk: Walk, name: str) -> Party:
    async with walk.world.owner() as session:
        rows = await session.scalars(select(Party).where(Party.case_id == walk.case_id))
        return next(party for party in rows if party.name == name)


@pytest.mark.obligation("21", "N10")
async def test_one_more_person_of_a_joint_visit_is_registered_with_a_code_of_the_own(world: World) -> None:
    walk = await registered(world, persons=2)
    told = await joined(walk, CLERK, telephone="13808870099")
    assert (await world.case(walk.case_id)).person_count == 3
    case_id, subject = await enter(world.store, told["registration_no"], told["code"])
    party = await named(walk, "新来者")
    assert (case_id, subject.person_id, party.ordinal, party.status) == (walk.case_id, party.id, 3, "active")
    async with world.owner() as session:
        stored = await session.scalar(
            text("select data::text from events where case_id = :c and act = 'add-party'"), {"c": walk.case_id}
        )
    assert told["code"] not in str(stored)


@pytest.mark.obligation("N9")
async def test_who_joins_after_acceptance_changes_no_count_that_was_fixed_there(world: World) -> None:
    walk = await accepted(world, persons=3)
    before = await world.case(walk.case_id)
    await joined(walk)
    after = await world.case(walk.case_id)
    assert (after.person_count, after.persons_at_acceptance, after.case_class) == (
        before.person_count + 1, before.persons_at_acceptance, before.case_class,
    )  # fmt: skip


@pytest.mark.obligation("N3b", "N3c")
async def test_who_joins_a_running_mediation_sits_there_once_both_consents_are_given(world: World) -> None:
    walk = await accepted(world, persons=2)
    await joined(walk)
    party = await named(walk, "新来者")
    assert party.status == "pending"
    for kind, status in (("mediation", "pending"), ("disclosure", "active")):
        await walk.do(DIRECTOR, "record-consent", party_ids=[str(party.id)], kind=kind, given=True)
        assert (await named(walk, "新来者")).status == status


@pytest.mark.obligation("N3b")
async def test_a_unit_that_joins_sits_there_once_every_petitioner_lets_it_know(world: World) -> None:
    walk = await accepted(world, persons=3)
    form = {"side": "respondent", "kind": "unit", "unit_kind": "enterprise", "name": "第二家公司"}
    await joined(walk, **form, privacy_notice=False)
    unit = await named(walk, "第二家公司")
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(unit.id)], kind="mediation", given=True)
    assert (await named(walk, "第二家公司")).status == "pending"
    staying = [str(party.id) for party in await walk.petitioners() if party.status == "active"]
    await walk.do(DIRECTOR, "record-consent", party_ids=staying[:1], kind="disclosure", given=True)
    assert (await named(walk, "第二家公司")).status == "pending"
    await walk.do(DIRECTOR, "record-consent", party_ids=staying[1:], kind="disclosure", given=True)
    assert (await named(walk, "第二家公司")).status == "active"


async def test_an_organisation_may_petition_too(world: World) -> None:
    walk = await registered(world, persons=1)
    unit = {"kind": "unit", "unit_kind": "collective", "name": "某村民小组", "uscc": "91110000600037341l"}
    await joined(walk, CLERK, **unit, legal_representative="和组长")
    party = await named(walk, "某村民小组")
    assert party.kind == "unit"
    assert party.identity == {"uscc": "91110000600037341L", "legal_representative": "和组长"}
    wrong = {**JOINING, **unit, "uscc": "91110000600037341K"}
    assert await rules(walk, CLERK, "add-party", **wrong) == {"uscc": "malformed"}


@pytest.mark.obligation("N10")
async def test_a_sixth_representative_is_told_so_and_registers_as_a_petitioner(world: World) -> None:
    walk = await registered(world, persons=6)
    async with world.owner() as session:
        await session.execute(
            text("update parties set representative = true where case_id = :c and ordinal < 6 and side = 'petitioner'"),
            {"c": walk.case_id},
        )
    assert await rules(walk, CLERK, "add-party", **JOINING, representative=True) == {"representative": "too_many"}
    await joined(walk, CLERK)
    assert (await world.case(walk.case_id)).person_count == 7


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"id_number": "533401198506070121"}, "id_number", "malformed"),
        ({"id_number": numbered("20270101")}, "id_number", "in_future"),
        ({"telephone": "110"}, "telephone", "no_telephone"),
        ({"name": "张\u202e三"}, "name", "unseen_character"),
        ({"guardian_name": "李\u200b四"}, "guardian_name", "unseen_character"),
        ({"birth_date": "2026-03-03"}, "birth_date", "in_future"),
        ({"privacy_notice": False}, "privacy_notice", "required"),
    ],
)
async def test_what_cannot_be_is_named_at_its_field(
    world: World, change: dict[str, Any], field: str, rule: str
) -> None:
    walk = await registered(world, persons=1)
    assert await rules(walk, CLERK, "add-party", **{**JOINING, **change}) == {field: rule}


@pytest.mark.parametrize("name", ["𥔲嘉镇张三", "扎西😀", "བཀྲ་ཤིས"])
async def test_rare_characters_and_emoji_stand_in_a_name_as_they_were_typed(world: World, name: str) -> None:
    walk = await registered(world, persons=1)
    await joined(walk, CLERK, name=name)
    assert (await named(walk, name)).name == name


@pytest.mark.obligation("N4")
async def test_a_corrected_name_keeps_the_old_one_in_its_history(world: World) -> None:
    walk = await assessed(world, persons=2)
    first = (await walk.petitioners())[0]
    form = {"party_id": str(first.id), "name": "和春声", "telephone": "0887-8222222"}
    await walk.do(DIRECTOR, "correct-party", basis="居民身份证", **form)
    assert (await walk.petitioners())[0].name == "和春声"
    async with world.owner() as session:
        kept = (await session.scalars(select(PartyCorrection).where(PartyCorrection.case_id == walk.case_id))).one()
    assert kept.before == {"name": "和春生", "telephone": "13808870001"}
    before_reason = await history(walk)
    assert (before_reason[0].before, before_reason[0].basis) == ({}, None)
    await walk.do(DIRECTOR, "reveal-party", party_id=str(first.id), purpose="identity")
    shown = (await history(walk))[0]
    assert shown.before == {"name": "和春生", "telephone": "13808870001"} and shown.basis == "居民身份证"


async def history(walk: Walk) -> list[Any]:
    async with walk.world.as_(DIRECTOR) as (session, subject):
        case = await walk.world.case(walk.case_id)
        may = await gate.permissions(session, subject, case)
        return await corrections_of(session, subject, walk.case_id, may)


async def test_a_new_number_brings_its_day_of_birth_and_takes_the_place_of_the_old_in_the_index(world: World) -> None:
    number, other = identity_number(), identity_number()
    walk = await registered(world, persons=1)
    party = (await walk.petitioners())[0]
    blinds = []
    for each in (number, other):
        await walk.do(CLERK, "correct-party", party_id=str(party.id), basis="居民身份证", id_number=each)
        async with world.owner() as session:
            rows = await session.scalars(text("select blind from identity_index where party_id = :p"), {"p": party.id})
            blinds.append(rows.one())
    assert blinds[0] != blinds[1]
    identity = (await walk.petitioners())[0].identity
    assert identity is not None
    assert identity["id_number"] == other and identity["birth_date"].endswith("-01-01")


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({}, "party_id", "unchanged"),
        ({"name": "和春生"}, "party_id", "unchanged"),
        ({"id_number": "533401198506070121"}, "id_number", "malformed"),
        ({"uscc": "91110000600037341L"}, "uscc", "not_of_this_kind"),
        ({"telephone": "13808870001", "erase": ["telephone"]}, "telephone", "erased"),
    ],
)
async def test_a_correction_that_cannot_be_is_named(
    world: World, change: dict[str, Any], field: str, rule: str
) -> None:
    walk = await registered(world, persons=1)
    party = (await walk.petitioners())[0]
    form = {"party_id": str(party.id), "basis": "居民身份证", **change}
    assert await rules(walk, CLERK, "correct-party", **form) == {field: rule}


@pytest.mark.obligation("N4", "47")
async def test_poverty_is_a_dated_flag_with_its_evidence_and_ends_by_a_correction(world: World) -> None:
    walk = await registered(world, persons=1)
    party = (await walk.petitioners())[0]
    poor: dict[str, Any] = {
        "poor_household": True,
        "poor_evidence": "扶贫手册",
        "poor_since": "2018-03-01",
        "poor_until": "2020-12-31",
    }
    await walk.do(CLERK, "correct-party", party_id=str(party.id), basis="扶贫手册", **poor)
    held = (await walk.petitioners())[0].sensitive
    assert held == poor
    await walk.do(CLERK, "correct-party", party_id=str(party.id), basis="本人申请", erase=["poor_household"])
    assert (await walk.petitioners())[0].sensitive is None


@pytest.mark.obligation("N2", "1a")
async def test_the_last_no_of_a_side_ends_the_mediation_and_both_sides_are_told_the_same_day(world: World) -> None:
    walk = await accepted(world, persons=1)
    company = await walk.company()
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(company.id)], kind="mediation", given=False)
    case = await world.case(walk.case_id)
    assert (case.state, case.outcome) == ("guided", "withdrawn")
    assert await noticed(walk) == {(await walk.petitioners())[0].id}


@pytest.mark.obligation("N2")
async def test_who_waits_to_sit_at_the_table_loses_no_mediation_by_the_others_leaving(world: World) -> None:
    """As on the own page: leave-mediation, too, counts who joined and whose consents are awaited."""
    walk = await accepted(world, persons=1)
    (first,) = [party for party in await walk.petitioners() if party.status == "active"]
    await joined(walk)
    await walk.do(DIRECTOR, "withdraw-consent", party_id=str(first.id))
    assert (await world.case(walk.case_id)).state == "accepted"
    await walk.do(DIRECTOR, "withdraw-consent", party_id=str((await named(walk, "新来者")).id))
    assert (await world.case(walk.case_id)).state == "guided"


@pytest.mark.obligation("1", "N2")
@pytest.mark.parametrize("side", ["petitioner", "respondent"])
async def test_who_left_may_come_back_by_a_new_yes(world: World, side: str) -> None:
    walk = await consented(world, persons=3)
    party = (await walk.petitioners())[0] if side == "petitioner" else await walk.company()
    await walk.do(DIRECTOR, "withdraw-consent", party_id=str(party.id))
    assert (await named(walk, party.name)).status == "withdrawn"
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(party.id)], kind="mediation", given=True)
    assert (await named(walk, party.name)).status == "active"


@pytest.mark.obligation("N2")
async def test_nobody_has_to_approve_the_registration_of_who_has_left(world: World) -> None:
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "withdraw-consent", party_id=str((await walk.petitioners())[0].id))
    async with world.owner() as session:
        query = text("select kind from timers where case_id = :c and done_at is null")
        open_terms = set(await session.scalars(query, {"c": walk.case_id}))
    assert "registration_approval" not in open_terms


@pytest.mark.obligation("N3b", "N2", "5a")
async def test_refusing_disclosure_ends_mediation_with_that_unit_and_not_the_petition(world: World) -> None:
    walk = await consented(world, persons=3)
    first, second, _ = await walk.petitioners()
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(first.id)], kind="disclosure", given=False)
    case = await world.case(walk.case_id)
    assert (case.state, case.outcome) == ("assessing", None)
    assert [party.status for party in await walk.petitioners()] == ["declined", "active", "declined"]
    assert first.id in await noticed(walk) and second.id not in await noticed(walk)


async def noticed(walk: Walk) -> set[Any]:
    """To whom a notice of remedies went today."""
    async with walk.world.owner() as session:
        query = text("select party_id from papers where case_id = :c and kind = 'remedy_notice'")
        return set(await session.scalars(query, {"c": walk.case_id}))


async def test_a_party_of_another_case_is_no_party_here(world: World) -> None:
    walk, other = await registered(world, persons=1), await registered(world, persons=1)
    stranger = (await other.petitioners())[0]
    found = await rules(walk, CLERK, "correct-party", party_id=str(stranger.id), basis="居民身份证", name="某某")
    assert found == {"party_id": "not_a_choice"}


async def test_after_the_case_went_up_the_window_corrects_nobody_any_more(world: World) -> None:
    walk = await assessed(world, persons=1)
    party = (await walk.petitioners())[0]
    with pytest.raises((Forbidden, NotFound)):
        await walk.do(CLERK, "correct-party", party_id=str(party.id), basis="居民身份证", name="某某")


@pytest.mark.obligation("N4")
async def test_numbers_telephones_and_addresses_are_masked_until_a_reason_is_given(world: World) -> None:
    """Also for who registered them; health, poverty and age need the right to sensitive data besides."""
    number = numbered("20140302", "123")
    walk = await registered(world, persons=1)
    party = (await walk.petitioners())[0]
    form = {"id_number": number, "health": "膝关节损伤", "ethnic_group": "纳西族"}
    await walk.do(CLERK, "correct-party", party_id=str(party.id), basis="居民身份证", **form)
    before = await seen(walk, CLERK)
    assert before.name == "和春生" and before.has_sensitive
    assert number not in str(before) and "13808870001" not in str(before) and "1组" not in str(before)
    await walk.do(CLERK, "reveal-party", party_id=str(party.id), purpose="identity")
    after = await seen(walk, CLERK)
    assert (after.id_number, after.telephone, after.sensitive) == (number, "13808870001", None)
    assert "膝关节" not in str(after) and "纳西" not in str(after)


async def seen(walk: Walk, login: str) -> Any:
    async with walk.world.as_(login) as (session, subject):
        case = await walk.world.case(walk.case_id)
        may = await gate.permissions(session, subject, case)
        rows = await parties_of(session, subject, walk.case_id, may)
        return next(row for row in rows if row.side == "petitioner")
