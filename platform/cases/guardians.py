"""The guardian named at the desk, before any proof was seen: on record from the first day, proved later."""

from collections.abc import Sequence
from datetime import datetime

from cases.mandate_form import Capacity, Ground
from cases.parties import Mandate, Party
from cases.party_facts import ADULT, age_on, born_on
from cases.registration_form import PetitionerRow
from foundation.clock import local_date
from foundation.ids import new_id
from tenants.subject import Subject


def guardians_of(
    subject: Subject, parties: Sequence[Party], rows: Sequence[PetitionerRow], now: datetime
) -> list[Mandate]:
    """To be written after the parties' own rows; `rows` in their order."""
    return [
        _guardian(subject, party, row, row.guardian_name, now)
        for party, row in zip(parties, rows, strict=True)
        if row.guardian_name and party.kind == "person"
    ]


def _guardian(subject: Subject, party: Party, row: PetitionerRow, name: str, now: datetime) -> Mandate:
    """An adult's guardian acts only once the ground is recorded with its proof."""
    born = born_on(party.identity)
    young = born is None or age_on(born, local_date(now)) < ADULT
    return Mandate(
        id=new_id(now),
        case_id=party.case_id,
        party_id=party.id,
        capacity=Capacity.GUARDIAN.value,
        bond=row.guardian_relation.value if row.guardian_relation else None,
        ground=Ground.MINOR.value if young else None,
        name=name,
        contact={"telephone": row.guardian_telephone} if row.guardian_telephone else None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
