"""接谈: registering a dispute. A duty: never refused or delayed by persons, level, duplicates or papers (N10)."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Date, Numeric, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import remedies
from cases.catalogue import Done
from cases.history import Timer
from cases.identity_index import entries, pending_same_matter
from cases.issue import paper_of
from cases.models import Case, CaseRelation
from cases.opening import custody_at, open_case
from cases.papers import Group, PaperKind
from cases.parties import Claim, Party
from cases.referring import referral
from cases.registration_form import PetitionerRow, RegistrationForm
from cases.relations import of_registrar, relation_of
from cases.steps import State
from cases.timeline import record_registration
from cases.timers import timer_of
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.identity_numbers import is_identity_number
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from organisation.dispute_types import is_in_force
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
    may: gate.Permissions
    """What who registered it may do with it now."""
    same_matter_pending: tuple[str, ...] = ()


async def register(session: AsyncSession, subject: Subject, form: RegistrationForm) -> Registered:
    """Register one dispute at the subject's office, which holds it from now on."""
    gate.require_role(subject, Action.CASE_REGISTER, Relation.REGISTRAR)
    tenant = await _tenant(session, subject, form)
    now = instant(session)
    _check(form, local_date(now))
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
        place_id=form.place_id,
    )
    petitioners, receipts = _petitioners(subject, case, form, now)
    referred = await referral(session, case, tenant, form, now)
    rows: list[Base] = [
        *petitioners,
        *([referred] if referred else []),
        *_other_side(subject, case, form, now),
        *_relations(subject, case, petitioners, now),
        *entries(petitioners),
        *_claims(subject, case, form, now),
        paper_of(subject, case, INTERVIEW, _interview(form), now),
        paper_of(subject, case, RIGHTS_NOTICE, {"rights": RIGHTS, "given": form.privacy_notice}, now),
        *_timers(case, form, now),
    ]
    data = {
        "persons": len(form.petitioners),
        "refused_representatives": sum(r.representation_refused for r in receipts),
    }
    await record_registration(session, subject, case, Done(data=data, audience="parties"), rows)
    pending = await pending_same_matter(session, subject, case, form.petitioners)
    return Registered(case, receipts, gate.decide(subject, of_registrar(subject, case)), pending)


def receipt_hash(registration_no: str, code: str) -> bytes:
    """What is stored of a receipt's code; bound to its number."""
    normal = code.strip().upper().replace("-", "")
    return hashlib.sha256(f"{registration_no.strip()}\x1f{normal}".encode()).digest()


async def _tenant(session: AsyncSession, subject: Subject, form: RegistrationForm) -> Tenant:
    """Where the case begins; raises InvalidInput when the place or the type is none."""
    asked = {"place": form.place_id, "type": form.dispute_type, "today": local_date(instant(session))}
    row = (await session.execute(KNOWN, {**asked, "tenant": subject.tenant_id})).one()
    if not row.place:
        raise invalid("place_id", "not_a_choice", N_("请从所列地点中选择"))
    if not row.type:
        raise invalid("dispute_type", "not_a_choice", N_("请从所列项目中选择"))
    tenant: Tenant = row.Tenant
    return tenant


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


def _petitioners(
    subject: Subject, case: Case, form: RegistrationForm, now: datetime
) -> tuple[list[Party], tuple[Receipt, ...]]:
    receipts: list[Receipt] = []
    parties: list[Party] = []
    chosen = 0
    for ordinal, row in enumerate(form.petitioners, 1):
        chosen += row.representative
        represents = row.representative and chosen <= REPRESENTATIVES
        party = _petitioner(subject, case, ordinal, row, represents, now)
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        party.receipt_hash = receipt_hash(case.registration_no, code)
        parties.append(party)
        receipts.append(Receipt(party.id, ordinal, code, represents, row.representative and not represents))
    return parties, tuple(receipts)


def _relations(subject: Subject, case: Case, petitioners: Sequence[Party], now: datetime) -> list[CaseRelation]:
    """Each petitioner reads its own page, and who registers the case may follow it."""
    who = relation_of(case, Relation.REGISTRAR, now, person_id=subject.person_id, source="registration")
    selves = [relation_of(case, Relation.SELF, now, person_id=one.id, source="parties") for one in petitioners]
    return [who, *selves]


def _petitioner(
    subject: Subject, case: Case, ordinal: int, row: PetitionerRow, represents: bool, now: datetime
) -> Party:
    return Party(
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


def _other_side(subject: Subject, case: Case, form: RegistrationForm, now: datetime) -> list[Party]:
    return [
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
        for ordinal, row in enumerate(form.other_side, 1)
    ]


def _given(**values: Any) -> dict[str, Any] | None:
    return {name: value for name, value in values.items() if value is not None} or None


def _claims(subject: Subject, case: Case, form: RegistrationForm, now: datetime) -> list[Claim]:
    return [
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
    ]


def _timers(case: Case, form: RegistrationForm, now: datetime) -> list[Timer]:
    """None of them binds the workroom, so the case has no due date yet."""
    known = remedies.known(form.dispute_type, form.claims)
    remedy = [timer_of(case.id, kind, now, since=since) for kind, since in known.items()]
    return [timer_of(case.id, "petition_notice", now), *remedy]


def _interview(form: RegistrationForm) -> dict[str, Any]:
    """The record of the interview: names and contacts stay with the parties, not in the paper."""
    left_out = {"petitioners", "other_side", "claims", "referring_office_id"}
    values = msgspec.to_builtins(form)
    return {name: value for name, value in values.items() if name not in left_out}


KNOWN = select(
    Tenant,
    select(Place.id).where(Place.id == bindparam("place")).exists().label("place"),
    is_in_force(bindparam("type", type_=Numeric), bindparam("today", type_=Date)).label("type"),
).where(Tenant.id == bindparam("tenant"))
"""One look for all that a registration presupposes. Numeric: what no column could hold is no type either."""
RIGHTS: Sequence[str] = (
    N_("选择或者接受人民调解员"),
    N_("接受调解、拒绝调解或者要求终止调解"),
    N_("要求调解公开进行或者不公开进行"),
    N_("自主表达意愿、自愿达成调解协议"),
    N_("调解不收取任何费用"),
    N_("查阅、更正个人信息，查询何人何时因何查看"),
)
