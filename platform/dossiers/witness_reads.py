"""Witnesses as a reader may see them: clear, masked or by number alone, as the gate gives parties' names (N4)."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.party_reading import masked_address, masked_name, masked_telephone
from dossiers.witnesses import Witness
from foundation.identity_numbers import masked
from policies.actions import Action
from policies.gate import Permissions


class WitnessView(Struct, frozen=True):
    """`name` is empty for who may not even see it masked."""

    ordinal: int
    name: str
    id_number: str | None
    telephone: str | None
    address: str | None
    checked_by: str
    paper_id: UUID


async def witnesses_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[WitnessView]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    query = select(Witness).where(Witness.case_id == case_id).order_by(Witness.ordinal)
    return [_view(one, permissions.actions) for one in await session.scalars(query)]


def _view(one: Witness, allowed: frozenset[str]) -> WitnessView:
    """Numbers, telephones and addresses are never shown whole: the case works by the witness's name."""
    clear = Action.CASE_READ_IDENTITY in allowed
    seen = clear or Action.CASE_READ_IDENTITY_MASKED in allowed
    near = bool(allowed & {Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED})
    number, contact = one.identity.get("id_number"), one.contact if near else {}
    telephone, address = contact.get("telephone"), contact.get("address")
    return WitnessView(
        ordinal=one.ordinal,
        name=(one.name if clear else masked_name(one.name)) if seen else "",
        id_number=masked(number) if number and seen else None,
        telephone=masked_telephone(telephone) if telephone else None,
        address=masked_address(address) if address else None,
        checked_by=one.checked_by,
        paper_id=one.paper_id,
    )
