"""谁能看到本案: everyone who stands in a recorded relation to the case, and those who see it by custody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from cases.reading import PartyView
from cases.relations import FOREVER, in_force
from foundation.language import N_
from policies.relations import NEGATIVE, RELATION_NAMES, Relation
from tenants import names

HOLDER = N_("承办机构")
OVERSEERS = N_("上级（看流程、结果和汇总，不看身份和陈述）")
PARTIES = frozenset({Relation.SELF, Relation.RESPONDENT})
"""Their rows name a party, not a person who works here."""


class Sight(Struct, frozen=True):
    """`relation` and `role` are codes' msgids; `until` None = as long as it stands."""

    relation: str
    who: Sequence[str]
    until: datetime | None
    takes_away: bool = False


async def sight_of(session: AsyncSession, case: Case, parties: Iterable[PartyView]) -> list[Sight]:
    """By custody first, then the records in force, people of one relation and term in one line."""
    titles = {party.id: f"{party.ordinal}. {party.name}" for party in parties}
    places: dict[UUID | None, int] = {party: place for place, party in enumerate(titles)}
    rows = sorted(await in_force(session, case.id), key=lambda row: places.get(row.person_id, 0))
    called = await _called(session, rows, titles)
    offices = await names.offices(session, [case.holder_office_id])
    above = await names.tenants(session, _above(case))
    grouped: dict[tuple[str, datetime], list[str]] = {}
    for row in rows:
        who = grouped.setdefault((row.relation, row.until), [])
        who.extend([called[row.id]] if called[row.id] and called[row.id] not in who else [])
    return [
        Sight(HOLDER, [offices[case.holder_office_id]], None),
        *([Sight(OVERSEERS, list(above.values()), None)] if above else []),
        *(_line(Relation(relation), who, until) for (relation, until), who in grouped.items()),
    ]


def _line(relation: Relation, who: Sequence[str], until: datetime) -> Sight:
    return Sight(RELATION_NAMES[relation], who, None if until >= FOREVER else until, relation in NEGATIVE)


def _above(case: Case) -> list[int]:
    """Tenants above the holder's own: what lies left of the deepest custody column."""
    line = (case.province_id, case.prefecture_id, case.county_id, case.township_id)
    return [tenant for tenant in line if tenant is not None][:-1]


async def _called(
    session: AsyncSession, rows: Sequence[CaseRelation], parties: Mapping[UUID, str]
) -> Mapping[UUID, str]:
    """Row id -> the name of whom it stands for."""
    people = await names.people(session, [row.person_id for row in rows if row.relation not in PARTIES])
    offices = await names.offices(session, [row.office_id for row in rows])
    tenants = await names.tenants(session, [row.tenant_id for row in rows])
    return {row.id: _one(row, parties, people, offices, tenants) for row in rows}


def _one(
    row: CaseRelation,
    parties: Mapping[UUID, str],
    people: Mapping[UUID, str],
    offices: Mapping[int, str],
    tenants: Mapping[int, str],
) -> str:
    if row.person_id is not None:
        return parties.get(row.person_id) or people.get(row.person_id, "")
    if row.office_id is not None:
        return offices.get(row.office_id, "")
    return tenants.get(row.tenant_id or 0, "")
