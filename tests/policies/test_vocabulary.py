"""One grammar for rights, audit and tests; every word of it has a name that people read."""

import re

import pytest

from foundation.grammar import Happening, Word
from policies.actions import Action
from policies.words import ACTION_NAMES, FIELD_GROUPS, GROUP_NAMES
from server.catalogue import catalogue
from web.audit_words import action_text

GRAMMAR = re.compile(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?")
WORDS: list[Word] = [*Action, *Happening]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_a_noun_and_a_verb(word: Word) -> None:
    assert GRAMMAR.fullmatch(word)
    assert "." not in word or word.startswith("case:read.")


def test_what_needs_a_right_and_what_needs_none_share_no_word() -> None:
    assert not set(map(str, Action)) & set(map(str, Happening))


def test_every_right_has_a_name_and_every_field_group_two() -> None:
    assert set(ACTION_NAMES) == set(Action)
    assert set(GROUP_NAMES) == set(FIELD_GROUPS) == {one for one in Action if one.startswith("case:read.")}


@pytest.mark.parametrize("word", WORDS)
def test_the_audit_page_shows_every_word_in_the_reader_s_language(word: Word) -> None:
    assert action_text(catalogue(), word) != word
