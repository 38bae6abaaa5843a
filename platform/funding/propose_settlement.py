"""The team proposes the settlement: facts from the case and findings, payer by the table, amount by scores."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.timeline import holder_tenant
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import decisions
from funding.answers import Decision, Payer
from funding.facts import Facts
from funding.findings import in_force
from funding.gathering import share_facts, subsidy_facts
from funding.payer import decide
from funding.positions import Position
from funding.recipients import check_recipients, refuse_officials
from funding.refusals import decided, payable
from funding.scoring import Scores, amount, explain, split
from funding.settlement import Settlement, SettlementCharge, SettlementShare, advance
from funding.travel import decide_trips
from funding.words import Recipient
from policies.actions import Action
from tenants.subject import Subject


class RecipientRow(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("领取人"), extra={"options": "subsidy_recipients"})]
    percent: Annotated[int, Meta(title=N_("份额（百分之）"), ge=1, le=100)]


class ProposalForm(Scores, frozen=True, kw_only=True):
    reason: Annotated[
        str,
        Meta(
            title=N_("评分和金额的理由"),
            description=N_("不写姓名、证件号、电话、住址"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]
    settled_elsewhere: Annotated[
        bool, Meta(title=N_("同一纠纷另有立案"), description=N_("同一纠纷拆成数案的，并案后只结算一次"))
    ] = False
    shares: Annotated[
        list[RecipientRow],
        Meta(
            title=N_("领取人和份额"),
            description=N_("合计百分之百；公职人员和工作室主任不得领取"),
            min_length=1,
            max_length=20,
        ),
    ]


PROPOSAL = PaperKind("settlement_proposal", N_("办案成本补助结算申请"), Group.MONEY, form=ProposalForm)


class Charge(Struct, frozen=True):
    """One payer's part of the amount."""

    decision: Decision
    name: str | None
    amount_fen: int


async def propose_settlement(session: AsyncSession, subject: Subject, case: Case, form: ProposalForm) -> Done:
    """Facts or rules that are missing come back by name; the trips that were approved are decided with it."""
    if sum(row.percent for row in form.shares) != 100:
        raise invalid("shares", "not_whole", N_("各份额合计须为百分之百"))
    people = [row.person_id for row in form.shares]
    await check_recipients(session, case, people)
    await refuse_officials(session, case, people)
    facts = await subsidy_facts(session, case, Recipient.ELIGIBLE, split=form.settled_elsewhere)
    decision = _scored(payable(decide(facts)), form)
    total = amount(decision.minimum_fen, decision.maximum_fen, form)
    charges = await _charges(session, case, facts, decision, total)
    settlement = await _store(session, subject, case, form, facts, decision, total)
    _add_shares(session, settlement, form, total)
    _add_charges(session, settlement, charges)
    trips = await decide_trips(session, subject, case)
    await issue(session, subject, case, PROPOSAL, _content(form, settlement, decision, charges))
    advance(case, settlement, Position.PROPOSED)
    data = {"amount_fen": total, "payer": decision.payer.value, "row": decision.row, "trips": len(trips)}
    return Done(data=data)


def _scored(decision: Decision, scores: Scores) -> Decision:
    line = explain(decision.row, decision.minimum_fen, decision.maximum_fen, scores)
    return msgspec.structs.replace(decision, trace=(*decision.trace, line))


async def _charges(session: AsyncSession, case: Case, facts: Facts, decision: Decision, total: int) -> list[Charge]:
    """One payer, or each of several by the share on record, decided again by itself (A10)."""
    finding = (await in_force(session, case.id)).producer
    if decision.payer is not Payer.SHARES or finding is None:
        name = finding.form.unit_name if finding and decision.payer is Payer.PRODUCER else None
        return [Charge(decision, name, total)]
    shares = finding.form.shares
    charges = []
    for share, fen in zip(shares, split(total, [share.percent for share in shares]), strict=True):
        own = decided(decide(msgspec.structs.replace(facts, **share_facts(facts, share))))
        charges.append(Charge(own, share.name if own.payer is Payer.PRODUCER else None, fen))
    return charges


async def _store(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    form: ProposalForm,
    facts: Facts,
    decision: Decision,
    total: int,
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
        amount_fen=total,
        tenant_id=decision.budget_tenant or _books(case),
        proposed_by=subject.person_id,
        recorded_at=now,
    )
    session.add(settlement)
    await session.flush()
    return settlement


def _books(case: Case) -> int:
    """A township has no fund (六(四)7): its county keeps the books."""
    return case.county_id if case.township_id and case.county_id else holder_tenant(case)


def _add_shares(session: AsyncSession, settlement: Settlement, form: ProposalForm, total: int) -> None:
    parts = split(total, [row.percent for row in form.shares])
    for row, fen in zip(form.shares, parts, strict=True):
        session.add(
            SettlementShare(
                id=new_id(settlement.recorded_at),
                case_id=settlement.case_id,
                settlement_id=settlement.id,
                person_id=row.person_id,
                amount_fen=fen,
                recorded_at=settlement.recorded_at,
            )
        )


def _add_charges(session: AsyncSession, settlement: Settlement, charges: list[Charge]) -> None:
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


def _points(form: Scores) -> dict[str, int]:
    return {name: getattr(form, name) for name in Scores.__struct_fields__} | {"points": form.points}


def _content(form: ProposalForm, settlement: Settlement, decision: Decision, charges: list[Charge]) -> dict[str, Any]:
    """The form with what the table made of it."""
    plain: dict[str, Any] = msgspec.to_builtins(form)
    return plain | {
        "amount_fen": settlement.amount_fen,
        "row": decision.row,
        "clause": decision.clause,
        "charges": [{"payer": c.decision.payer.value, "name": c.name, "amount_fen": c.amount_fen} for c in charges],
    }


ACTS = (
    Act(
        "propose-settlement",
        N_("提出经费结算"),
        Action.SUBSIDY_PROPOSE,
        ProposalForm,
        propose_settlement,
        step=8,
    ),
)
PAPERS = (PROPOSAL,)
