"""One settlement as its case's page and the API show it: scores, payer, shares, charges, signatures, appeals."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from funding import payouts
from funding.answers import Bearer, Payer
from funding.appeals import Appeal, AppealGround, AppealOutcome, appeals_of
from funding.decisions import PayerDecision
from funding.payer_view import PayerView, payer_view
from funding.positions import Position
from funding.scoring import GROUNDS
from funding.settlement import Settlement, SettlementCharge, charges_of, first_claim, shares_of
from tenants import names


class ShareView(Struct, frozen=True):
    name: str
    amount_fen: int
    percent: int | None = None
    paid_at: datetime | None = None


class ChargeView(Struct, frozen=True):
    payer: str
    bearer: str
    name: str | None
    amount_fen: int
    line: str
    clause: str
    arrears: bool


class SignatureView(Struct, frozen=True):
    part: str
    name: str
    at: datetime


class GroundView(Struct, frozen=True):
    """`title` is a msgid; `claimed`: as the team proposed it, where another has scored otherwise since."""

    title: str
    points: int
    claimed: int | None = None


class AppealView(Struct, frozen=True):
    """`ground` and `outcome` are msgids."""

    ground: str
    reason: str
    by: str
    at: datetime
    outcome: str | None
    answer: str | None
    answered_by: str | None


class SettlementView(Struct, frozen=True):
    position: str
    case_class: str
    class_clause: str | None
    amount_fen: int
    scores: dict[str, int]
    payer: PayerView
    shares: list[ShareView]
    charges: list[ChargeView]
    signatures: list[SignatureView]
    voucher_no: str | None
    year: int | None = None
    appeals: list[AppealView] = []
    grounds: list[GroundView] = []
    claimed_fen: int | None = None
    """As the team proposed it, where the amount is another by now."""


async def settlement_view(session: AsyncSession, settlement: Settlement) -> SettlementView:
    decision = await session.get_one(PayerDecision, settlement.decision_id)
    first = await first_claim(session, settlement)
    shares = await shares_of(session, settlement.id)
    paid = await payouts.paid_at(session, [share.id for share in shares])
    appeals = await appeals_of(session, settlement.case_id)
    signed = [who for _, who, _ in _signed(settlement, first)]
    told = [who for one in appeals for who in (one.appealed_by, one.answered_by)]
    known = await names.people(session, [*(share.person_id for share in shares), *signed, *told])
    return SettlementView(
        position=Position(settlement.status).label,
        case_class=settlement.case_class,
        class_clause=settlement.class_clause,
        amount_fen=settlement.amount_fen,
        scores=settlement.scores,
        payer=await payer_view(session, decision),
        shares=[
            ShareView(known[share.person_id], share.amount_fen, share.percent, paid.get(share.id)) for share in shares
        ],
        charges=[_charge(charge) for charge in await charges_of(session, settlement.id)],
        signatures=[SignatureView(part, known[who], at) for part, who, at in _signed(settlement, first)],
        voucher_no=settlement.voucher_no,
        year=settlement.year,
        appeals=[_appeal(one, known) for one in appeals],
        grounds=_grounds(settlement.scores, first.scores),
        claimed_fen=first.amount_fen if first.amount_fen != settlement.amount_fen else None,
    )


def _grounds(scores: Mapping[str, int], claimed: Mapping[str, int]) -> list[GroundView]:
    """None of a settlement older than the grounds."""
    return [
        GroundView(title, scores[name], claimed[name] if claimed.get(name) != scores[name] else None)
        for name, title in GROUNDS.items()
        if name in scores
    ]


def _appeal(appeal: Appeal, known: Mapping[UUID, str]) -> AppealView:
    return AppealView(
        ground=AppealGround(appeal.ground).label,
        reason=appeal.reason,
        by=known[appeal.appealed_by],
        at=appeal.recorded_at,
        outcome=AppealOutcome(appeal.outcome).label if appeal.outcome else None,
        answer=appeal.answer,
        answered_by=known[appeal.answered_by] if appeal.answered_by else None,
    )


def _signed(settlement: Settlement, first: Settlement) -> list[tuple[str, UUID, datetime]]:
    """Who has acted so far, in order: (msgid of the step, person, when)."""
    signed = (
        (Position.PROPOSED, settlement.proposed_by, first.recorded_at),
        (Position.REVIEWED, settlement.reviewed_by, settlement.reviewed_at),
        (Position.APPROVED_JUSTICE, settlement.justice_by, settlement.justice_at),
        (Position.APPROVED_PETITION, settlement.petition_by, settlement.petition_at),
        (Position.PAID, settlement.paid_by, settlement.paid_at),
    )
    return [(position.label, who, at) for position, who, at in signed if who is not None and at is not None]


def _charge(charge: SettlementCharge) -> ChargeView:
    return ChargeView(
        payer=Payer(charge.payer).label,
        bearer=Bearer(charge.bearer).label,
        name=charge.name,
        amount_fen=charge.amount_fen,
        line=charge.line,
        clause=charge.clause,
        arrears=charge.arrears,
    )
