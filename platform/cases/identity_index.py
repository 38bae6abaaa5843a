"""The blind index of identity numbers: at which offices who registers now has the same matter pending.

条例19(3): a hint, never a bar (N10). It is the one look-up by a natural person (decisions 22), made inside the
registration alone: the application may add to this table and not read it, and the function that reads it answers for
nothing but a case that is being registered in the same transaction.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from cases.parties import Party
from cases.registration_form import PetitionerRow
from foundation.cipher import Sealed
from foundation.model import Base
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.subject import Subject

PURPOSE = "parties.identity.id_number"
PENDING = text("select pending_same_matter(:case, cast(:blinds as bytea[]))")


class IdentityIndex(Base):
    """One party's number under a keyed digest; the first bytes name the key, as in every ciphertext."""

    __tablename__ = "identity_index"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    blind: Mapped[bytes] = mapped_column(LargeBinary, index=True, comment="HMAC; no role but the owner reads it")


def entries(parties: Sequence[Party]) -> list[IdentityIndex]:
    """Nothing for units and persons without a number. To be written with the parties' own rows or after them."""
    return [
        IdentityIndex(case_id=party.case_id, party_id=party.id, blind=Sealed.ring().blind(number, PURPOSE))
        for party in parties
        if (number := number_in(party.identity))
    ]


def number_in(identity: dict[str, Any] | None) -> bytes | None:
    """The identity number in the one form that is compared."""
    number = (identity or {}).get("id_number")
    return number.strip().upper().encode() if number else None


async def pending_at(
    session: AsyncSession, subject: Subject, case: Case, petitioners: Sequence[PetitionerRow]
) -> tuple[str, ...]:
    """Names of offices at which the same matter of one of these persons is pending: whom to contact, and no more."""
    if not gate.may(subject, Action.CASE_REGISTER, Relation.REGISTRAR):
        return ()
    numbers = {number for row in petitioners if (number := number_in({"id_number": row.id_number}))}
    blinds = [blind for number in numbers for blind in Sealed.ring().blinds(number, PURPOSE)]
    found = (await session.scalars(PENDING, {"case": case.id, "blinds": blinds})).all() if blinds else ()
    named = await names.offices(session, found) if found else {}
    return tuple(sorted(named.values()))
