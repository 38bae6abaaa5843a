"""Doing an act: nothing else changes a case.

`perform` is the one door: gate, version, table of moves, guards, the verb itself, then event, audit and outbox in the
same transaction.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, timeline
from cases.catalogue import Act, Catalogue, Guard, Option
from cases.editions import Edition, check_target, check_when, edition_at
from cases.facts import Fact
from cases.judging import Judging
from cases.models import Case
from cases.renunciation import REPEATS, refuse_renunciation
from cases.steps import STEP_OF, State
from cases.waiting import wait_for_acts
from foundation.asked import unchanged
from foundation.errors import Conflict, DomainError, Forbidden, VersionRequired, VersionStale
from foundation.forms import option_lists
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import Relation
from tenants.subject import Subject

SHOWN_ONCE = "shown once"
SIDES = frozenset({Relation.HOLDS, Relation.HOUSES, Relation.SENT})
"""Of a handover, once it is done: their rights went or came with the case."""


class CaseFrozen(Conflict):
    code = "case_frozen"
    message = N_("案件正在移交，暂停办理；仅可写备注和安全预警")


class Available(Struct, frozen=True):
    """An act the subject may do in this state; `refusal` says what is still missing, None = ready."""

    act: Act
    refusal: DomainError | None = None


async def available(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case, may: Permissions | None = None
) -> list[Available]:
    """What the page and the API offer: the same table and the same gate as `perform`. `may`: if it is known."""
    return (await available_and(session, subject, catalogue, case, (), may))[0]


async def available_and(
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    case: Case,
    facts: tuple[Fact, ...],
    may: Permissions | None = None,
) -> tuple[list[Available], Sequence[Any]]:
    """The same, and the values of some facts, asked along with what the guards must know."""
    allowed = (may or await gate.permissions(session, subject, case)).actions
    edition = edition_at(case.filed_at)
    names = _stand_open(catalogue, edition, allowed, case.state, case.offer_id is not None)
    with unchanged(session):
        judging = Judging(session, subject, case)
        guards = {name: _guards(catalogue, edition, name) for name in names}
        await judging.ask(tuple(guard for each in guards.values() for guard in each), facts)
        found = [Available(catalogue[name], await judging.first_refusal(*guards[name])) for name in names]
    offered = [one for one in found if one.refusal is None or not edition.moves[one.act.name].quiet]
    return offered, judging.told(facts)


@lru_cache(maxsize=4096)
def _stand_open(
    catalogue: Catalogue, edition: Edition, allowed: frozenset[str], state: str, frozen: bool
) -> tuple[str, ...]:
    """The acts that may be done as far as rights and the row of the case say: the same for many cases and people."""
    return tuple(
        name
        for name, act in catalogue.acts.items()
        if act.action in allowed
        and name in edition.moves
        and state in edition.moves[name].when
        and not (frozen and _waits(act))
    )


def _waits(act: Act) -> bool:
    """Whether it has to wait while a handover is pending or its doer stands aside."""
    return act.writes and not act.while_frozen


@lru_cache(maxsize=4096)
def _guards(catalogue: Catalogue, edition: Edition, name: str) -> tuple[Guard, ...]:
    """All that are asked about an act, in their order: the same as long as the process lives."""
    move = edition.moves.get(name)
    own = tuple(catalogue.guards[guard] for guard in move.guards) if move else ()
    return (*own, hooks.standing_aside()) if _waits(catalogue[name]) else own


async def first_refusal(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, name: str, case: Case
) -> DomainError | None:
    """Of the guards of one act, for its own page."""
    with unchanged(session):
        judging, guards = Judging(session, subject, case), _guards(catalogue, edition_at(case.filed_at), name)
        await judging.ask(guards)
        return await judging.first_refusal(*guards)


async def perform(
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    case_id: UUID,
    name: str,
    form: Struct,
    version: int | None,
) -> Case:
    """Do one act whole, or raise a named error and leave nothing."""
    act = catalogue[name]
    case = await entered(session, subject, act, case_id, version, lock=act.writes)
    if not act.writes and await wait_for_acts(session, case, alone=act.locks):
        case = await entered(session, subject, act, case_id, version)
    if act.versioned:
        check_version(case, version)
    if _waits(act) and case.offer_id is not None:
        raise CaseFrozen
    with unchanged(session):
        judging, guards = Judging(session, subject, case), _guards(catalogue, edition_at(case.filed_at), name)
        await judging.ask(guards)
        if _waits(act) and (waiting := await judging.first_refusal(hooks.standing_aside())):
            raise waiting
        move = check_when(case, name)
        if refusal := await judging.first_refusal(*guards):
            raise refusal
    if name not in REPEATS:
        refuse_renunciation(form)
    seen = case.version
    done = await act.run(session, subject, case, form)
    if done.to is not None:
        check_target(move, done.to)
        enter(case, done.to)
    if act.writes and case.version == seen:  # where custody moved, the database has counted
        case.version += 1
        case.changed_at = instant(session)
    await session.flush()
    await hooks.after_act(session, subject, case, name)
    await timeline.record(session, subject, case, act, done)
    session.info[SHOWN_ONCE] = done.shown_once
    if done.closing is not None:
        await session.flush()
        await done.closing()
    return case


def shown_once(session: AsyncSession) -> dict[str, str]:
    """What the act just done has for its doer alone; a door asks once."""
    told: dict[str, str] = session.info.pop(SHOWN_ONCE, {})
    return told


async def options_of(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case, name: str
) -> dict[str, Sequence[Option]]:
    """What the form of an act lets this subject choose from, list by list; Forbidden when the act is not allowed."""
    act = catalogue[name]
    await gate.require(session, subject, act.action, case)
    names = sorted(option_lists(act.form))
    return {each: await catalogue.options[each](session, subject, case) for each in names}


def enter(case: Case, state: State) -> None:
    """Set the state and the step that follows from it."""
    case.state = state
    case.step = STEP_OF[state]


async def entered(
    session: AsyncSession, subject: Subject, act: Act, case_id: UUID, version: int | None, *, lock: bool = False
) -> Case:
    """The case, for who may do the act. Whose right went with it after `version` is told that it changed."""
    try:
        case: Case = await gate.fetch(session, subject, act.action, case_id, lock=lock)
    except Forbidden:
        if act.versioned and version is not None and gate.may(subject, act.action):
            case, may = await gate.fetch_with_permissions(session, subject, Action.CASE_STATUS, case_id)
            if may.relations & SIDES and version < case.version:
                check_version(case, version)
        raise
    return case


def check_version(case: Case, version: int | None) -> None:
    if version is None:
        raise VersionRequired
    if version != case.version:
        raise VersionStale(seen=version, present=case.version)
