"""What is recorded of a party, as the sealed columns of its row hold it. Only what was said is kept."""

from datetime import date
from typing import Any

import msgspec

from cases.registration_form import OtherSideRow, PetitionerRow, SideKind
from foundation.identity_numbers import birth_date

ADULT = 18
"""民法典 17."""
INFORMED = 14
"""个人信息保护法 28, 31: all data of a younger child is sensitive, and its guardian consents."""


def identity_of(row: PetitionerRow | OtherSideRow) -> dict[str, Any] | None:
    """A person: id_number, birth_date; a unit: uscc, legal_representative."""
    if row.kind is SideKind.UNIT:
        return _said(uscc=row.uscc and row.uscc.upper(), legal_representative=row.legal_representative)
    number = row.id_number.upper() if row.id_number else None
    born = birth_date(number) if number else getattr(row, "birth_date", None)
    return _said(id_number=number, birth_date=born)


def contact_of(row: PetitionerRow | OtherSideRow) -> dict[str, Any] | None:
    return _said(telephone=row.telephone, address=row.address)


def sensitive_of(row: PetitionerRow) -> dict[str, Any] | None:
    """Health, ethnic group, and registered poverty as a dated flag with its evidence (obligations, gap g)."""
    poor = {name: getattr(row, f"poor_{name}") for name in ("evidence", "since", "until")} if row.poor_household else {}
    return _said(
        ethnic_group=row.ethnic_group,
        health=row.health,
        poor_household=row.poor_household or None,
        **{f"poor_{name}": value for name, value in poor.items()},
    )


def born_on(identity: dict[str, Any] | None) -> date | None:
    """From what is recorded; None when nobody said it."""
    said = (identity or {}).get("birth_date")
    if said is not None:
        return date.fromisoformat(said)
    number = (identity or {}).get("id_number")
    return birth_date(number) if number else None


def age_on(born: date, day: date) -> int:
    """Full years; who was born on 29 February has the birthday on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _said(**values: Any) -> dict[str, Any] | None:
    """As plain values that a sealed column can hold; None when nothing was said."""
    return msgspec.to_builtins({name: value for name, value in values.items() if value is not None}) or None
