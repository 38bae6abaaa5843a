"""N3: what the company may know of the petitioners, and that an accusation never reaches it."""

from uuid import UUID

import pytest

from cases.models import Case
from cases.reading import claims_of, papers_of, parties_of
from foundation.errors import NotFound
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tests.cases.build import Walk, assessed, consented
from tests.world import World


def agent(party_id: UUID) -> Subject:
    """The company's agent on the company's own page."""
    return Subject(person_id=party_id, role="unit_agent", tier="-", tenant_id=None, office_id=None, office_kind=None)


async def seen(walk: Walk, subject: Subject) -> tuple[list[str], list[str | None], int, set[str]]:
    """Names, telephones, number of claims, kinds of papers."""
    async with walk.world.store.scoped(subject.scope) as session:
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, subject, case)
        people = [p for p in await parties_of(session, subject, case.id, may) if p.side == "petitioner"]
        claims = await claims_of(session, case.id, may)
        papers = await papers_of(session, case.id, may)
    return [p.name for p in people], [p.telephone for p in people], len(claims), {p.kind for p in papers}


async def test_before_its_consent_the_company_finds_nothing(world: World) -> None:
    walk = await assessed(world, persons=3)
    with pytest.raises(NotFound):
        await seen(walk, agent((await walk.company()).id))


async def test_after_its_consent_it_sees_those_who_consented_by_name_and_no_telephone(world: World) -> None:
    walk = await consented(world, persons=12)
    names, telephones, claims, _papers = await seen(walk, agent((await walk.company()).id))
    assert len(names) == 11
    assert "和丽华" not in names
    assert set(telephones) == {None}
    assert claims >= 2


async def test_an_accusation_is_diverted_kept_as_a_receipt_and_never_visible_to_the_company(world: World) -> None:
    walk = await consented(world, persons=3)
    await walk.do(
        "xgll.director",
        "divert-accusation",
        organ="香格里拉市纪委监委",
        handed_on="2026-03-02",
        receipt_no="转〔2026〕7号",
    )
    *_rest, papers = await seen(walk, agent((await walk.company()).id))
    assert "diversion" not in papers
    async with world.as_("xgll.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        kept = await papers_of(session, case.id, await gate.permissions(session, subject, case))
    (receipt,) = [paper for paper in kept if paper.kind == "diversion"]
    assert set(receipt.content) == {"organ", "handed_on", "receipt_no"}
    await walk.do("xgll.director", "accept-case", arrangement="其余诉求继续办理")
    assert (await world.case(walk.case_id)).state == "accepted"


async def test_a_company_that_withdraws_loses_its_sight_at_once(world: World) -> None:
    walk = await consented(world, persons=3)
    company = await walk.company()
    await walk.do("xgll.director", "withdraw-consent", party_id=str(company.id))
    world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        await seen(walk, agent(company.id))


async def test_a_company_that_takes_its_yes_back_loses_its_sight_at_once(world: World) -> None:
    walk = await consented(world, persons=3)
    company = await walk.company()
    await walk.do("xgll.director", "record-consent", party_ids=[str(company.id)], kind="mediation", given=False)
    world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        await seen(walk, agent(company.id))
