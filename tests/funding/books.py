"""The books as a test asks them."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select

from funding.bills import Bill
from funding.ledger import LedgerEntry
from funding.proof import Difference, prove
from tests.dossiers.build import Built
from tests.funding.build import rows
from tests.world import World


async def balances(world: World, built: Built) -> dict[str, int]:
    """Debit minus credit of each account of the case that is not level, in fen."""
    totals: dict[str, int] = defaultdict(int)
    for entry in await rows(world, LedgerEntry, built):
        totals[entry.account] += entry.debit_fen - entry.credit_fen
    return {account: fen for account, fen in totals.items() if fen}


async def by_tenant(world: World, case_id: UUID) -> dict[tuple[int, str], int]:
    """The same of each tenant's books."""
    totals: dict[tuple[int, str], int] = defaultdict(int)
    async with world.owner() as session:
        for entry in await session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id)):
            totals[entry.tenant_id, entry.account] += entry.debit_fen - entry.credit_fen
    return {key: fen for key, fen in totals.items() if fen}


async def bill(world: World, built: Built) -> Bill:
    """The newest."""
    return sorted(await rows(world, Bill, built), key=lambda one: one.recorded_at)[-1]


async def wrong(world: World) -> list[Difference]:
    """What `tiaojie ledger verify` says."""
    async with world.owner() as session:
        return (await prove(session)).wrong


async def amiss(world: World) -> dict[tuple[str, str], int]:
    """By what is wrong, how much: where tests share a province, what one adds leaves the others' faults as they are."""
    return {(one.what, one.row): one.expected - one.booked for one in await wrong(world)}
