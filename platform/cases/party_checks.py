"""What is wrong with the particulars of a party, and what is only worth a second look.

An error is something that cannot be so (a wrong check digit); a warning never keeps anybody from registering (N10).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from cases.particulars import id_number_errors, name_errors, telephone_errors, unit_code_errors
from cases.party_facts import ADULT, age_on, born_on, identity_of
from cases.registration_form import OtherSideRow, PetitionerRow, SideKind
from foundation.errors import FieldError
from foundation.identity_numbers import knows_area
from foundation.language import N_

Row = PetitionerRow | OtherSideRow
NAMES = ("name", "legal_representative", "guardian_name")
TELEPHONES = ("telephone", "guardian_telephone")


def errors_of(
    petitioners: Sequence[PetitionerRow], other_side: Sequence[OtherSideRow], today: date
) -> list[FieldError]:
    """All of them, each at its field. Nothing missing is among them."""
    sides: tuple[tuple[str, Sequence[Row]], ...] = (("petitioners", petitioners), ("other_side", other_side))
    return [
        error
        for field, rows in sides
        for index, row in enumerate(rows)
        for error in row_errors(row, f"{field}.{index}.", today)
    ]


def row_errors(row: Row, path: str, today: date) -> Iterator[FieldError]:
    """`path` goes before the names of the fields: `petitioners.0.`, or nothing."""
    for field in NAMES:
        yield from name_errors(path + field, getattr(row, field, None))
    for field in TELEPHONES:
        yield from telephone_errors(path + field, getattr(row, field, None))
    yield from id_number_errors(f"{path}id_number", row.id_number, today)
    yield from unit_code_errors(f"{path}uscc", row.uscc)
    for field in ("birth_date", "poor_since"):
        day = getattr(row, field, None)
        if day is not None and day > today:
            yield FieldError(path + field, "in_future", N_("日期不得晚于今天"))
    since, until = getattr(row, "poor_since", None), getattr(row, "poor_until", None)
    if since is not None and until is not None and until < since:
        yield FieldError(f"{path}poor_until", "too_early", N_("截止日不得早于认定日期"))


def warnings_of(petitioners: Sequence[PetitionerRow], today: date) -> list[FieldError]:
    """For the registrar to look at once more; nothing waits for them."""
    return [
        warning
        for index, row in enumerate(petitioners)
        for warning in (
            *row_warnings(row, f"petitioners.{index}.", today),
            *_repeated(row, f"petitioners.{index}.", petitioners[:index]),
        )
    ]


def _repeated(row: PetitionerRow, path: str, earlier: Sequence[PetitionerRow]) -> Iterator[FieldError]:
    """The number of persons is money's class (六(四)1): one person in two rows would count twice."""
    number = identity_number(row)
    if number and number in map(identity_number, earlier):
        yield FieldError(f"{path}id_number", "repeated", N_("与前面一位信访人的号码相同，请核对是否同一人"))


def identity_number(row: PetitionerRow) -> str | None:
    """None of a unit; capitals, as it is kept."""
    number: str | None = (identity_of(row) or {}).get("id_number")
    return number


def row_warnings(row: PetitionerRow, path: str, today: date) -> Iterator[FieldError]:
    if row.kind is SideKind.UNIT:
        return
    if row.id_number and not knows_area(row.id_number):
        yield FieldError(f"{path}id_number", "unknown_area", N_("号码前两位不是现有的地区代码，请核对证件"))
    born = born_on(identity_of(row))
    if row.birth_date is not None and row.birth_date != born:
        yield FieldError(f"{path}birth_date", "contradicts", N_("与号码中的出生日期不同，以号码为准，请核对"))
    if born is not None and age_on(born, today) < ADULT and not row.guardian_name:
        text = N_("未成年人：征询意愿、签字须由监护人办理，请登记监护人")
        yield FieldError(f"{path}guardian_name", "guardian_unknown", text)
    if row.poor_household and not (row.poor_evidence and row.poor_since):
        text = N_("困难户没有证据或者认定日期，补齐前不作为依据")
        yield FieldError(f"{path}poor_evidence", "unproven", text)
