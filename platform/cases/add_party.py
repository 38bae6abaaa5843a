"""A party that comes later: one more person of a joint visit, a unit of the other side. It never lowers any count."""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done
from cases.guardians import guardians_of
from cases.identity_index import entries
from cases.leaving import parties_of
from cases.models import Case
from cases.parties import Party
from cases.party_checks import row_errors
from cases.registered_parties import (
    REPRESENTATIVES,
    new_code,
    other_side_row,
    petitioner_row,
    receipt_hash,
)
from cases.registration_form import OtherSideRow, PetitionerRow
from cases.steps import AFTER_ASSESSMENT
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class Side(Choice):
    PETITIONER = "petitioner", N_("信访人")
    RESPONDENT = "respondent", N_("对方")


class AddPartyForm(PetitionerRow, frozen=True, kw_only=True):
    side: Annotated[Side, Meta(title=N_("加入哪一方"), description=N_("受理后加入的，须先征询同意才能参加调解"))]
    privacy_notice: Annotated[bool, Meta(title=N_("已告知个人信息的处理者、目的、种类和权利"))] = False


async def add_party(session: AsyncSession, subject: Subject, case: Case, form: AddPartyForm) -> Done:
    """Who joins after 受理 is `pending`: nobody learns of them, and they of nobody, before the consents are there."""
    now = instant(session)
    present = [party for party in await parties_of(session, case.id) if party.side == form.side]
    if errors := _errors(form, present, local_date(now)):
        raise InvalidInput(*errors)
    ordinal = max((party.ordinal for party in present), default=0) + 1
    if form.side is Side.RESPONDENT:
        session.add(_joining(case, other_side_row(subject, case, ordinal, _other_side(form), now)))
        return Done(data={"side": form.side.value, "party": ordinal})
    party = _joining(case, petitioner_row(subject, case, ordinal, form, form.representative, now))
    code = new_code()
    party.receipt_hash = receipt_hash(await _printed_number(session, case), code)
    await _write(session, subject, case, party, form)
    case.person_count += 1
    shown = {"registration_no": case.registration_no, "code": code}
    return Done(data={"side": form.side.value, "party": ordinal, "persons": case.person_count}, shown_once=shown)


def _errors(form: AddPartyForm, present: list[Party], today: date) -> list[FieldError]:
    errors = list(row_errors(form, "", today))
    if form.side is Side.PETITIONER and not form.privacy_notice:
        errors.append(FieldError("privacy_notice", "required", N_("须先作个人信息告知（个人信息保护法第17条）")))
    if form.representative and sum(party.representative for party in present) >= REPRESENTATIVES:
        errors.append(FieldError("representative", "too_many", N_("代表不超过5人；请取消勾选，照常登记")))
    return errors


def _joining(case: Case, party: Party) -> Party:
    party.status = "pending" if case.state in AFTER_ASSESSMENT else "active"
    return party


async def _write(session: AsyncSession, subject: Subject, case: Case, party: Party, form: PetitionerRow) -> None:
    session.add(party)
    await session.flush()
    session.add_all([*entries([party]), *guardians_of(subject, [party], [form], instant(session))])
    await relations.grant(session, case, Relation.SELF, person_id=party.id, source="parties")


async def _printed_number(session: AsyncSession, case: Case) -> str:
    """The number to which the receipt's code is bound: of a case split off, that of the case it came from."""
    while case.parent_case_id is not None and (parent := await session.get(Case, case.parent_case_id)) is not None:
        case = parent
    return case.registration_no


def _other_side(form: AddPartyForm) -> OtherSideRow:
    values: dict[str, Any] = {
        name: getattr(form, name) for name in OtherSideRow.__struct_fields__ if hasattr(form, name)
    }
    return msgspec.convert(values, OtherSideRow, from_attributes=True)


ACTS = (Act("add-party", N_("补登当事人"), Action.CONSENT_RECORD, AddPartyForm, add_party),)
