"""The end of 协办 before its day: taken back, or with custody; what the receiver of a case keeps, it lends itself."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, relations
from cases.catalogue import Act, Done, Option
from cases.exclusion import is_removed
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets, translate
from foundation.store import instant
from handover.assistance import lend, source_of
from handover.assistance_notice import tell_parties
from handover.lendable import AssistRole
from handover.models import Assistance, AssistEnd
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject

STANDING = text("select assistance_id, name, role, until from assistants_standing(:case)")


class EndForm(Struct, frozen=True, kw_only=True):
    assistance_id: Annotated[UUID, Meta(title=N_("收回哪一项协办"), extra={"options": "standing_assistances"})]
    reason: Annotated[str, Meta(title=N_("收回理由"), min_length=2, max_length=300)]


class NoAssistance(Conflict):
    code = "no_assistance"
    message = N_("本案没有正在进行的协办")


async def end_assistance(session: AsyncSession, subject: Subject, case: Case, form: EndForm) -> Done:
    found = {row.id: row for row in await standing(session, case.id, lock=True)}.get(form.assistance_id)
    if found is None:
        raise invalid("assistance_id", "not_a_choice", N_("请从所列项目中选择"))
    await _end(session, case, found, instant(session), subject.person_id, AssistEnd.REVOKED, form.reason)
    return Done(data={"role": found.role, "until": str(local_date(instant(session)))}, audience="parties")


async def standing(session: AsyncSession, case_id: UUID, *, lock: bool = False) -> Sequence[Assistance]:
    """Not ended, and not run out by the clock; what begins later included. `lock`: who assists may be leaving now."""
    alive = (Assistance.ended_at.is_(None), Assistance.until > instant(session))
    query = select(Assistance).where(Assistance.case_id == case_id, *alive).order_by(Assistance.recorded_at)
    return (await session.scalars(query.with_for_update() if lock else query)).all()


async def assistances_of(session: AsyncSession, case_id: UUID) -> Sequence[Assistance]:
    """All there ever were, oldest first."""
    query = select(Assistance).where(Assistance.case_id == case_id)
    return (await session.scalars(query.order_by(Assistance.recorded_at, Assistance.id))).all()


async def on_custody_moved(session: AsyncSession, subject: Subject, case: Case, moved: hooks.Moved) -> None:
    """It was lent by the office that held the case. A plan for the tree puts another in its place: then it goes on."""
    if moved.source.startswith("tree_plans:"):
        return
    for row in await standing(session, case.id):
        await _end(session, case, row, instant(session), None, AssistEnd.CUSTODY, None)


follows = hooks.Follows(
    Fact("exists (select from assistances where case_id = :case and ended_at is null and until > :now)"),
    on_custody_moved,
)


async def _end(
    session: AsyncSession,
    case: Case,
    row: Assistance,
    at: datetime,
    by: UUID | None,
    cause: AssistEnd,
    reason: str | None,
) -> None:
    row.ended_at, row.ended_by, row.end_cause, row.end_reason = at, by, cause.value, reason
    await session.flush()
    await relations.end(session, case, Relation.ASSISTS, source=source_of(row))


async def keep(session: AsyncSession, subject: Subject, case: Case, wanted: Collection[UUID], field: str) -> None:
    """After the move, by the receiver: the same help, for the rest of its term, from now on lent by the receiver.

    The parties are told anew, for another office lends their data now (个人信息保护法 23). Raises InvalidInput at
    `field` for who may lend nothing (rule 12), and at `field`.0, … for what did not stand, or whom the case may not
    be shown to.
    """
    if not wanted:
        return
    if not may_keep(subject):
        raise invalid(field, "not_allowed", N_("您的岗位不能出借权限，不能让协办继续"))
    ended = {row.id: row for row in await assistances_of(session, case.id) if row.ended_at == instant(session)}
    errors = []
    for index, assistance_id in enumerate(dict.fromkeys(wanted)):
        row = ended.get(assistance_id)
        office = await session.get(Office, row.office_id) if row and row.office_id else None
        if row is None or await _is_not_to(session, case, row, office):
            errors.append(FieldError(f"{field}.{index}", "not_a_choice", N_("请从所列项目中选择")))
        else:
            again = _again(subject, row, instant(session))
            await lend(session, case, again, office)
            if again.role == AssistRole.MEMBER:
                await tell_parties(session, subject, case, again)
    if errors:
        raise InvalidInput(*errors)


def may_keep(subject: Subject) -> bool:
    """Whoever accepts a case does not lend it to others by that alone."""
    return gate.may(subject, Action.ASSIST_LEND, Relation.HOLDS)


async def _is_not_to(session: AsyncSession, case: Case, row: Assistance, office: Office | None) -> bool:
    """The receiver itself assists nobody; and nothing is given to who may not see the case."""
    if office is not None and office.id == case.holder_office_id:
        return True
    tenant = office.tenant_id if office is not None else None
    return await is_removed(session, case.id, tenant_id=tenant, person_id=row.person_id)


def _again(subject: Subject, row: Assistance, now: datetime) -> Assistance:
    return Assistance(
        id=new_id(now),
        case_id=row.case_id,
        person_id=row.person_id,
        office_id=row.office_id,
        role=row.role,
        actions=row.actions,
        purpose=row.purpose,
        since=max(now, row.since or now),
        until=row.until,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


@by_facts(Fact("exists (select from assistances where case_id = :case and ended_at is null and until > :now)"))
def assistance_standing(subject: Subject, case: Case, stands: bool) -> DomainError | None:
    return None if stands else NoAssistance()


async def standing_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """For the holder, and for who is offered the case."""
    rows = (await session.execute(STANDING, {"case": case.id})).all()
    return [
        Option(
            str(row.assistance_id),
            row.name + in_brackets(f"{translate(AssistRole(row.role).label)} {local_date(row.until)}"),
        )
        for row in rows
    ]


async def keepable_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """For who is offered the case and may lend."""
    return await standing_options(session, subject, case) if may_keep(subject) else []


ACTS = (Act("end-assistance", N_("收回协办"), Action.ASSIST_LEND, EndForm, end_assistance, while_frozen=True),)
GUARDS = {"assistance_standing": assistance_standing}
OPTIONS = {"standing_assistances": standing_options, "keepable_assistances": keepable_options}
