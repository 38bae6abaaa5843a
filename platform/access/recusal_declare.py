"""Declaring an own conflict of interest: at once, without anybody's leave (条例28(3))."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access.recusal import Ground, Manner, Recusal, RecusalState
from access.recusal_leaving import Left, leave, sight_ends
from access.recusal_people import leaders_of
from cases import hooks
from cases.catalogue import Act, Done
from cases.models import Case
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class ConflictForm(Struct, frozen=True, kw_only=True):
    ground: Annotated[Ground, Meta(title=N_("回避事由"))]
    fact: Annotated[
        str,
        Meta(
            title=N_("简要事实"),
            description=N_("申报后立即退出本案：此后以任何岗位都看不到它，不能撤销"),
            min_length=2,
            max_length=300,
            extra={"widget": "textarea"},
        ),
    ]


async def declare_conflict(session: AsyncSession, subject: Subject, case: Case, form: ConflictForm) -> Done:
    """Nobody's version can be in the way; the case gets another only where this changes it.

    Whoever was just giving the person a seat has been waited for, so that it is left too.
    """
    if await _changes_case(session, subject, case):
        case.version += 1
        case.changed_at = instant(session)
    recusal = _declared(session, subject, case, form)
    left = await leave(session, subject, case, subject.person_id)
    session.add(recusal)

    async def closing() -> None:
        await sight_ends(session, case, recusal, left)

    return Done(data=_facts(form, left), also_tenants=left.up.tenants, closing=closing)


def _facts(form: ConflictForm, left: Left) -> dict[str, object]:
    return {"ground": form.ground.value, **left.facts}


async def _changes_case(session: AsyncSession, subject: Subject, case: Case) -> bool:
    """Who sits on the team, leads the case, or is to answer an offer."""
    seated = {one.person_id for one in await hooks.serving(session, case)}
    leading = {one.person_id for one in await leaders_of(session, case)}
    return subject.person_id in seated | leading or case.offer_id is not None


def _declared(session: AsyncSession, subject: Subject, case: Case, form: ConflictForm) -> Recusal:
    now = instant(session)
    return Recusal(
        id=new_id(now),
        case_id=case.id,
        person_id=subject.person_id,
        manner=Manner.DECLARED.value,
        ground=form.ground.value,
        fact=form.fact,
        party_id=None,
        state=RecusalState.DECLARED.value,
        suspends=False,
        decide_by=None,
        recorded_at=now,
        recorded_by=subject.person_id,
        decided_at=now,
        decided_by=subject.person_id,
        reason=None,
    )


ACTS = (
    Act(
        "declare-conflict",
        N_("申报利害关系并回避"),
        Action.RECUSAL_DECLARE,
        ConflictForm,
        declare_conflict,
        locks=True,
        writes=False,  # it waits for nobody: not for a version, not for the end of a handover
    ),
)
