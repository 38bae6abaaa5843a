"""Doing an act: nothing else changes a case.

`perform` is the one door: gate, version, table of moves, guards, the verb itself, then event, audit and outbox in the
same transaction.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, timeline
from cases.catalogue import Act, Catalogue, Option
from cases.models import Case
from cases.steps import MOVE_OF, STEP_OF, State, check_target, check_when
from foundation.asked import once, unchanged
from foundation.errors import Conflict, DomainError, VersionRequired, VersionStale
from foundation.forms import option_lists
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.gate import Permissions
from tenants.subject import Subject


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
    allowed = (may or await gate.permissions(session, subject, case)).actions
    found: list[Available] = []
    answers: dict[str, DomainError | None] = {}
    with unchanged(session):
        for name, act in catalogue.acts.items():
            if act.action not in allowed or case.state not in MOVE_OF[name].when:
                continue
            if case.offer_id is not None and act.writes and not act.while_frozen:
                continue
            refusal = await first_refusal(session, subject, catalogue, name, case, answers)
            if refusal is None and act.writes and not act.while_frozen:
                refusal = await _standing_aside(session, subject, case)
            if refusal is None or not MOVE_OF[name].quiet:
                found.append(Available(act, refusal))
    return found


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
    case: Case = await gate.fetch(session, subject, act.action, case_id, lock=act.writes)
    if act.versioned:
        check_version(case, version)
    if act.writes and not act.while_frozen:
        if case.offer_id is not None:
            raise CaseFrozen
        if waiting := await _standing_aside(session, subject, case):
            raise waiting
    move = check_when(name, case.state)
    if refusal := await first_refusal(session, subject, catalogue, name, case):
        raise refusal
    done = await act.run(session, subject, case, form)
    if done.to is not None:
        check_target(move, done.to)
        enter(case, done.to)
    if act.writes:
        case.version += 1
        case.changed_at = instant(session)
    await session.flush()
    await timeline.record(session, subject, case, act, done)
    if done.closing is not None:
        await session.flush()
        await done.closing()
    return case


async def _standing_aside(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    """While a party's request that the subject leave the case is open (民事诉讼法48 by analogy)."""
    question = ("standing aside", case.id, subject.person_id)
    return await once(session, question, lambda: hooks.standing_aside(session, subject, case))


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


def check_version(case: Case, version: int | None) -> None:
    if version is None:
        raise VersionRequired
    if version != case.version:
        raise VersionStale(seen=version, present=case.version)


async def first_refusal(
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    name: str,
    case: Case,
    answers: dict[str, DomainError | None] | None = None,
) -> DomainError | None:
    """`answers` keeps what each guard said, for who asks about many acts of one case at once."""
    said = {} if answers is None else answers
    for guard in MOVE_OF[name].guards:
        if guard not in said:
            said[guard] = await catalogue.guards[guard](session, subject, case)
        if refusal := said[guard]:
            return refusal
    return None
