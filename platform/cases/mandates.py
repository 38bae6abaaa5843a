"""Who may answer and sign for whom. Everybody for themselves; for a minor or who lacks capacity the guardian; an agent
as far as its written mandate goes. A chosen representative of a visit acts for nobody (domain.md 13.1-10).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.mandate_form import Capacity, Ground
from cases.models import Case
from cases.parties import Mandate, Party
from cases.party_facts import ADULT, age_on, born_on
from cases.party_reading import called
from foundation.clock import local_date
from foundation.errors import InvalidInput, invalid
from foundation.language import N_, translate
from foundation.store import instant
from tenants.subject import Subject

WORKING_AGE = 16
"""民法典 18: who lives on the own work from this age on stands as an adult."""


class Power(StrEnum):
    """What somebody would do for a party, from the least to the most personal."""

    ATTEND = "attend"
    CONSENT = "consent"
    SIGN = "sign"
    FREE_WILL = "free_will"
    """Asked alone whether it is the own free will (N8): never by an agent."""


POWERS = {
    Capacity.GENERAL: frozenset({Power.ATTEND}),
    Capacity.SPECIAL: frozenset({Power.ATTEND, Power.CONSENT, Power.SIGN}),
    Capacity.GUARDIAN: frozenset(Power),
}
BEYOND = {
    Power.CONSENT: ("no_special_mandate", N_("一般代理只能到场、陈述和转交材料；表示同意须本人特别授权")),
    Power.SIGN: ("no_special_mandate", N_("一般代理只能到场、陈述和转交材料；代为签名须本人特别授权")),
    Power.FREE_WILL: ("only_in_person", N_("是否自愿只能由本人（监护人）回答，不得由代理人代答")),
}
NEEDS_GUARDIAN = N_("未成年人和无民事行为能力、限制民事行为能力的人，由其监护人作出；请选择监护人")


async def mandates_of(session: AsyncSession, case_id: UUID) -> Sequence[Mandate]:
    """All of them, those that have ended too, oldest first."""
    query = select(Mandate).where(Mandate.case_id == case_id).order_by(Mandate.recorded_at, Mandate.id)
    return (await session.scalars(query)).all()


def in_force(mandate: Mandate, day: date) -> bool:
    begun = mandate.given_on is None or mandate.given_on <= day
    return begun and mandate.revoked_at is None and (mandate.ends_on is None or day <= mandate.ends_on)


def lacks_capacity(party: Party, mandates: Iterable[Mandate], day: date) -> bool:
    """A minor by the day of birth, or who has a guardian on a ground on record; childhood ends by the day of birth."""
    if party.kind != "person":
        return False
    born = born_on(party.identity)
    if born is not None and (age := age_on(born, day)) < ADULT:
        return not (age >= WORKING_AGE and (party.sensitive or {}).get("own_living"))
    guardians = [one for one in mandates if one.party_id == party.id and one.capacity == Capacity.GUARDIAN]
    reasons = {one.ground for one in guardians if in_force(one, day)} - {None}
    return bool(reasons - {Ground.MINOR} if born is not None else reasons)


async def acting_for(
    session: AsyncSession, case: Case, party: Party, mandate_id: UUID | None, power: Power, field: str
) -> Mandate | None:
    """Who acts: the party itself (None), or under which mandate. Raises InvalidInput at `field` when that can't be."""
    (found,) = await acting_for_each(session, case, [party], mandate_id, power, field)
    return found


async def acting_for_each(
    session: AsyncSession, case: Case, parties: Iterable[Party], mandate_id: UUID | None, power: Power, field: str
) -> list[Mandate | None]:
    """The same for many at once, in their order; the mandates are read once."""
    mandates, day = await mandates_of(session, case.id), local_date(instant(session))
    return [_acting(party, mandates, mandate_id, power, day, field) for party in parties]


async def spoken_by(session: AsyncSession, case: Case, mandate_id: UUID | None, field: str) -> None:
    """A no is taken from anybody (N2), but who is named as having said it must be known to this case."""
    if mandate_id is not None and mandate_id not in {one.id for one in await mandates_of(session, case.id)}:
        raise invalid(field, "not_a_mandate", N_("所选的人不代表这位当事人"))


def _acting(
    party: Party, mandates: Sequence[Mandate], mandate_id: UUID | None, power: Power, day: date, field: str
) -> Mandate | None:
    guarded = lacks_capacity(party, mandates, day)
    if mandate_id is None:
        if guarded:
            raise invalid(field, "guardian_required", NEEDS_GUARDIAN)
        return None
    mandate = next((one for one in mandates if one.id == mandate_id and one.party_id == party.id), None)
    if mandate is None:
        raise invalid(field, "not_a_mandate", N_("所选的人不代表这位当事人"))
    if refusal := _beyond(mandate, power, day, guarded, field):
        raise refusal
    return mandate


def _beyond(mandate: Mandate, power: Power, day: date, guarded: bool, field: str) -> InvalidInput | None:
    if not in_force(mandate, day):
        return invalid(field, "mandate_ended", N_("授权尚未开始、已经到期或者已被撤销"))
    if guarded and power is not Power.ATTEND and mandate.capacity != Capacity.GUARDIAN:
        return invalid(field, "guardian_required", NEEDS_GUARDIAN)
    if power not in POWERS[Capacity(mandate.capacity)]:
        return invalid(field, *BEYOND[power])
    return None


async def mandate_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Mandates in force: for whom (as far as the chooser may see), by whom, in which capacity."""
    names = await called(session, subject, case)
    day = local_date(instant(session))
    return [
        Option(
            str(one.id), f"{names.get(one.party_id, '')} — {names[one.id]}（{translate(Capacity(one.capacity).label)}）"
        )
        for one in await mandates_of(session, case.id)
        if in_force(one, day)
    ]


OPTIONS = {"mandates": mandate_options}
