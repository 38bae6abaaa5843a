"""What an act is, and the catalogue that holds them all: composed once by the server from every room."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.editions import EDITIONS
from cases.history import Audience
from cases.models import Case
from cases.steps import State
from foundation.errors import DomainError, NotFound
from foundation.model import Base
from policies.actions import Action
from tenants.subject import Subject


class Done(Struct, frozen=True):
    """What a verb reports: the state it leads to (None = stays), and codes for the event. Never personal data."""

    to: State | None = None
    data: dict[str, Any] = {}
    audience: str = Audience.INTERNAL
    also_tenants: tuple[int, ...] = ()
    """Other tenants whose audit chain gets the act too, such as the other side of a handover."""
    shown_once: dict[str, str] = {}
    """What only the doer learns, now and never again, such as a receipt's code; stored nowhere."""
    rows: tuple[Base, ...] = ()
    """Written with the event, in one round trip: what nobody reads before, such as the notice of a handover."""
    closing: Callable[[], Awaitable[None]] | None = None
    """What ends the subject's own sight of the case: done last, when event and audit are written."""


class Option(Struct, frozen=True):
    """One entry of a list to choose from: value as the form sends it, label as the page shows it."""

    value: str
    label: str


Verb = Callable[[AsyncSession, Subject, Case, Any], Awaitable[Done]]
Guard = Callable[[AsyncSession, Subject, Case], Awaitable[DomainError | None]]
Options = Callable[[AsyncSession, Subject, Case], Awaitable[Sequence[Option]]]


class Act(Struct, frozen=True):
    """`name` is the address of the act in both doors and its row in the table of moves."""

    name: str
    title: str
    action: Action
    form: type[Struct]
    run: Verb
    step: int | None = None
    """Under which of the eight steps the page offers it; None = beside the steps."""
    writes: bool = True
    """False for acts on an object of their own (orders, reveals): no lock and no new version of the case."""
    locks: bool = False
    """Of acts that don't write: the case is held for it all the same, since it changes the case otherwise. All others
    take a place beside the case, behind whoever is changing it."""
    while_frozen: bool = False
    moves_custody: bool = False
    """By a function of the database that locks the case itself: the doer may not write to it, and must have seen it."""
    files: bool = False
    """The form carries an uploaded file."""
    verdicts: Mapping[str, str] = {}
    """What the act is called once done, by the `verdict` of its event, where that is not its title."""

    def told(self, verdict: object) -> str:
        """What was done, as message and timeline call it: a refusal is not what the title says."""
        return self.verdicts.get(verdict, self.title) if isinstance(verdict, str) else self.title

    @property
    def versioned(self) -> bool:
        """Whether the doer must name the version of the case that was seen."""
        return self.writes or self.moves_custody


class Catalogue:
    """All acts, guards and option lists, composed once by the server; an incomplete one stops the start."""

    def __init__(
        self, acts: Iterable[Act], guards: Mapping[str, Guard], options: Mapping[str, Options] | None = None
    ) -> None:
        self.acts = {act.name: act for act in acts}
        self.guards = dict(guards)
        self.options = dict(options or {})
        self._check()

    def _check(self) -> None:
        moves = [move for edition in EDITIONS for move in edition.moves.values()]
        named = {move.act for move in moves}
        unknown, missing = self.acts.keys() - named, named - self.acts.keys()
        unguarded = {guard for move in moves for guard in move.guards} - self.guards.keys()
        if unknown or missing or unguarded:
            raise RuntimeError(f"acts without a move: {unknown}; without a verb: {missing}; no guard: {unguarded}")

    def __getitem__(self, name: str) -> Act:
        try:
            return self.acts[name]
        except KeyError:
            raise NotFound from None
