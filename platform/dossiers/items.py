"""The items of a dossier in their order (domain.md 3.3), and which paper belongs to which."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from cases.papers import PaperKind

DATA = Path(__file__).parent / "data" / "dossier_items.json"
OTHER = 14
"""Papers without an item of their own; 一案一卷: nothing of the case stays outside."""
BACK_COVER = 13
"""Made by archiving itself."""


class Item(Struct, frozen=True):
    """`title` is a msgid; `needed_when` names the results of a case (dossiers.retention.Result) that demand it."""

    number: int
    title: str
    needed_when: tuple[str, ...]


class _Data(Struct, frozen=True):
    items: tuple[Item, ...]


class KindsMissing(RuntimeError):
    """The composition root did not say which papers there are."""


class _Kinds:
    by_code: dict[str, PaperKind] | None = None


@cache
def items() -> tuple[Item, ...]:
    """In the order in which they are bound."""
    return msgspec.json.decode(DATA.read_bytes(), type=_Data).items


@cache
def item_numbered(number: int) -> Item:
    return next(item for item in items() if item.number == number)


@cache
def position(number: int) -> int:
    """Where an item stands in the binding."""
    return next(index for index, item in enumerate(items()) if item.number == number)


def use(kinds: Iterable[PaperKind]) -> None:
    """Set at start, by the composition root: the papers of all rooms."""
    _Kinds.by_code = {kind.code: kind for kind in kinds}


def kind_of(code: str) -> PaperKind | None:
    """The kind of a stored paper; None for one that no room knows any more."""
    if _Kinds.by_code is None:
        raise KindsMissing
    return _Kinds.by_code.get(code)


def item_of_paper(code: str) -> int:
    kind = kind_of(code)
    return OTHER if kind is None or kind.dossier_item is None else kind.dossier_item


def title_of_paper(code: str) -> str:
    """Its msgid; the bare code for a paper that no room knows any more."""
    kind = kind_of(code)
    return code if kind is None else kind.title
