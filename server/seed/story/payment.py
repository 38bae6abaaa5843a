"""The payment of a settlement: what was promised is kept, each recipient is paid, and the payer gets its bill."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from foundation.clock import local_date
from funding.bill_raising import BILL, DAYS_TO_PAY, BillPaper, owed
from funding.bill_receipts import RECEIPT, ReceiptForm
from funding.bill_steps import told
from funding.bills import Bill, BillState, BillStep, StepKind
from funding.ledger import Account, Booking, LedgerEntry
from funding.pay_settlement import PAYMENT, PaymentForm
from funding.payouts import Fate, PaidOut
from funding.positions import Position
from funding.purposes import Ground, Purpose
from funding.reversals import KEPT, Reason
from funding.settlement import Settlement, SettlementCharge, SettlementShare
from funding.settlement_money import source_of
from server.seed.stations import Post
from server.seed.story.told import Story

RECEIVED = 0.7
"""So many payers pay in the end; of the others it is owed."""


def promise(story: Story, settlement: Settlement, by: Post) -> None:
    """As `funding.settlement_money.commit`."""
    _post(story, by, _booking(story, settlement, Account.COMMITTED, Account.COMMITMENTS, source_of(settlement)))


def pay(story: Story, settlement: Settlement, by: Post) -> None:
    """As `funding.pay_settlement`; what the payer owes is paid some days later, or not yet."""
    form = PaymentForm(voucher_no=f"付{story.random.randrange(10**6):06d}")
    for share in story.found(SettlementShare):
        _pay_share(story, settlement, share, by, form.voucher_no)
    _keep_promise(story, by)
    bills = [_bill(story, settlement, charge, by) for charge in story.found(SettlementCharge)]
    settlement.paid_by, settlement.paid_at, settlement.voucher_no = by.person_id, story.clock, form.voucher_no
    story.paper(PAYMENT, form, by)
    settlement.status = story.case.funding_position = Position.PAID.value
    story.act("pay-settlement", by, {"amount_fen": settlement.amount_fen, "trips": 0})
    if story.random.random() < RECEIVED and story.passes(hours=100):
        for bill in bills:
            _receive(story, bill, by)


def _pay_share(story: Story, settlement: Settlement, share: SettlementShare, by: Post, voucher_no: str) -> None:
    """As `funding.share_payouts`."""
    source = f"settlement_shares:{share.id}"
    paid = _booking(story, settlement, Account.SUBSIDY, Account.CASH, source, fen=share.amount_fen)
    transaction = _post(story, by, structs.replace(paid, person_id=share.person_id, voucher_no=voucher_no))
    story.add(
        PaidOut(
            id=story.id(),
            ground=Ground.SETTLEMENT.value,
            ground_id=share.id,
            person_id=share.person_id,
            case_id=story.case.id,
            tenant_id=settlement.tenant_id,
            amount_fen=share.amount_fen,
            fate=Fate.PAID.value,
            voucher_no=voucher_no,
            transaction_id=transaction,
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
    )


def _bill(story: Story, settlement: Settlement, charge: SettlementCharge, by: Post) -> Bill:
    """As `funding.bill_raising`."""
    bill = Bill(
        id=story.id(),
        case_id=story.case.id,
        tenant_id=charge.budget_tenant_id or settlement.tenant_id,
        bill_no=story.number("bill", story.holder),
        ground=Ground.SETTLEMENT.value,
        ground_id=charge.id,
        payer=charge.payer,
        bearer=charge.bearer,
        name=charge.name,
        amount_fen=charge.amount_fen,
        line=charge.line,
        clause=charge.clause,
        state=BillState.OPEN.value,
        due_on=local_date(story.clock) + timedelta(days=DAYS_TO_PAY),
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(bill)
    bill.transaction_id = _post(story, by, owed(story.case, bill))
    paper = BillPaper(
        bill_no=bill.bill_no, name=bill.name, clause=bill.clause, amount_fen=bill.amount_fen, due_on=bill.due_on
    )
    story.paper(BILL, paper, by)
    return bill


def _receive(story: Story, bill: Bill, by: Post) -> None:
    """As `funding.bill_receipts`."""
    form = ReceiptForm(bill_id=bill.id, amount_fen=bill.amount_fen, voucher_no=f"到{story.random.randrange(10**6):06d}")
    debt = owed(story.case, bill)
    paid = structs.replace(debt, debit=Account.CASH, credit=Account.RECEIVABLE, voucher_no=form.voucher_no)
    transaction = _post(story, by, paid)
    bill.state = BillState.SETTLED.value
    story.add(
        BillStep(
            id=story.id(),
            case_id=story.case.id,
            bill_id=bill.id,
            kind=StepKind.RECEIVED.value,
            amount_fen=form.amount_fen,
            voucher_no=form.voucher_no,
            transaction_id=transaction,
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
    )
    story.paper(RECEIPT, told(form, bill_id=bill.bill_no), by)
    story.act("record-receipt", by, {"bill": bill.bill_no, "amount_fen": bill.amount_fen})


def _booking(
    story: Story, settlement: Settlement, debit: Account, credit: Account, source: str, *, fen: int | None = None
) -> Booking:
    return Booking(
        case=story.case,
        debit=debit,
        credit=credit,
        amount_fen=settlement.amount_fen if fen is None else fen,
        tenant_id=settlement.tenant_id,
        purpose=Purpose.SUBSIDY,
        ground=Ground.SETTLEMENT,
        source=source,
    )


def _keep_promise(story: Story, by: Post) -> None:
    """As `funding.reversals`: once all of it is paid."""
    transaction = story.id()
    for entry in [one for one in story.found(LedgerEntry) if one.account in (Account.COMMITTED, Account.COMMITMENTS)]:
        same = {name: getattr(entry, name) for name in KEPT} | {"reverses": entry.transaction_id}
        _enter(story, by, transaction, entry.credit_fen, entry.debit_fen, same | {"reason": Reason.DONE.value})


def _post(story: Story, by: Post, booking: Booking) -> UUID:
    """As `funding.ledger.sides`."""
    transaction = story.id()
    same = {
        "case_id": story.case.id,
        "tenant_id": booking.tenant_id,
        "level": story.holder.tier,
        "purpose": booking.purpose.value,
        "ground": booking.ground.value,
        "payer": booking.payer,
        "payer_name": booking.payer_name,
        "person_id": booking.person_id,
        "source": booking.source,
        "voucher_no": booking.voucher_no,
        "case_class": story.case.case_class,
    }
    _enter(story, by, transaction, booking.amount_fen, 0, same | {"account": booking.debit.value})
    _enter(story, by, transaction, 0, booking.amount_fen, same | {"account": booking.credit.value})
    return transaction


def _enter(story: Story, by: Post, transaction: UUID, debit: int, credit: int, same: dict[str, Any]) -> None:
    story.add(
        LedgerEntry(
            id=story.id(),
            transaction_id=transaction,
            debit_fen=debit,
            credit_fen=credit,
            year=local_date(story.clock).year,
            recorded_at=story.clock,
            recorded_by=by.person_id,
            **same,
        )
    )
