"""leave-mediation: a petitioner leaves on its own page, by one act, without a reason (N2, 人民调解法 23(3)).

What the workroom does on a party's word is `withdraw-consent` (cases.leaving); this is the party itself, alone.
"""

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.leaving import LEFT, OTHERS_LEFT, STILL_HERE, leave
from cases.models import Case
from cases.notices import remedy_notice
from cases.parties import Party
from cases.steps import State
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

STATUS = Fact("select status from parties where case_id = :case and id = :person")
OTHERS = text("select party_id, same_side from others_taking_part(:case, :party)")


class NotTakingPart(Conflict):
    code = "not_taking_part"
    message = N_("您没有参加调解，或者已经退出")


class LeavingForm(Struct, frozen=True, kw_only=True):
    """Nothing is asked: one act, no reason."""


async def leave_mediation(session: AsyncSession, subject: Subject, case: Case, form: LeavingForm) -> Done:
    """Who has no session of its own names no version of the case."""
    party = await session.get_one(Party, subject.person_id)
    await leave(session, subject, case, party, "withdrawn", LEFT)
    case.version, case.changed_at = case.version + 1, instant(session)
    data = {"party": party.ordinal, "side": party.side}
    others = (await session.execute(OTHERS, {"case": case.id, "party": party.id})).all()
    if any(same_side for _, same_side in others):
        return Done(data=data, audience="parties")
    for party_id, _ in others:
        await remedy_notice(session, subject, case, party_id, OTHERS_LEFT)
    case.outcome, case.guided_at = "withdrawn", instant(session)
    await timers.end_of_mediation(session, case)
    return Done(to=State.GUIDED, data=data, audience="parties")


@by_facts(STATUS)
def taking_part(subject: Subject, case: Case, status: str | None) -> DomainError | None:
    return None if status in STILL_HERE else NotTakingPart()


ACTS = (
    Act(
        "leave-mediation",
        N_("退出调解"),
        Action.CONSENT_WITHDRAW,
        LeavingForm,
        leave_mediation,
        writes=False,
        locks=True,
    ),
)
GUARDS = {"taking_part": taking_part}
