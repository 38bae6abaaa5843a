"""The end of 协办 from the other side: who assists gives back what was lent, whatever the reason, and sees no more.

A person for itself, an expert of a panel too; of an office whoever may return for it what it is offered.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, in_brackets, translate
from foundation.store import instant
from handover.assistance import source_of
from handover.lendable import AssistRole
from handover.models import Assistance, AssistEnd
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class LeaveForm(Struct, frozen=True, kw_only=True):
    assistance_id: Annotated[UUID, Meta(title=N_("退出哪一项协办"), extra={"options": "own_assistances"})]
    reason: Annotated[
        str, Meta(title=N_("退出理由"), description=N_("告知承办单位，不写个人信息"), min_length=2, max_length=300)
    ]


class NotAssisting(Conflict):
    code = "not_assisting"
    message = N_("没有您可以退出的协办；请本单位协办的，由单位负责人退出")


async def leave_assistance(session: AsyncSession, subject: Subject, case: Case, form: LeaveForm) -> Done:
    """The sight ends last, when the event is written. An expert who leaves a panel leaves the others in it.

    Whoever took the assistance back at the same moment has been waited for: then there is nothing left to give back.
    """
    row = next((one for one in await _own(session, subject, case) if one.id == form.assistance_id), None)
    if row is None:
        raise invalid("assistance_id", "not_a_choice", N_("请从所列项目中选择"))
    panel = row.office_id is not None and row.role == AssistRole.PANEL

    async def sight_ends() -> None:
        if not panel:
            await _give_back(session, subject, row, form.reason)
        only = subject.person_id if panel else None
        await relations.end(session, case, Relation.ASSISTS, source=source_of(row), person_id=only)

    data = {"role": row.role, "until": str(local_date(instant(session)))}
    return Done(data=data, audience="parties", also_tenants=(holder_tenant(case),), closing=sight_ends)


async def _give_back(session: AsyncSession, subject: Subject, row: Assistance, reason: str) -> None:
    """After the event, which waits for whoever holds the case: locks come in the order of `end-assistance`, and of the
    two at one moment one finds nothing to end."""
    cause = {"ended_by": subject.person_id, "end_cause": AssistEnd.GIVEN_BACK.value, "end_reason": reason}
    stands = update(Assistance).where(Assistance.id == row.id, Assistance.ended_at.is_(None))
    ended = stands.values(ended_at=instant(session), **cause).returning(Assistance.id)
    if await session.scalar(ended) is None:
        raise NotAssisting


MINE = """from case_relations r where r.case_id = :case and r.relation = 'assists'
    and r.since <= :now and r.until > :now and r.source like 'assistances:%'"""
PERSONAL = Fact(f"exists (select {MINE} and r.person_id = :person)")
OFFICIAL = Fact(f"exists (select {MINE} and r.office_id = :office)")
SOURCES = text(f"select r.source {MINE} and (r.person_id = :person or (:heads and r.office_id = :office))")


def speaks_for_office(subject: Subject) -> bool:
    """Who may return for the office what it was offered."""
    return gate.may(subject, Action.HANDOVER_RETURN, Relation.OFFERED)


async def _own(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Assistance]:
    asked = {
        "case": case.id,
        "now": instant(session),
        "person": subject.person_id,
        "office": subject.office_id,
        "heads": speaks_for_office(subject),
    }
    ids = [UUID(source.partition(":")[2]) for source in await session.scalars(SOURCES, asked)]
    query = select(Assistance).where(Assistance.id.in_(ids), Assistance.ended_at.is_(None))
    return (await session.scalars(query.order_by(Assistance.recorded_at))).all()


@by_facts(PERSONAL, OFFICIAL)
def assisting(subject: Subject, case: Case, personal: bool, official: bool) -> DomainError | None:
    return None if personal or (official and speaks_for_office(subject)) else NotAssisting()


async def own_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(one.id), _label(one)) for one in await _own(session, subject, case)]


def _label(one: Assistance) -> str:
    return one.purpose + in_brackets(f"{translate(AssistRole(one.role).label)} {local_date(one.until)}")


ACTS = (
    Act(
        "leave-assistance",
        N_("退出协办"),
        Action.RECUSAL_DECLARE,
        LeaveForm,
        leave_assistance,
        writes=False,  # help is nobody's duty: it waits for no version and for no end of a handover
    ),
)
GUARDS = {"assisting": assisting}
OPTIONS = {"own_assistances": own_options}
