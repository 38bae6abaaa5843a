"""A party says no, or leaves: one act, no reason, nothing gets worse for anybody (N2). Remedies the same day (5a)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations, timers
from cases.catalogue import Act, Done
from cases.models import Case
from cases.notices import remedy_notice
from cases.parties import Consent, Party
from cases.steps import MEDIATING, State
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

LEFT = N_("您已退出调解")
OTHERS_LEFT = N_("对方不再参加调解，调解终止；您的信访事项和其他权利不受影响")


class WithdrawalForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("退出调解的当事人"), extra={"options": "parties"})]


async def withdraw_consent(session: AsyncSession, subject: Subject, case: Case, form: WithdrawalForm) -> Done:
    """Nobody has to answer for it, a minor's guardian neither: a no is never refused."""
    parties = await parties_of(session, case.id)
    party = next((party for party in parties if party.id == form.party_id), None)
    if party is None or party.status not in STILL_HERE:
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    await leave(session, subject, case, party, "withdrawn", LEFT)
    data = {"party": party.ordinal, "side": party.side}
    if await _side_goes_on(session, case, party.side):
        return Done(data=data, audience="parties")
    await end_mediation(session, subject, case, parties)
    return Done(to=State.GUIDED, data=data, audience="parties")


STILL_HERE = ("active", "pending")
AGREES = exists().where(
    Consent.case_id == Party.case_id,
    Consent.party_id == Party.id,
    Consent.kind == "mediation",
    Consent.given,
    Consent.withdrawn_at.is_(None),
)
"""Of a party: it has said yes to mediation, and not taken it back."""


async def leave(session: AsyncSession, subject: Subject, case: Case, party: Party, status: str, reason: str) -> None:
    """Its consents end, its sight as the other side too, and it gets the notice of remedies."""
    concerned = await _was_told_of_case(session, case, party)
    party.status = status
    given = update(Consent).where(Consent.case_id == case.id, Consent.party_id == party.id, Consent.given)
    await session.flush()
    await session.execute(given.where(Consent.withdrawn_at.is_(None)).values(withdrawn_at=instant(session)))
    await relations.end(session, case, Relation.RESPONDENT, person_id=party.id)
    if concerned:
        await remedy_notice(session, subject, case, party.id, reason)


async def ended_by(session: AsyncSession, subject: Subject, case: Case, side: str) -> State | None:
    """The state to which the case goes when nobody of `side` is left in a running mediation; None = it goes on."""
    if case.state not in MEDIATING or await _side_goes_on(session, case, side):
        return None
    await end_mediation(session, subject, case, await parties_of(session, case.id))
    return State.GUIDED


async def end_mediation(session: AsyncSession, subject: Subject, case: Case, parties: Sequence[Party]) -> None:
    """Who did not leave is told the same day as who did (1a, 5a)."""
    for party in parties:
        if party.status in STILL_HERE and await _was_told_of_case(session, case, party):
            await remedy_notice(session, subject, case, party.id, OTHERS_LEFT)
    case.outcome, case.guided_at = "withdrawn", instant(session)
    await timers.end_of_mediation(session, case)


async def parties_of(session: AsyncSession, case_id: UUID) -> Sequence[Party]:
    query = select(Party).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal)
    return (await session.scalars(query)).all()


async def _side_goes_on(session: AsyncSession, case: Case, side: str) -> bool:
    """Petitioners who have not left, who waits to sit there among them; of the other side those who agreed."""
    await session.flush()
    staying = select(Party.id).where(Party.case_id == case.id, Party.side == side, Party.status.in_(STILL_HERE))
    if side == "respondent":
        staying = staying.where(AGREES)
    return (await session.scalar(staying.limit(1))) is not None


async def _was_told_of_case(session: AsyncSession, case: Case, party: Party) -> bool:
    """A unit that never agreed to mediate has never heard of the case, and does not by its end (N3)."""
    if party.side == "petitioner":
        return True
    return (await session.scalar(select(Party.id).where(Party.id == party.id, AGREES))) is not None


ACTS = (
    Act(
        "withdraw-consent",
        N_("当事人退出调解"),
        Action.CONSENT_WITHDRAW,
        WithdrawalForm,
        withdraw_consent,
        while_frozen=True,  # a party may leave at any step (N2), also while others talk about custody
    ),
)
