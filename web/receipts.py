"""What petitioners take home from a registration. Kept sealed with the form's key, so that who sends the form again,

because no answer came, gets the same receipts and not a second registration.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from cases.register import Registered
from cases.registration_form import RegistrationForm
from cases.registration_words import said_at
from foundation.language import current_language, translate


class Brought(Struct, frozen=True):
    """One line of the list of materials, as the receipt shows it."""

    name: str
    copies: int
    original: str
    handling: str


class Taken(Struct, frozen=True):
    """One petitioner's."""

    name: str
    code: str
    representative: bool
    representation_refused: bool


class Receipts(Struct, frozen=True, kw_only=True):
    case_id: UUID
    registration_no: str
    filed_at: datetime
    taken: list[Taken]
    materials: list[Brought]
    clock: dict[str, Any]
    """As the papers of this day carry it: the remedy clock and the free helpers (N11)."""
    notices: list[str]
    warnings: list[str]


def receipts_of(registered: Registered, form: RegistrationForm) -> Receipts:
    names = [row.name for row in form.petitioners]
    return Receipts(
        case_id=registered.case.id,
        registration_no=registered.case.registration_no,
        filed_at=registered.case.filed_at,
        taken=[
            Taken(name, one.code, one.representative, one.representation_refused)
            for name, one in zip(names, registered.receipts, strict=True)
        ],
        materials=[Brought(row.name, row.copies, row.original.label, row.handling.label) for row in form.materials],
        clock=dict(registered.clock),
        notices=[translate(said, **about) for said, about in said_at(registered)],
        warnings=[one.text(current_language.get()) for one in registered.warnings],
    )
