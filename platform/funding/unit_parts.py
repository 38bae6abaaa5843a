"""The parts a unit can have in a dispute, each a decision of its own (domain.md 13.3): who decided it, by which paper.

Of the six words five are read here. The sixth, 被检举单位, stands on the receipt of a diverted accusation alone, and
that there is one is nobody's business here (N3a).
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.units import CaseUnit, UnitRole, units_of
from foundation.choice import Choice
from foundation.language import N_
from funding.answers import Bearer
from funding.findings import Finding, in_force
from funding.settlement import Settlement, charges_of, live
from funding.words import Fault, Producer
from policies.actions import Action
from policies.gate import Permissions
from tenants import names


class UnitPart(Choice):
    VISITED = "visited", N_("被访单位")
    COMPETENT = "competent", N_("有权处理机关")
    RESPONSIBLE = "responsible", N_("责任主体")
    AT_FAULT = "at_fault", N_("责任（过错）方")
    PAYING = "paying", N_("付款单位")


class PartView(Struct, frozen=True):
    """`kind` and `found_by` may be msgids. Without a name: what kind of subject was found, or that it is not clear."""

    part: str
    name: str | None
    kind: str | None
    decided_by: str
    found_by: str
    paper_id: UUID | None
    decided_at: datetime


AT_REGISTRATION = N_("接谈登记表")
BY_PETITIONER = N_("信访人所指")


async def unit_parts(session: AsyncSession, case: Case, may: Permissions) -> list[PartView]:
    """Of those parts alone whose field group is the reader's, in the order of the list."""
    recorded = await _recorded(session, case) if Action.CASE_READ_STATEMENT in may.actions else []
    found = await _found(session, case) if Action.CASE_READ_MONEY in may.actions else []
    return [*recorded, *found]


async def _recorded(session: AsyncSession, case: Case) -> list[PartView]:
    rows = await units_of(session, case.id)
    people = await names.people(session, [row.recorded_by for row in rows.values()])
    views = [_unit(rows[role.value], people[rows[role.value].recorded_by]) for role in UnitRole if role.value in rows]
    if UnitRole.VISITED.value not in rows and case.visited_unit:
        views.insert(0, _named_by_petitioner(case, case.visited_unit))
    return views


def _unit(row: CaseUnit, recorder: str) -> PartView:
    return PartView(row.role, row.name, None, row.decided_by or recorder, row.found_by, None, row.recorded_at)


def _named_by_petitioner(case: Case, name: str) -> PartView:
    return PartView(UnitPart.VISITED.value, name, None, BY_PETITIONER, AT_REGISTRATION, None, case.filed_at)


async def _found(session: AsyncSession, case: Case) -> list[PartView]:
    now = await in_force(session, case.id)
    settlement = await live(session, case.id)
    rows = [row for row in (now.producer, now.fault) if row is not None]
    signers = [row.recorded_by for row in rows] + ([settlement.proposed_by] if settlement else [])
    people = await names.people(session, signers)
    views = []
    if now.producer is not None:
        views.append(_producer(now.producer, people[now.producer.recorded_by]))
    if now.fault is not None:
        views.append(_fault(now.fault, people[now.fault.recorded_by]))
    if settlement is not None:
        views += await _payers(session, settlement, people[settlement.proposed_by])
    return views


def _producer(row: Finding, finder: str) -> PartView:
    kind = Producer(row.producer).label if row.producer else None
    return _finding(row, UnitPart.RESPONSIBLE, row.form.unit_name, kind, finder)


def _fault(row: Finding, finder: str) -> PartView:
    """A person at fault is not named here."""
    same = row.producer is not None and row.fault == row.producer
    kind = Fault(row.fault).label if row.fault else None
    return _finding(row, UnitPart.AT_FAULT, row.form.unit_name if same else None, kind, finder)


def _finding(row: Finding, part: UnitPart, name: str | None, kind: str | None, finder: str) -> PartView:
    return PartView(part.value, name, kind, finder, row.form.reference, row.paper_id, row.recorded_at)


async def _payers(session: AsyncSession, settlement: Settlement, proposer: str) -> list[PartView]:
    return [
        PartView(
            UnitPart.PAYING.value,
            charge.name,
            Bearer(charge.bearer).label,
            proposer,
            f"{charge.line} {charge.clause}",
            None,
            settlement.recorded_at,
        )
        for charge in await charges_of(session, settlement.id)
    ]
