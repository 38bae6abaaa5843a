"""委托: a numbered deed between the visited unit and the committee. The unit has no silent veto (23, 23a)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations, timers
from cases.assessment import claims_of
from cases.catalogue import Act, Done
from cases.deeds import (
    DEED,
    DEED_SIGNED,
    Deed,
    DeedPaper,
    DeedSignature,
    Signatory,
    SignatureLine,
    SignedPaper,
    deed_in_force,
    petition_office_of,
    sides_of,
    signatures_on,
    trustee_name,
)
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.numbers import next_number
from cases.steps import State
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind


class EntrustmentForm(Struct, frozen=True, kw_only=True):
    unit_clear: Annotated[bool, Meta(title=N_("责任主体明确"), description=N_("不明确时由同级信访部门办理委托"))] = (
        False
    )
    unit_name: Annotated[str, Meta(title=N_("委托单位"), description=N_("不填为被访单位"), max_length=120)] | None = (
        None
    )
    scope: Annotated[str, Meta(title=N_("委托事项和范围"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    begins_on: Annotated[date, Meta(title=N_("委托起始日"), description=N_("不填为今天"))] | None = None
    ends_on: Annotated[date, Meta(title=N_("委托截止日"), description=N_("不填为调解期限届满日"))] | None = None


class SignatureForm(Struct, frozen=True, kw_only=True):
    capacity: Annotated[Signatory, Meta(title=N_("签署方"))]
    signed_name: Annotated[str, Meta(title=N_("签署人"), min_length=1, max_length=80)]
    sealed: Annotated[bool, Meta(title=N_("已盖印章"), description=N_("委托书须签名并盖章"))] = False


class DeedMissing(Conflict):
    code = "deed_missing"
    message = N_("尚未拟定委托书")


class PetitionOfficeMissing(Conflict):
    """No petition office at the level that would have to sign."""

    code = "petition_office_missing"
    message = N_("同级没有信访部门，请先明确责任主体")


class UnitStillHasTime(Conflict):
    code = "unit_still_has_time"
    message = N_("被访单位的签署期限到 %(day)s，届满前信访部门不得代签")


class AlreadySigned(Conflict):
    code = "already_signed"
    message = N_("这一方已经签署")


class NotYourSignature(Conflict):
    code = "not_your_signature"
    message = N_("您的岗位不能为这一方签署")


async def propose_entrustment(session: AsyncSession, subject: Subject, case: Case, form: EntrustmentForm) -> Done:
    """Draft the deed; the petition office of the holder's tier learns of it, since it may have to sign."""
    begins_on, ends_on = await _term(session, case, form)
    office = await petition_office_of(session, case)
    entruster = _entruster(case, form, office)
    await void_deed(session, case)
    deed = await _drafted(session, subject, case, form, begins_on, ends_on)
    petitioners, respondents = await sides_of(session, case.id)
    paper = DeedPaper(
        entruster=entruster,
        trustee=await trustee_name(session, case),
        unit_clear=form.unit_clear,
        petitioners=petitioners,
        respondents=respondents,
        claims=[one.ordinal for one in await claims_of(session, case.id) if one.decision == "suitable"],
        scope=form.scope,
        begins_on=begins_on,
        ends_on=ends_on,
        signed_by=local_date(deed.unit_signs_by) if form.unit_clear else None,
    )
    await issue(session, subject, case, DEED, paper, number=deed.number)
    if office is not None:
        await _tell(session, case, deed, office)
    return Done(data={"number": deed.number, "unit_clear": form.unit_clear})


async def _term(session: AsyncSession, case: Case, form: EntrustmentForm) -> tuple[date, date]:
    """From today to the end of the mediation term, unless the deed says otherwise."""
    today = local_date(instant(session))
    begins = form.begins_on or today
    terms = await timers.running(session, case.id, "mediation")
    ends = form.ends_on or (max(local_date(terms[0].due_at), begins) if terms else begins)
    errors = []
    if case.accepted_at is not None and begins < local_date(case.accepted_at):
        errors.append(FieldError("begins_on", "out_of_range", N_("委托不得早于受理之日")))
    if ends < max(begins, today):
        errors.append(FieldError("ends_on", "out_of_range", N_("截止日不得早于起始日和今天")))
    if errors:
        raise InvalidInput(*errors)
    return begins, ends


def _entruster(case: Case, form: EntrustmentForm, office: Office | None) -> str:
    """The unit concerned, or the petition office of that level when the subject is unclear."""
    if not form.unit_clear:
        if office is None:
            raise PetitionOfficeMissing
        return office.name
    name = form.unit_name or case.visited_unit
    if name is None:
        raise invalid("unit_name", "required", N_("责任主体明确的，须写明委托单位"))
    return name


async def _drafted(
    session: AsyncSession, subject: Subject, case: Case, form: EntrustmentForm, begins_on: date, ends_on: date
) -> Deed:
    now = instant(session)
    year, number = await next_number(session, "deed", case.holder_office_id)
    signs_by = now
    if form.unit_clear:
        signs_by = (await timers.start(session, case, "unit_signature")).due_at
    deed = Deed(
        id=new_id(now),
        case_id=case.id,
        number=f"委〔{year}〕{case.holder_office_id:05d}-{number:05d}号",
        unit_clear=form.unit_clear,
        unit_signs_by=signs_by,
        begins_on=begins_on,
        ends_on=ends_on,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(deed)
    await session.flush()
    return deed


async def void_deed(session: AsyncSession, case: Case) -> None:
    """An earlier deed falls, and with it the term to sign it."""
    if earlier := await deed_in_force(session, case.id):
        earlier.void_at = instant(session)
        await session.flush()
        await timers.finish(session, case, "unit_signature")


async def _tell(session: AsyncSession, case: Case, deed: Deed, office: Office) -> None:
    await relations.grant(
        session,
        case,
        Relation.ENTRUSTS,
        tenant_id=office.tenant_id,
        office_id=office.id,
        source=f"deeds:{deed.id}",
    )


async def sign_entrustment(session: AsyncSession, subject: Subject, case: Case, form: SignatureForm) -> Done:
    """Once the committee and either the unit or the petition office have signed and sealed, 办理 may begin."""
    deed = await deed_in_force(session, case.id)
    if deed is None:
        raise DeedMissing
    signed = {Signatory(one.capacity) for one in await signatures_on(session, deed)}
    if form.capacity in signed:
        raise AlreadySigned
    _check_turn(session, subject, deed, form.capacity)
    if not form.sealed:
        raise invalid("sealed", "required", N_("委托书须盖章，未盖章的不得记为已签署"))
    session.add(_signature(session, subject, case, deed, form))
    signed |= {form.capacity}
    if form.capacity is not Signatory.COMMITTEE:
        await timers.finish(session, case, "unit_signature")
    complete = Signatory.COMMITTEE in signed and len(signed) >= 2
    if complete:
        await session.flush()
        await _print_signatures(session, subject, case, deed)
    state = State.ENTRUSTED if complete else State.ACCEPTED
    return Done(to=state, data={"capacity": form.capacity.value, "number": deed.number}, audience="parties")


def _signature(session: AsyncSession, subject: Subject, case: Case, deed: Deed, form: SignatureForm) -> DeedSignature:
    now = instant(session)
    return DeedSignature(
        id=new_id(now),
        case_id=case.id,
        deed_id=deed.id,
        capacity=form.capacity.value,
        signed_name=form.signed_name,
        sealed=form.sealed,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


async def _print_signatures(session: AsyncSession, subject: Subject, case: Case, deed: Deed) -> None:
    lines = [
        SignatureLine(capacity=Signatory(one.capacity), sealed=one.sealed, on=local_date(one.recorded_at))
        for one in await signatures_on(session, deed)
    ]
    paper = SignedPaper(deed_number=deed.number, signatures=lines, effective_on=local_date(instant(session)))
    await issue(session, subject, case, DEED_SIGNED, paper)


def _check_turn(session: AsyncSession, subject: Subject, deed: Deed, capacity: Signatory) -> None:
    """Only the petition office signs for itself, and only when the subject is unclear or the unit is late."""
    from_petition_office = subject.office_kind == OfficeKind.PETITION_BUREAU
    if from_petition_office != (capacity is Signatory.PETITION_OFFICE):
        raise NotYourSignature
    if capacity is Signatory.UNIT and not deed.unit_clear:
        raise invalid("capacity", "unfit", N_("责任主体不明确的，由信访部门委托，没有单位签署"))
    if capacity is Signatory.PETITION_OFFICE and deed.unit_clear and instant(session) <= deed.unit_signs_by:
        raise UnitStillHasTime(day=str(local_date(deed.unit_signs_by)))


@by_facts(Fact("exists (select from deeds where case_id = :case and void_at is null)"))
def deed_proposed(subject: Subject, case: Case, proposed: bool) -> DomainError | None:
    return None if proposed else DeedMissing()


ACTS = (
    Act("propose-entrustment", N_("拟定委托书"), Action.ENTRUST_PROPOSE, EntrustmentForm, propose_entrustment, step=3),
    Act("sign-entrustment", N_("签署委托书"), Action.ENTRUST_SIGN, SignatureForm, sign_entrustment, step=3),
)
GUARDS = {"deed_proposed": deed_proposed}
PAPERS = (DEED, DEED_SIGNED)
