"""Small counts are hidden, and can't be reckoned from the others."""

from indicators.hiding import hide


def test_counts_of_one_to_four_are_hidden_and_zero_is_not() -> None:
    assert hide([0, 1, 4, 5]) == [0, None, None, 5]


def test_a_single_hidden_count_takes_the_smallest_other_with_it() -> None:
    assert hide([0, 3, 90, 7]) == [0, None, 90, None]


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    assert hide([0, 5, 60]) == [0, 5, 60]


def test_what_was_hidden_before_stays_hidden() -> None:
    assert hide([None, 9, 8]) == [None, 9, None]
