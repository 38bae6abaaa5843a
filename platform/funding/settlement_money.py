"""What a settlement does to promises and budgets: held at the second approval, given back at a return, spent in the
end. Call these last in an act: a budget's line is locked until the transaction ends."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.store import instant
from funding import budgets, promises
from funding.answers import Payer
from funding.budget_lines import BudgetHold
from funding.purposes import Ground, Purpose
from funding.reversals import Reason
from funding.scoring import split
from funding.settlement import Settlement, SettlementCharge, charges_of
from tenants.subject import Subject


async def commit(session: AsyncSession, subject: Subject, case: Case, settlement: Settlement) -> None:
    """Both heads have approved. Raises NoBudget, BudgetExceeded, YearClosed … where finance pays."""
    await promise(session, subject, case, settlement, settlement.amount_fen)
    for charge in await _of_finance(session, settlement):
        await _reserve(session, subject, settlement, charge, charge.amount_fen)


async def promise(session: AsyncSession, subject: Subject, case: Case, settlement: Settlement, fen: int) -> None:
    """What of it is promised and not paid, from now on."""
    await promises.make(
        session,
        subject,
        case=case,
        tenant_id=settlement.tenant_id,
        purpose=Purpose.SUBSIDY,
        ground=Ground.SETTLEMENT,
        source=source_of(settlement),
        fen=fen,
    )


async def drop(session: AsyncSession, subject: Subject, settlement: Settlement) -> None:
    """Returned before anything was paid, or what is left of it."""
    await promises.end(session, subject, source_of(settlement), Reason.DROPPED)
    for charge in await _of_finance(session, settlement):
        await budgets.release(session, subject, ground=Ground.SETTLEMENT, ground_id=charge.id)


async def spend(session: AsyncSession, subject: Subject, settlement: Settlement, fen: int) -> None:
    """A share is paid."""
    for charge, part in await _parts(session, settlement, fen):
        held = min(part, (await _line(session, charge)).reserved_fen)
        await budgets.spend(session, subject, ground=Ground.SETTLEMENT, ground_id=charge.id, fen=held)


async def finish(session: AsyncSession, subject: Subject, settlement: Settlement) -> None:
    """The last share is paid: what rounding has left goes with it."""
    for charge in await _of_finance(session, settlement):
        await budgets.spend(session, subject, ground=Ground.SETTLEMENT, ground_id=charge.id)


async def reopen(session: AsyncSession, subject: Subject, settlement: Settlement, fen: int) -> None:
    """A share came back: its part of the budget is held again until it is paid anew, with what still waits."""
    for charge, part in await give_back(session, subject, settlement, fen):
        waits = await budgets.release(session, subject, ground=Ground.SETTLEMENT, ground_id=charge.id)
        await _reserve(session, subject, settlement, charge, part + waits)


async def give_back(
    session: AsyncSession, subject: Subject, settlement: Settlement, fen: int
) -> list[tuple[SettlementCharge, int]]:
    """What was paid of a share has come back: to each line as much as it had borne."""
    returned = []
    for charge, part in await _parts(session, settlement, fen):
        spent = min(part, (await _line(session, charge)).spent_fen)
        if spent:
            await budgets.give_back(session, subject, ground=Ground.SETTLEMENT, ground_id=charge.id, fen=spent)
            returned.append((charge, spent))
    return returned


def source_of(settlement: Settlement) -> str:
    return f"settlements:{settlement.id}"


async def _of_finance(session: AsyncSession, settlement: Settlement) -> list[SettlementCharge]:
    return [one for one in await charges_of(session, settlement.id) if one.payer == Payer.FINANCE]


async def _parts(session: AsyncSession, settlement: Settlement, fen: int) -> list[tuple[SettlementCharge, int]]:
    """Of `fen`, what each charge of finance bears: as the charges stand to each other."""
    charges = await charges_of(session, settlement.id)
    percents = [charge.amount_fen * 100 // settlement.amount_fen for charge in charges]
    borne = zip(charges, split(fen, percents), strict=True)
    return [(charge, min(part, charge.amount_fen)) for charge, part in borne if charge.payer == Payer.FINANCE and part]


async def _line(session: AsyncSession, charge: SettlementCharge) -> BudgetHold:
    """What the charge holds of its line by now."""
    return await session.get_one(BudgetHold, (Ground.SETTLEMENT, charge.id), populate_existing=True)


async def _reserve(
    session: AsyncSession, subject: Subject, settlement: Settlement, charge: SettlementCharge, fen: int
) -> None:
    await budgets.reserve(
        session,
        subject,
        tenant_id=charge.budget_tenant_id or settlement.tenant_id,
        year=settlement.year or local_date(instant(session)).year,
        purpose=Purpose.SUBSIDY,
        fen=fen,
        ground=Ground.SETTLEMENT,
        ground_id=charge.id,
        case_id=settlement.case_id,
    )
