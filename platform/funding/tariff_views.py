"""The tariff and its changes as pages and API read them: what is in force on a day, what a change alters and costs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_, translate
from funding.decisions import About
from funding.rows import Ask
from funding.rulebook import Rulebook, every_row, rulebook
from funding.tariff import RATE_NAMES, Rate
from funding.tariff_approval import may_approve, may_recount, refusal
from funding.tariff_changes import ChangeState, PreviewState, TariffChange, TariffPreview, overtaken, preview_of
from funding.tariff_checks import line_of
from funding.tariff_drafts import changes, seen
from funding.tariff_recount import DUTY, Figures
from funding.words import CaseClass
from tenants import names
from tenants.models import Tenant
from tenants.subject import Subject


class RateView(Struct, frozen=True):
    """`name` is a msgid; `level`: whose rate it is; `holds`: in force for the reader's level on the day asked about."""

    key: str
    name: str
    level: str
    minimum_fen: int
    maximum_fen: int
    unit: str
    clause: str
    source: str
    valid_from: date
    valid_to: date | None
    holds: bool


class RateAlteration(Struct, frozen=True):
    """`name` is a msgid; nothing before or after: there is none of this level."""

    key: str
    name: str
    before: Rate | None
    after: Rate | None


class ChoiceAlteration(Struct, frozen=True):
    """`says`, `before`, `after` are msgids; after = None: ask the province again."""

    row: str
    says: str
    before: str | None
    after: str | None
    reason: str
    source: str


class FigureView(Struct, frozen=True):
    """Of one level below, one kind of cost and class: fen as decided, and as they would have been."""

    place: str
    about: str
    case_class: str | None
    costs: int
    before_fen: int
    after_fen: int
    finance_before_fen: int
    finance_after_fen: int
    moved: int
    undecided: int


class PreviewView(Struct, frozen=True):
    """`percent` of the tenants are counted. `stale`: another change has come into force since."""

    done: bool
    stale: bool
    percent: int
    since: datetime
    until: datetime
    figures: list[FigureView]
    total: FigureView


class ChangeRow(Struct, frozen=True):
    id: UUID
    title: str
    level: str
    state: str
    effective_on: date
    made_by: str
    made_at: datetime
    justice_by: str | None
    petition_by: str | None


class ChangeView(Struct, frozen=True):
    """`hindrance`: why the reader, who is a head, may not approve it now; None with `may_approve` = may."""

    row: ChangeRow
    version: int
    rates: list[RateAlteration]
    choices: list[ChoiceAlteration]
    preview: PreviewView | None
    may_edit: bool
    may_approve: bool
    may_recount: bool
    hindrance: str | None


PROVINCE = N_("全省")
ALL = N_("合计")


async def rates_on(session: AsyncSession, subject: Subject, day: date) -> list[RateView]:
    """The province's rates and those of the reader's own line, key by key, the oldest first."""
    book = await rulebook(session)
    line = await own_line(session, subject)
    named = await _names(session, line)
    sources = [(None, book.tariff.rates), *((tenant, book.tariff.own.get(tenant, ())) for tenant in line)]
    rows = [(rate, tenant) for tenant, rates in sources for rate in rates]
    return [
        _rate(rate, translate(PROVINCE) if tenant is None else named[tenant], _holds(book, rate, tenant, line, day))
        for key in RATE_NAMES
        for rate, tenant in rows
        if rate.key == key
    ]


def _holds(book: Rulebook, rate: Rate, tenant: int | None, line: Sequence[int], day: date) -> bool:
    """The lowest level that has one is the one that counts."""
    if not (rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to)):
        return False
    below = line if tenant is None else line[line.index(tenant) + 1 :]
    return not any(one.key == rate.key and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
                   for under in below for one in book.tariff.own.get(under, ()))  # fmt: skip


def _rate(rate: Rate, level: str, holds: bool) -> RateView:
    return RateView(
        key=rate.key,
        name=RATE_NAMES[rate.key],
        level=level,
        minimum_fen=rate.minimum_fen,
        maximum_fen=rate.maximum_fen,
        unit=rate.unit,
        clause=rate.clause,
        source=rate.source,
        valid_from=rate.valid_from,
        valid_to=rate.valid_to,
        holds=holds,
    )


async def own_line(session: AsyncSession, subject: Subject) -> tuple[int, ...]:
    """The levels below the province whose rates count for the reader."""
    tenant = await session.get(Tenant, subject.tenant_id) if subject.tenant_id else None
    return () if tenant is None else line_of(tenant)


async def change_rows(session: AsyncSession, subject: Subject) -> list[ChangeRow]:
    return await _rows(session, await changes(session, subject))


async def change_view(session: AsyncSession, subject: Subject, change_id: UUID) -> ChangeView:
    """Raises Forbidden, NotFound."""
    change = await seen(session, subject, change_id)
    tenant = await session.get_one(Tenant, change.tenant_id)
    (row,) = await _rows(session, [change])
    book, open_ = await rulebook(session), change.state == ChangeState.OPEN
    why = await refusal(session, subject, change) if open_ and may_approve(subject) else None
    preview = await preview_of(session, change)
    stale = open_ and preview is not None and await overtaken(session, change)
    mine = change.tenant_id == subject.tenant_id
    return ChangeView(
        row=row,
        version=change.version,
        rates=_rates(change, tenant, book),
        choices=_choices(change, book),
        preview=None if preview is None else await _preview(session, preview, stale),
        may_edit=open_ and change.made_by == subject.person_id and mine,
        may_approve=open_ and may_approve(subject) and mine,
        may_recount=stale and may_recount(subject, change),
        hindrance=None if why is None else why.message,
    )


def _rates(change: TariffChange, tenant: Tenant, book: Rulebook) -> list[RateAlteration]:
    """Beside what held for the level before that day."""
    day, line = change.effective_on, line_of(tenant)
    before = {
        item.key: book.tariff.on(item.key, date.fromordinal(day.toordinal() - 1), line) for item in change.items.rates
    }
    return [
        RateAlteration(
            key=item.key,
            name=RATE_NAMES[item.key],
            before=before[item.key],
            after=None if item.ends else Rate(
                item.key, item.minimum_fen, item.maximum_fen, item.unit, item.clause, item.source, day, None
            ),
        )
        for item in change.items.rates
    ]  # fmt: skip


def _choices(change: TariffChange, book: Rulebook) -> list[ChoiceAlteration]:
    asks = {row.id: (row.says, row.effect.options) for row in every_row() if isinstance(row.effect, Ask)}
    found = []
    for item in change.items.choices:
        before = book.defaults.on(item.row, change.effective_on)
        says, options = asks[item.row]
        found.append(
            ChoiceAlteration(
                row=item.row,
                says=says,
                before=options[before.choice][0].says if before else None,
                after=options[item.choice][0].says if item.choice else None,
                reason=item.reason,
                source=item.source,
            )
        )
    return found


async def _rows(session: AsyncSession, found: Sequence[TariffChange]) -> list[ChangeRow]:
    people = await names.people(
        session, [who for one in found for who in (one.made_by, one.justice_by, one.petition_by)]
    )
    tenants = await _names(session, [one.tenant_id for one in found])
    return [
        ChangeRow(
            id=one.id,
            title=one.title,
            level=tenants[one.tenant_id],
            state=ChangeState(one.state).label,
            effective_on=one.effective_on,
            made_by=people[one.made_by],
            made_at=one.made_at,
            justice_by=people[one.justice_by] if one.justice_by else None,
            petition_by=people[one.petition_by] if one.petition_by else None,
        )
        for one in found
    ]


async def _preview(session: AsyncSession, preview: TariffPreview, stale: bool) -> PreviewView:
    tallies = Figures.of(preview.figures).tallies
    places = await _names(session, [group for group, _, _ in tallies])
    figures = [
        FigureView(
            place=places[group],
            about=COSTS[about],
            case_class=CaseClass(case_class).label if case_class else None,
            costs=tally.costs,
            before_fen=tally.before,
            after_fen=tally.after,
            finance_before_fen=tally.finance_before,
            finance_after_fen=tally.finance_after,
            moved=tally.moved,
            undecided=tally.open_,
        )
        for (group, about, case_class), tally in sorted(tallies.items())
    ]
    done = preview.state == PreviewState.DONE
    percent = 100 if done else min(99, 100 * preview.tenants_done // max(1, preview.tenants_all))
    return PreviewView(done, stale, percent, preview.since, preview.until, figures, _total(figures))


COSTS = {about.value: about.label for about in About} | {DUTY: N_("值班补助")}
SUMMED = (
    "costs", "before_fen", "after_fen", "finance_before_fen", "finance_after_fen", "moved", "undecided",
)  # fmt: skip


def _total(figures: Sequence[FigureView]) -> FigureView:
    sums = {name: sum(getattr(one, name) for one in figures) for name in SUMMED}
    return FigureView(place=ALL, about="", case_class=None, **sums)


async def _names(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, str]:
    rows = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(set(ids))))
    return {tenant: name for tenant, name in rows}
