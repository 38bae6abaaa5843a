"""Rows of the parties that a registration names, and what each petitioner takes home."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from cases.models import Case, CaseRelation
from cases.parties import Party
from cases.party_facts import contact_of, identity_of, sensitive_of
from cases.registration_form import OtherSideRow, PetitionerRow, RegistrationForm
from cases.relations import relation_of
from foundation.ids import new_id
from policies.relations import Relation
from tenants.subject import Subject

REPRESENTATIVES = 5
"""条例20(3): at most five may represent a joint visit; all are registered all the same (44(1))."""
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10


class Receipt(Struct, frozen=True):
    """What one petitioner takes home; the code is shown this once and stored hashed."""

    party_id: UUID
    ordinal: int
    code: str
    representative: bool
    representation_refused: bool


def petitioner_rows(
    subject: Subject, case: Case, form: RegistrationForm, now: datetime
) -> tuple[list[Party], tuple[Receipt, ...]]:
    """All of them; who is asked for as a sixth representative is a petitioner like any other."""
    receipts: list[Receipt] = []
    parties: list[Party] = []
    chosen = 0
    for ordinal, row in enumerate(form.petitioners, 1):
        chosen += row.representative
        represents = row.representative and chosen <= REPRESENTATIVES
        party = petitioner_row(subject, case, ordinal, row, represents, now)
        code = new_code()
        party.receipt_hash = receipt_hash(case.registration_no, code)
        parties.append(party)
        receipts.append(Receipt(party.id, ordinal, code, represents, row.representative and not represents))
    return parties, tuple(receipts)


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def receipt_hash(registration_no: str, code: str) -> bytes:
    """What is stored of a receipt's code; bound to its number."""
    normal = code.strip().upper().replace("-", "")
    return hashlib.sha256(f"{registration_no.strip()}\x1f{normal}".encode()).digest()


def petitioner_row(
    subject: Subject, case: Case, ordinal: int, row: PetitionerRow, represents: bool, now: datetime
) -> Party:
    return Party(
        id=new_id(now),
        case_id=case.id,
        side="petitioner",
        kind=row.kind.value,
        ordinal=ordinal,
        name=row.name,
        identity=identity_of(row),
        contact=contact_of(row),
        sensitive=sensitive_of(row),
        unit_kind=row.unit_kind.value if row.unit_kind else None,
        representative=represents,
        language=row.language,
        status="active",
        recorded_at=now,
        recorded_by=subject.person_id,
    )


def other_side_rows(subject: Subject, case: Case, rows: Sequence[OtherSideRow], now: datetime) -> list[Party]:
    return [other_side_row(subject, case, ordinal, row, now) for ordinal, row in enumerate(rows, 1)]


def other_side_row(subject: Subject, case: Case, ordinal: int, row: OtherSideRow, now: datetime) -> Party:
    return Party(
        id=new_id(now),
        case_id=case.id,
        side="respondent",
        kind=row.kind.value,
        ordinal=ordinal,
        name=row.name,
        identity=identity_of(row),
        contact=contact_of(row),
        unit_kind=row.unit_kind.value if row.unit_kind else None,
        representative=False,
        status="active",
        recorded_at=now,
        recorded_by=subject.person_id,
    )


def relations_of(subject: Subject, case: Case, petitioners: Sequence[Party], now: datetime) -> list[CaseRelation]:
    """Each petitioner reads its own page, and who registers the case may follow it."""
    who = relation_of(case, Relation.REGISTRAR, now, person_id=subject.person_id, source="registration")
    selves = [relation_of(case, Relation.SELF, now, person_id=one.id, source="parties") for one in petitioners]
    return [who, *selves]
