"""What somebody may lend: what they hold themselves, of what can be lent at all, from their office or lent on."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation import Delegation
from access.delegation_form import Term
from cases.models import Case, CaseRelation
from foundation.clock import local_date
from foundation.errors import FieldError, Forbidden, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from policies.words import ACTION_NAMES
from tenants.subject import Subject

BORROWER = "borrower"
"""The role of the record; what it may do at most, rule 12b says."""
ALWAYS = frozenset({Action.CASE_STATUS.value, Action.RECUSAL_DECLARE.value})
"""Whoever works on a case sees where it stands, and leaves it when there is an interest."""


class Lending(Struct, frozen=True):
    """A right to lend: these actions on cases of this office; `parent` None = the office's own, without an end."""

    holder_office_id: int
    actions: frozenset[str]
    parent: Delegation | None = None

    def covers(self, actions: Iterable[str], term: Term) -> bool:
        return self.actions.issuperset(actions) and (
            self.parent is None or (self.parent.since <= term.since and term.until <= self.parent.until)
        )


def lendable(subject: Subject) -> frozenset[str]:
    """What can be named; `case:delegate` is lent by saying that it may be lent on."""
    ruled = gate.opened().table.actions(BORROWER, subject.tier, Relation.DELEGATED)
    return ruled - ALWAYS - {Action.CASE_DELEGATE}


async def lendings(session: AsyncSession, subject: Subject, case: Case) -> list[Lending]:
    """By which the subject may lend on this case: the holder's own first. Raises Forbidden without any."""
    found = [
        *await _of_holder(session, subject, case),
        *await _lent_on(session, subject, Delegation.id.in_(await _deciding(session, case))),
    ]
    if not found:
        raise Forbidden
    return found


async def class_lendings(session: AsyncSession, subject: Subject, parent_id: UUID | None) -> list[Lending]:
    """For a class: what the role may do with what the office holds; or the one that was lent with leave to lend on."""
    if parent_id is not None:
        found = await _lent_on(session, subject, and_(Delegation.id == parent_id, Delegation.case_id.is_(None)))
        if not found:
            raise invalid("parent_id", "not_a_choice", N_("没有可以再授权的这项授权"))
        return found
    gate.require_role(subject, Action.CASE_DELEGATE, Relation.HOLDS)
    if subject.office_id is None:
        raise Forbidden
    allowed = {action for action in lendable(subject) if gate.may(subject, Action(action), Relation.HOLDS)}
    return [Lending(subject.office_id, frozenset(allowed))]


async def may_lend_class(session: AsyncSession, subject: Subject) -> bool:
    """As the page asks it, before anything is named."""
    return gate.may(subject, Action.CASE_DELEGATE, Relation.HOLDS) or bool(await onward_classes(session, subject))


async def onward_classes(session: AsyncSession, subject: Subject) -> Sequence[Delegation]:
    """Classes lent to the subject with leave to lend on."""
    lent = await _lent_on(session, subject, Delegation.case_id.is_(None))
    return [one.parent for one in lent if one.parent is not None]


async def _of_holder(session: AsyncSession, subject: Subject, case: Case) -> list[Lending]:
    """By custody, with all that the subject may do by relations of its own: what was lent to it, it lends on."""
    if case.holder_office_id != subject.office_id or not gate.may(subject, Action.CASE_DELEGATE, Relation.HOLDS):
        return []
    found = await gate.standings(session, subject, case)
    own = tuple(one for one in found if one.relation is not Relation.DELEGATED)
    allowed = gate.decide(subject, own).actions
    if Action.CASE_DELEGATE not in allowed:
        return []
    return [Lending(case.holder_office_id, allowed & lendable(subject))]


async def _lent_on(session: AsyncSession, subject: Subject, where: ColumnElement[bool]) -> list[Lending]:
    now, desk = instant(session), or_(Delegation.to_office_id.is_(None), Delegation.to_office_id == subject.office_id)
    to_me = or_(Delegation.to_person_id == subject.person_id, and_(Delegation.to_tenant_id == subject.tenant_id, desk))
    standing = (Delegation.revoked_at.is_(None), Delegation.since <= now, Delegation.until > now)
    query = select(Delegation).where(where, to_me, *standing).order_by(Delegation.id)
    rows = (await session.scalars(query)).all()
    can = lendable(subject)
    return [Lending(row.holder_office_id, can.intersection(row.actions), row) for row in rows if row.onward]


async def _deciding(session: AsyncSession, case: Case) -> list[UUID]:
    """Delegations by which the case is lent now: by the record, as the gate sees it."""
    now = instant(session)
    query = select(CaseRelation.source).where(
        CaseRelation.case_id == case.id,
        CaseRelation.relation == Relation.DELEGATED,
        CaseRelation.source.like("delegations:%"),
        CaseRelation.since <= now,
        CaseRelation.until > now,
    )
    return [UUID(source.partition(":")[2]) for source in await session.scalars(query)]


def check_actions(subject: Subject, actions: Collection[str]) -> None:
    """Raises InvalidInput for each that is no right, or none that can be lent."""
    unknown = [FieldError("actions", "not_a_choice", N_("没有这项权限")) for one in actions if one not in set(Action)]
    can = lendable(subject)
    fixed = [_named("not_lendable", N_("“%(action)s”不能授权"), one) for one in actions if one in set(Action) - can]
    if unknown or fixed:
        raise InvalidInput(*unknown, *fixed)


def choose(found: Sequence[Lending], actions: frozenset[str], term: Term) -> Lending:
    """The first that covers all of it. Raises InvalidInput with what goes beyond the widest."""
    covering = next((one for one in found if one.covers(actions, term)), None)
    if covering is not None:
        return covering
    widest = max(found, key=lambda one: len(one.actions & actions))
    if beyond := sorted(actions - widest.actions):
        raise InvalidInput(*(_named("beyond_own", N_("“%(action)s”超出您本人的权限"), one) for one in beyond))
    raise _beyond_term(widest, term)


def _beyond_term(lending: Lending, term: Term) -> InvalidInput:
    if lending.parent is None:
        raise AssertionError("what an office holds has no term")
    if term.since < lending.parent.since:
        day = str(local_date(lending.parent.since))
        return invalid("since", "beyond_own", N_("不得早于您本人受托的开始日期（%(day)s）"), day=day)
    day = str(local_date(lending.parent.until))
    return invalid("until", "beyond_own", N_("不得晚于您本人受托的截止日期（%(day)s）"), day=day)


def _named(rule: str, message: str, action: str) -> FieldError:
    return FieldError("actions", rule, message, {"action": ACTION_NAMES[Action(action)]})
