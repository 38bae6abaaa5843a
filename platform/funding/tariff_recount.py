"""What was decided, decided again by another tariff: the same facts, the same score, other rates and choices."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funding.answers import Answer, Decision, Payer
from funding.decisions import About, PayerDecision
from funding.defaults import Default, Defaults
from funding.payer import decide
from funding.rulebook import Rulebook
from funding.scoring import Scores, amount
from funding.settlement import GONE, Settlement
from funding.tariff import Rate, Tariff
from funding.tariff_changes import Content
from funding.travel_requests import Trip
from funding.travel_standard import ceiling
from tenants.models import Tenant
from tenants.tiers import Tier

ALWAYS = date.min
DUTY = "duty"


class Tally(msgspec.Struct):
    """Counts and fen. `moved`: another payer or another budget; `open_`: by these rules nobody could be named."""

    costs: int = 0
    before: int = 0
    after: int = 0
    finance_before: int = 0
    finance_after: int = 0
    moved: int = 0
    open_: int = 0


class Figures(msgspec.Struct):
    """By (group, kind of cost, class)."""

    tallies: dict[tuple[int, str, str], Tally]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Figures":
        return cls({_key(name): msgspec.convert(value, Tally) for name, value in kept.items()})

    def kept(self) -> dict[str, Any]:
        return {"|".join(map(str, key)): msgspec.to_builtins(tally) for key, tally in self.tallies.items()}

    def at(self, group: int, about: str, case_class: str) -> Tally:
        return self.tallies.setdefault((group, about, case_class), Tally())


def _key(name: str) -> tuple[int, str, str]:
    group, about, case_class = name.split("|")
    return int(group), about, case_class


def changed(book: Rulebook, content: Content, owner: Tenant) -> Rulebook:
    """The book as if the change had always been in force."""
    tariff, mine = book.tariff, owner.tier != Tier.PROVINCE
    touched = {item.key for item in content.rates}
    kept = tariff.own.get(owner.id, ()) if mine else tariff.rates
    rates = tuple(rate for rate in kept if rate.key not in touched) + tuple(
        Rate(item.key, item.minimum_fen, item.maximum_fen, item.unit, item.clause, item.source, ALWAYS, None)
        for item in content.rates
        if not item.ends
    )
    altered = Tariff(tariff.rates, {**tariff.own, owner.id: rates}) if mine else Tariff(rates, tariff.own)
    rows = {item.row for item in content.choices}
    entries = tuple(entry for entry in book.defaults.entries if entry.row not in rows) + tuple(
        Default(item.row, item.choice, item.reason, item.source, ALWAYS, None)
        for item in content.choices
        if item.choice
    )
    return Rulebook(altered, Defaults(entries))


def group_of(tenant: Tenant, owner: Tenant) -> int:
    """The figures of a province stand by prefecture, of a prefecture by county, of a county by township."""
    line = [tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id]
    below = line[line.index(owner.id) + 1 :]
    return next((one for one in below if one is not None), owner.id)


async def recount(
    session: AsyncSession, rows: Iterable[PayerDecision], altered: Rulebook, group: int, figures: Figures
) -> None:
    """Add these decisions, but for those that a newer answer has replaced or whose settlement no longer stands."""
    found = {row.about_id: row for row in rows if row.payer is not None and row.about != About.OUTLOOK}
    if not found:
        return
    replaced = await _replaced(session, [row.id for row in found.values()])
    settlements, trips = await _settlements(session, found), await _trips(session, found)
    for row in found.values():
        settlement = settlements.get(row.about_id)
        if row.id in replaced or (row.about == About.SETTLEMENT and settlement is None):
            continue
        facts = row.known
        tally = figures.at(group, row.about, facts.case_class or "")
        before = settlement.amount_fen if settlement else row.maximum_fen
        _add(tally, row, decide(facts, altered), before, settlement, trips.get(row.about_id), altered)


def _add(
    tally: Tally,
    row: PayerDecision,
    answer: Answer,
    before: int,
    settlement: Settlement | None,
    trip: Trip | None,
    altered: Rulebook,
) -> None:
    tally.costs += 1
    tally.before += before
    tally.finance_before += before if row.payer == Payer.FINANCE else 0
    if not isinstance(answer, Decision):
        tally.open_ += 1
        return
    after = _amount(answer, row, settlement, trip, altered)
    tally.after += after
    tally.finance_after += after if answer.payer is Payer.FINANCE else 0
    tally.moved += (row.payer, row.budget_tenant_id) != (answer.payer, answer.budget_tenant)


def _amount(
    answer: Decision, row: PayerDecision, settlement: Settlement | None, trip: Trip | None, altered: Rulebook
) -> int:
    """By the same score inside the new range; a trip never over the new standard of its days."""
    if settlement is not None:
        return amount(answer.minimum_fen, answer.maximum_fen, msgspec.convert(settlement.scores, Scores))
    if trip is None:
        return answer.maximum_fen
    facts = row.known
    line = tuple(one for one in (facts.prefecture, facts.county) if one is not None)
    most = ceiling(altered.tariff, trip.starts_on, trip.ends_on, line)
    return answer.maximum_fen if most is None else min(most, answer.maximum_fen)


async def _replaced(session: AsyncSession, ids: list[UUID]) -> set[UUID]:
    """Those that another row names as replaced."""
    cases = select(PayerDecision.case_id).where(PayerDecision.id.in_(ids))
    query = select(PayerDecision.replaces).where(PayerDecision.case_id.in_(cases), PayerDecision.replaces.in_(ids))
    return {one for one in await session.scalars(query) if one is not None}


async def _settlements(session: AsyncSession, rows: Mapping[UUID, PayerDecision]) -> dict[UUID, Settlement]:
    ids = [about for about, row in rows.items() if row.about == About.SETTLEMENT]
    query = select(Settlement).where(Settlement.id.in_(ids), Settlement.status.not_in(GONE))
    return {one.id: one for one in await session.scalars(query)} if ids else {}


async def _trips(session: AsyncSession, rows: Mapping[UUID, PayerDecision]) -> dict[UUID, Trip]:
    ids = [about for about, row in rows.items() if row.about == About.TRAVEL]
    return {one.id: one for one in await session.scalars(select(Trip).where(Trip.id.in_(ids)))} if ids else {}
