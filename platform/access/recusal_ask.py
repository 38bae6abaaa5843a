"""A party asks that somebody leave the case: on its own page, or by word to the workroom (人民调解法22, 23)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from access import recusal_people as people
from access.recusal import Ground, Manner, Recusal, RecusalState
from cases import timers
from cases.catalogue import Act, Done
from cases.consent import parties_of
from cases.models import Case
from cases.timers import end_of_day
from foundation.errors import Conflict, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

DECIDE_DAYS = timers.TERMS["recusal"].length
EARLIER = text("select state, party_id from recusals_about(:case, :person)")
NOT_A_CHOICE = N_("请从所列人员中选择")


class AskForm(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("请其回避的人员"), extra={"options": "recusal_people"})]
    ground: Annotated[Ground, Meta(title=N_("回避事由"))]
    fact: Annotated[str, Meta(title=N_("说明"), min_length=2, max_length=500, extra={"widget": "textarea"})]


class RecordForm(AskForm, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("提出申请的当事人"), extra={"options": "parties"})]


class AlreadyAsked(Conflict):
    code = "recusal_pending"
    message = N_("对此人的回避申请正在办理，作出决定后再看")


class AlreadyDecided(Conflict):
    code = "recusal_decided"
    message = N_("对您就此人提出的回避申请已有决定；不服的，可以向上一级投诉，也可以随时退出调解")


async def ask_recusal(session: AsyncSession, subject: Subject, case: Case, form: AskForm) -> Done:
    """A term begins with it, so the case's row changes, and who has no session names no version of it."""
    done = await _ask(session, subject, case, form, subject.person_id, Manner.PAGE)
    case.version, case.changed_at = case.version + 1, instant(session)
    return done


async def record_recusal(session: AsyncSession, subject: Subject, case: Case, form: RecordForm) -> Done:
    if form.party_id not in {party.id for party in await parties_of(session, case.id)}:
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    return await _ask(session, subject, case, form, form.party_id, Manner.ORAL)


async def _ask(
    session: AsyncSession, subject: Subject, case: Case, form: AskForm, party_id: UUID, manner: Manner
) -> Done:
    """The person stands aside until the decision, unless about them it has been decided before (民事诉讼法48, 50)."""
    if form.person_id not in {one.person_id for one in await people.parts_of(session, case)}:
        raise invalid("person_id", "not_a_choice", NOT_A_CHOICE)
    earlier = await _earlier(session, case, form.person_id)
    if RecusalState.OPEN.value in (state for state, _ in earlier):
        raise AlreadyAsked
    if (RecusalState.REFUSED.value, party_id) in earlier:
        raise AlreadyDecided
    now = instant(session)
    request = Recusal(
        id=new_id(now),
        case_id=case.id,
        person_id=form.person_id,
        manner=manner.value,
        ground=form.ground.value,
        fact=form.fact,
        party_id=party_id,
        state=RecusalState.OPEN.value,
        suspends=not any(state == RecusalState.REFUSED.value for state, _ in earlier),
        decide_by=end_of_day(now, DECIDE_DAYS),
        recorded_at=now,
        recorded_by=subject.person_id,
        decided_at=None,
        decided_by=None,
        reason=None,
    )
    session.add(request)
    await timers.start(session, case, "recusal")
    return Done(data={"ground": form.ground.value, "manner": manner.value})


async def _earlier(session: AsyncSession, case: Case, person_id: UUID) -> list[tuple[str, UUID | None]]:
    """(state, party) of earlier requests about the person, whoever asked."""
    rows = await session.execute(EARLIER, {"case": case.id, "person": person_id})
    return [(state, party) for state, party in rows]


ACTS = (
    Act("ask-recusal", N_("申请回避"), Action.RECUSAL_ASK, AskForm, ask_recusal, writes=False, locks=True),
    Act(
        "record-recusal",
        N_("记录当事人的回避申请"),
        Action.CONSENT_RECORD,
        RecordForm,
        record_recusal,
        while_frozen=True,  # also who is asked about may take it down: it is the party's right
    ),
)
