"""The payment of a settlement: to each recipient, and what the payer owes and has paid, in double entry."""

from foundation.clock import local_date
from funding.ledger import Account, Booking, LedgerEntry
from funding.pay_settlement import PAYMENT, PaymentForm
from funding.positions import Position
from funding.purposes import Ground, Purpose
from funding.settlement import Settlement, SettlementCharge, SettlementShare
from server.seed.stations import Post
from server.seed.story.told import Story

RECEIVED = 0.7
"""So many payers have paid by then; of the others it is owed."""


def pay(story: Story, settlement: Settlement, by: Post) -> None:
    """As `funding.pay_settlement`."""
    number = story.random.randrange(10**6)
    received = f"到账{number:06d}" if story.random.random() < RECEIVED else None
    form = PaymentForm(voucher_no=f"付{number:06d}", received_no=received)
    for booking in _bookings(story, settlement, form):
        _post(story, by, booking)
    settlement.paid_by, settlement.paid_at, settlement.voucher_no = by.person_id, story.clock, form.voucher_no
    story.paper(PAYMENT, form, by)
    settlement.status = story.case.funding_position = Position.PAID.value
    data = {"amount_fen": settlement.amount_fen, "trips": 0, "received": received is not None}
    story.act("pay-settlement", by, data)


def _bookings(story: Story, settlement: Settlement, form: PaymentForm) -> list[Booking]:
    shares = [
        Booking(
            debit=Account.SUBSIDY,
            credit=Account.CASH,
            amount_fen=share.amount_fen,
            tenant_id=settlement.tenant_id,
            purpose=Purpose.SUBSIDY,
            ground=Ground.SETTLEMENT,
            source=f"settlement_shares:{share.id}",
            person_id=share.person_id,
            voucher_no=form.voucher_no,
        )
        for share in story.found(SettlementShare)
    ]
    owed = [_charged(settlement, charge) for charge in story.found(SettlementCharge)]
    received = [_charged(settlement, charge, form) for charge in story.found(SettlementCharge) if form.received_no]
    return [*shares, *owed, *received]


def _charged(settlement: Settlement, charge: SettlementCharge, form: PaymentForm | None = None) -> Booking:
    """Owed by the payer, or with a form received from it."""
    return Booking(
        debit=Account.CASH if form else Account.RECEIVABLE,
        credit=Account.RECEIVABLE if form else Account.SUBSIDY,
        amount_fen=charge.amount_fen,
        tenant_id=charge.budget_tenant_id or settlement.tenant_id,
        payer=charge.payer,
        payer_name=charge.name,
        purpose=Purpose.SUBSIDY,
        ground=Ground.SETTLEMENT,
        source=f"settlement_charges:{charge.id}",
        voucher_no=form.received_no if form else None,
    )


def _post(story: Story, by: Post, booking: Booking) -> None:
    """As `funding.ledger.sides`."""
    fen, transaction = booking.amount_fen, story.id()
    for account, debit, credit in ((booking.debit, fen, 0), (booking.credit, 0, fen)):
        entry = LedgerEntry(
            id=story.id(),
            transaction_id=transaction,
            case_id=story.case.id,
            account=account.value,
            debit_fen=debit,
            credit_fen=credit,
            tenant_id=booking.tenant_id,
            level=story.holder.tier,
            year=local_date(story.clock).year,
            purpose=booking.purpose.value,
            ground=booking.ground.value,
            payer=booking.payer,
            payer_name=booking.payer_name,
            person_id=booking.person_id,
            source=booking.source,
            voucher_no=booking.voucher_no,
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
        story.add(entry)
