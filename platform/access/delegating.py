"""授权: one case by its act, a class by its own verb. The rows that decide follow in the database."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from access.borrowers import Borrower, borrower_of, refuse_lenders
from access.delegation import Delegation
from access.delegation_form import ClassForm, DelegateForm, term_of
from access.delegation_notice import tell_parties
from access.lending import ALWAYS, Lending, check_actions, choose, class_lendings, lendings
from cases.catalogue import Act, Done
from cases.models import Case
from foundation import audit
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import dispute_types
from policies.actions import Action
from tenants.subject import Subject

LENDERS = text("select person_id, office_id from delegation_lenders(:wanted)")
LARGEST = 5_000
"""Open cases of a class at the moment of lending: each gets its row at once."""


async def delegate(session: AsyncSession, subject: Subject, case: Case, form: DelegateForm) -> Done:
    borrower = await borrower_of(session, subject, form, case)
    row = await _lend(session, subject, form, await lendings(session, subject, case), borrower, case)
    if row.tells_parties:
        await tell_parties(session, subject, case, row, borrower.name)
    data = {"delegation": str(row.id), "until": str(form.until), "onward": form.onward}
    audience = "parties" if row.tells_parties else "internal"
    return Done(data=data, audience=audience, also_tenants=tuple(sorted(borrower.tenants)))


async def delegate_class(session: AsyncSession, subject: Subject, form: ClassForm) -> Delegation:
    """Lend on all open cases of a class, those to come included. Raises Forbidden, InvalidInput."""
    found = await class_lendings(session, subject, form.parent_id)
    if form.case_class is None and form.dispute_type is None:
        raise invalid("case_class", "required", N_("类别和纠纷类型至少填一项"))
    if form.dispute_type is not None and form.dispute_type not in {one.code for one in await dispute_types(session)}:
        raise invalid("dispute_type", "not_a_choice", N_("请从所列项目中选择"))
    parent = found[0].parent
    if parent is not None and not _narrower(form, parent):
        raise invalid("case_class", "beyond_own", N_("不得超出您本人受托的案件类别"))
    borrower = await borrower_of(session, subject, form, None)
    await _check_size(session, found[0].holder_office_id, form)
    row = await _lend(session, subject, form, found, borrower, None)
    await note(session, subject, row, borrower.tenants, until=str(form.until))
    return row


async def _lend(
    session: AsyncSession,
    subject: Subject,
    form: DelegateForm,
    found: Sequence[Lending],
    borrower: Borrower,
    case: Case | None,
) -> Delegation:
    now = instant(session)
    term = term_of(form, now)
    check_actions(subject, form.actions)
    lending = choose(found, frozenset(form.actions), term)
    await _check_chain(session, lending, borrower)
    onward = {Action.CASE_DELEGATE.value} if form.onward else set()
    row = Delegation(
        id=new_id(now),
        holder_office_id=lending.holder_office_id,
        case_id=case.id if case else None,
        actions=sorted({*form.actions, *ALWAYS, *onward}),
        lender_tenant_id=subject.tenant_id,
        lender_office_id=subject.office_id,
        parent_id=lending.parent.id if lending.parent else None,
        to_person_id=borrower.person_id,
        to_tenant_id=borrower.tenant_id,
        to_office_id=borrower.office_id,
        since=term.since,
        until=term.until,
        purpose=form.purpose,
        tells_parties=subject.tenant_id not in borrower.tenants,
        recorded_at=now,
        recorded_by=subject.person_id,
        **_class_of(form),
    )
    session.add(row)
    await session.flush()
    return row


def _class_of(form: DelegateForm) -> dict[str, object]:
    if not isinstance(form, ClassForm):
        return {}
    return {"case_class": form.case_class and form.case_class.value, "dispute_type": form.dispute_type}


def _narrower(form: ClassForm, parent: Delegation) -> bool:
    same_class = parent.case_class in (None, form.case_class and form.case_class.value)
    return same_class and parent.dispute_type in (None, form.dispute_type)


async def _check_chain(session: AsyncSession, lending: Lending, borrower: Borrower) -> None:
    if lending.parent is None:
        return
    lenders = (await session.execute(LENDERS, {"wanted": lending.parent.id})).all()
    persons, offices = {row.person_id for row in lenders}, {row.office_id for row in lenders}
    if refusal := refuse_lenders(borrower, persons, offices):
        raise refusal


async def _check_size(session: AsyncSession, office_id: int, form: ClassForm) -> None:
    wanted = [Case.holder_office_id == office_id, Case.state.not_in(("refused", "closed", "archived"))]
    if form.case_class is not None:
        wanted.append(Case.case_class == form.case_class.value)
    if form.dispute_type is not None:
        wanted.append(Case.dispute_type == form.dispute_type)
    beyond = await session.scalar(select(Case.id).where(*wanted).offset(LARGEST).limit(1))
    if beyond is not None:
        raise invalid("case_class", "too_many", N_("符合条件的在办案件超过%(most)s件，请加上条件"), most=LARGEST)


async def note(
    session: AsyncSession, subject: Subject, row: Delegation, tenants: Iterable[int], **detail: object
) -> None:
    """The audit of what concerns no single case: the chains of both sides."""
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.CASE_DELEGATE, "delegation", str(row.id), detail=dict(detail)
    )
    await audit.append(session, entry, row.lender_tenant_id, *tenants)


ACTS = (Act("delegate", N_("授权"), Action.CASE_DELEGATE, DelegateForm, delegate, writes=False),)
