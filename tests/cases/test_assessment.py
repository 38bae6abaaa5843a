"""报备审批, 评析, 意愿, 受理: what a director may and may not do on the way into mediation."""

from datetime import date

import pytest
from sqlalchemy import select

from cases.approval import SamePerson
from cases.assessment import ClaimsPending
from cases.consent import ConsentMissing
from cases.editions import MoveRefused
from cases.models import Case
from cases.papers import Paper
from cases.petitioner import enter
from cases.reading import papers_of
from foundation.errors import Forbidden, InvalidInput, NotFound, VersionStale
from policies import gate
from policies.actions import Action
from tests.cases.build import accepted, assessed, assessing, consented, registered
from tests.world import World


async def test_the_registrar_never_approves_the_own_registration(world: World) -> None:
    walk = await registered(world, persons=2)
    with pytest.raises(Forbidden):
        await walk.do("jiantang.clerk", "approve-registration", answer="approve")


async def test_a_director_who_registered_is_refused_as_the_same_person(world: World) -> None:
    from tests.people import registration

    done = await world.register("xgll.intake", **await registration(world, persons=1))
    subject = await world.subject("xgll.intake")
    director = await world.subject("xgll.director")
    both = type(subject)(
        **{**{f: getattr(director, f) for f in director.__struct_fields__}, "person_id": subject.person_id}
    )
    with pytest.raises(SamePerson):
        await world.do_as(both, done.case.id, "approve-registration", answer="approve")


async def test_approval_can_set_back_for_completion_with_a_reason_but_never_refuse(world: World) -> None:
    walk = await registered(world, persons=1)
    with pytest.raises(InvalidInput):
        await walk.do("jiantang.head", "approve-registration", answer="set_back")
    await walk.do("jiantang.head", "approve-registration", answer="set_back", reason="补充租地协议")
    assert (await world.case(walk.case_id)).state == "set_back"
    await walk.do("jiantang.clerk", "complete-registration", supplement="租地协议复印件一份")
    assert (await world.case(walk.case_id)).state == "registered"


async def test_a_claim_about_expropriation_can_not_go_to_mediation(world: World) -> None:
    walk = await assessing(world, persons=2)
    third = (await walk.claims())[2]
    with pytest.raises(InvalidInput) as refused:
        await walk.do(
            "xgll.director",
            "assess-claim",
            claim_id=str(third.id),
            decision="suitable",
            land_matter="compensation_standard",
        )
    assert [(error.field, error.rule) for error in refused.value.fields] == [("decision", "unfit")]


async def test_a_refused_claim_names_its_ground_basis_and_channel(world: World) -> None:
    walk = await assessing(world, persons=2)
    third = (await walk.claims())[2]
    with pytest.raises(InvalidInput) as refused:
        form = {"claim_id": str(third.id), "decision": "refused", "land_matter": "compensation_standard"}
        await walk.do("xgll.director", "assess-claim", **form)
    assert refused.value.fields[0].field == "ground"


async def test_the_split_keeps_both_numbers_and_the_person_gets_the_remedy_notice(world: World) -> None:
    walk = await assessed(world, persons=3)
    third = (await walk.claims())[2]
    async with world.owner() as session:
        sibling = await session.get_one(Case, third.split_case_id)
        papers = await session.scalars(select(Paper).where(Paper.case_id == sibling.id, Paper.party_id.is_not(None)))
        notice = papers.one()
    assert sibling.parent_case_id == walk.case_id
    assert sibling.registration_no != (await world.case(walk.case_id)).registration_no
    assert sibling.state == "refused"
    assert notice.kind == "remedy_notice"
    assert notice.content["channels"][0]["last_day"] == str(date(2026, 4, 20))
    assert any("12348" in helper for helper in notice.content["free_helpers"])


async def test_without_the_company_s_consent_nothing_is_accepted(world: World) -> None:
    walk = await assessed(world, persons=2)
    people = [str(party.id) for party in await walk.petitioners()]
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=people, kind=kind, given=True)
    with pytest.raises(ConsentMissing):
        await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")


async def test_one_who_declines_gets_the_remedies_the_same_day_and_the_others_go_on(world: World) -> None:
    walk = await consented(world, persons=12)
    people = await walk.petitioners()
    async with world.owner() as session:
        query = select(Paper).where(Paper.case_id == walk.case_id, Paper.party_id == people[-1].id)
        notices = (await session.scalars(query)).all()
    assert [party.status for party in people].count("active") == 11
    assert sorted(notice.kind for notice in notices) == ["remedy_notice", "split_notice"]


async def test_twelve_persons_at_acceptance_make_the_class_and_a_withdrawal_changes_nothing(world: World) -> None:
    walk = await accepted(world, persons=12)
    case = await world.case(walk.case_id)
    assert (case.state, case.case_class, case.persons_at_acceptance) == ("accepted", "mass", 12)
    assert case.class_clause == "六(四)1：10人以上的群众性信访案件"
    first = (await walk.petitioners())[0]
    await walk.do("xgll.director", "withdraw-consent", party_id=str(first.id))
    case = await world.case(walk.case_id)
    assert (case.case_class, case.persons_at_acceptance, case.state) == ("mass", 12, "accepted")


async def test_when_a_whole_side_withdraws_mediation_ends(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do("xgll.director", "withdraw-consent", party_id=str((await walk.petitioners())[0].id))
    case = await world.case(walk.case_id)
    assert (case.state, case.outcome, case.due_at) == ("guided", "withdrawn", None)


async def test_a_move_that_the_table_refuses_is_named(world: World) -> None:
    walk = await assessing(world, persons=1)
    with pytest.raises(MoveRefused) as refused:
        await walk.do("xgll.director", "propose-entrustment", scope="两项诉求")
    assert "评析中" in refused.value.text("zh")


async def test_a_stale_version_is_refused(world: World) -> None:
    walk = await registered(world, persons=1)
    subject = await world.subject("jiantang.head")
    from cases.acts import perform
    from cases.approval import Answer, ApprovalForm

    with pytest.raises(VersionStale):
        async with world.store.scoped(subject.scope) as session:
            form = ApprovalForm(answer=Answer.APPROVE)
            await perform(session, subject, world.catalogue, walk.case_id, "approve-registration", form, 99)


async def test_a_sibling_county_finds_nothing(world: World) -> None:
    walk = await assessing(world, persons=1)
    for stranger in ("deqin.director", "weixi.director"):
        with pytest.raises(NotFound):
            await walk.do(stranger, "write-note", text="看看")


async def test_the_receipts_code_opens_what_was_split_off_under_its_own_number(world: World) -> None:
    walk = await assessed(world, persons=2)
    sibling = await world.case((await walk.claims())[2].split_case_id or walk.case_id)
    receipts = {receipt.ordinal: receipt.code for receipt in walk.receipts}
    case_id, subject = await enter(world.store, sibling.registration_no, receipts[2])
    assert case_id == sibling.id != walk.case_id
    async with world.store.scoped(subject.scope) as session:
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
        may = await gate.permissions(session, subject, case)
        kinds = {paper.kind for paper in await papers_of(session, sibling.id, may)}
        assert kinds == {"refusal", "remedy_notice", "warning"}
    with pytest.raises(NotFound):
        await enter(world.store, sibling.registration_no, receipts[1])


@pytest.mark.obligation("22", "11")
async def test_nothing_is_accepted_while_a_claim_waits_for_its_assessment(world: World) -> None:
    walk = await assessing(world, persons=1)
    (person,), company = await walk.petitioners(), await walk.company()
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=[str(person.id)], kind=kind, given=True)
    await walk.do("xgll.director", "record-consent", party_ids=[str(company.id)], kind="mediation", given=True)
    with pytest.raises(ClaimsPending):
        await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    assert (await world.case(walk.case_id)).state == "assessing"
