"""Random hands on the money of two cases: one open, that goes from the city up to the province, and one settled.

A plain model counts what moved: cash in and out, what is promised, what is owed. Whatever the hands do, the books must
agree with it, account by account; a refusal changes nothing.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Coroutine
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy import select

from foundation.clock import local_date
from foundation.errors import Conflict, DomainError
from foundation.ids import new_id
from foundation.store import instant
from funding import payouts
from funding.bills import Bill, BillStep
from funding.ledger import LedgerEntry
from funding.payouts import PaidOut, Payout
from funding.recoveries import Recovery, RepaidForm, enter_for, repaid
from funding.travel_requests import Trip
from tenants.models import OfficialStatus
from tests.dossiers.build import Built
from tests.world import World

Row = TypeVar("Row")
CASHIER, REVIEWER = "xgll.cashier", "xgll.reviewer"
NEXT = {"xgll": "diqing", "diqing": "yunnan"}
"""Nobody gets a case back whom it has left."""


class NothingToDo(Conflict):
    """There is none of what the hand reaches for."""

    code = "nothing_to_do"


class Play(Struct):
    """One example under way. Sums in fen, over all books; `promises`: of each trip that is promised."""

    world: World
    open_case: Built
    settled: Built
    holder: str = "xgll"
    cash: int = 0
    promised: int = 0
    owed: int = 0
    promises: dict[UUID, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    async def step(self, what: str, seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - nothing secret, told again by its seed
        self.world.clock.advance(seconds=1)
        before = await self.books()
        try:
            await getattr(self, what)(chance)
            self.counts[what] += 1
        except DomainError as refused:
            assert before == await self.books(), f"{what} was refused by {refused.code} and changed the books"
            self.counts[f"{what}: {refused.code}"] += 1
        self.check(what, await self.books())

    def check(self, what: str, books: dict[str, int]) -> None:
        assert sum(books.values()) == 0, f"{what}: a fen appeared or vanished: {books}"
        assert books["cash"] == self.cash, f"{what}: cash {books['cash']}, told {self.cash}"
        assert books["committed"] == -books["commitments"] == self.promised, f"{what}: promised, told {self.promised}"
        assert books["receivable"] == self.owed, f"{what}: owed {books['receivable']}, told {self.owed}"
        assert books["payable"] <= 0 <= books["recoverable"], f"{what}: {books}"

    async def books(self) -> dict[str, int]:
        """Debit minus credit of each account of the two cases."""
        totals: dict[str, int] = defaultdict(int)
        for entry in await self.rows(LedgerEntry):
            totals[entry.account] += entry.debit_fen - entry.credit_fen
        return totals

    async def rows(self, model: type[Row]) -> list[Row]:
        """Of both cases, the oldest first."""
        cases = (self.open_case.case_id, self.settled.case_id)
        async with self.world.owner() as session:
            found = await session.scalars(select(model).where(model.case_id.in_(cases)))  # type: ignore[attr-defined]  # every child of a case has it
            return sorted(found, key=lambda row: row.id)  # type: ignore[attr-defined]  # and an id

    async def one(self, chance: Random, model: type[Row], **like: object) -> Row:
        """Any row that is like this."""
        found = [row for row in await self.rows(model) if all(getattr(row, key) == it for key, it in like.items())]
        if not found:
            raise NothingToDo
        return chance.choice(found)

    # trips of the open case

    async def ask_trip(self, chance: Random) -> None:
        """The lawyer is of the team only while the city holds the case."""
        first = local_date(self.world.clock.now()) + timedelta(days=chance.randint(1, 4))
        form: dict[str, Any] = {"serves": "A", "purpose": "到昆明调取材料", "standard_fen": chance.randint(1, 300_000)}
        days = {"starts_on": str(first), "ends_on": str(first + timedelta(days=chance.randint(0, 2)))}
        await self.world.do("xgll.lawyer", self.open_case.case_id, "request-travel", **form, **days)

    async def answer_trip(self, chance: Random) -> None:
        trip = await self.one(chance, Trip, status="requested")
        answer = chance.choice(("approve", "approve", "approve", "refuse"))
        form = {"trip_id": str(trip.id), "answer": answer, "reason": "依事前申请"}
        await self.world.do(f"{self.holder}.reviewer", self.open_case.case_id, "approve-travel", **form)
        self.promised -= self.promises.pop(trip.id, 0)
        if answer == "approve":
            self.promise(trip.id, trip.standard_fen)

    async def hand_over(self, chance: Random) -> None:
        """What has begun is a cost, what has not goes along."""
        if self.holder not in NEXT:
            raise NothingToDo
        taker, reason = NEXT[self.holder], chance.choice(("major", "jurisdiction", "company"))
        office = await self.world.office(f"{taker}.director")
        case = self.open_case.case_id
        await self.world.do(f"{self.holder}.director", case, "offer-handover", to_office_id=office, reason=reason)
        await self.world.do(f"{taker}.director", case, "accept-handover", no_conflict=True)
        self.holder, today = taker, local_date(self.world.clock.now())
        for trip in await self.rows(Trip):
            if trip.status == "approved" and trip.starts_on <= today:
                self.promised -= self.promises.pop(trip.id, 0)

    async def days_pass(self, chance: Random) -> None:
        self.world.clock.advance(days=chance.randint(1, 3))

    def promise(self, trip: UUID, fen: int) -> None:
        self.promises[trip] = fen
        self.promised += fen

    # payments

    async def pay(self, chance: Random) -> None:
        payout = await self.due(chance)
        await self.paid(payout)
        self.count_paid(payout, await self.billed())

    async def pay_twice_at_once(self, chance: Random) -> None:
        """Two hands, one payment."""
        payout = await self.due(chance)
        assert await at_once(self.paid(payout), self.paid(payout)) == 1
        self.count_paid(payout, await self.billed())

    async def bounce(self, chance: Random) -> None:
        """The bank sends it back."""
        row = await self.one(chance, PaidOut, fate="paid")
        async with self.world.as_(CASHIER) as (session, subject):
            await payouts.bounced(session, subject, row.payout, "户名不符")
        self.cash += row.amount_fen
        if row.ground == "settlement":
            self.promised += row.amount_fen
        elif row.ground_id not in await self.incurred():
            self.promise(row.ground_id, row.amount_fen)

    async def correct_status(self, chance: Random) -> None:
        """It comes to light that a recipient was an official, and afterwards that this was a mistake."""
        person = (await self.world.subject(chance.choice(("xgll.mediator", "xgll.handler", "xgll.lawyer")))).person_id
        async with self.world.owner() as session:
            now = instant(session)
            told = {"kind": "civil_servant", "evidence": "任命文件", "since": date(2026, 3, 1)}
            status = OfficialStatus(id=new_id(now), person_id=person, until=None, **told)
            session.add(status)
        async with self.world.as_(CASHIER) as (session, subject):
            await enter_for(session, subject, person)
        async with self.world.owner() as session:
            await session.delete(await session.get_one(OfficialStatus, status.id))

    async def repay(self, chance: Random) -> None:
        recovery = await self.one(chance, Recovery, repaid_at=None, withdrawn_at=None)
        async with self.world.as_(CASHIER) as (session, subject):
            await repaid(session, subject, recovery.id, RepaidForm(receipt_no="回2026-1"))
        self.cash += recovery.amount_fen

    async def due(self, chance: Random) -> Payout:
        cases = (self.open_case.case_id, self.settled.case_id)
        async with self.world.as_(CASHIER) as (session, subject):
            found = [one for one in await payouts.due(session, subject) if one.case_id in cases]
        if not found:
            raise NothingToDo
        return chance.choice(found)

    async def paid(self, payout: Payout) -> None:
        async with self.world.as_(CASHIER) as (session, subject):
            await payouts.paid(session, subject, payout, "付2026-1")

    def count_paid(self, payout: Payout, billed: int) -> None:
        self.cash -= payout.fen
        self.promised -= payout.fen if payout.ground == "settlement" else self.promises.pop(payout.ground_id, 0)
        self.owed = billed

    async def billed(self) -> int:
        """What the bills say that is owed: raised, less received, as their own rows tell it."""
        steps: dict[UUID, int] = defaultdict(int)
        for step in await self.rows(BillStep):
            steps[step.bill_id] += {"received": -1, "taken_back": 1}.get(step.kind, 0) * (step.amount_fen or 0)
        return sum(bill.amount_fen + steps[bill.id] for bill in await self.rows(Bill) if bill.state in STANDING)

    async def incurred(self) -> set[UUID]:
        """Trips that had become a cost before they were paid."""
        return {
            UUID(entry.source.removeprefix("travel_requests:"))
            for entry in await self.rows(LedgerEntry)
            if entry.account == "payable"
        }

    # bills of the settled case, and of trips

    async def receive(self, chance: Random) -> None:
        bill = await self.one(chance, Bill, state="open")
        fen = chance.choice((bill.amount_fen, chance.randint(1, bill.amount_fen)))
        await self.received(bill, fen)
        self.cash, self.owed = self.cash + fen, self.owed - fen

    async def receive_twice_at_once(self, chance: Random) -> None:
        bill = await self.one(chance, Bill, state="open")
        fen = bill.amount_fen // 2 + 1
        done = await at_once(self.received(bill, fen), self.received(bill, fen))
        assert done < 2
        self.cash, self.owed = self.cash + done * fen, self.owed - done * fen

    async def received(self, bill: Bill, fen: int) -> None:
        form: dict[str, Any] = {"bill_id": str(bill.id), "amount_fen": fen, "voucher_no": "到2026-1"}
        await self.world.do(CASHIER, bill.case_id, "record-receipt", **form)

    async def take_back_twice_at_once(self, chance: Random) -> None:
        """A receipt is reversed once, however many reach for it."""
        step = await self.one(chance, BillStep, kind="received")
        form = {"receipt_id": str(step.id), "reason": "误记"}
        taken = [self.world.do(REVIEWER, step.case_id, "take-back-receipt", **form) for _ in range(2)]
        done = await at_once(*taken)
        assert done < 2
        self.cash -= done * (step.amount_fen or 0)
        self.owed += done * (step.amount_fen or 0)

    async def dispute(self, chance: Random) -> None:
        bill = await self.one(chance, Bill, state="open")
        form = {"bill_id": str(bill.id), "reason": "认为比例不当"}
        await self.world.do("xgll.handler", bill.case_id, "record-bill-dispute", **form)

    async def answer_dispute(self, chance: Random) -> None:
        """Withdrawn, nothing is owed for it and finance bears it."""
        bill = await self.one(chance, Bill, state="disputed")
        finding = chance.choice(("upheld", "withdrawn"))
        form = {"bill_id": str(bill.id), "finding": finding, "reason": "依认定书"}
        await self.world.do(REVIEWER, bill.case_id, "answer-bill-dispute", **form)
        if finding == "withdrawn":
            self.owed -= bill.amount_fen


STANDING = ("open", "disputed", "settled")


async def at_once(*hands: Coroutine[Any, Any, Any]) -> int:
    """How many of them succeeded; each of the others was refused by name."""
    ended = await asyncio.gather(*hands, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException) and not isinstance(one, DomainError):
            raise one
    return sum(not isinstance(one, BaseException) for one in ended)
