"""N3: of a petitioner the other side gets what that petitioner's consent gives, and to whom it gives it; nothing else.

Asked of every table a party's page is made of, behind the gate's back too (row-level security).
"""

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.consent import ConsentMissing, NotToEverybody
from cases.disclosure import disclosed_to
from cases.models import Case
from cases.papers import BOTH_SIDES, Group
from cases.party_reading import PartyView, mandates_of, parties_of
from cases.reading import claims_of, papers_of
from dossiers.print_view import printed
from foundation.errors import InvalidInput
from policies import gate
from policies.actions import Action
from server.catalogue import PAPERS
from tenants.subject import Subject
from tests.cases.build import Walk, accepted, assessed, consented, entrusted
from tests.cases.test_the_other_side import agent
from tests.identity import identity_number
from tests.world import World

DIRECTOR = "xgll.director"
SECOND = {"side": "respondent", "kind": "unit", "unit_kind": "enterprise", "name": "第二家公司"}


async def answer(walk: Walk, *ids: UUID, kind: str = "disclosure", given: bool = True, **form: Any) -> None:
    party_ids = [str(one) for one in ids]
    await walk.do(DIRECTOR, "record-consent", party_ids=party_ids, kind=kind, given=given, **form)


async def seen_by(walk: Walk, party_id: UUID) -> list[PartyView]:
    """The petitioners as the unit sees them."""
    async with walk.world.store.scoped(agent(party_id).scope) as session:
        case: Case = await gate.fetch(session, agent(party_id), Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, agent(party_id), case)
        rows = await parties_of(session, agent(party_id), case.id, may)
    return [row for row in rows if row.side == "petitioner"]


async def whole_database(walk: Walk, party_id: UUID) -> str:
    """All that row-level security lets a query of the unit's own page read, whatever the gate says."""
    found = []
    async with walk.world.store.scoped(agent(party_id).scope) as session:
        for table in ("parties", "claims", "consents", "papers", "events", "mandates", "party_corrections", "notes"):
            rows = await session.execute(text(f"select * from {table} where case_id = :case"), {"case": walk.case_id})
            found += [f"{table} {row}" for row in rows]
    return "\n".join(found)


@pytest.mark.obligation("N3b")
async def test_the_unit_sees_a_name_from_the_petitioners_own_yes_and_not_from_its_own(world: World) -> None:
    walk = await assessed(world, persons=2)
    company = await walk.company()
    first, second = await walk.petitioners()
    await answer(walk, company.id, kind="mediation")
    assert await seen_by(walk, company.id) == []
    assert str(first.id) not in await whole_database(walk, company.id)
    await answer(walk, first.id)
    assert [row.name for row in await seen_by(walk, company.id)] == [first.name]
    assert str(second.id) not in await whole_database(walk, company.id)


@pytest.mark.obligation("N3b", "N3c")
async def test_what_is_taken_back_is_gone_with_the_same_act(world: World) -> None:
    walk = await consented(world, persons=3)
    company, (first, second, _) = await walk.company(), await walk.petitioners()
    assert {row.id for row in await seen_by(walk, company.id)} == {first.id, second.id}
    await answer(walk, first.id, given=False)
    assert {row.id for row in await seen_by(walk, company.id)} == {second.id}
    assert str(first.id) not in await whole_database(walk, company.id)


@pytest.mark.obligation("N3b")
async def test_the_consent_names_what_is_given_and_nothing_more_goes_out(world: World) -> None:
    walk = await consented(world, persons=2)
    company, first = await walk.company(), (await walk.petitioners())[0]
    number = identity_number()
    await walk.do(
        DIRECTOR, "correct-party", party_id=str(first.id), basis="居民身份证", id_number=number, health="伤残"
    )
    (shown,) = await seen_by(walk, company.id)
    assert (shown.id_number, shown.telephone, shown.address, shown.sensitive) == (None, None, None, None)
    await answer(walk, first.id, gives=["name", "claims", "id_number", "contact"])
    (shown,) = await seen_by(walk, company.id)
    assert (shown.id_number, shown.telephone, shown.sensitive) == (number, None, None)
    await answer(walk, first.id, gives=["claims"])
    assert await seen_by(walk, company.id) == []


@pytest.mark.obligation("N3b")
async def test_the_consent_names_who_receives_and_nobody_else_does(world: World) -> None:
    walk = await assessed(world, persons=1)
    company, first = await walk.company(), (await walk.petitioners())[0]
    await walk.do(DIRECTOR, "add-party", **SECOND)
    _, second_unit = await walk._parties("respondent")
    await answer(walk, company.id, second_unit.id, kind="mediation")
    await answer(walk, first.id, kind="mediation")
    await answer(walk, first.id, to_ids=[str(company.id)])
    assert [row.name for row in await seen_by(walk, company.id)] == [first.name]
    assert await seen_by(walk, second_unit.id) == []
    assert str(first.id) not in await whole_database(walk, second_unit.id)
    async with world.as_(DIRECTOR) as (session, _):
        assert await disclosed_to(session, walk.case_id, company.id) == {first.id}
        assert await disclosed_to(session, walk.case_id, second_unit.id) == frozenset()


@pytest.mark.obligation("N3b")
async def test_nobody_sits_at_a_table_with_a_unit_that_may_not_know_of_them(world: World) -> None:
    walk = await assessed(world, persons=1)
    company, first = await walk.company(), (await walk.petitioners())[0]
    await walk.do(DIRECTOR, "add-party", **SECOND)
    _, second_unit = await walk._parties("respondent")
    await answer(walk, first.id, company.id, second_unit.id, kind="mediation")
    accept = {"arrangement": "三十日内办结"}
    with pytest.raises(ConsentMissing):
        await walk.do(DIRECTOR, "accept-case", **accept)
    await answer(walk, first.id, to_ids=[str(company.id)])
    with pytest.raises(NotToEverybody):
        await walk.do(DIRECTOR, "accept-case", **accept)
    await walk.do(DIRECTOR, "withdraw-consent", party_id=str(second_unit.id))
    await walk.do(DIRECTOR, "accept-case", **accept)
    assert (await world.case(walk.case_id)).state == "accepted"


@pytest.mark.obligation("N3b")
async def test_a_unit_registered_later_is_covered_by_no_earlier_consent(world: World) -> None:
    walk = await consented(world, persons=1)
    await walk.do(DIRECTOR, "add-party", **SECOND)
    _, later = await walk._parties("respondent")
    await answer(walk, later.id, kind="mediation")
    assert await seen_by(walk, later.id) == []


@pytest.mark.obligation("N3b", "N3c")
async def test_the_unit_reads_only_claims_that_go_to_mediation(world: World) -> None:
    """What was refused and split off, and what is not assessed yet, is the petitioners' own affair."""
    walk = await consented(world, persons=3)
    company = await walk.company()
    async with world.store.scoped(agent(company.id).scope) as session:
        case: Case = await gate.fetch(session, agent(company.id), Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, agent(company.id), case)
        claims = await claims_of(session, case.id, may)
    assert [claim.ordinal for claim in claims] == [1, 2]


@pytest.mark.obligation("N3b", "N3c")
async def test_a_claim_of_one_who_did_not_consent_stays_with_the_office(world: World) -> None:
    walk = await consented(world, persons=3)
    company, (first, _, declined) = await walk.company(), await walk.petitioners()
    one, other, _refused = await walk.claims()
    for claim, party in ((one, first), (other, declined)):
        await walk.do(DIRECTOR, "attribute-claim", claim_id=str(claim.id), party_ids=[str(party.id)])
    async with world.store.scoped(agent(company.id).scope) as session:
        case: Case = await gate.fetch(session, agent(company.id), Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, agent(company.id), case)
        assert [claim.ordinal for claim in await claims_of(session, case.id, may)] == [1]
    with pytest.raises(InvalidInput) as error:
        await walk.do(DIRECTOR, "attribute-claim", claim_id=str(one.id), party_ids=[str(company.id)])
    assert [(field.field, field.rule) for field in error.value.fields] == [("party_ids.0", "not_a_choice")]


@pytest.mark.obligation("N3c")
async def test_papers_deeds_and_print_views_name_only_those_who_consented(world: World) -> None:
    walk = await entrusted(world, persons=3)
    company, (first, second, declined) = await walk.company(), await walk.petitioners()
    subject = agent(company.id)
    async with world.store.scoped(subject.scope) as session:
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, subject, case)
        papers = await papers_of(session, case.id, may)
        prints = [await printed(session, subject, case, paper, may, "zh") for paper in papers]
    kinds = {paper.kind for paper in papers}
    assert "deed" in kinds and kinds.isdisjoint(NOT_FOR_THE_UNIT)
    out = "\n".join([*(str(paper.content) for paper in papers), *(str(view) for view in prints)])
    assert first.name in out and second.name in out
    assert declined.name not in out and str(declined.id) not in out
    assert str(declined.id) not in await whole_database(walk, company.id)


NOT_FOR_THE_UNIT = {
    *("interview", "acceptance", "assessment", "refusal", "approval", "diversion", "warning", "order_reply"),
    *("dossier_list", "mandate", "completion", "class_change"),
}


@pytest.mark.obligation("N3b")
async def test_no_notice_to_a_petitioner_reaches_the_unit(world: World) -> None:
    walk = await accepted(world, persons=3)
    company, first = await walk.company(), (await walk.petitioners())[0]
    await walk.do(DIRECTOR, "withdraw-consent", party_id=str(first.id))
    async with world.store.scoped(agent(company.id).scope) as session:
        rows = await session.execute(text("select kind, party_id from papers where case_id = :c"), {"c": walk.case_id})
        read = [(kind, party) for kind, party in rows]
    assert read and all(party in (None, company.id) for _, party in read)


@pytest.mark.obligation("N3b", "N4")
async def test_the_unit_learns_of_no_agent_guardian_or_correction_of_a_petitioner(world: World) -> None:
    walk = await consented(world, persons=1)
    company, first = await walk.company(), (await walk.petitioners())[0]
    form: dict[str, Any] = {
        "capacity": "special",
        "name": "周代理",
        "bond": "lawyer",
        "written": True,
        "given_on": "2026-03-01",
    }
    await walk.do(DIRECTOR, "record-mandate", party_id=str(first.id), **form, matters="代为签订协议")
    own = {**form, "name": "钱经理", "bond": "staff"}
    await walk.do(DIRECTOR, "record-mandate", party_id=str(company.id), **own, matters="代为签订协议")
    await walk.do(DIRECTOR, "correct-party", party_id=str(first.id), basis="居民身份证", name="和春声")
    subject = agent(company.id)
    async with world.store.scoped(subject.scope) as session:
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, subject, case)
        assert [one.name for one in await mandates_of(session, subject, case.id, may)] == ["钱经理"]
        corrections = await session.scalar(
            text("select count(*) from party_corrections where case_id = :c"), {"c": case.id}
        )
    assert corrections == 0


@pytest.mark.obligation("N3c", "N4")
async def test_petitioners_of_a_joint_case_see_themselves_and_their_own_agents_alone(world: World) -> None:
    walk = await consented(world, persons=3)
    first, second, _ = await walk.petitioners()
    form: dict[str, Any] = {
        "capacity": "general",
        "name": "周代理",
        "bond": "other",
        "written": True,
        "given_on": "2026-03-01",
    }
    await walk.do(DIRECTOR, "record-mandate", party_id=str(second.id), **form, matters="到场陈述")
    me = Subject(person_id=first.id, role="petitioner", tier="-", tenant_id=None, office_id=None, office_kind=None)
    async with world.store.scoped(me.scope) as session:
        case: Case = await gate.fetch(session, me, Action.CASE_STATUS, walk.case_id)
        may = await gate.permissions(session, me, case)
        (own,) = await parties_of(session, me, case.id, may)
        assert (own.name, own.telephone, own.revealed) == (first.name, "13808870001", True)
        assert await mandates_of(session, me, case.id, may) == []
        papers = (
            await session.scalars(
                text("select count(*) from papers where kind = 'mandate' and case_id = :c"), {"c": case.id}
            )
        ).one()
    assert papers == 0


@pytest.mark.parametrize(
    ("form", "broken"),
    [
        ({"kind": "mediation", "gives": ["name"]}, {"gives": "not_asked"}),
        ({"kind": "extension", "to_ids": ["company"]}, {"to_ids": "not_asked"}),
        ({"kind": "disclosure", "to_ids": ["second"]}, {"to_ids.0": "not_a_choice"}),
    ],
)
async def test_a_question_is_answered_as_it_was_asked(
    world: World, form: dict[str, Any], broken: dict[str, str]
) -> None:
    walk = await assessed(world, persons=2)
    first, second = await walk.petitioners()
    ids = {"company": str((await walk.company()).id), "second": str(second.id)}
    form = {**form, **({"to_ids": [ids[one] for one in form["to_ids"]]} if "to_ids" in form else {})}
    with pytest.raises(InvalidInput) as error:
        await walk.do(DIRECTOR, "record-consent", party_ids=[str(first.id)], given=True, **form)
    assert {one.field: one.rule for one in error.value.fields} == broken


@pytest.mark.obligation("1a")
async def test_papers_for_both_are_the_same_for_both(world: World) -> None:
    """Equal standing: what is final for the petitioner and not about somebody alone, the other side reads too."""
    walk = await entrusted(world, persons=1)
    company, first = await walk.company(), (await walk.petitioners())[0]
    me = Subject(person_id=first.id, role="petitioner", tier="-", tenant_id=None, office_id=None, office_kind=None)
    both = [await shared(walk, subject) for subject in (me, agent(company.id))]
    assert {"rights_notice", "deed"} <= both[0] & both[1]
    assert both[1] <= both[0]


async def shared(walk: Walk, subject: Subject) -> set[str]:
    async with walk.world.store.scoped(subject.scope) as session:
        query = text("select kind from papers where case_id = :c and party_id is null")
        return set(await session.scalars(query, {"c": walk.case_id}))


WITHHELD = {
    *("acceptance", "refusal", "split_notice", "class_notice", "petition_acceptance", "unit_refusal", "remedy_notice"),
    *("warning", "order_reply", "dossier_list", "origin_notice"),
}
"""Final papers that speak of the petitioners, of other disputes of theirs, or of the office."""


@pytest.mark.obligation("N3b", "1a")
def test_of_every_final_paper_it_is_decided_whether_the_other_side_reads_it() -> None:
    """What nobody decided stays withheld in the database; this test asks for the decision."""
    opened = (import_module(f"migrations.versions.{one}").PAPERS for one in ("0029_parties", "0043_tree_plans"))
    allowed = {kind for kinds in opened for kind in kinds}
    final = {code for code, kind in PAPERS.items() if kind.group is Group.FINAL}
    assert allowed == BOTH_SIDES
    assert final == allowed | WITHHELD and not allowed & WITHHELD
