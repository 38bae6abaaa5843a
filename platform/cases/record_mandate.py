"""Recording an agent or a guardian, and taking a mandate back. In writing, dated, with scope and end (民法典 165)."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.mandate_form import Capacity, Ground, MandateForm, MandatePaper, RevocationForm
from cases.mandates import in_force, mandates_of
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.particulars import id_number_errors, name_errors, telephone_errors
from cases.parties import Mandate, Party
from cases.party_facts import ADULT, age_on, born_on
from cases.party_reading import party_of
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

MANDATE = PaperKind("mandate", N_("授权委托书"), Group.STATEMENT, dossier_item=4, form=MandatePaper)
REQUIRED = N_("请填写")


async def record_mandate(session: AsyncSession, subject: Subject, case: Case, form: MandateForm) -> Done:
    party = await party_of(session, case, form.party_id, "party_id")
    today = local_date(instant(session))
    errors = [*_of_person(form, today), *_of_paper(form, party, today)]
    errors += await _of_both_sides(session, case, party, form, today)
    if errors:
        raise InvalidInput(*errors)
    mandate = _mandate(session, subject, party, form)
    session.add(mandate)
    await session.flush()
    paper = await issue(session, subject, case, MANDATE, _paper(mandate, form), party_id=party.id)
    mandate.paper_id = paper.id
    return Done(data={"side": party.side, "party": party.ordinal, "capacity": form.capacity.value})


async def revoke_mandate(session: AsyncSession, subject: Subject, case: Case, form: RevocationForm) -> Done:
    """At any time and without a reason; what was done under it while it stood stays done (民法典 173)."""
    day = local_date(instant(session))
    mandate = next((one for one in await mandates_of(session, case.id) if one.id == form.mandate_id), None)
    if mandate is None or not in_force(mandate, day):
        raise invalid("mandate_id", "not_a_choice", N_("请从所列项目中选择"))
    mandate.revoked_at = instant(session)
    return Done(data={"capacity": mandate.capacity})


def _of_person(form: MandateForm, today: date) -> Iterator[FieldError]:
    yield from name_errors("name", form.name)
    yield from telephone_errors("telephone", form.telephone)
    yield from id_number_errors("id_number", form.id_number, today)
    born = born_on({"id_number": form.id_number})
    if born is not None and age_on(born, today) < ADULT:
        yield FieldError("id_number", "not_adult", N_("代理人、监护人须是成年人"))


def _of_paper(form: MandateForm, party: Party, today: date) -> Iterator[FieldError]:
    if not form.written:
        yield FieldError("written", "required", N_("代理须有书面授权，监护须有证明，核对后才能登记"))
    if form.given_on is not None and form.given_on > today:
        yield FieldError("given_on", "in_future", N_("日期不得晚于今天"))
    if form.ends_on is not None and form.ends_on < (form.given_on or today):
        yield FieldError("ends_on", "too_early", N_("截止日不得早于授权日期"))
    if form.capacity is Capacity.GUARDIAN:
        yield from _of_guardian(form, party, today)
        return
    for field in ("given_on", "matters"):
        if getattr(form, field) is None:
            yield FieldError(field, "required", REQUIRED)


def _of_guardian(form: MandateForm, party: Party, today: date) -> Iterator[FieldError]:
    if party.kind != "person":
        yield FieldError("capacity", "not_a_person", N_("单位没有监护人"))
    for field in ("ground", "basis"):
        if getattr(form, field) is None:
            yield FieldError(field, "required", REQUIRED)
    born = born_on(party.identity)
    if form.ground is Ground.MINOR and born is not None and age_on(born, today) >= ADULT:
        yield FieldError("ground", "adult", N_("登记的出生日期表明其已成年"))


async def _of_both_sides(
    session: AsyncSession, case: Case, party: Party, form: MandateForm, today: date
) -> Iterable[FieldError]:
    """民法典 168: nobody acts for both sides. Looked at within this case alone (N1)."""
    number = (form.id_number or "").upper()
    for other in await mandates_of(session, case.id):
        same = other.name == form.name or bool(number and number == (other.identity or {}).get("id_number"))
        if same and in_force(other, today) and await _side(session, other.party_id) != party.side:
            return [FieldError("name", "both_sides", N_("同一人不得代理双方"))]
    return []


async def _side(session: AsyncSession, party_id: UUID) -> str:
    return (await session.get_one(Party, party_id)).side


def _mandate(session: AsyncSession, subject: Subject, party: Party, form: MandateForm) -> Mandate:
    now = instant(session)
    return Mandate(
        id=new_id(now),
        case_id=party.case_id,
        party_id=party.id,
        capacity=form.capacity.value,
        bond=form.bond.value,
        ground=form.ground.value if form.ground else None,
        name=form.name,
        identity={"id_number": form.id_number.upper()} if form.id_number else None,
        contact={"telephone": form.telephone} if form.telephone else None,
        matters=form.matters,
        given_on=form.given_on,
        ends_on=form.ends_on,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


def _paper(mandate: Mandate, form: MandateForm) -> MandatePaper:
    return MandatePaper(
        mandate_id=mandate.id,
        capacity=form.capacity,
        bond=form.bond,
        given_on=form.given_on,
        matters=form.matters,
        ends_on=form.ends_on,
        ground=form.ground,
        basis=form.basis,
    )


class NoMandate(Conflict):
    code = "no_mandate"
    message = N_("没有登记可以撤销的授权")


@by_facts(Fact("exists (select from mandates where case_id = :case and revoked_at is null)"))
def mandate_standing(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoMandate()


ACTS = (
    Act("record-mandate", N_("登记代理人、监护人"), Action.CONSENT_RECORD, MandateForm, record_mandate),
    Act("revoke-mandate", N_("撤销授权"), Action.CONSENT_RECORD, RevocationForm, revoke_mandate),
)
GUARDS = {"mandate_standing": mandate_standing}
PAPERS = (MANDATE,)
