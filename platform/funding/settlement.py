"""The one settlement of a case (一案一结): its amount, who receives it, who is charged, and who has signed so far."""

from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Guard
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.model import Base
from funding.appeals import AppealOpen
from funding.positions import Position
from funding.refusals import AlreadySettled
from funding.travel_requests import TripStatus, trips_in
from tenants.subject import Subject

HANDS = ("proposed_by", "reviewed_by", "justice_by", "petition_by", "paid_by")
"""Through which a settlement goes: all different persons (31b), held by the database too."""
GONE = (Position.RETURNED, Position.REPLACED)
STANDS = "status not in ('returned', 'replaced')"


class Settlement(Base):
    """A returned one stays as history; beside it a case has at most one, held by the database."""

    __tablename__ = "settlements"
    __table_args__ = (
        Index("uq_settlements_case", "case_id", unique=True, postgresql_where=text(STANDS)),
        Index("ix_settlements_case", "case_id"),
        Index("ix_settlements_year", "tenant_id", "year", "recorded_at"),
        Index("ix_settlements_unpaid", "tenant_id", postgresql_where=text(f"{STANDS} and status <> 'paid'")),
        CheckConstraint(" and ".join(f"{one} <> {other}" for one, other in combinations(HANDS, 2)), "separate"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    status: Mapped[str] = mapped_column(comment="codes of funding.positions from proposed on")
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("payer_decisions.id"))
    case_class: Mapped[str]
    class_clause: Mapped[str | None]
    scores: Mapped[dict[str, Any]] = mapped_column(comment="points by ground, and `points` their sum")
    asked_fen: Mapped[int | None] = mapped_column(BigInteger, comment="null: as the scores give")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int | None] = mapped_column(SmallInteger, comment="whose budget bears it; null = of old")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books; a township has none")
    previous_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("settlements.id"), comment="the settlement that this one replaces"
    )
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    reviewed_at: Mapped[datetime | None]
    justice_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    justice_at: Mapped[datetime | None]
    petition_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    petition_at: Mapped[datetime | None]
    returned_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    paid_at: Mapped[datetime | None]
    voucher_no: Mapped[str | None]
    recorded_at: Mapped[datetime]


class SettlementShare(Base):
    """What one person receives."""

    __tablename__ = "settlement_shares"
    __table_args__ = (
        UniqueConstraint("settlement_id", "person_id"),
        Index("ix_settlement_shares_case", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    percent: Mapped[int | None] = mapped_column(SmallInteger, comment="null = of old")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime]


class SettlementCharge(Base):
    """What one payer is charged; `name` is a unit's, never a person's."""

    __tablename__ = "settlement_charges"
    __table_args__ = (
        UniqueConstraint("settlement_id", "ordinal"),
        Index("ix_settlement_charges_case", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    payer: Mapped[str]
    bearer: Mapped[str]
    name: Mapped[str | None]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str]
    clause: Mapped[str]
    arrears: Mapped[bool]
    flag_province: Mapped[bool]
    budget_tenant_id: Mapped[int | None]
    recorded_at: Mapped[datetime]


UNDER_APPROVAL = (Position.REVIEWED, Position.APPROVED_JUSTICE, Position.APPROVED_PETITION)


class NoSettlement(Conflict):
    code = "no_settlement"
    message = N_("本案没有处于这一环节的结算")


class BooksElsewhere(Conflict):
    code = "books_elsewhere"
    message = N_("这笔结算由批准时的承办单位列支，由该单位的出纳支付")


async def live(session: AsyncSession, case_id: UUID) -> Settlement | None:
    """The settlement that stands; one that was returned, or that a later one replaces, does not."""
    query = select(Settlement).where(Settlement.case_id == case_id, text(STANDS))
    return (await session.scalars(query)).one_or_none()


async def newest(session: AsyncSession, case_id: UUID) -> Settlement | None:
    """The last that was made, whatever became of it."""
    query = select(Settlement).where(Settlement.case_id == case_id).order_by(Settlement.recorded_at.desc())
    return (await session.scalars(query.limit(1))).one_or_none()


async def first_claim(session: AsyncSession, settlement: Settlement) -> Settlement:
    """What the team itself had proposed: others' scores and restored ones each made a settlement that replaced it."""
    while settlement.previous_id is not None:
        previous = await session.get_one(Settlement, settlement.previous_id)
        if previous.paid_at is not None:
            break
        settlement = previous
    return settlement


async def live_in(session: AsyncSession, case: Case, *positions: Position) -> Settlement:
    """The settlement, when it stands at one of these positions; else NoSettlement."""
    settlement = await live(session, case.id)
    if settlement is None or settlement.status not in positions:
        raise NoSettlement
    return settlement


def advance(case: Case, settlement: Settlement, position: Position) -> None:
    settlement.status = case.funding_position = position.value


async def shares_of(session: AsyncSession, settlement_id: UUID) -> list[SettlementShare]:
    query = select(SettlementShare).where(SettlementShare.settlement_id == settlement_id)
    return list(await session.scalars(query.order_by(SettlementShare.id)))


async def charges_of(session: AsyncSession, settlement_id: UUID) -> list[SettlementCharge]:
    query = select(SettlementCharge).where(SettlementCharge.settlement_id == settlement_id)
    return list(await session.scalars(query.order_by(SettlementCharge.ordinal)))


async def recipients_of(session: AsyncSession, settlement: Settlement) -> list[UUID]:
    """Everyone whom this payment reaches: by a share, or by a trip."""
    shares = [share.person_id for share in await shares_of(session, settlement.id)]
    trips = [trip.person_id for trip in await trips_in(session, settlement.case_id, TripStatus.APPROVED)]
    return list(dict.fromkeys([*shares, *trips]))


async def parts_of(session: AsyncSession, settlement: Settlement) -> dict[UUID | None, str]:
    """Who has had which part in this money so far."""
    parts: dict[UUID | None, str] = {}
    for person in await recipients_of(session, settlement):
        parts[person] = N_("领取人")
    return parts | {
        settlement.proposed_by: N_("结算提出人"),
        settlement.reviewed_by: N_("结算审核人"),
        settlement.justice_by: N_("结算批准人"),
        settlement.petition_by: N_("结算批准人"),
    }


STATUS = Fact(f"(select status from settlements where case_id = :case and {STANDS})")
"""Of the settlement that stands, if there is one."""


DISCRETIONARY = Fact(
    "exists (select from settlements s join payer_decisions d on d.id = s.decision_id where s.case_id = :case"
    " and s.status = 'paid' and jsonb_exists_any(d.default_used, array['A13', 'A14', 'A15']))"
)
"""What was paid was the discretionary cost of a case that had ended otherwise."""
APPEALED = Fact("exists (select from settlement_appeals where case_id = :case and outcome is null)")
AGREED = ("agreed", "oral", "struck_off")


@by_facts(STATUS, DISCRETIONARY, APPEALED)
def not_settled(
    subject: Subject, case: Case, status: str | None, discretionary: bool, appealed: bool
) -> DomainError | None:
    """一案一结; after a discretionary cost, a case that was agreed later is paid the difference (A20)."""
    if status is not None and not (discretionary and case.outcome in AGREED):
        return AlreadySettled()
    return AppealOpen() if appealed else None


LEFT_TO_OFFICIALS = Fact(
    "(select coalesce(bool_and(official_at_work(h.case_id, h.person_id)), false) from settlements s"
    " join settlement_shares h on h.settlement_id = s.id and h.amount_fen > 0 where s.case_id = :case"
    " and s.status = 'paying' and not exists (select from payouts p where p.ground = 'settlement'"
    " and p.ground_id = h.id and p.fate = 'paid'))"
)
"""Some shares are paid, and all that are left are of people who turned out to be officials: these are never paid."""


PRESSED = Fact("pressure_found(:case)")
"""A complaint about pressure proved true after a head had signed what is not wholly paid."""


@by_facts(STATUS, LEFT_TO_OFFICIALS, PRESSED)
def settlement_unpaid(
    subject: Subject, case: Case, status: str | None, left: bool, pressed: bool
) -> DomainError | None:
    """What both heads may still sign or return; of one that is partly paid, what nobody may pay."""
    return None if left or pressed or status in (*UNDER_APPROVAL, Position.APPROVED) else NoSettlement()


def standing_at(*positions: Position) -> Guard:
    """Met while the settlement stands at one of the positions; what does not wait for anyone is not offered."""

    @by_facts(STATUS)
    def guard(subject: Subject, case: Case, status: str | None) -> DomainError | None:
        return None if status in positions else NoSettlement()

    return guard


BOOKS = Fact(f"(select tenant_id from settlements where case_id = :case and {STANDS})")
"""Whose budget and books bear the settlement that stands."""


@by_facts(STATUS, BOOKS)
def settlement_approved(subject: Subject, case: Case, status: str | None, books: int | None) -> DomainError | None:
    """Paid by the cashier of those books; a case that has gone on does not take the payment along."""
    if status not in (Position.APPROVED, Position.PAYING):
        return NoSettlement()
    return None if books == subject.tenant_id else BooksElsewhere()


GUARDS = {
    "not_settled": not_settled,
    "settlement_proposed": standing_at(Position.PROPOSED),
    "settlement_unpaid": settlement_unpaid,
    "settlement_approved": settlement_approved,
}
