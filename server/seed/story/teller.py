"""Telling whole histories: each state that a case has reached is told by the acts that lead to it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from cases.steps import State
from server.seed.course import course
from server.seed.stations import Station, Stations
from server.seed.story import assessment, binding, ending, leading, mediation, reception, relief, watching
from server.seed.story.told import Story
from tenants.tiers import Tier

TOLD: Mapping[State, Callable[[Story], None]] = {
    State.ASSESSING: reception.approve,
    State.REFUSED: assessment.refuse,
    State.ACCEPTED: assessment.accept,
    State.ENTRUSTED: watching.entrust,
    State.PROPOSED: mediation.give_opinion,
    State.GUIDED: ending.guide,
    State.RELIEVED: relief.relieve,
    State.CLOSED: leading.close,
    State.ARCHIVED: binding.archive,
}
SHOWN = 0.5
"""So many of the histories are told where somebody of the demonstration can sign in."""
WITH_TEAMS = frozenset({Tier.COUNTY.value, Tier.TOWNSHIP.value})


def tell(random: Random, stations: Stations, filed: datetime, now: datetime) -> Story:
    """One case, registered at that moment, with everything that has happened to it by now."""
    story = Story(random, stations, course(random, filed, now), now)
    reception.register(story, _desk(random, stations))
    for state, moment in story.run.reached.items():
        story.clock = moment
        if state in TOLD:
            TOLD[state](story)
    story.mark_overdue()
    return story


def _desk(random: Random, stations: Stations) -> Station:
    """Only below a county's committee, which has the mediators for a team."""
    shown = [desk for desk in stations.shown if desk.tier in WITH_TEAMS]
    if shown and random.random() < SHOWN:
        return random.choice(shown)
    while (desk := random.choices(stations.desks, weights=stations.shares)[0]).tier not in WITH_TEAMS:
        continue
    return desk
