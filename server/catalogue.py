"""The one place where the rooms meet: acts, guards, lists of options, kinds of paper and hooks."""

from access import catalogue as access
from cases import all_acts, hooks
from cases.catalogue import Catalogue
from cases.papers import PaperKind
from dossiers import catalogue as dossiers
from dossiers import items
from funding import catalogue as funding
from handover import catalogue as handover
from organisation import options as organisation
from oversight import catalogue as oversight
from teams import catalogue as teams

ROOMS = (all_acts, access, teams, dossiers, funding, oversight, handover)

PAPERS: dict[str, PaperKind] = {kind.code: kind for room in ROOMS for kind in room.PAPERS}


def catalogue() -> Catalogue:
    """The catalogue with every room's part; raises when a move has no verb or a guard is missing."""
    hooks.register(
        "follows_custody",
        access.follows,
        teams.follows,
        funding.follows,
        funding.decides_again,
        oversight.follows,
        oversight.also_above,
        handover.follows,
    )
    hooks.register("hand_up", handover.hand_up)
    hooks.register("answerer_leaves", handover.answerer_leaves)
    hooks.register("vacate_seats", teams.vacate_seats)
    hooks.register("serving", teams.serving)
    hooks.register("standing_aside", access.standing_aside)
    hooks.register("subsidy_bounds", funding.subsidy_bounds)
    hooks.register("warn", oversight.warn)
    hooks.register("provincial_order", oversight.provincial_order)
    hooks.register(
        "aftermath", funding.aftermath, funding.looks_for_signals, oversight.warns_of_failure, oversight.goes_up
    )
    hooks.check()
    items.use(PAPERS.values())
    return Catalogue(
        acts=(act for room in ROOMS for act in room.ACTS),
        guards={name: guard for room in ROOMS for name, guard in room.GUARDS.items()},
        options={name: options for room in (*ROOMS, organisation) for name, options in room.OPTIONS.items()},
    )
