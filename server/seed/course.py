"""The course of a fictitious case: when each step was reached, and where that leaves it today."""

from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from msgspec import Struct

from cases.steps import State

ENDINGS = {
    "agreed": 55,
    "refused": 15,
    "oral": 8,
    "litigation": 8,
    "failed": 6,
    "withdrawn": 4,
    "settled_privately": 4,
}
"""How cases end, in per cent; the codes are those of `cases.outcome`."""
NAMES, WEIGHTS = tuple(ENDINGS), tuple(accumulate(ENDINGS.values()))
AGREED = frozenset({"agreed", "oral"})
WITHOUT_OPINION = frozenset({"withdrawn", "settled_privately"})

DAYS = {
    State.ASSESSING: (1.0, 2.0),
    State.REFUSED: (3.0, 9.0),
    State.ACCEPTED: (3.0, 9.0),
    State.ENTRUSTED: (2.0, 6.0),
    State.PROPOSED: (8.0, 24.0),
    State.GUIDED: (2.0, 12.0),
    State.RELIEVED: (1.0, 5.0),
    State.CLOSED: (5.0, 40.0),
    State.ARCHIVED: (5.0, 30.0),
}
"""From the state before to this one, at least and at most."""
MEDIATED = (
    State.ASSESSING,
    State.ACCEPTED,
    State.ENTRUSTED,
    State.PROPOSED,
    State.GUIDED,
    State.RELIEVED,
    State.CLOSED,
    State.ARCHIVED,
)
REFUSED = (State.ASSESSING, State.REFUSED, State.ARCHIVED)
OPENS, OFFICE_HOURS = 1, 8
"""In UTC: from nine to five in Yunnan. Every step takes a day at least, so that the order stays."""
SLOW = 0.08
SLOWNESS = 4.0
"""So many cases take so many times longer: some of them run past their term."""


class Course(Struct):
    """`reached` holds the moment of every state that was reached by now, in order; `ending` is what it leads to."""

    ending: str
    state: State
    reached: dict[State, datetime]

    @property
    def accepted(self) -> datetime | None:
        return self.reached.get(State.ACCEPTED)

    @property
    def last(self) -> datetime:
        return self.reached[self.state]

    @property
    def outcome(self) -> str | None:
        """Known once the case was refused or guided."""
        known = State.REFUSED in self.reached or State.GUIDED in self.reached
        return self.ending if known else None


def course(random: Random, filed: datetime, now: datetime) -> Course:
    """Of a case registered at `filed`; what would come after `now` has not happened yet."""
    ending = random.choices(NAMES, cum_weights=WEIGHTS)[0]
    pace = SLOWNESS if random.random() < SLOW else 1.0
    state, moment, reached = State.REGISTERED, filed, {State.REGISTERED: filed}
    for following in REFUSED if ending == "refused" else MEDIATED:
        least, most = DAYS[following]
        if following is State.PROPOSED and ending in WITHOUT_OPINION:
            # The team forms, and others take a hand, before anybody leaves: what they do must not come after the end.
            moment += timedelta(days=least)
            continue
        moment += timedelta(days=pace * (least + (most - least) * random.random()))
        moment = moment.replace(hour=OPENS + moment.hour % OFFICE_HOURS)
        if moment > now:
            break
        state = following
        reached[state] = moment
    return Course(ending, state, reached)
