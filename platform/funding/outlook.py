"""Who would pay the subsidy of a case that is not settled yet: the same table, by what is known so far."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.language import N_
from funding.answers import Answer
from funding.decisions import About, Cause, renew
from funding.facts import Facts
from funding.gathering import subsidy_facts
from funding.payer import decide
from funding.rulebook import rulebook
from funding.settlement import live
from funding.trace import TraceLine
from funding.words import Outcome, Recipient
from tenants.subject import Subject

ASSUMED = N_("本案尚未办结：按达成书面调解协议判断，办结后以实际结果为准")


async def decide_again(session: AsyncSession, subject: Subject, case: Case, cause: Cause) -> None:
    """Nothing once a settlement stands: what was decided for it is decided."""
    if await live(session, case.id) is None:
        facts, answer = await answer_for(session, case)
        await renew(session, subject, case, About.OUTLOOK, case.id, facts, answer, cause)


async def answer_for(session: AsyncSession, case: Case) -> tuple[Facts, Answer]:
    """Of an open case the hoped-for end is assumed, and the trace says so."""
    facts = await subsidy_facts(session, case, Recipient.ELIGIBLE, split=False)
    ended = facts.outcome is not None
    asked = facts if ended else msgspec.structs.replace(facts, outcome=Outcome.AGREED)
    answer = decide(asked, await rulebook(session))
    if ended:
        return facts, answer
    told = (TraceLine("A", ASSUMED), *answer.trace)
    return facts, msgspec.structs.replace(answer, trace=told)
