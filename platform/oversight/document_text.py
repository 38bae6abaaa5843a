"""Reading a plan as it was written: 一、 · (一) · 1. make its clauses; how two clauses are compared."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

COMMENTARY = "【解读】"
NUMERALS = "一二三四五六七八九十"
LEVELS = (
    re.compile(rf"([{NUMERALS}]{{1,3}})、"),
    re.compile(rf"[（(]([{NUMERALS}]{{1,3}})[)）]"),
    re.compile(r"(\d{1,2})[.．、](?!\d)"),
)
"""Chapters, their sections, and the points of a section."""
HEADING = 40


class Piece(Struct, frozen=True):
    """One clause as read. `path`: 六(四)1; empty = what stands before the first chapter."""

    path: str
    text: str


class Span(Struct, frozen=True):
    """A stretch of a comparison. `kind`: same, before (only above), after (only below)."""

    kind: str
    text: str


def split(text: str) -> tuple[list[Piece], str | None]:
    """The clauses in their order, and the commentary that follows the plan. Lines are kept as they were broken."""
    body, mark, commentary = text.partition(COMMENTARY)
    pieces: list[tuple[str, list[str]]] = []
    numbers = ["", "", ""]
    for line in filter(None, (line.strip("\ufeff \t\u3000\xa0") for line in body.splitlines())):
        if path := _opens(line, numbers):
            pieces.append((path, [line]))
        elif pieces:
            pieces[-1][1].append(line)
        else:
            pieces.append(("", [line]))
    return [Piece(path, "\n".join(lines)) for path, lines in pieces], commentary.strip() or None if mark else None


def _opens(line: str, numbers: list[str]) -> str:
    """The path of the clause that this line begins; empty if it goes on with the last. Keeps count in `numbers`."""
    for level, pattern in enumerate(LEVELS):
        found = pattern.match(line)
        if found and (level == 0 or numbers[level - 1]):
            numbers[level:] = [found[1], "", ""][: len(numbers) - level]
            chapter, section, point = numbers
            return chapter + (f"({section})" if section else "") + point
    return ""


def same_words(one: str, other: str) -> bool:
    """Whether they say the same, whatever the width of the marks and the breaks of the lines."""
    return plain(one) == plain(other)


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def heading_of(text: str) -> str:
    """The first sentence or line, as a name for the clause."""
    return re.split(r"[。\n]", text, maxsplit=1)[0][:HEADING]


def differences(above: str, below: str) -> Iterator[Span]:
    """What a reader has to see side by side: kept, taken out, put in."""
    one, other = plain(above), plain(below)
    for kind, begin, end, start, stop in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Span("same", one[begin:end])
            continue
        if begin < end:
            yield Span("before", one[begin:end])
        if start < stop:
            yield Span("after", other[start:stop])
