"""Draw the terms of the law (cases/terms.py) as docs/terms.md: `python setup/terms.py > docs/terms.md`.

A test compares the two, so that the page can't grow old.
"""

from collections.abc import Iterator

from cases.terms import FREE_LENGTH, TERMS, Term, Unit
from foundation.language import translate

HEAD = (
    "term",
    "期限",
    "from",
    "length",
    "last day on a day off",
    "who may extend",
    "what stops it",
    "source",
    "warned",
)


def page() -> str:
    """The whole page."""
    return "\n".join(["# The terms of the law", "", *_intent(), "", *_table(), ""])


def _intent() -> Iterator[str]:
    yield "Drawn from `platform/cases/terms.py` by `python setup/terms.py > docs/terms.md`; never edited by hand."
    yield "The day on which a term begins is not counted. **Bold**: the workroom's own terms, which make a case due."
    yield "⚑ marks the remedy clock of the petitioner; ◇ a length that a tenant sets for itself."
    yield "Calendar and working days, days left and warnings: decision 0032."


def _table() -> Iterator[str]:
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{' --- |' * len(HEAD)}"
    for term in TERMS.values():
        yield f"| {' | '.join(_row(term))} |"


def _row(term: Term) -> tuple[str, ...]:
    name = f"**{term.kind}**" if term.ours else f"{term.kind}{' ⚑' if term.remedy else ''}"
    moves = "next working day" if term.rolls else "stays"
    return (
        f"{name}{' ◇' if term.kind in FREE_LENGTH else ''}",
        term.title,
        _english(term.since),
        _length(term),
        f"{moves}: {_english(term.because)}",
        _english(term.extended_by.label) + (f", {term.extension} days in all" if term.extension else ""),
        _english(term.pauses) if term.pauses else "nothing",
        f"{term.source} (in force {term.in_force})",
        f"{term.lead} days before",
    )


def _length(term: Term) -> str:
    if term.unit in (Unit.AT_ONCE, Unit.AGREED):
        return _english(term.unit.label)
    return f"{term.length} {_english(term.unit.label)}"


def _english(text: str) -> str:
    return translate(text, "en")


if __name__ == "__main__":
    print(page(), end="")
