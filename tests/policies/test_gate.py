"""The gate on single cases: what it lets pass, what it hides, what it says when asked why."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.models import Case
from foundation.errors import Forbidden, NotFound
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from tests.conftest import NOON
from tests.policies.database import asking, inhabited
from tests.policies.rows import ANNA, lonely
from tests.policies.test_row_security import CASE, STRANGER, party, record, relate, staff

DIRECTOR = staff(301)


@pytest.fixture
async def held(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """The session, with one case of county 301 in the database."""
    async with inhabited(session, lonely(CASE)):
        yield session


async def fetched(session: AsyncSession, subject: Subject, action: Action, *, lock: bool = False) -> Case:
    async with asking(session, subject):
        case: Case = await gate.fetch(session, subject, action, CASE.id, lock=lock)
        return case


async def refusal(session: AsyncSession, subject: Subject, action: Action, *, lock: bool = False) -> type[Exception]:
    """The named error; what was asked is rolled back."""
    with pytest.raises((NotFound, Forbidden)) as found:
        async with session.begin_nested():
            await fetched(session, subject, action, lock=lock)
    return found.type


async def test_the_holder_works_and_a_sister_county_does_not_learn_that_the_case_exists(held: AsyncSession) -> None:
    assert (await fetched(held, DIRECTOR, Action.CASE_ACCEPT, lock=True)).id == CASE.id
    assert await refusal(held, staff(300), Action.CASE_ACCEPT, lock=True) is NotFound
    assert await refusal(held, staff(300), Action.CASE_STATUS) is NotFound


async def test_an_unknown_case_and_an_invisible_one_are_refused_alike(held: AsyncSession) -> None:
    with pytest.raises(NotFound):
        async with held.begin_nested(), asking(held, DIRECTOR):
            await gate.fetch(held, DIRECTOR, Action.CASE_READ, UUID(int=1))


async def test_an_overseer_reads_and_is_forbidden_to_write(held: AsyncSession) -> None:
    supervisor = staff(3, "supervisor_f")
    assert await fetched(held, supervisor, Action.CASE_READ)
    assert await refusal(held, supervisor, Action.CASE_ACCEPT, lock=True) is Forbidden
    assert await refusal(held, supervisor, Action.CASE_READ_IDENTITY) is Forbidden
    assert await refusal(held, supervisor, Action.CASE_READ_STATEMENT) is Forbidden


async def test_a_role_whose_rules_name_another_tier_sees_nothing(held: AsyncSession) -> None:
    assert await refusal(held, staff(1, "supervisor_f"), Action.CASE_STATUS) is NotFound


async def test_an_open_order_gives_the_facts_for_its_term_only(held: AsyncSession) -> None:
    supervisor = staff(3, "supervisor_f")
    term = structs.replace(record(Relation.SUPERVISES, tenant_id=3), until=NOON + timedelta(hours=1))
    await relate(held, term)
    assert await fetched(held, supervisor, Action.CASE_READ_STATEMENT)
    held.info["instant"] = NOON + timedelta(hours=1)
    assert await refusal(held, supervisor, Action.CASE_READ_STATEMENT) is Forbidden
    held.info["instant"] = NOON


async def test_a_team_member_acts_in_the_part_that_the_team_gives(held: AsyncSession) -> None:
    outsider = staff(30, "supervisor_f")
    await relate(held, record(Relation.TEAM, person=STRANGER, role="lawyer"))
    assert await fetched(held, outsider, Action.ANALYSIS_WRITE, lock=True)
    assert await refusal(held, outsider, Action.CASE_READ_CONTACT) is Forbidden
    assert await refusal(held, outsider, Action.AGREEMENT_SIGN) is Forbidden


async def test_an_excluded_director_is_told_that_there_is_no_such_case(held: AsyncSession) -> None:
    case = await held.get_one(Case, CASE.id)
    async with asking(held, DIRECTOR):
        await relations.grant(held, case, Relation.EXCLUDED, person_id=STRANGER, source="recusals:1")
    assert await refusal(held, DIRECTOR, Action.CASE_STATUS) is NotFound


async def test_an_offer_to_one_desk_is_not_an_offer_to_its_neighbour(held: AsyncSession) -> None:
    case, receiver = await held.get_one(Case, CASE.id), staff(300)
    async with asking(held, DIRECTOR):
        await relations.grant(
            held, case, Relation.OFFERED, tenant_id=300, office_id=receiver.office_id, source="offers:1"
        )
    assert await fetched(held, receiver, Action.HANDOVER_ACCEPT, lock=True)
    assert await refusal(held, receiver, Action.CASE_READ) is Forbidden
    neighbour = structs.replace(receiver, office_id=3001)
    assert await refusal(held, neighbour, Action.HANDOVER_PREVIEW) is NotFound


async def test_who_returns_an_offer_writes_the_return_and_then_sees_nothing(held: AsyncSession) -> None:
    receiver = staff(300)
    await relate(held, record(Relation.OFFERED, tenant_id=300))
    async with asking(held, receiver):
        case = await gate.fetch(held, receiver, Action.HANDOVER_RETURN, CASE.id, lock=True)
        case.version += 1
        await held.flush()
        await relations.end(held, case, Relation.OFFERED, tenant_id=300)
    assert await held.scalar(select(Case.version)) == 2
    assert await refusal(held, receiver, Action.HANDOVER_PREVIEW) is NotFound


async def test_records_end_by_what_is_named_and_no_further(held: AsyncSession) -> None:
    case = await held.get_one(Case, CASE.id)
    async with asking(held, DIRECTOR):
        for role in ("team_leader", "mediator"):
            await relations.grant(held, case, Relation.TEAM, person_id=STRANGER, role=role, source=f"members:{role}")
        await relations.end(held, case, Relation.TEAM, person_id=STRANGER, source="members:mediator")
        assert [row.role for row in await relations.in_force(held, case.id)] == ["team_leader"]


async def test_a_petitioner_acts_on_the_own_page(held: AsyncSession) -> None:
    await relate(held, record(Relation.SELF, person=ANNA))
    assert await fetched(held, party(ANNA), Action.CONSENT_WITHDRAW, lock=True)
    assert await refusal(held, party(ANNA), Action.CASE_READ) is Forbidden


async def test_an_administrator_has_no_list_at_all(held: AsyncSession) -> None:
    with pytest.raises(Forbidden):
        gate.visible(staff(1, "sysadmin"))
    assert await refusal(held, staff(1, "sysadmin"), Action.TENANT_MANAGE) is NotFound


def test_without_a_case_the_post_alone_decides(session: AsyncSession) -> None:
    assert gate.may(staff(1, "sysadmin"), Action.TENANT_MANAGE, Relation.NONE)
    assert gate.may(staff(301, "intake"), Action.CASE_REGISTER)
    assert not gate.may(DIRECTOR, Action.TENANT_MANAGE)
    with pytest.raises(Forbidden):
        gate.require_role(staff(301, "intake"), Action.CASE_REGISTER, Relation.HOLDS)


async def test_explain_names_rule_relation_and_term_in_two_languages(held: AsyncSession) -> None:
    until = NOON + timedelta(hours=1)
    await relate(held, structs.replace(record(Relation.SUPERVISES, tenant_id=3), until=until))
    case, supervisor = await held.get_one(Case, CASE.id), staff(3, "supervisor_f")
    async with asking(held, supervisor):
        why = await gate.explain(held, supervisor, Action.CASE_READ_STATEMENT, case)
        why_not = await gate.explain(held, supervisor, Action.CASE_ACCEPT, case)
    assert (why.allowed, why.rule, why.relation, why.until) == (True, "40", Relation.SUPERVISES, until)
    assert why.zh.startswith("督办期间可看案情")
    assert why.en.startswith("While an order is open")
    assert (why_not.allowed, why_not.rule) == (False, None)
    assert "下级承办" in why_not.zh
    assert "督办期限内" in why_not.zh


async def test_explain_tells_a_stranger_of_no_relation(held: AsyncSession) -> None:
    case = await held.get_one(Case, CASE.id)
    async with asking(held, staff(300)):
        why = await gate.explain(held, staff(300), Action.CASE_READ, case)
    assert not why.allowed
    assert why.relation is None
    assert "没有任何关系" in why.zh


async def test_the_right_to_declare_an_interest_is_no_way_in(held: AsyncSession) -> None:
    """Everybody of the holder's office has it (60b): who has nothing else does not learn that the case exists."""
    case, colleague = await held.get_one(Case, CASE.id), staff(301, "lawyer")
    async with asking(held, colleague):
        assert (await gate.permissions(held, colleague, case)).actions == {Action.RECUSAL_DECLARE}
        with pytest.raises(NotFound):
            await gate.require(held, colleague, Action.RECUSAL_DECLARE, case)
        with pytest.raises(NotFound):
            await gate.require(held, colleague, Action.CASE_READ, case)
