"""The editions of the table of moves: a case keeps the one in force when it was registered, however the law goes on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from cases.models import Case
from cases.steps import MOVES, STATE_NAMES, Move, State
from foundation.clock import local_date
from foundation.errors import Conflict
from foundation.language import N_


class Edition(Struct, frozen=True, eq=False):
    """One table, for cases registered on `since` (Yunnan's date) or later, until the next edition's day."""

    number: int
    since: date
    moves: Mapping[str, Move]


def edition(number: int, since: date, moves: Iterable[Move]) -> Edition:
    return Edition(number, since, {move.act: move for move in moves})


EDITIONS: list[Edition] = [edition(1, date(2018, 6, 7), MOVES)]
"""Oldest first. 2018-06-07: the day of the province's plan; what was registered before it follows the first as well."""


class MoveRefused(Conflict):
    """The table has no such move from this state."""

    code = "move_refused"
    message = N_("案件处于“%(state)s”，不能办理这一步")


class MoveNotInEdition(Conflict):
    """Another edition has this move; the case's own does not."""

    code = "move_not_in_edition"
    message = N_("本案适用登记时的办理流程（第%(number)s版），其中没有这一步")


class WrongTarget(AssertionError):
    """A verb led to a state that the table does not name: a defect."""


def edition_at(filed_at: datetime) -> Edition:
    """The last edition that was in force on the day of registration."""
    day = local_date(filed_at)
    return next((one for one in reversed(EDITIONS) if one.since <= day), EDITIONS[0])


def moves_of(case: Case) -> Mapping[str, Move]:
    """The case's own table, by act."""
    return edition_at(case.filed_at).moves


def check_when(case: Case, act: str) -> Move:
    """The move, or MoveRefused naming the present state, or MoveNotInEdition."""
    table = edition_at(case.filed_at)
    move = table.moves.get(act)
    if move is None:
        raise MoveNotInEdition(number=table.number)
    if case.state not in move.when:
        raise MoveRefused(state=STATE_NAMES[State(case.state)])
    return move


def check_target(move: Move, target: State) -> None:
    if target not in move.to:
        raise WrongTarget(f"{move.act} leads to {target}, which its move does not name")
