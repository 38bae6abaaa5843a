"""Correcting what is recorded of a party: by a paper, with what stood before kept (个人信息保护法 46)."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.identity_index import PURPOSE, number_in
from cases.models import Case
from cases.particulars import id_number_errors, name_errors, telephone_errors, unit_code_errors
from cases.parties import Party, PartyCorrection
from cases.party_reading import party_of
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.identity_numbers import birth_date
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Erased(Choice):
    """What a person need not leave with us (47); name and number are part of the record."""

    TELEPHONE = "telephone", N_("电话")
    ADDRESS = "address", N_("住址")
    ETHNIC_GROUP = "ethnic_group", N_("民族")
    HEALTH = "health", N_("健康情况")
    POVERTY = "poor_household", N_("困难户登记")


class CorrectionForm(Struct, frozen=True, kw_only=True):
    """An empty field leaves what is recorded as it is."""

    party_id: Annotated[UUID, Meta(title=N_("更正哪位当事人"), extra={"options": "parties"})]
    basis: Annotated[
        str, Meta(title=N_("更正依据"), description=N_("证件、证明或者本人的更正申请"), min_length=2, max_length=200)
    ]
    name: Annotated[str, Meta(title=N_("姓名（名称）"), min_length=1, max_length=120)] | None = None
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18, extra={"compact": True})] | None = None
    birth_date: Annotated[date, Meta(title=N_("出生日期"), description=N_("没有公民身份号码时填写"))] | None = None
    own_living: (
        Annotated[bool, Meta(title=N_("已满十六周岁，以自己的劳动收入为主要生活来源（民法典第18条）"))] | None
    ) = None
    telephone: Annotated[str, Meta(title=N_("电话"), max_length=30)] | None = None
    address: Annotated[str, Meta(title=N_("住址"), max_length=200)] | None = None
    language: Annotated[str, Meta(title=N_("使用的语言（非普通话时）"), max_length=30)] | None = None
    ethnic_group: Annotated[str, Meta(title=N_("民族"), max_length=20)] | None = None
    health: Annotated[str, Meta(title=N_("健康情况"), description=N_("办理确有需要时才填"), max_length=200)] | None = (
        None
    )
    poor_household: Annotated[bool, Meta(title=N_("登记在册的困难户（凭证据）"))] | None = None
    poor_evidence: Annotated[str, Meta(title=N_("困难户的证据"), max_length=200)] | None = None
    poor_since: Annotated[date, Meta(title=N_("困难户认定日期"))] | None = None
    poor_until: Annotated[date, Meta(title=N_("困难户认定截止日"))] | None = None
    uscc: Annotated[str, Meta(title=N_("统一社会信用代码"), max_length=30, extra={"compact": True})] | None = None
    legal_representative: Annotated[str, Meta(title=N_("法定代表人或者负责人"), max_length=80)] | None = None
    erase: Annotated[list[Erased], Meta(title=N_("应本人要求删除"), max_length=5)] = []


PLACES = {
    "identity": ("id_number", "birth_date", "uscc", "legal_representative"),
    "contact": ("telephone", "address"),
    "sensitive": (
        *("ethnic_group", "health", "own_living"),
        *("poor_household", "poor_evidence", "poor_since", "poor_until"),
    ),
}
"""In which sealed column of the party each particular stands."""
COLUMNS = ("name", "language")
PARTICULARS = {
    "name": N_("姓名（名称）"),
    "language": N_("使用的语言（非普通话时）"),
    "id_number": N_("公民身份号码"),
    "birth_date": N_("出生日期"),
    "uscc": N_("统一社会信用代码"),
    "legal_representative": N_("法定代表人或者负责人"),
    "telephone": N_("电话"),
    "address": N_("住址"),
    "ethnic_group": N_("民族"),
    "health": N_("健康情况"),
    "own_living": N_("以自己的劳动收入为主要生活来源"),
    "poor_household": N_("困难户登记"),
    "poor_evidence": N_("困难户的证据"),
    "poor_since": N_("困难户认定日期"),
    "poor_until": N_("困难户认定截止日"),
}
"""How each is called where a correction is shown."""
POVERTY = tuple(field for field in PLACES["sensitive"] if field.startswith("poor_"))
INDEXED = text("select correct_identity_index(:case, :party, :blind)")


async def correct_party(session: AsyncSession, subject: Subject, case: Case, form: CorrectionForm) -> Done:
    party = await party_of(session, case, form.party_id, "party_id")
    now = instant(session)
    if errors := list(_errors(form, party, local_date(now))):
        raise InvalidInput(*errors)
    new = _changes(form)
    before = {field: value for field in new if (value := _present(party, field)) != new[field]}
    if not before:
        raise InvalidInput(FieldError("party_id", "unchanged", N_("没有要更正的内容")))
    for field in before:
        _set(party, field, new[field])
    session.add(_row(session, subject, party, before, form.basis))
    await session.flush()
    if "id_number" in before and (number := number_in(party.identity)):
        named = {"case": case.id, "party": party.id, "blind": Sealed.ring().blind(number, PURPOSE)}
        await session.execute(INDEXED, named)
    return Done(data={"side": party.side, "party": party.ordinal})


def _errors(form: CorrectionForm, party: Party, today: date) -> Iterator[FieldError]:
    for field in ("name", "legal_representative"):
        yield from name_errors(field, getattr(form, field))
    yield from telephone_errors("telephone", form.telephone)
    yield from id_number_errors("id_number", form.id_number, today)
    yield from unit_code_errors("uscc", form.uscc)
    for field in ("birth_date", "poor_since"):
        day = getattr(form, field)
        if day is not None and day > today:
            yield FieldError(field, "in_future", N_("日期不得晚于今天"))
    persons = {"id_number", "birth_date", "own_living", *PLACES["sensitive"]}
    foreign = persons if party.kind == "unit" else {"uscc", "legal_representative"}
    for field in sorted(foreign & set(_said(form))):
        yield FieldError(field, "not_of_this_kind", N_("这一项不适用于所选当事人"))
    for erased in form.erase:
        if erased in _said(form):
            yield FieldError(erased.value, "erased", N_("同一项不能既填写又删除"))


def _said(form: CorrectionForm) -> dict[str, Any]:
    """What the form gives, as the sealed columns hold it."""
    values: dict[str, Any] = msgspec.to_builtins(form)
    known = {*COLUMNS, *(field for fields in PLACES.values() for field in fields)}
    return {field: value for field, value in values.items() if field in known and value is not None}


def _changes(form: CorrectionForm) -> dict[str, Any]:
    """Field -> new value; None = erased. The day of birth follows a new number; so does what proved poverty."""
    new: dict[str, Any] = dict(_said(form))
    for field in ("id_number", "uscc"):
        if field in new:
            new[field] = new[field].upper()
    if "id_number" in new and (born := birth_date(new["id_number"])) is not None:
        new["birth_date"] = born.isoformat()
    for erased in form.erase:
        new |= dict.fromkeys(POVERTY if erased is Erased.POVERTY else (erased.value,))
    if new.get("poor_household") is False:
        new |= dict.fromkeys(POVERTY)
    return new


def _present(party: Party, field: str) -> Any:
    if field in COLUMNS:
        return getattr(party, field)
    return (getattr(party, _column(field)) or {}).get(field)


def _set(party: Party, field: str, value: Any) -> None:
    """A new mapping each time: a sealed column does not notice what changes inside."""
    if field in COLUMNS:
        setattr(party, field, value)
        return
    column = _column(field)
    held = {**(getattr(party, column) or {}), field: value}
    setattr(party, column, {name: one for name, one in held.items() if one is not None} or None)


def _column(field: str) -> str:
    return next(column for column, fields in PLACES.items() if field in fields)


def _row(session: AsyncSession, subject: Subject, party: Party, before: dict[str, Any], basis: str) -> PartyCorrection:
    now = instant(session)
    return PartyCorrection(
        id=new_id(now),
        case_id=party.case_id,
        party_id=party.id,
        fields=sorted(before),
        before={field: value for field, value in before.items() if value is not None},
        basis=basis,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


ACTS = (Act("correct-party", N_("更正当事人信息"), Action.CONSENT_RECORD, CorrectionForm, correct_party),)
