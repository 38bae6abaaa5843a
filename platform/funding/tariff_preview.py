"""What the last year would have cost by a change: begun with every version of it, counted slice by slice by the worker.

Only costs decided in the twelve months before are looked at, tenant by tenant through an index, so that a province of
five million cases is counted without one long statement; numbers alone are kept, no case and no person.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import outbox
from foundation.clock import local_date
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import Scope, Store, instant
from funding.decisions import About, PayerDecision
from funding.duty_days import PersonDay
from funding.rulebook import Rulebook, rulebook
from funding.tariff import RateKey
from funding.tariff_changes import PreviewState, TariffChange, TariffPreview
from funding.tariff_checks import line_of
from funding.tariff_recount import DUTY, Figures, changed, group_of, recount
from tenants.models import Tenant
from tenants.subject import Subject

TOPIC = "tariff.preview"
YEAR = timedelta(days=365)
ROWS = 1000
"""Decisions of one message: far less than its lease takes."""
TENANTS = 50
"""Tenants of one message."""
COUNTED = (About.FEE, About.TRAVEL, About.SETTLEMENT)


async def begin(session: AsyncSession, subject: Subject, change: TariffChange) -> TariffPreview:
    """Of this version of the change."""
    now = instant(session)
    preview = TariffPreview(
        id=new_id(now),
        change_id=change.id,
        version=change.version,
        tenant_id=change.tenant_id,
        since=now - YEAR,
        until=now,
        state=PreviewState.RUNNING.value,
        slice=0,
        tenants_done=0,
        tenants_all=0,
        figures={},
        started_by=subject.person_id,
        started_at=now,
    )
    preview.tenants_all = await _tenants(session, preview)
    session.add(preview)
    await session.flush()
    await _go_on_later(session, preview)
    return preview


async def again(session: AsyncSession, preview: TariffPreview) -> None:
    """From nothing, up to now: another change has come into force since. Slices go on being numbered, so that a message
    of the count before finds nothing to do."""
    now = instant(session)
    preview.since, preview.until, preview.started_at = now - YEAR, now, now
    preview.state, preview.ended_at = PreviewState.RUNNING.value, None
    preview.slice, preview.tenants_done, preview.figures = preview.slice + 1, 0, {}
    preview.at_tenant = preview.at_recorded = preview.at_id = None
    preview.tenants_all = await _tenants(session, preview)
    await session.flush()
    await _go_on_later(session, preview)


async def go_on(store: Store, message: Message) -> None:
    """One slice. Bears repetition: a slice that is counted is not counted again."""
    said = message.payload
    scope = Scope(int(said["tenant"]), UUID(said["person"]))
    async with store.scoped(scope) as session:
        query = select(TariffPreview).where(TariffPreview.id == UUID(said["preview"])).with_for_update()
        preview = await session.scalar(query)
        if preview is None or preview.state != PreviewState.RUNNING or preview.slice != int(said["slice"]):
            return
        await count_slice(session, preview)
        if preview.state == PreviewState.RUNNING:
            await _go_on_later(session, preview)


async def count_slice(session: AsyncSession, preview: TariffPreview) -> None:
    """Go on from the cursor until a slice is full or every tenant is counted."""
    change = await session.get_one(TariffChange, preview.change_id)
    owner = await session.get_one(Tenant, preview.tenant_id)
    altered = changed(await rulebook(session), change.items, owner)
    figures = Figures.of(preview.figures)
    left, tenants = ROWS, await _next_tenants(session, preview)
    for tenant in tenants:
        rows = await _rows(session, preview, tenant.id, left)
        await recount(session, rows, altered, group_of(tenant, owner), figures)
        _move(preview, tenant.id, rows, full=len(rows) == left)
        left -= len(rows)
        if not left:
            break
    else:
        if len(tenants) < TENANTS:
            await _count_duty(session, preview, owner, altered, figures)
            preview.state, preview.ended_at = PreviewState.DONE.value, instant(session)
    preview.figures, preview.slice = figures.kept(), preview.slice + 1
    await session.flush()


def _move(preview: TariffPreview, tenant: int, rows: list[PayerDecision], *, full: bool) -> None:
    """The cursor after these rows of the tenant; a full slice may have left some of it."""
    preview.at_tenant = tenant
    preview.at_recorded, preview.at_id = (rows[-1].recorded_at, rows[-1].id) if full else (None, None)
    preview.tenants_done += 0 if full else 1


async def _tenants(session: AsyncSession, preview: TariffPreview) -> int:
    """How many there are to count."""
    query = select(func.count()).select_from(Tenant).where(_below(preview.tenant_id), _spent(preview))
    return await session.scalar(query) or 0


async def _next_tenants(session: AsyncSession, preview: TariffPreview) -> list[Tenant]:
    """From the cursor on; the one it stands in comes again while a part of it is left."""
    spent = (_below(preview.tenant_id), _spent(preview))
    query = select(Tenant).where(*spent).order_by(Tenant.id).limit(TENANTS)
    if preview.at_tenant is not None:
        again = preview.at_id is not None
        query = query.where(Tenant.id >= preview.at_tenant if again else Tenant.id > preview.at_tenant)
    return list(await session.scalars(query))


async def _rows(session: AsyncSession, preview: TariffPreview, tenant: int, limit: int) -> list[PayerDecision]:
    """Decided in the year for this holder; whether a newer answer stands is seen when they are counted."""
    query = select(PayerDecision).where(
        PayerDecision.tenant_id == tenant, PayerDecision.about.in_(COUNTED), _in_the_year(preview)
    )
    if preview.at_tenant == tenant and preview.at_id is not None:
        after = tuple_(PayerDecision.recorded_at, PayerDecision.id) > (preview.at_recorded, preview.at_id)
        query = query.where(after)
    return list(await session.scalars(query.order_by(PayerDecision.recorded_at, PayerDecision.id).limit(limit)))


async def _count_duty(
    session: AsyncSession, preview: TariffPreview, owner: Tenant, altered: Rulebook, figures: Figures
) -> None:
    """Person-days are of no case: counted at the end, a sum for each tenant."""
    since, until = local_date(preview.since), local_date(preview.until)
    days = select(Tenant, func.count(), func.sum(PersonDay.fen)).join(PersonDay, PersonDay.tenant_id == Tenant.id)
    paid = days.where(_below(owner.id), PersonDay.day > since, PersonDay.day <= until, PersonDay.fen > 0)
    for tenant, count, fen in await session.execute(paid.group_by(Tenant.id)):
        rate = altered.tariff.on(RateKey.DUTY.value, until, line_of(tenant))
        tally = figures.at(group_of(tenant, owner), DUTY, "")
        tally.costs += count
        tally.before += int(fen)
        tally.finance_before += int(fen)
        after = 0 if rate is None else rate.maximum_fen * count
        tally.after += after
        tally.finance_after += after
        tally.open_ += count if rate is None else 0


def _spent(preview: TariffPreview) -> ColumnElement[bool]:
    """Tenants for which something was decided in the year: one look into the index for each."""
    return exists().where(PayerDecision.tenant_id == Tenant.id, _in_the_year(preview))


def _in_the_year(preview: TariffPreview) -> ColumnElement[bool]:
    return and_(PayerDecision.recorded_at >= preview.since, PayerDecision.recorded_at <= preview.until)


async def _go_on_later(session: AsyncSession, preview: TariffPreview) -> None:
    await outbox.publish(
        session,
        TOPIC,
        preview=str(preview.id),
        tenant=preview.tenant_id,
        person=str(preview.started_by),
        slice=preview.slice,
    )


def _below(tenant: int) -> ColumnElement[bool]:
    """The tenant and all below it, those that are no more included: they spent too."""
    columns = (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id, Tenant.township_id)
    return or_(*(column == tenant for column in columns))
