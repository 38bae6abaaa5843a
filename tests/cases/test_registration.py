"""接谈: registering is a duty, and what must be registered is registered."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from cases.models import Case, CaseRelation
from cases.parties import Party
from cases.petitioner import enter
from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from policies import gate
from tests.people import registration
from tests.statements import recorded
from tests.world import World


async def parties(world: World, case_id: object) -> Sequence[Party]:
    async with world.owner() as session:
        return (await session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.ordinal))).all()


async def test_twelve_people_are_registered_one_by_one_and_four_represent_them(world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world))
    case = await world.case(registered.case.id)
    people = [party for party in await parties(world, case.id) if party.side == "petitioner"]
    assert (case.person_count, len(people), sum(party.representative for party in people)) == (12, 12, 4)
    assert case.petition_no == "香信访〔2026〕0301"
    assert (case.state, case.step) == ("registered", 1)


async def test_a_sixth_representative_is_refused_as_representative_not_as_petitioner(world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world, representatives=6))
    refused = [receipt.ordinal for receipt in registered.receipts if receipt.representation_refused]
    people = [party for party in await parties(world, registered.case.id) if party.side == "petitioner"]
    assert refused == [6]
    assert (len(people), sum(party.representative for party in people)) == (12, 5)


async def test_names_are_sealed_at_rest(world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world, persons=1))
    async with world.owner() as session:
        raw = await session.connection()
        stored = (await raw.exec_driver_sql("select name from parties where case_id = $1", (registered.case.id,))).all()
    assert all("和春生".encode() not in name for (name,) in stored)


async def test_a_missing_identity_number_is_no_reason_to_refuse_but_a_wrong_one_is_named(world: World) -> None:
    form = await registration(world, persons=2)
    form["petitioners"][1]["id_number"] = "533421199001010011"
    with pytest.raises(InvalidInput) as refused:
        await world.register("jiantang.clerk", **form)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("petitioners.1.id_number", "malformed")]


@pytest.mark.parametrize(("field", "value"), [("dispute_type", 999), ("dispute_type", -1), ("place_id", 0)])
async def test_type_and_place_come_from_the_lists(world: World, field: str, value: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.register("jiantang.clerk", **{**await registration(world), field: value})
    assert [(error.field, error.rule) for error in refused.value.fields] == [(field, "not_a_choice")]


async def test_an_oral_statement_must_be_read_back(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.register("jiantang.clerk", **{**await registration(world), "read_back": False})
    assert [error.field for error in refused.value.fields] == ["read_back"]


async def test_a_dispute_heard_from_the_public_needs_no_petitioner(world: World) -> None:
    form = {**await registration(world), "petitioners": [], "source": "public"}
    registered = await world.register("jiantang.clerk", **form)
    assert registered.receipts == ()


async def test_a_supervisor_registers_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        await world.register("diqing.supervisor", **await registration(world))


async def test_the_receipt_opens_the_own_case_and_a_wrong_code_opens_nothing(world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world))
    number, code = registered.case.registration_no, registered.receipts[0].code
    case_id, subject = await enter(world.store, number, code.lower())
    assert (case_id, subject.role, subject.person_id) == (
        registered.case.id,
        "petitioner",
        registered.receipts[0].party_id,
    )
    with pytest.raises(NotFound):
        await enter(world.store, number, "AAAAAAAAAA")


async def test_numbers_of_one_desk_have_no_gap(world: World) -> None:
    form = await registration(world, persons=1)
    first = await world.register("baohe.clerk", **form)
    second = await world.register("baohe.clerk", **form)
    assert int(second.case.registration_no[-5:]) == int(first.case.registration_no[-5:]) + 1


async def test_each_petitioner_gets_a_relation_of_the_own_party(world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world, persons=3))
    query = select(CaseRelation.person_id).where(
        CaseRelation.case_id == registered.case.id, CaseRelation.relation == "self"
    )
    async with world.owner() as session:
        people = set(await session.scalars(query))
    assert people == {receipt.party_id for receipt in registered.receipts}


@pytest.mark.parametrize("persons", [1, 12])
async def test_what_the_registrar_may_do_is_what_the_gate_says(world: World, persons: int) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world, persons=persons))
    async with world.as_("jiantang.clerk") as (session, subject):
        case = await session.get_one(Case, registered.case.id)
        assert await gate.permissions(session, subject, case) == registered.may


@pytest.mark.parametrize("persons", [1, 12])
async def test_a_registration_takes_six_statements_however_many_persons(world: World, persons: int) -> None:
    form = await registration(world, persons=persons)
    await world.register("jiantang.clerk", **form)
    with recorded(world.store) as sent:
        await world.register("jiantang.clerk", **form)
    asked_for_the_same_matter = sum("pending_same_matter" in each for each in sent)
    # what is known, number, case, the approval's term and its days off, all else with the audit link
    assert len(sent) - asked_for_the_same_matter == 6


async def test_a_new_case_is_known_to_its_transaction(world: World) -> None:
    form = parse(RegistrationForm, await registration(world, persons=1), strict=True)
    async with world.as_("jiantang.clerk") as (session, subject):
        registered = await register(session, subject, form)
        assert await session.get(Case, registered.case.id) is registered.case
        registered.case.visited_unit = "虚构单位"
    assert (await world.case(registered.case.id)).visited_unit == "虚构单位"


async def test_a_type_beyond_every_column_is_none_of_the_list(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.register("jiantang.clerk", **{**await registration(world), "dispute_type": 2**80})
    assert [(error.field, error.rule) for error in refused.value.fields] == [("dispute_type", "too_large")]
