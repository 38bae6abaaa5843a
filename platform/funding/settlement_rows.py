"""Writing a proposed settlement: its decision, its own row, the shares and the charges."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.timeline import holder_tenant
from foundation.ids import new_id
from foundation.store import instant
from funding import decisions
from funding.answers import Decision
from funding.charging import Charge
from funding.facts import Facts
from funding.positions import Position
from funding.proposal_form import ProposalForm
from funding.scoring import Scores, split
from funding.settlement import Settlement, SettlementCharge, SettlementShare
from tenants.subject import Subject


class Origin(Struct, frozen=True, kw_only=True):
    """Who claims, from which year's budget, and in the place of which settlement."""

    proposed_by: UUID
    year: int
    previous_id: UUID | None


async def store(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    form: ProposalForm,
    facts: Facts,
    decision: Decision,
    total: int,
    origin: Origin,
) -> Settlement:
    now = instant(session)
    settlement_id = new_id(now)
    answer = await decisions.record(session, subject, case, decisions.About.SETTLEMENT, settlement_id, facts, decision)
    settlement = Settlement(
        id=settlement_id,
        case_id=case.id,
        status=Position.PROPOSED.value,
        decision_id=answer.id,
        case_class=case.case_class,
        class_clause=case.class_clause,
        scores=_points(form),
        asked_fen=form.asked_fen,
        amount_fen=total,
        year=origin.year,
        tenant_id=books_of(case, decision),
        previous_id=origin.previous_id,
        proposed_by=origin.proposed_by,
        recorded_at=now,
    )
    session.add(settlement)
    await session.flush()
    return settlement


def books_of(case: Case, decision: Decision) -> int:
    """The paying budget's; a township has no fund (六(四)7): its county keeps the books."""
    if decision.budget_tenant is not None:
        return decision.budget_tenant
    return case.county_id if case.township_id and case.county_id else holder_tenant(case)


def _points(form: Scores) -> dict[str, int]:
    return {name: getattr(form, name) for name in Scores.__struct_fields__} | {"points": form.points}


def add_shares(session: AsyncSession, settlement: Settlement, form: ProposalForm, total: int) -> None:
    parts = split(total, [row.percent for row in form.shares])
    for row, fen in zip(form.shares, parts, strict=True):
        session.add(
            SettlementShare(
                id=new_id(settlement.recorded_at),
                case_id=settlement.case_id,
                settlement_id=settlement.id,
                person_id=row.person_id,
                percent=row.percent,
                amount_fen=fen,
                recorded_at=settlement.recorded_at,
            )
        )


def add_charges(session: AsyncSession, settlement: Settlement, charges: list[Charge]) -> None:
    for ordinal, charge in enumerate(charges, 1):
        session.add(
            SettlementCharge(
                id=new_id(settlement.recorded_at),
                case_id=settlement.case_id,
                settlement_id=settlement.id,
                ordinal=ordinal,
                payer=charge.decision.payer.value,
                bearer=charge.decision.bearer.value,
                name=charge.name,
                amount_fen=charge.amount_fen,
                line=charge.decision.row,
                clause=charge.decision.clause,
                arrears=charge.decision.arrears,
                flag_province=charge.decision.flag_province,
                budget_tenant_id=charge.decision.budget_tenant,
                recorded_at=settlement.recorded_at,
            )
        )
