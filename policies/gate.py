"""The gate: every verb asks it first. Default deny.

An invisible case is `NotFound`; a visible one without the right is `Forbidden`.

Which role counts: a record that names a role (a team member's part, `handler`, what was lent to an assistant) is
judged by that role, whatever the post, and a record that lends actions by name allows no others; every other relation
is judged by the role of the post the subject acts in.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden, NotFound
from policies import openings
from policies.actions import Action
from policies.explanation import Explanation, explain_refusal, explain_rule
from policies.relations import BY_PLACE, NEGATIVE, Relation, RelationSource, Standing
from policies.rules import RuleBook
from policies.table import DecisionTable
from tenants.subject import Subject


class Gate(Struct, frozen=True):
    """What one process decides by. Exchanged whole: a reader sees the old rules or the new, never a mixture."""

    book: RuleBook
    table: DecisionTable
    source: RelationSource
    edition: int = 0
    """0 = the rules that came with the program."""


class GateClosed(RuntimeError):
    """Nobody opened the gate in this process: a defect of the composition root."""


class Permissions(Struct, frozen=True):
    """All that the subject may do with one case (field groups are actions), and by which relations."""

    actions: frozenset[str]
    relations: frozenset[Relation]
    standings: tuple[Standing, ...] = ()
    """The relations as found, with what each record lends and until when."""


OPENS_NOTHING = frozenset({Action.RECUSAL_DECLARE})
"""Rights that everybody of an office has (60b): alone they are no way in, and tell nobody that a case exists."""

_open: Gate | None = None


def use(gate: Gate) -> None:
    """Decide by this from now on: at start, and whenever the rules have changed."""
    global _open
    _open = gate


def opened() -> Gate:
    if _open is None:
        raise GateClosed("policies.start.open_gate has not run")
    return _open


async def fetch(session: AsyncSession, subject: Subject, action: Action, case_id: UUID, *, lock: bool = False) -> Any:
    """The case, if the subject may do the action with it. `lock` holds its row until the transaction ends."""
    return (await fetch_with_permissions(session, subject, action, case_id, lock=lock))[0]


async def fetch_with_permissions(
    session: AsyncSession, subject: Subject, action: Action, case_id: UUID, *, lock: bool = False
) -> tuple[Any, Permissions]:
    """The same, and all else that the subject may do with it: asked once for a whole answer."""
    source = opened().source
    case = await source.load(session, case_id, lock=lock, subject=subject)
    if case is None and lock and (shown := await source.load(session, case_id, lock=False)):
        await require(session, subject, action, shown)
        raise Forbidden  # the rules allow it, the database lets nobody with this scope write: the second lock holds
    if case is None:
        raise NotFound
    may = await require(session, subject, action, case)
    openings.note(session, case_id, subject, may.standings)
    return case, may


async def require(session: AsyncSession, subject: Subject, action: Action, case: Any) -> Permissions:
    """Raises NotFound when the subject has nothing to do with the case, Forbidden when only this is not allowed."""
    may = await permissions(session, subject, case)
    if not may.actions - OPENS_NOTHING:
        raise NotFound
    if action not in may.actions:
        raise Forbidden
    return may


async def permissions(session: AsyncSession, subject: Subject, case: Any) -> Permissions:
    return decide(subject, await standings(session, subject, case))


async def standings(session: AsyncSession, subject: Subject, case: Any) -> tuple[Standing, ...]:
    """The subject's relations to the case; administrators have none."""
    gate = opened()
    if subject.role not in gate.table.case_roles:
        return ()
    return await gate.source.of(session, subject, case)


def decide(subject: Subject, found: tuple[Standing, ...]) -> Permissions:
    """Relations add up: whatever one of them allows is allowed (decisions.md 4)."""
    table = opened().table
    every = [allowed(table, subject, standing) for standing in found]
    return Permissions(frozenset().union(*every), frozenset(standing.relation for standing in found), found)


def allowed(table: DecisionTable, subject: Subject, standing: Standing) -> frozenset[str]:
    """What the rules allow in this relation; of a record that lends by name, only what it lends."""
    ruled = table.actions(standing.role or subject.role, subject.tier, standing.relation)
    return ruled if standing.actions is None else ruled & standing.actions


def may(subject: Subject, action: Action, *relations: Relation) -> bool:
    """Whether the subject's post allows the action in one of `relations`, where no case is at hand yet.

    Without relations: in any at all, as a menu asks. Administrators' actions stand under Relation.NONE.
    """
    table = opened().table
    asked = relations or tuple(set(Relation) - NEGATIVE)
    return any(table.allows(subject.role, subject.tier, relation, action) for relation in asked)


def require_role(subject: Subject, action: Action, *relations: Relation) -> None:
    """Raises Forbidden unless `may`."""
    if not may(subject, action, *relations):
        raise Forbidden


class Reach(Struct, frozen=True, eq=False):
    """What a subject may do an action with, as a page asks it: ordered branches, merged without what comes twice.

    `by_place` holds predicates on cases, `by_record` on case_relations; `not_excluded` is asked of a column of cases'
    ids. Kept per subject and action, so it is its own key for what is built from it.
    """

    by_place: tuple[ColumnElement[bool], ...]
    by_record: tuple[ColumnElement[bool], ...]
    not_excluded: Callable[[ColumnElement[UUID]], ColumnElement[bool]]


def reach(subject: Subject, action: Action = Action.CASE_STATUS) -> Reach:
    """For a page of a list. Raises Forbidden for an administrator: no case role, no case scope."""
    gate = opened()
    if subject.role not in gate.table.case_roles:
        raise Forbidden
    return _reach(gate.table, gate.source, subject, action)


def visible(subject: Subject, action: Action = Action.CASE_STATUS) -> list[ColumnElement[bool]]:
    """Disjoint branches over cases: a row lies in exactly one of them if the subject may do the action, else in none.

    For exists, counts and bulk acts, which take their OR (decisions.md 10). No branch = no row. Raises as `reach`.
    """
    return list(_visible(opened().source, subject, reach(subject, action)))


@lru_cache(maxsize=1024)
def _visible(source: RelationSource, subject: Subject, found: Reach) -> tuple[ColumnElement[bool], ...]:
    recorded, kept = source.related(found.by_record), source.not_excluded(subject)
    # IS NOT TRUE, because a tier's column is null where the holder stands above that tier
    outside = and_(recorded, or_(*found.by_place).is_not(True)) if found.by_place else recorded
    return tuple(and_(branch, kept) for branch in (*found.by_place, outside))


@lru_cache(maxsize=1024)
def _reach(table: DecisionTable, source: RelationSource, subject: Subject, action: Action) -> Reach:
    """Kept, because building the expressions takes longer than running them."""
    allowed = table.standings(subject.tier, action)
    own = {relation for relation, role in allowed if role == subject.role}
    return Reach(
        by_place=tuple(source.by_place(subject, own & BY_PLACE)),
        by_record=tuple(source.by_record(subject, action, own - BY_PLACE, allowed)),
        not_excluded=partial(source.not_excluded, subject),
    )


async def explain(session: AsyncSession, subject: Subject, action: Action, case: Any) -> Explanation:
    """Why the subject may or may not do the action with the case: the rule, the relation, until when."""
    return explain_standings(subject, action, await standings(session, subject, case))


def explain_standings(subject: Subject, action: Action, found: tuple[Standing, ...]) -> Explanation:
    """The same, of standings in hand."""
    gate = opened()
    for standing in found:
        lawful = allowed(gate.table, subject, standing)
        if action in lawful:
            number = gate.table.cells[standing.role or subject.role, subject.tier, standing.relation, action]
            return explain_rule(gate.book.rules[number], standing, lawful)
    elsewhere = [rule for rule in gate.book.rules.values() if subject.role in rule.roles and action in rule.actions]
    return explain_refusal(found, elsewhere, seen=bool(decide(subject, found).actions - OPENS_NOTHING))
