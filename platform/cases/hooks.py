"""Named hooks by which this room reaches upper ones (decisions.md 18); the server registers them, all of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Guard
from cases.facts import Fact, known
from cases.models import Case
from tenants.subject import Subject


class Served(Struct, frozen=True):
    """One part that a person has on the case's team."""

    person_id: UUID
    role: str


class HandedUp(Struct, frozen=True):
    """A conflict sent the case up: which tenants were told. Nobody told = there is no tier above."""

    tenants: tuple[int, ...] = ()
    ends: str | None = None
    """The source of the records that end with the subject's sight."""


class Moved(Struct, frozen=True):
    """Custody went from that office of that tenant; `source` names the row that made it go."""

    from_office: int
    from_tenant: int
    source: str
    kept: frozenset[UUID] = frozenset()
    """Members of the former holder's team who stay in their parts."""


class Follows(Struct, frozen=True):
    """What a room keeps that goes with custody; `asks` whether there is any, so that nothing costs no statement."""

    asks: Fact
    move: "CustodyHook"


class Aftermath(Struct, frozen=True):
    """What a room does once one of these acts is done, where `asks` is so; every other act costs no statement, nor does
    a case whose own row says already that it is not one of those (`concerns`)."""

    acts: frozenset[str]
    asks: Fact
    follow: "AftermathHook"
    concerns: Callable[[Case], bool] = lambda case: True


CustodyHook = Callable[[AsyncSession, Subject, Case, Moved], Awaitable[None]]
"""(session, subject, case after the move, what moved)."""
AftermathHook = Callable[[AsyncSession, Subject, Case], Awaitable[None]]
"""(session, subject, case after the act), in the act's own transaction."""
HandUpHook = Callable[[AsyncSession, Subject, Case, str], Awaitable[HandedUp]]
"""(session, subject, case, code of the reason): offer the case upwards so that nobody can take it back."""
AnswererHook = Callable[[AsyncSession, Subject, Case, UUID], Awaitable[HandedUp]]
"""(session, subject, case, person): who could answer a pending offer leaves the case."""
VacateHook = Callable[[AsyncSession, Case, UUID], Awaitable[tuple[str, ...]]]
"""(session, case, person): free that person's seats; the relations end with the exclusion. The parts."""
ServingHook = Callable[[AsyncSession, Case], Awaitable[Sequence[Served]]]

BoundsHook = Callable[[AsyncSession, bool], Awaitable[tuple[int, int] | None]]
"""(session, whether the class is a major one): the subsidy of one settled case in fen, by today's tariff."""
WarnHook = Callable[[AsyncSession, Subject, Case, Sequence[int], str], Awaitable[None]]
"""(session, subject, case, receiving offices, help needed): the warnings that go with a refusal (N6)."""

OrderHook = Callable[[AsyncSession, Case], Awaitable[str | None]]
"""(session, case): the order by which a leader of the province is in charge of it; None = nobody of that tier is."""

NAMES = (
    "follows_custody",
    "hand_up",
    "answerer_leaves",
    "vacate_seats",
    "serving",
    "standing_aside",
    "subsidy_bounds",
    "warn",
    "provincial_order",
    "aftermath",
)
_hooks: dict[str, tuple[Any, ...]] = {}


class HookMissing(RuntimeError):
    """The composition root forgot a hook: the start stops."""


def register(name: str, *hooks: Any) -> None:
    if name not in NAMES:
        raise HookMissing(f"no hook is called {name}")
    _hooks[name] = hooks


def check() -> None:
    """Called at start."""
    if missing := [name for name in NAMES if name not in _hooks]:
        raise HookMissing(", ".join(missing))


async def custody_moved(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """What any room has is asked of all of them at once."""
    check()
    follows: tuple[Follows, ...] = _hooks["follows_custody"]
    there = await known(session, subject, case, [one.asks for one in follows])
    for one, has in zip(follows, there, strict=True):
        if has:
            await one.move(session, subject, case, moved)


async def after_act(session: AsyncSession, subject: Subject, case: Case, name: str) -> None:
    """Called by `perform` alone."""
    check()
    rooms: tuple[Aftermath, ...] = _hooks["aftermath"]
    for one in rooms:
        if name not in one.acts or not one.concerns(case):
            continue
        if (await known(session, subject, case, [one.asks]))[0]:
            await one.follow(session, subject, case)


async def hand_up(session: AsyncSession, subject: Subject, case: Case, reason: str) -> HandedUp:
    hook: HandUpHook = _only("hand_up")
    return await hook(session, subject, case, reason)


async def answerer_leaves(session: AsyncSession, subject: Subject, case: Case, person_id: UUID) -> HandedUp:
    hook: AnswererHook = _only("answerer_leaves")
    return await hook(session, subject, case, person_id)


async def vacate_seats(session: AsyncSession, case: Case, person_id: UUID) -> tuple[str, ...]:
    hook: VacateHook = _only("vacate_seats")
    return await hook(session, case, person_id)


async def serving(session: AsyncSession, case: Case) -> Sequence[Served]:
    hook: ServingHook = _only("serving")
    return await hook(session, case)


def standing_aside() -> Guard:
    """The guard itself: it is asked with those of the acts. Why the subject may for now change nothing in the case,
    for example while a party's request that the subject leave it is open (民事诉讼法48 by analogy)."""
    return _only("standing_aside")


async def subsidy_bounds(session: AsyncSession, major: bool) -> tuple[int, int] | None:
    hook: BoundsHook = _only("subsidy_bounds")
    return await hook(session, major)


async def warn(session: AsyncSession, subject: Subject, case: Case, offices: Sequence[int], help_needed: str) -> None:
    hook: WarnHook = _only("warn")
    await hook(session, subject, case, offices, help_needed)


async def provincial_order(session: AsyncSession, case: Case) -> str | None:
    hook: OrderHook = _only("provincial_order")
    return await hook(session, case)


def _only(name: str) -> Callable[..., Awaitable[Any]]:
    check()
    hook: Callable[..., Awaitable[Any]]
    (hook,) = _hooks[name]
    return hook
