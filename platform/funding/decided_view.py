"""How the answer to "who pays" came about: when it was decided, by whom, why, and what had changed since before."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import fields
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_
from funding.answers import Bearer, Payer
from funding.decisions import About, Cause, PayerDecision
from funding.facts import FACT_NAMES, Facts, Found
from funding.trace import TraceLine, yuan
from tenants import names
from tenants.models import Tenant
from tenants.tiers import TIER_NAMES, Tier

TENANTS = ("tenant", "prefecture", "county", "place_county")
UNKNOWN = N_("尚不清楚")
YES, NO = N_("是"), N_("否")
OPEN = N_("尚不能确定")
SYSTEM = N_("系统")
PERSONAL = frozenset({"fault_is_petitioner", "poor_category", "poor_from", "poor_until", "legal_aid"})
"""Facts about a person: the trace says what the table needed of them, and no list repeats it."""


class Change(Struct, frozen=True):
    """All three may be msgids."""

    what: str
    before: str
    after: str


class DecidedView(Struct, frozen=True):
    """One answer. Labels are msgids; without `payer` it is open and `missing` says what it waits for."""

    about: str
    cause: str | None
    decided_by: str
    recorded_at: datetime
    payer: str | None
    bearer: str | None
    budget: str | None
    minimum_fen: int
    maximum_fen: int
    line: str
    clause: str
    missing: tuple[str, ...]
    again: bool
    changes: tuple[Change, ...]
    trace: tuple[TraceLine, ...]


async def decided_views(session: AsyncSession, rows: list[PayerDecision]) -> list[DecidedView]:
    """`rows`: all of a case, in their order. The newest first."""
    if not rows:
        return []
    people = await names.people(session, [row.recorded_by for row in rows])
    tenants = await _tenants(session, rows)
    by_id = {row.id: row for row in rows}
    return [
        _view(row, by_id.get(row.replaces) if row.replaces else None, people.get(row.recorded_by, SYSTEM), tenants)
        for row in reversed(rows)
    ]


def _view(row: PayerDecision, before: PayerDecision | None, who: str, tenants: Mapping[int, str]) -> DecidedView:
    return DecidedView(
        about=About(row.about).label,
        cause=Cause(row.cause).label if row.cause else None,
        decided_by=who,
        recorded_at=row.recorded_at,
        payer=Payer(row.payer).label if row.payer else None,
        bearer=Bearer(row.bearer).label if row.bearer else None,
        budget=tenants.get(row.budget_tenant_id or 0),
        minimum_fen=row.minimum_fen,
        maximum_fen=row.maximum_fen,
        line=row.line,
        clause=row.clause,
        missing=tuple(FACT_NAMES[name] for name in row.missing or ()),
        again=before is not None,
        changes=tuple(_changes(before, row, tenants)) if before else (),
        trace=tuple(row.lines),
    )


def _changes(before: PayerDecision, after: PayerDecision, tenants: Mapping[int, str]) -> Iterator[Change]:
    """First the answer, then the facts that it follows from."""
    old, new = _answer(before, tenants), _answer(after, tenants)
    yield from (Change(what, old[what], new[what]) for what in old if old[what] != new[what])
    one, other = before.known, after.known
    for field in fields(Facts):
        was, now = getattr(one, field.name), getattr(other, field.name)
        if was != now and field.name in FACT_NAMES and field.name not in PERSONAL:
            yield Change(FACT_NAMES[field.name], *(_told(field.name, value, tenants) for value in (was, now)))


def _answer(row: PayerDecision, tenants: Mapping[int, str]) -> dict[str, str]:
    return {
        N_("付款人"): Payer(row.payer).label if row.payer else OPEN,
        N_("承担主体"): Bearer(row.bearer).label if row.bearer else OPEN,
        N_("承担的财政"): tenants.get(row.budget_tenant_id or 0, "—"),
        N_("金额（元）"): f"{yuan(row.minimum_fen)}–{yuan(row.maximum_fen)}" if row.payer else OPEN,
        N_("付款表的行"): row.line,
    }


def _told(name: str, value: object, tenants: Mapping[int, str]) -> str:
    match value:
        case None:
            return "—" if name in TENANTS else UNKNOWN
        case bool():
            return YES if value else NO
        case Tier():
            return TIER_NAMES[value]
        case Choice():
            return value.label
        case Found():
            return f"{value.reference} {value.on}"
        case date():
            return value.isoformat()
        case int() if name in TENANTS:
            return tenants.get(value, str(value))
        case int() if name.endswith("_fen"):
            return yuan(value)
        case _:
            return str(value)


async def _tenants(session: AsyncSession, rows: Iterable[PayerDecision]) -> dict[int, str]:
    """Names of every tenant that a fact or an answer names."""
    ids: set[int | None] = {row.budget_tenant_id for row in rows}
    ids |= {getattr(row.known, name) for row in rows for name in TENANTS}
    found = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(ids - {None})))
    return {tenant: name for tenant, name in found}
