"""What recurs by the clock, each as a named system subject that can't sign in (decisions.md 15)."""

from uuid import UUID

from sqlalchemy import select

from cases.acts import perform
from cases.catalogue import Catalogue
from foundation.errors import Conflict, VersionStale
from foundation.store import Scope, Store
from handover.offer import WithdrawForm
from handover.reading import OverdueOffer, overdue_offers
from oversight import deadlines
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

HANDOVERS = "system.handover"
NOBODY = UUID(int=0)
"""The person of a system subject: no account, no post, no relation to any case."""


async def mark_overdue(store: Store) -> int:
    """Look at what becomes due, batch by batch, over the whole province: warn ahead, mark what ran out, tell the tiers
    above. Returns how many terms, orders and matters are overdue from now on."""
    subject = await system_subject(store, "system.deadlines")
    if subject is None:
        return 0
    marked = 0
    while True:
        async with store.scoped(subject.scope) as session:
            looked = await deadlines.look_at_what_is_due(session, subject)
        marked += looked.overdue
        if looked.rows < deadlines.BATCH:
            return marked


async def take_back_offers(store: Store, catalogue: Catalogue) -> int:
    """Take back the offers that nobody answered in time, each as the sender's tenant; returns how many.

    One that fails keeps no other frozen: it is raised when all have been tried.
    """
    subject = await system_subject(store, HANDOVERS)
    if subject is None:
        return 0
    async with store.scoped(subject.scope) as session:
        offers = await overdue_offers(session)
    taken, failed = 0, list[Exception]()
    for offer in offers:
        try:
            taken += await _take_back(store, catalogue, offer)
        except Exception as error:  # whatever this offer meets must not hold up the others
            failed.append(error)
    if failed:
        raise failed[0]
    return taken


async def _take_back(store: Store, catalogue: Catalogue, offer: OverdueOffer) -> bool:
    """False when somebody answered in the meantime: the version has moved on, or no offer stands any more."""
    sender = Subject(NOBODY, HANDOVERS, offer.tier, offer.tenant_id, None, None, system=HANDOVERS)
    try:
        async with store.scoped(sender.scope) as session:
            await perform(session, sender, catalogue, offer.case_id, "expire-handover", WithdrawForm(), offer.version)
    except (Conflict, VersionStale):
        return False
    return True


async def system_subject(store: Store, name: str) -> Subject | None:
    """A subject with the province's scope; None before the tree is there."""
    async with store.scoped(Scope(None, NOBODY)) as session:
        province = await session.scalar(
            select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        )
    if province is None:
        return None
    return Subject(NOBODY, "system", Tier.PROVINCE, province, None, None, system=name)
