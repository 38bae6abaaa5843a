"""The amount inside its range: by points, never outside, nothing lost in the split."""

from hypothesis import given
from hypothesis import strategies as st

from funding.scoring import Scores, amount, split

POINTS = st.integers(0, 20)
SCORES = st.builds(Scores, quantity=POINTS, quality=POINTS, difficulty=POINTS, effect=POINTS, procedure=POINTS)
NO_POINTS = Scores(quantity=0, quality=0, difficulty=0, effect=0, procedure=0)
ALL_POINTS = Scores(quantity=20, quality=20, difficulty=20, effect=20, procedure=20)


@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000), SCORES)
def test_the_amount_never_leaves_its_range(one: int, other: int, scores: Scores) -> None:
    minimum, maximum = sorted((one, other))
    assert minimum <= amount(minimum, maximum, scores) <= maximum


def test_no_points_give_the_least_and_all_points_the_most() -> None:
    assert amount(300_000, 500_000, NO_POINTS) == 300_000
    assert amount(300_000, 500_000, ALL_POINTS) == 500_000


@given(st.integers(0, 3_000_000), SCORES, SCORES)
def test_more_points_never_give_less(maximum: int, one: Scores, other: Scores) -> None:
    fewer, more = sorted((one, other), key=lambda scores: scores.points)
    assert amount(0, maximum, fewer) <= amount(0, maximum, more)


@given(st.integers(0, 3_000_000), st.lists(st.integers(1, 100), min_size=1, max_size=10))
def test_a_split_loses_nothing_and_gives_nobody_a_negative_share(total: int, weights: list[int]) -> None:
    percents = [weight * 100 // sum(weights) for weight in weights[:-1]]
    percents.append(100 - sum(percents))
    parts = split(total, percents)
    assert sum(parts) == total
    assert min(parts) >= 0
