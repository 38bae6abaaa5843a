"""Making a settlement out of a claim: facts from the case and findings, payer by the table, amount by scores.

Proposing does it, a review that scores otherwise does it again, and so does an appeal that restores the first scores.
"""

from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from dossiers import reads as dossiers
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from funding import same_matter
from funding.answers import Decision
from funding.budget_lines import BudgetLine
from funding.charging import Charge, charges_for
from funding.gathering import subsidy_facts
from funding.payer import decide
from funding.positions import Position
from funding.proposal_form import ProposalForm, RecipientRow
from funding.purposes import Purpose
from funding.refusals import NothingPayable, payable
from funding.rulebook import rulebook
from funding.scoring import Forms, Scores, amount, check_procedure, explain
from funding.settlement import Settlement, shares_of
from funding.settlement_rows import Origin, add_charges, add_shares, books_of, store
from funding.trace import yuan
from funding.words import Earlier, Recipient
from tenants.subject import Subject


class Made(Struct, frozen=True):
    settlement: Settlement
    decision: Decision
    charges: list[Charge]


async def make(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    form: ProposalForm,
    *,
    proposed_by: UUID,
    replaces: Settlement | None = None,
) -> Made:
    """Facts or rules that are missing come back by name. `replaces`: the settlement in whose place it comes."""
    facts = await subsidy_facts(session, case, Recipient.ELIGIBLE, split=form.settled_elsewhere)
    elsewhere = await same_matter.settled_before(session, case)
    if before := await paid_before(session, case.id) + elsewhere.fen:
        facts = msgspec.structs.replace(facts, earlier=Earlier.DISCRETIONARY, paid_before_fen=before)
    if elsewhere.earlier is Earlier.FULL:
        facts = msgspec.structs.replace(facts, earlier=Earlier.FULL)
    forms = Forms(*await dossiers.standard_forms(session, case))
    check_procedure(form, forms)
    decision = payable(decide(facts, await rulebook(session)))
    total = _taken(decision, form, clipped=replaces is not None and replaces.paid_at is None)
    year = await _year(session, books_of(case, decision), form)
    lines = explain(decision.row, decision.minimum_fen, decision.maximum_fen, form, forms, total)
    decision = msgspec.structs.replace(decision, trace=(*decision.trace, *lines))
    charges = await charges_for(session, case, facts, decision, total)
    if replaces is not None and replaces.status != Position.RETURNED:
        replaces.status = Position.REPLACED.value
        await session.flush()
    origin = Origin(proposed_by=proposed_by, year=year, previous_id=replaces.id if replaces else None)
    settlement = await store(session, subject, case, form, facts, decision, total, origin)
    add_shares(session, settlement, form, total)
    add_charges(session, settlement, charges)
    await session.flush()
    return Made(settlement, decision, charges)


async def claim_of(session: AsyncSession, settlement: Settlement, scores: Scores, reason: str) -> ProposalForm:
    """What was claimed, with these scores: for making it anew. What was asked stands unless the scores give less."""
    shares = await shares_of(session, settlement.id)
    percents = percents_of([share.amount_fen for share in shares], [share.percent for share in shares])
    return ProposalForm(
        **{name: getattr(scores, name) for name in Scores.__struct_fields__},
        reason=reason,
        asked_fen=settlement.asked_fen,
        year=settlement.year,
        shares=[
            RecipientRow(person_id=share.person_id, percent=percent)
            for share, percent in zip(shares, percents, strict=True)
        ],
    )


def scores_of(settlement: Settlement) -> Scores:
    return Scores(**{name: settlement.scores[name] for name in Scores.__struct_fields__})


def percents_of(parts: list[int], recorded: list[int | None]) -> list[int]:
    """As recorded; of a settlement older than the record, from the amounts, the last taking the rest."""
    known = [percent for percent in recorded if percent is not None]
    if len(known) == len(recorded):
        return known
    first = [part * 100 // sum(parts) for part in parts[:-1]]
    return [*first, 100 - sum(first)]


async def paid_before(session: AsyncSession, case_id: UUID) -> int:
    """In fen: what was settled and paid for this case at an earlier end of it, by discretion (A20)."""
    query = select(func.sum(Settlement.amount_fen)).where(
        Settlement.case_id == case_id, Settlement.status.in_((Position.PAID, Position.REPLACED)),
        Settlement.paid_at.is_not(None),
    )  # fmt: skip
    return int(await session.scalar(query) or 0)


def _taken(decision: Decision, form: ProposalForm, *, clipped: bool) -> int:
    """Never over the ceiling, nor over what the scores give; raises InvalidInput at the field. `clipped`: what was
    asked once is cut to what other scores give."""
    scored, asked = amount(decision.minimum_fen, decision.maximum_fen, form), form.asked_fen
    if asked is not None and clipped:
        asked = min(asked, scored)
    if asked is not None and asked > decision.maximum_fen:
        raise invalid("asked_fen", "over_ceiling", N_("超过上限 %(most)s 元"), most=yuan(decision.maximum_fen))
    if asked is not None and asked > scored:
        raise invalid("asked_fen", "over_scores", N_("超过按评分取定的 %(most)s 元"), most=yuan(scored))
    if asked is not None and asked < decision.minimum_fen:
        raise invalid("asked_fen", "under_floor", N_("低于下限 %(least)s 元"), least=yuan(decision.minimum_fen))
    if not scored:
        raise NothingPayable(row=decision.row)
    return asked or scored


async def _year(session: AsyncSession, tenant_id: int, form: ProposalForm) -> int:
    """Whose budget bears it: this year's unless an earlier one is named that is not closed yet."""
    present = local_date(instant(session)).year
    year = form.year or present
    if year > present:
        raise invalid("year", "in_future", N_("列支年度不能晚于本年"))
    query = select(BudgetLine.closed_at).where(
        BudgetLine.tenant_id == tenant_id, BudgetLine.year == year, BudgetLine.purpose == Purpose.SUBSIDY
    )
    line = (await session.execute(query)).one_or_none()
    if (line is None and year < present) or (line is not None and line[0] is not None):
        raise invalid("year", "year_closed", N_("%(year)s 年度已经关账，不能再列支"), year=year)
    return year
