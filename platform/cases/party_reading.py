"""What a reader sees of the parties of one case, of those who act for them, and of what was corrected (N4).

Names follow the field groups of the rules. Numbers, telephones and addresses are masked for everybody until a reason is
given; health, poverty, ethnic group and age need the right to sensitive data besides. A party sees its own data clear.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.parties import Mandate, Party, PartyCorrection
from cases.party_facts import ADULT, INFORMED, age_on, born_on
from cases.reveal import revealed_to
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.identity_numbers import masked
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.subject import Subject


class Sensitive(Struct, frozen=True):
    """个人信息保护法 28: shown by right and reason only. `age_mark`: child (under 14) | minor."""

    age_mark: str | None = None
    birth_date: date | None = None
    ethnic_group: str | None = None
    health: str | None = None
    poor_household: bool = False
    poor_evidence: str | None = None
    poor_since: date | None = None
    poor_until: date | None = None


class PartyView(Struct, frozen=True):
    """One party as this reader may see it. `clear`: the name; `revealed`: all that a reason given opens."""

    id: UUID
    side: str
    kind: str
    ordinal: int
    name: str
    id_number: str | None
    uscc: str | None
    legal_representative: str | None
    telephone: str | None
    address: str | None
    language: str | None
    has_sensitive: bool
    """That there is something, and nothing of what it is."""
    sensitive: Sensitive | None
    representative: bool
    status: str
    clear: bool
    revealed: bool


class MandateView(Struct, frozen=True):
    """Who acts for a party, in which capacity, until when."""

    id: UUID
    party_id: UUID
    capacity: str
    bond: str | None
    ground: str | None
    name: str
    id_number: str | None
    telephone: str | None
    matters: str | None
    given_on: date | None
    ends_on: date | None
    revoked_at: datetime | None
    paper_id: UUID | None


class CorrectionView(Struct, frozen=True):
    """What was corrected, by which paper; the earlier values for who may see the present ones clear."""

    party_id: UUID
    fields: Sequence[str]
    before: dict[str, str]
    basis: str | None
    recorded_at: datetime


class Eye(Struct, frozen=True):
    """Who reads: what the gate allows, whom a reason given has opened, and whose page it is."""

    allowed: frozenset[str]
    revealed: frozenset[UUID]
    numbers_given: frozenset[UUID]
    """To the other side, by the petitioners' consent."""
    own: UUID | None
    today: date

    def opens(self, party_id: UUID) -> bool:
        return party_id in self.revealed or party_id == self.own


OWN_PAGE = frozenset({"petitioner", "unit_agent"})
GIVEN = text(
    "select id from parties where case_id = :case and side = 'petitioner' and party_gives(id, :receiver, 'id_number')"
)


async def eye_of(session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions) -> Eye:
    own = subject.person_id if subject.role in OWN_PAGE else None
    given: Collection[UUID] = ()
    if subject.role == "unit_agent":
        given = (await session.scalars(GIVEN, {"case": case_id, "receiver": subject.person_id})).all()
    revealed = await revealed_to(session, subject, case_id) if own is None else frozenset()
    return Eye(permissions.actions, revealed, frozenset(given), own, local_date(instant(session)))


async def parties_of(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> list[PartyView]:
    """Empty for those who may see no party at all."""
    if not permissions.actions & {Action.CASE_READ_IDENTITY, Action.CASE_READ_IDENTITY_MASKED}:
        return []
    eye = await eye_of(session, subject, case_id, permissions)
    query = select(Party).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal)
    return [party_view(party, eye) for party in await session.scalars(query)]


async def mandates_of(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> list[MandateView]:
    """Of agents and guardians as of the party for whom they act; those that ended too."""
    if not permissions.actions & {Action.CASE_READ_IDENTITY, Action.CASE_READ_IDENTITY_MASKED}:
        return []
    eye = await eye_of(session, subject, case_id, permissions)
    query = select(Mandate).where(Mandate.case_id == case_id).order_by(Mandate.recorded_at, Mandate.id)
    return [_mandate_view(one, eye) for one in await session.scalars(query)]


async def corrections_of(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> list[CorrectionView]:
    """Newest first. What stood before is as personal as what stands now: shown after a reason alone."""
    if not permissions.actions & {Action.CASE_READ_IDENTITY, Action.CASE_READ_IDENTITY_MASKED}:
        return []
    eye = await eye_of(session, subject, case_id, permissions)
    query = select(PartyCorrection).where(PartyCorrection.case_id == case_id)
    rows = await session.scalars(query.order_by(PartyCorrection.recorded_at.desc(), PartyCorrection.id.desc()))
    return [_correction_view(row, eye) for row in rows]


async def called(session: AsyncSession, subject: Subject, case: Case) -> dict[UUID, str]:
    """Party or mandate -> `1. name` for a list to choose from; masked, or the number alone (N4)."""
    permissions = await gate.permissions(session, subject, case)
    shown = {party.id: party.name for party in await parties_of(session, subject, case.id, permissions)}
    query = select(Party.id, Party.ordinal).where(Party.case_id == case.id)
    names = {party: f"{number}. {shown.get(party, '')}".strip() for party, number in await session.execute(query)}
    return names | {one.id: one.name for one in await mandates_of(session, subject, case.id, permissions)}


async def party_of(session: AsyncSession, case: Case, party_id: UUID, field: str) -> Party:
    """The party of this case that a field names; InvalidInput at the field for anybody else."""
    party = await session.get(Party, party_id)
    if party is None or party.case_id != case.id:
        raise invalid(field, "not_a_choice", N_("请从所列项目中选择"))
    return party


def party_view(party: Party, eye: Eye) -> PartyView:
    unit = party.kind == "unit"
    opened = eye.opens(party.id)
    clear = opened or unit or Action.CASE_READ_IDENTITY in eye.allowed
    contact_shown = opened or bool(eye.allowed & {Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED})
    contact = (party.contact or {}) if contact_shown else {}
    identity = party.identity or {}
    representative = identity.get("legal_representative")
    return PartyView(
        id=party.id,
        side=party.side,
        kind=party.kind,
        ordinal=party.ordinal,
        name=party.name if clear else masked_name(party.name),
        id_number=_number(party, identity.get("id_number"), eye),
        uscc=identity.get("uscc"),
        legal_representative=_shown(representative, clear and Action.CASE_READ_IDENTITY in eye.allowed, masked_name),
        telephone=_shown(contact.get("telephone"), opened or unit, masked_telephone),
        address=_shown(contact.get("address"), opened or unit, masked_address),
        language=party.language,
        has_sensitive=bool(party.sensitive) or _age_mark(party, eye.today) is not None,
        sensitive=_sensitive(party, eye) if _may_see_sensitive(party, eye) else None,
        representative=party.representative,
        status=party.status,
        clear=clear,
        revealed=opened,
    )


def _number(party: Party, number: str | None, eye: Eye) -> str | None:
    """To the other side only as far as the petitioner's consent names it; else masked until a reason is given."""
    if eye.own is not None and party.id != eye.own:
        return number if party.id in eye.numbers_given else None
    return _shown(number, eye.opens(party.id), masked)


def _may_see_sensitive(party: Party, eye: Eye) -> bool:
    return party.id == eye.own or (party.id in eye.revealed and Action.CASE_READ_SENSITIVE in eye.allowed)


def _sensitive(party: Party, eye: Eye) -> Sensitive:
    said = party.sensitive or {}
    return Sensitive(
        age_mark=_age_mark(party, eye.today),
        birth_date=born_on(party.identity),
        ethnic_group=said.get("ethnic_group"),
        health=said.get("health"),
        poor_household=bool(said.get("poor_household")),
        poor_evidence=said.get("poor_evidence"),
        poor_since=_day(said.get("poor_since")),
        poor_until=_day(said.get("poor_until")),
    )


def _age_mark(party: Party, today: date) -> str | None:
    born = born_on(party.identity)
    if born is None or (age := age_on(born, today)) >= ADULT:
        return None
    return "child" if age < INFORMED else "minor"


def _mandate_view(mandate: Mandate, eye: Eye) -> MandateView:
    opened = eye.opens(mandate.party_id)
    clear = opened or Action.CASE_READ_IDENTITY in eye.allowed
    contact_shown = opened or bool(eye.allowed & {Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED})
    telephone = (mandate.contact or {}).get("telephone") if contact_shown else None
    return MandateView(
        id=mandate.id,
        party_id=mandate.party_id,
        capacity=mandate.capacity,
        bond=mandate.bond,
        ground=mandate.ground if opened else None,
        name=mandate.name if clear else masked_name(mandate.name),
        id_number=_shown((mandate.identity or {}).get("id_number"), opened, masked),
        telephone=_shown(telephone, opened, masked_telephone),
        matters=mandate.matters if Action.CASE_READ_STATEMENT in eye.allowed else None,
        given_on=mandate.given_on,
        ends_on=mandate.ends_on,
        revoked_at=mandate.revoked_at,
        paper_id=mandate.paper_id,
    )


def _correction_view(row: PartyCorrection, eye: Eye) -> CorrectionView:
    opened = eye.opens(row.party_id)
    seen = {code: str(value) for code, value in row.before.items() if opened and _may_read(code, row.party_id, eye)}
    return CorrectionView(
        party_id=row.party_id,
        fields=[code for code in row.fields if code not in SENSITIVE or _may_read(code, row.party_id, eye)],
        before=seen,
        basis=row.basis if opened else None,
        recorded_at=row.recorded_at,
    )


SENSITIVE = frozenset(
    {
        "ethnic_group",
        "health",
        "poor_household",
        "poor_evidence",
        "poor_since",
        "poor_until",
        "own_living",
        "birth_date",
    }
)
CONTACT = frozenset({"telephone", "address"})


def _may_read(code: str, party_id: UUID, eye: Eye) -> bool:
    if party_id == eye.own:
        return True
    if code in SENSITIVE:
        return Action.CASE_READ_SENSITIVE in eye.allowed
    return code not in CONTACT or bool(eye.allowed & {Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED})


def _shown(value: str | None, clear: bool, mask: Callable[[str], str]) -> str | None:
    return value if value is None or clear else mask(value)


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if said else None


def masked_name(name: str) -> str:
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_telephone(number: str) -> str:
    return "*" * max(len(number) - 4, 3) + number[-4:] if len(number) > 4 else "*" * 4


def masked_address(address: str) -> str:
    return address[:3] + "***"
