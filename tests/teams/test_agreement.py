"""起草、自愿、签名、盖章: how an agreement comes about, and what makes it bind."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.editions import MoveRefused
from cases.parties import Mandate
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Forbidden, InvalidInput, NotFound
from teams.agreement import Status
from teams.draft import AgreementMissing, OralNotSealed
from teams.seal import DraftOutdated, FreeWillMissing, NotOral, SignaturesMissing, WrongCommittee
from tests.cases.build import Walk
from tests.teams.build import (
    OWED,
    agreement,
    answer,
    ask_alone,
    broken,
    draft_form,
    drafted,
    members,
    papers,
    proposed,
    sealed,
    sign,
    signatures,
    signed,
    table,
    terms,
    timer,
)
from tests.world import World


async def refused_draft(walk: Walk, **changes: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "draft-agreement", **await draft_form(walk, **changes))
    return broken(error)


async def test_no_clause_of_any_field_gives_up_a_right(world: World) -> None:
    walk = await proposed(world)
    form = await draft_form(walk)
    form["terms"][0]["text"] = "领款后不再上访"
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "draft-agreement", **form | {"responsibility": "双方放弃诉讼权利"})
    assert broken(error) == {("terms.0.text", "renunciation"), ("responsibility", "renunciation")}


async def test_the_schedule_names_parties_at_the_table_amounts_and_days(world: World) -> None:
    walk = await proposed(world)
    form = await draft_form(walk)
    first = form["terms"][0]
    declined = str((await walk.petitioners())[-1].id)
    rows = [
        first | {"party_id": declined},
        {name: value for name, value in first.items() if name != "amount_fen"},
        first | {"kind": "act"},
        first | {"obligor_id": first["party_id"]},
        first | {"due_on": "2026-01-01"},
    ]
    assert await refused_draft(walk, terms=rows) == {
        ("terms.0.party_id", "not_a_choice"),
        ("terms.1.amount_fen", "required"),
        ("terms.2.amount_fen", "not_money"),
        ("terms.3.obligor_id", "same_party"),
        ("terms.4.due_on", "too_early"),
    }


async def test_the_responsible_unit_is_a_unit_at_the_table_and_undertakes_by_name(world: World) -> None:
    walk = await proposed(world)
    person = (await table(walk))[0]
    assert await refused_draft(walk, responsible_id=person) == {("responsible_id", "not_a_choice")}
    assert await refused_draft(walk, responsible_id=None) == {("responsible_id", "required")}


async def test_enforcement_is_accepted_only_for_a_payment(world: World) -> None:
    walk = await proposed(world)
    act = (await draft_form(walk))["terms"][-1]
    assert await refused_draft(walk, terms=[act]) == {("accepts_enforcement", "no_payment")}


async def test_nothing_is_signed_before_it_is_drafted(world: World) -> None:
    walk = await proposed(world)
    with pytest.raises(AgreementMissing):
        await sign(walk, (await table(walk))[0])


async def test_each_party_is_asked_alone_after_the_text_was_read_out_and_may_take_it_home(world: World) -> None:
    walk = await drafted(world)
    party = (await table(walk))[0]
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "confirm-free-will", party_id=party, free=True)
    assert broken(error) == {("asked_alone", "required"), ("read_out", "required"), ("may_take_home", "required")}


async def test_whether_a_party_is_free_can_not_be_left_open(world: World) -> None:
    walk = await drafted(world)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "confirm-free-will", party_id=(await table(walk))[0], asked_alone=True)
    assert broken(error) == {("free", "required")}


async def test_a_no_in_private_stops_the_seal(world: World) -> None:
    walk = await signed(world, persons=3)
    await ask_alone(walk, (await table(walk))[1], free=False)
    with pytest.raises(FreeWillMissing):
        await walk.do("xgll.chair", "seal-agreement", copies=5)


async def test_the_seal_waits_for_every_signature_and_for_the_mediator(world: World) -> None:
    walk = await drafted(world, persons=3)
    people = await table(walk)
    for party in people:
        await ask_alone(walk, party)
    for missing, party in zip((4, 3, 2), people, strict=True):
        with pytest.raises(SignaturesMissing) as error:
            await walk.do("xgll.chair", "seal-agreement", copies=5)
        assert error.value.params == {"parties": missing}
        await sign(walk, party)
    with pytest.raises(SignaturesMissing):
        await walk.do("xgll.chair", "seal-agreement", copies=5)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=5)


async def test_nobody_signs_twice(world: World) -> None:
    walk = await drafted(world)
    party = (await table(walk))[0]
    await sign(walk, party)
    with pytest.raises(InvalidInput) as error:
        await sign(walk, party)
    assert broken(error) == {("party_id", "signed")}


async def mandate(walk: Walk, party: str, capacity: str) -> str:
    form = {"bond": "other", "name": "代表甲", "given_on": "2026-03-01", "matters": "调解、签订协议", "written": True}
    await walk.do("xgll.handler", "record-mandate", party_id=party, capacity=capacity, **form)
    async with walk.world.owner() as session:
        query = select(Mandate.id).where(Mandate.case_id == walk.case_id).order_by(Mandate.id.desc()).limit(1)
        return str(await session.scalar(query))


async def test_a_representative_settles_for_another_only_with_a_special_written_mandate(world: World) -> None:
    walk = await drafted(world, persons=3)
    first, party, *_ = await table(walk)
    with pytest.raises(InvalidInput) as error:
        await sign(walk, party, capacity="agent")
    assert broken(error) == {("mandate_id", "required")}
    with pytest.raises(InvalidInput) as error:
        await sign(walk, party, capacity="agent", mandate_id=await mandate(walk, party, "general"))
    assert broken(error) == {("mandate_id", "no_special_mandate")}
    special = await mandate(walk, party, "special")
    with pytest.raises(InvalidInput) as error:
        await sign(walk, first, capacity="agent", mandate_id=special)
    assert broken(error) == {("mandate_id", "not_a_mandate")}
    await sign(walk, party, capacity="agent", mandate_id=special)
    (signature,) = await signatures(walk)
    assert (str(signature.party_id), signature.capacity) == (party, "agent") and signature.mandate_paper_id


async def test_signatures_are_given_before_an_accepted_mediator_of_this_case(world: World) -> None:
    walk = await drafted(world)
    party = (await table(walk))[0]
    with pytest.raises(Forbidden):
        await walk.do("xgll.handler", "sign-agreement", capacity="self", party_id=party)
    with pytest.raises(NotFound):
        await walk.do("diqing.mediator", "sign-agreement", capacity="self", party_id=party)


async def test_a_mediator_signs_in_person_and_once(world: World) -> None:
    walk = await drafted(world)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    (own,) = await signatures(walk)
    assert own.person_id == (await world.subject("xgll.mediator")).person_id
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    assert broken(error) == {("party_id", "signed")}


async def test_a_mediator_who_was_replaced_after_signing_does_not_carry_the_seal(world: World) -> None:
    walk = await signed(world)
    mediator = (await members(walk))["mediator"]
    handler = (await world.subject("xgll.handler")).person_id
    form = {"member_id": str(mediator.id), "reason": "recusal", "person_id": str(handler)}
    await walk.do("xgll.director", "replace-member", no_conflict=True, **form)
    await answer(walk, "mediator", await table(walk))
    with pytest.raises(SignaturesMissing):
        await walk.do("xgll.chair", "seal-agreement", copies=9)
    await walk.do("xgll.handler", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=9)


async def test_a_new_draft_voids_the_signatures_and_the_answers_of_the_one_before(world: World) -> None:
    walk = await signed(world)
    old = await agreement(walk)
    await walk.do("xgll.handler", "draft-agreement", **await draft_form(walk))
    new = await agreement(walk)
    assert (new.version, new.status) == (old.version + 1, Status.DRAFT)
    with pytest.raises(SignaturesMissing):
        await walk.do("xgll.chair", "seal-agreement", copies=9)
    for party in await table(walk):
        await sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    with pytest.raises(FreeWillMissing):
        await walk.do("xgll.chair", "seal-agreement", copies=9)


async def test_a_party_s_withdrawal_outdates_a_draft_that_names_it(world: World) -> None:
    walk = await signed(world, persons=3)
    leaving = (await table(walk))[0]
    await walk.do("xgll.handler", "withdraw-consent", party_id=leaving)
    with pytest.raises(DraftOutdated):
        await walk.do("xgll.chair", "seal-agreement", copies=9)


async def test_only_the_committee_that_posts_the_station_seals(world: World) -> None:
    walk = await signed(world)
    for stranger in ("xgll.director", "xgll.handler", "xgll.mediator"):
        with pytest.raises(Forbidden):
            await walk.do(stranger, "seal-agreement", copies=9)
    assert issubclass(WrongCommittee, Forbidden)


async def test_every_party_and_the_committee_get_a_copy(world: World) -> None:
    walk = await signed(world, persons=3)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.chair", "seal-agreement", copies=3)
    assert broken(error) == {("copies", "too_few")}


async def test_the_seal_makes_it_effective_numbers_it_and_guides_the_case(world: World) -> None:
    walk = await sealed(world, persons=3)
    case, done = await world.case(walk.case_id), await agreement(walk)
    assert (case.state, case.outcome, case.guided_at) == ("guided", "agreed", done.effective_at)
    committee = await world.office("xgll.chair")
    assert done.status == Status.EFFECTIVE and (done.number or "").startswith(f"（2026）人调字第{committee}-")
    assert {one.status for one in (await walk.petitioners())[:-1]} == {"settled"}
    (paper,) = await papers(walk, "agreement")
    assert paper.number == done.number and paper.id == done.paper_id
    assert [term["amount_fen"] for term in paper.content["terms"]] == [OWED, OWED, None]
    assert len(paper.content["signatures"]) == 4


async def test_the_parties_have_thirty_days_for_joint_judicial_confirmation_from_effect(world: World) -> None:
    walk = await sealed(world)
    done = await agreement(walk)
    assert done.effective_at is not None
    last = local_date((await timer(walk, "confirmation")).due_at)
    assert last == local_date(done.effective_at) + timedelta(days=30)
    assert (await timer(walk, "mediation")).done_at == done.effective_at


async def test_each_day_of_the_schedule_is_a_term_that_binds_the_workroom(world: World) -> None:
    walk = await drafted(world, persons=3)
    form = await draft_form(walk)
    soon = str(local_date(world.clock.now()) + timedelta(days=10))
    form["terms"][0]["due_on"] = soon
    await walk.do("xgll.handler", "draft-agreement", **form)
    for party in await table(walk):
        await ask_alone(walk, party)
        await sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=4)
    due = (await world.case(walk.case_id)).due_at
    assert due is not None and str(local_date(due)) == soon
    assert len({term.due_on for term in await terms((await agreement(walk)).id, world)}) == 2


async def oral(walk: Walk, days_ago: int = 1) -> date:
    """A draft of an oral agreement, and each asked alone."""
    reached = local_date(walk.world.clock.now()) - timedelta(days=days_ago)
    await walk.do("xgll.handler", "draft-agreement", **await draft_form(walk, manner="oral", agreed_on=str(reached)))
    for party in await table(walk):
        await ask_alone(walk, party)
    return reached


async def test_an_oral_agreement_names_a_day_that_has_come(world: World) -> None:
    walk = await proposed(world)
    assert ("agreed_on", "required") in await refused_draft(walk, manner="oral")
    tomorrow = local_date(world.clock.now()) + timedelta(days=1)
    assert ("agreed_on", "required") in await refused_draft(walk, manner="oral", agreed_on=str(tomorrow))


async def test_an_oral_agreement_counts_from_the_day_it_was_reached_and_its_mediator_writes_it_down(
    world: World,
) -> None:
    walk = await proposed(world)
    reached = await oral(walk)
    await walk.do("xgll.mediator", "record-oral-agreement", read_back=True)
    done = await agreement(walk)
    assert done.effective_at == datetime.combine(reached, time(), SHANGHAI)
    assert (await world.case(walk.case_id)).outcome == "oral"
    assert local_date((await timer(walk, "confirmation")).due_at) == reached + timedelta(days=30)
    (paper,) = await papers(walk, "agreement")
    assert (paper.content["signatures"], paper.content["manner"]) == ([], "oral")


async def test_nobody_signs_or_seals_an_oral_agreement(world: World) -> None:
    walk = await proposed(world)
    await oral(walk)
    with pytest.raises(OralNotSealed):
        await sign(walk, (await table(walk))[0])
    with pytest.raises(OralNotSealed):
        await walk.do("xgll.chair", "seal-agreement", copies=9)


async def test_an_oral_agreement_waits_for_each_partys_free_will_and_for_the_reading(world: World) -> None:
    walk = await proposed(world)
    await oral(walk)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.mediator", "record-oral-agreement")
    assert broken(error) == {("read_back", "required")}
    await ask_alone(walk, (await table(walk))[0], free=False)
    with pytest.raises(FreeWillMissing):
        await walk.do("xgll.mediator", "record-oral-agreement", read_back=True)


async def test_a_written_draft_does_not_take_effect_by_word_of_mouth(world: World) -> None:
    walk = await drafted(world)
    with pytest.raises(NotOral):
        await walk.do("xgll.mediator", "record-oral-agreement", read_back=True)


async def test_numbers_of_one_committee_follow_each_other(world: World) -> None:
    first, second = [int(((await agreement(await sealed(world))).number or "")[-6:-1]) for _ in range(2)]
    assert second == first + 1


async def test_a_sealed_agreement_is_never_drafted_over(world: World) -> None:
    walk = await proposed(world)
    form = await draft_form(walk)
    await walk.do("xgll.handler", "draft-agreement", **form)
    for party in await table(walk):
        await ask_alone(walk, party)
        await sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=4)
    with pytest.raises(MoveRefused):
        await walk.do("xgll.handler", "draft-agreement", **form)
