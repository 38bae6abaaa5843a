"""Every paper of every room has its place in the dossier."""

from cases.papers import Group, PaperKind
from dossiers.items import OTHER, item_numbered, item_of_paper, items, kind_of, position, use
from server.catalogue import PAPERS


def test_the_items_are_those_of_the_ministrys_format_with_the_back_cover_last() -> None:
    numbers = [item.number for item in items()]
    assert sorted(numbers) == list(range(1, 15))
    assert numbers[:12] == list(range(1, 13)) and numbers[-1] == 13


def test_an_agreed_case_needs_what_the_format_calls_mandatory() -> None:
    needed = [item.number for item in items() if "agreed" in item.needed_when]
    assert needed == [1, 2, 3, 7, 8]


def test_every_room_names_only_items_that_exist() -> None:
    numbers = {item.number for item in items()}
    assert {kind.dossier_item for kind in PAPERS.values()} - {None} <= numbers


def test_each_mandatory_item_but_identity_papers_comes_from_some_paper() -> None:
    given = {kind.dossier_item for kind in PAPERS.values()}
    assert {1, 2, 7, 8} <= given


def test_a_paper_without_an_item_of_its_own_stands_among_the_other_papers() -> None:
    use([PaperKind("odd", "其他", Group.FINAL), *PAPERS.values()])
    assert item_of_paper("odd") == OTHER == item_of_paper("forgotten")
    assert kind_of("forgotten") is None
    assert position(OTHER) < position(13)
    assert item_numbered(8).title == "人民调解协议书"
