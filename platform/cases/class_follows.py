"""The class follows a leader of the province (六(四)1: 省级领导包案): proposed by the charge, confirmed by the holder.

A charge is proof of a class and no right over it (N9): it makes the same proposal that anybody's facts make, and a
second person of the holder decides it. When the charge ends before the dispute is settled, the class that stood before
is proposed in the same way; what was fixed at 受理 from the number of persons stays the floor (obligation 42).
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.acceptance import ACCEPTANCE
from cases.class_change import PROPOSAL, ClassProposalPending
from cases.class_effect import effect_of, worded
from cases.class_facts import ClassFact, FactRow, facts_from
from cases.class_history import ClassFinding, found, proposed
from cases.classes import CaseClass, ClassFacts, Classified, classify
from cases.issue import issue
from cases.models import Case
from cases.papers import Paper
from cases.steps import AFTER_ASSESSMENT, State
from foundation.language import N_
from foundation.store import instant
from tenants.subject import Subject

TAKEN = N_("省级领导包案，以批示文号为依据")
LEFT = N_("省级领导包案已结束，按其余情形和受理时的人数认定")


async def taken(session: AsyncSession, subject: Subject, case: Case, order: str) -> bool:
    """A leader of the province is in charge, by this order: whether a change of the class waits now.

    Before 受理 nothing: the class is computed there. Raises ClassProposalPending while another change waits.
    """
    if case.case_class in (None, CaseClass.PROVINCIAL) or State(case.state) not in AFTER_ASSESSMENT:
        return False
    await _propose(session, subject, case, classify(ClassFacts(persons=_persons(case), provincial_order=order)), TAKEN)
    return True


async def left(session: AsyncSession, subject: Subject, case: Case) -> bool:
    """The charge is over and the dispute is not: what it had proposed lapses, what it had made is proposed back."""
    waiting = await proposed(session, case.id)
    if waiting is not None and waiting.to_class == CaseClass.PROVINCIAL:
        waiting.confirmed, waiting.decided_at, waiting.decided_by = False, instant(session), subject.person_id
        return False
    if case.case_class != CaseClass.PROVINCIAL or State(case.state) not in AFTER_ASSESSMENT:
        return False
    await _propose(session, subject, case, await _without(session, case), LEFT)
    return True


async def _propose(session: AsyncSession, subject: Subject, case: Case, classified: Classified, why: str) -> None:
    if await proposed(session, case.id) is not None:
        raise ClassProposalPending
    effect = worded(await effect_of(session, case, classified.case_class))
    found(session, subject, case, classified, first=False)
    content = {"to_class": classified.case_class.label, "facts": [], "reason": why, "effect": effect}
    await issue(session, subject, case, PROPOSAL, content)


async def _without(session: AsyncSession, case: Case) -> Classified:
    """The last confirmed class that did not rest on such a charge; else what 受理 proved beside it."""
    query = select(ClassFinding).where(
        ClassFinding.case_id == case.id,
        ClassFinding.confirmed.is_(True),
        ClassFinding.to_class != CaseClass.PROVINCIAL.value,
    )
    before = await session.scalar(query.order_by(ClassFinding.recorded_at.desc(), ClassFinding.id.desc()).limit(1))
    if before is not None:
        return Classified(CaseClass(before.to_class), before.clause)
    return classify(facts_from(await _other_facts(session, case.id), _persons(case)))


async def _other_facts(session: AsyncSession, case_id: UUID) -> list[FactRow]:
    """Those of the acceptance paper, without the charge."""
    query = select(Paper).where(Paper.case_id == case_id, Paper.kind == ACCEPTANCE.code)
    paper = await session.scalar(query.order_by(Paper.issued_at.desc()).limit(1))
    rows = [] if paper is None else paper.content.get("facts", [])
    stated = [FactRow(fact=ClassFact(row["fact"]), proof=row["proof"]) for row in rows]
    return [row for row in stated if row.fact is not ClassFact.PROVINCIAL]


def _persons(case: Case) -> int:
    return case.persons_at_acceptance if case.persons_at_acceptance is not None else case.person_count
