"""接谈: registering a dispute. A duty: never refused or delayed by persons, level, duplicates or papers (N10)."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import remedies, timers
from cases.catalogue import Done
from cases.identity_index import pending_same_matter, remember
from cases.issue import issue
from cases.models import Case
from cases.opening import custody_at, open_case
from cases.papers import Group, PaperKind
from cases.parties import Claim, Party
from cases.registration_form import OtherSideRow, PetitionerRow, RegistrationForm
from cases.relations import relation_of
from cases.steps import State
from cases.timeline import record_registration
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.identity_numbers import is_identity_number
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import dispute_types
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Place, Tenant
from tenants.subject import Subject

INTERVIEW = PaperKind("interview", N_("接谈登记表"), Group.STATEMENT, dossier_item=1, form=RegistrationForm)
RIGHTS_NOTICE = PaperKind("rights_notice", N_("当事人权利义务告知书"), Group.FINAL, dossier_item=2)
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


class Registered(Struct, frozen=True):
    """`same_matter_pending`: registration numbers to compare with; a hint for the clerk, never a bar (N10)."""

    case: Case
    receipts: tuple[Receipt, ...]
    same_matter_pending: tuple[str, ...] = ()


async def register(session: AsyncSession, subject: Subject, form: RegistrationForm) -> Registered:
    """Register one dispute at the subject's office, which holds it from now on."""
    gate.require_role(subject, Action.CASE_REGISTER, Relation.REGISTRAR)
    place = await _place(session, form)
    _check(form, local_date(instant(session)))
    tenant = await session.get_one(Tenant, subject.tenant_id)
    case = await open_case(
        session,
        subject,
        State.REGISTERED,
        custody_at(subject.office_id, tenant),
        petition_no=form.petition_no,
        dispute_type=form.dispute_type,
        source=form.source.value,
        first_visit=form.first_visit,
        person_count=len(form.petitioners),
        visited_unit=form.visited_unit,
        place_id=place.id,
    )
    receipts = await _parties(session, subject, case, form)
    await _claims(session, subject, case, form)
    await issue(session, subject, case, INTERVIEW, _interview(form))
    await issue(session, subject, case, RIGHTS_NOTICE, {"rights": RIGHTS, "given": form.privacy_notice})
    await timers.start(session, case, "petition_notice")
    await remedies.start_known(session, case, form.claims)
    data = {
        "persons": len(form.petitioners),
        "refused_representatives": sum(r.representation_refused for r in receipts),
    }
    await record_registration(session, subject, case, Done(data=data, audience="parties"))
    return Registered(case, receipts, await pending_same_matter(session, subject, case, form.petitioners))


def receipt_hash(registration_no: str, code: str) -> bytes:
    """What is stored of a receipt's code; bound to its number."""
    normal = code.strip().upper().replace("-", "")
    return hashlib.sha256(f"{registration_no.strip()}\x1f{normal}".encode()).digest()


async def _place(session: AsyncSession, form: RegistrationForm) -> Place:
    place = await session.get(Place, form.place_id)
    if place is None:
        raise invalid("place_id", "not_a_choice", N_("请从所列地点中选择"))
    if form.dispute_type not in {kind.code for kind in await dispute_types(session)}:
        raise invalid("dispute_type", "not_a_choice", N_("请从所列项目中选择"))
    return place


def _check(form: RegistrationForm, today: date) -> None:
    """Rules that one field alone can't say. A missing paper is never among them."""
    errors = [
        FieldError(f"petitioners.{index}.id_number", "malformed", N_("号码校验不符；没有证件可不填"))
        for index, row in enumerate(form.petitioners)
        if row.id_number and not is_identity_number(row.id_number.upper())
    ]
    errors += [
        FieldError(f"claims.{index}.known_on", "in_future", N_("日期不得晚于今天"))
        for index, row in enumerate(form.claims)
        if row.known_on and row.known_on > today
    ]
    if form.oral and not form.read_back:
        errors.append(FieldError("read_back", "required", N_("口头陈述须宣读并经确认")))
    if form.petitioners and not form.privacy_notice:
        errors.append(FieldError("privacy_notice", "required", N_("须先作个人信息告知（个人信息保护法第17条）")))
    if errors:
        raise InvalidInput(*errors)


async def _parties(session: AsyncSession, subject: Subject, case: Case, form: RegistrationForm) -> tuple[Receipt, ...]:
    receipts: list[Receipt] = []
    parties: list[Party] = []
    chosen = 0
    for ordinal, row in enumerate(form.petitioners, 1):
        chosen += row.representative
        represents = row.representative and chosen <= REPRESENTATIVES
        party = _petitioner(session, subject, case, ordinal, row, represents)
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        party.receipt_hash = receipt_hash(case.registration_no, code)
        parties.append(party)
        receipts.append(Receipt(party.id, ordinal, code, represents, row.representative and not represents))
    for ordinal, other in enumerate(form.other_side, 1):
        _other_side(session, subject, case, ordinal, other)
    await session.flush()
    await _relate(session, subject, case, parties)
    return tuple(receipts)


async def _relate(session: AsyncSession, subject: Subject, case: Case, petitioners: Sequence[Party]) -> None:
    """Each petitioner reads its own page, and who registers the case may follow it."""
    now = instant(session)
    who = relation_of(case, Relation.REGISTRAR, now, person_id=subject.person_id, source="registration")
    selves = [relation_of(case, Relation.SELF, now, person_id=one.id, source="parties") for one in petitioners]
    session.add_all([who, *selves])
    for party in petitioners:
        remember(session, party)
    await session.flush()


def _petitioner(
    session: AsyncSession, subject: Subject, case: Case, ordinal: int, row: PetitionerRow, represents: bool
) -> Party:
    now = instant(session)
    party = Party(
        id=new_id(now),
        case_id=case.id,
        side="petitioner",
        kind="person",
        ordinal=ordinal,
        name=row.name,
        identity=_given(id_number=row.id_number and row.id_number.upper()),
        contact=_given(telephone=row.telephone, address=row.address),
        sensitive=_given(ethnic_group=row.ethnic_group, poor_household=row.poor_household or None),
        representative=represents,
        language=row.language,
        status="active",
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(party)
    return party


def _other_side(session: AsyncSession, subject: Subject, case: Case, ordinal: int, row: OtherSideRow) -> None:
    now = instant(session)
    session.add(
        Party(
            id=new_id(now),
            case_id=case.id,
            side="respondent",
            kind=row.kind.value,
            ordinal=ordinal,
            name=row.name,
            contact=_given(telephone=row.telephone, address=row.address),
            unit_kind=row.unit_kind.value if row.unit_kind else None,
            representative=False,
            status="active",
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )


def _given(**values: Any) -> dict[str, Any] | None:
    return {name: value for name, value in values.items() if value is not None} or None


async def _claims(session: AsyncSession, subject: Subject, case: Case, form: RegistrationForm) -> None:
    now = instant(session)
    session.add_all(
        Claim(
            id=new_id(now),
            case_id=case.id,
            ordinal=ordinal,
            text=row.text,
            nature=row.nature.value,
            decision="pending",
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        for ordinal, row in enumerate(form.claims, 1)
    )
    await session.flush()


def _interview(form: RegistrationForm) -> dict[str, Any]:
    """The record of the interview: names and contacts stay with the parties, not in the paper."""
    left_out = {"petitioners", "other_side", "claims"}
    values = msgspec.to_builtins(form)
    return {name: value for name, value in values.items() if name not in left_out}


RIGHTS: Sequence[str] = (
    N_("选择或者接受人民调解员"),
    N_("接受调解、拒绝调解或者要求终止调解"),
    N_("要求调解公开进行或者不公开进行"),
    N_("自主表达意愿、自愿达成调解协议"),
    N_("调解不收取任何费用"),
    N_("查阅、更正个人信息，查询何人何时因何查看"),
)
