"""The course of a fictitious case leaves time for what is told in each of its states."""

from datetime import timedelta
from random import Random

from cases.steps import State
from server.seed.course import WITHOUT_OPINION, course
from tests.conftest import NOON

TEAM_AND_ORDER = timedelta(days=5)
"""A team formed and its plan, an expert, a warning, and an order urged, answered and struck off."""


def test_nobody_leaves_before_what_others_do_in_the_case_is_told() -> None:
    random = Random(1)
    made = [course(random, NOON - timedelta(days=400), NOON) for _ in range(500)]
    left = [one.reached for one in made if one.ending in WITHOUT_OPINION]
    assert len(left) > 10
    for reached in left:
        assert reached[State.GUIDED] - reached[State.ENTRUSTED] > TEAM_AND_ORDER
