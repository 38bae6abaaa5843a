"""Shares of approved settlements as a source of payouts: they wait for the return visit, freeze on a complaint about
pressure (N8), and are never paid to an official (六(四)6)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from dossiers.closing import PressureComplaint
from dossiers.closing_facts import UNVISITED
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.store import instant
from funding import bill_raising, ledger, payouts, settlement_money
from funding.ledger import Account, Booking
from funding.payouts import Fate, PaidOut, Payout, Waiting
from funding.positions import Position
from funding.purposes import Ground, Purpose
from funding.refusals import RecipientOfficial
from funding.same_matter import SettledApart
from funding.separation import DutiesNotSeparate, keep_apart
from funding.settlement import HANDS, Settlement, SettlementShare, advance, parts_of
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

PAYABLE = (Position.APPROVED, Position.PAYING)
UNASKED = UNVISITED.sql.replace(":case", "settlement_shares.case_id")
GONE = text("select * from gone_shares()")
PAID = exists(
    select(PaidOut.id).where(
        PaidOut.ground == Ground.SETTLEMENT, PaidOut.ground_id == SettlementShare.id, PaidOut.fate == Fate.PAID
    )
)


OWN = DutiesNotSeparate(part=N_("结算经办人或者领取人"))


class VisitFirst(Conflict):
    code = "visit_first"
    message = N_("回访之后方可支付补助")


class PressureFound(Conflict):
    code = "pressure_found"
    message = N_("反映压力的投诉已查实，须由两位批准人知悉后重新签署，或者退回")


def hindrance(pressed: bool, found: bool, unvisited: int, official: bool, apart: bool) -> DomainError | None:
    """`found`: a complaint about pressure that proved true after a head had signed."""
    if pressed:
        return PressureComplaint()
    if found:
        return PressureFound()
    if official:
        return RecipientOfficial()
    if apart:
        return SettledApart()
    return VisitFirst() if unvisited else None


def _shares(*where: ColumnElement[bool]) -> Select[Any]:
    """Unpaid shares of approved settlements, and what there is to say about each."""
    return (
        select(
            SettlementShare,
            Settlement.tenant_id,
            func.pressure_open(SettlementShare.case_id),
            func.pressure_found(SettlementShare.case_id),
            literal_column(f"({UNASKED})"),
            func.official_at_work(SettlementShare.case_id, SettlementShare.person_id),
            func.settled_apart(SettlementShare.case_id),
        )
        .join(Settlement, Settlement.id == SettlementShare.settlement_id)
        .where(Settlement.status.in_(PAYABLE), SettlementShare.amount_fen > 0, ~PAID, *where)
        .order_by(SettlementShare.recorded_at, SettlementShare.id)
    )


async def _waiting(session: AsyncSession, subject: Subject) -> Sequence[Waiting]:
    """Of the own books: whoever holds the case by now, the tenant pays whose budget bears it."""
    if not gate.may(subject, Action.SUBSIDY_PAY):
        return ()
    mine = or_(false(), *gate.visible(subject, Action.SUBSIDY_PAY))
    seen = _shares(mine, Settlement.tenant_id == subject.tenant_id).join(Case, Case.id == SettlementShare.case_id)
    waits = [_for(row) for row in await session.execute(seen.add_columns(_own_part(subject)))]
    return waits + [_gone(row) for row in await session.execute(GONE)]


def _for(row: Any) -> Waiting:
    """As `_waits`, for this cashier."""
    *told, own = row
    one = _waits(told)
    return Waiting(one.payout, OWN if own else one.hindrance)


def _gone(row: Any) -> Waiting:
    """The same, told by the database, of a case that the cashier does not see."""
    share, person, fen, case, tenant, *hindered, own = row
    payout = Payout(
        ground=Ground.SETTLEMENT, ground_id=share, person_id=person, fen=fen, tenant_id=tenant, case_id=case
    )
    return Waiting(payout, OWN if own else hindrance(*hindered), gone=True)


def _own_part(subject: Subject) -> ColumnElement[bool]:
    """The subject has had a part in the settlement, or receives of it: another cashier pays (31b)."""
    hands = (getattr(Settlement, name) == subject.person_id for name in HANDS if name != "paid_by")
    other = aliased(SettlementShare)
    receives = exists(
        select(other.id).where(other.settlement_id == Settlement.id, other.person_id == subject.person_id)
    )
    return func.coalesce(or_(*hands, receives), false())


async def _find(session: AsyncSession, share_id: UUID) -> Waiting | None:
    row = (await session.execute(_shares(SettlementShare.id == share_id))).one_or_none()
    return None if row is None else _waits(row)


def _waits(row: Any) -> Waiting:
    share, tenant_id, *hindered = row
    return Waiting(_payout(share, tenant_id), hindrance(*hindered))


async def waiting_in(session: AsyncSession, settlement: Settlement) -> list[Waiting]:
    """Of one settlement, in the order of its shares."""
    rows = await session.execute(_shares(SettlementShare.settlement_id == settlement.id))
    return [_waits(row) for row in rows]


async def _book(session: AsyncSession, subject: Subject, payout: Payout, voucher: str) -> UUID:
    """The first share that is paid raises the bills; the last one closes the settlement."""
    settlement, case = await _held(session, payout)
    keep_apart(subject, await parts_of(session, settlement))
    (transaction,) = await ledger.post(session, subject, [_booking(case, payout, voucher)])
    if settlement.status == Position.APPROVED:
        await bill_raising.raise_for(session, subject, case, settlement)
    settlement.paid_by, settlement.paid_at, settlement.voucher_no = subject.person_id, instant(session), voucher
    left = await waiting_in(session, settlement)
    await settlement_money.promise(session, subject, case, settlement, sum(one.payout.fen for one in left))
    _advance(session, case, settlement, Position.PAYING if left else Position.PAID)
    await settlement_money.spend(session, subject, settlement, payout.fen)
    if not left:
        await settlement_money.finish(session, subject, settlement)
    return transaction


async def _unbook(session: AsyncSession, subject: Subject, payout: Payout) -> None:
    settlement, case = await _held(session, payout)
    _advance(session, case, settlement, Position.PAYING)
    left = await waiting_in(session, settlement)
    await settlement_money.promise(session, subject, case, settlement, sum(one.payout.fen for one in left))
    await settlement_money.reopen(session, subject, settlement, payout.fen)


async def _wrongly(session: AsyncSession, payout: Payout) -> int:
    official = await session.scalar(select(func.official_at_work(payout.case_id, payout.person_id)))
    return payout.fen if official else 0


async def _held(session: AsyncSession, payout: Payout) -> tuple[Settlement, Case]:
    """Both locked, so that of two payments of one settlement the later sees the earlier."""
    await session.flush()
    case = await session.get_one(Case, payout.case_id, with_for_update=True)
    share = await session.get_one(SettlementShare, payout.ground_id)
    settlement = await session.get_one(Settlement, share.settlement_id, with_for_update=True)
    return settlement, case


def _advance(session: AsyncSession, case: Case, settlement: Settlement, position: Position) -> None:
    """A batch changes the case too: whoever has its page open reads it again."""
    advance(case, settlement, position)
    case.version += 1
    case.changed_at = instant(session)


def _payout(share: SettlementShare, tenant_id: int) -> Payout:
    return Payout(
        ground=Ground.SETTLEMENT,
        ground_id=share.id,
        person_id=share.person_id,
        fen=share.amount_fen,
        tenant_id=tenant_id,
        case_id=share.case_id,
    )


def _booking(case: Case, payout: Payout, voucher: str) -> Booking:
    return Booking(
        case=case,
        debit=Account.SUBSIDY,
        credit=Account.CASH,
        amount_fen=payout.fen,
        tenant_id=payout.tenant_id,
        purpose=Purpose.SUBSIDY,
        ground=Ground.SETTLEMENT,
        source=f"settlement_shares:{payout.ground_id}",
        person_id=payout.person_id,
        voucher_no=voucher,
    )


SOURCE = payouts.Source(
    ground=Ground.SETTLEMENT, waiting=_waiting, find=_find, book=_book, unbook=_unbook, wrongly=_wrongly
)
