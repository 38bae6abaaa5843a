"""N3: what the company may know of the petitioners, and that an accusation never reaches it."""

from uuid import UUID

import pytest

from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.petitioner import petitioner
from cases.reading import claims_of, papers_of, parties_of
from cases.timeline import of_case
from foundation.errors import NotFound
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tests.cases.build import Walk, accepted, assessed, consented
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
    assert set(receipt.content) == {"organ", "handed_on", "receipt_no", "accused_unit", "own_organ"}
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


async def test_the_company_reads_no_warning_no_order_and_no_list_of_the_dossier(world: World) -> None:
    walk = await consented(world, persons=3)
    company = agent((await walk.company()).id)
    before = (await seen(walk, company))[3]
    for kind in ("warning", "order_reply", "dossier_list", "closing_report"):
        await issued(walk, kind)
    assert (await seen(walk, company))[3] == before | {"closing_report"}


async def test_who_declined_reads_no_agreement_of_the_others(world: World) -> None:
    walk = await consented(world, persons=3)
    await issued(walk, "agreement")
    first, *_rest, declined = [petitioner(party.id) for party in await walk.petitioners()]
    assert "agreement" in (await seen(walk, first))[3]
    assert "agreement" not in (await seen(walk, declined))[3]


async def test_the_petitioner_reads_the_warning_and_not_the_reply_to_an_order(world: World) -> None:
    walk = await consented(world, persons=3)
    for kind in ("warning", "order_reply"):
        await issued(walk, kind)
    papers = (await seen(walk, petitioner((await walk.petitioners())[0].id)))[3]
    assert "warning" in papers
    assert "order_reply" not in papers


async def test_the_company_learns_of_no_warning_and_of_no_look_at_a_petitioner(world: World) -> None:
    walk = await accepted(world, persons=3)
    first = (await walk.petitioners())[0]
    await walk.do("xgll.director", "reveal-party", party_id=str(first.id), purpose="contact")
    office = await world.office("jiantang.head")
    help_needed = "请提供调解场地和藏语翻译"
    await walk.do(
        "xgll.director", "issue-warning", receiver_office_id=office, help_needed=help_needed, ends_on="2026-03-20"
    )
    untold = {"issue-warning", "reveal-party"}
    assert untold <= await told(walk, petitioner(first.id))
    company = await told(walk, agent((await walk.company()).id))
    assert not (untold | {"record-consent", "register", "split-claim"}) & company


async def told(walk: Walk, subject: Subject) -> set[str]:
    """The acts that stand on a party's own timeline."""
    async with walk.world.store.scoped(subject.scope) as session:
        case = await session.get_one(Case, walk.case_id)
        may = await gate.permissions(session, subject, case)
        return {event.act for event in await of_case(session, walk.case_id, may)}


async def issued(walk: Walk, kind: str) -> None:
    """A final paper of this kind, to no party of its own."""
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await issue(session, await walk.world.subject("xgll.director"), case, PaperKind(kind, kind, Group.FINAL), {})
