"""The grammar of the payer table: a row, when it fits, and what it says."""

from enum import StrEnum

import msgspec

from funding.answers import Payer, Refusal
from funding.facts import Facts


class Amount(StrEnum):
    """How the bounds are found; `amounts.py` computes each."""

    BY_CLASS = "by_class"
    DISCRETIONARY = "discretionary"
    DIFFERENCE = "difference"
    ACTUAL = "actual"
    REDUCED = "reduced"
    ALLOCATED = "allocated"
    STANDARD = "standard"
    PERSON_DAYS = "person_days"
    ONE_PERSON_DAY = "one_person_day"
    YEARLY_ALLOCATION = "yearly_allocation"
    LAST_YEAR = "last_year"


class Term(msgspec.Struct, frozen=True):
    """A fact (a name in Facts) and the values that fit."""

    fact: str
    among: tuple[object, ...]


class Pay(msgspec.Struct, frozen=True):
    """The answer: this payer."""

    payer: Payer
    amount: Amount | None = None
    arrears: bool = False
    refundable: bool = False
    flag_province: bool = False


class Nothing(msgspec.Struct, frozen=True):
    """The answer: nobody pays anything; `refusal` when it had been asked for against a rule."""

    refusal: Refusal | None = None


class Step(msgspec.Struct, frozen=True):
    """No answer yet: note it, perhaps change how the amount is found or whose budget, and read on."""

    amount: Amount | None = None
    as_successor: bool = False
    by_place: bool = False


class Wait(msgspec.Struct, frozen=True):
    """The answer: come back when this fact is known."""

    fact: str


class Follow(msgspec.Struct, frozen=True):
    """The answer stands in these other rows."""

    rows: tuple["Row", ...]


class Ask(msgspec.Struct, frozen=True):
    """The text does not decide: only a dated choice of the province among `options` does. No option: always ask."""

    options: dict[str, tuple["Row", ...]] = {}


Effect = Pay | Nothing | Step | Wait | Follow | Ask


class Row(msgspec.Struct, frozen=True):
    """One line of the page. All terms must fit; facts in `needs` must be on file once they do.

    `explains`: the row adds an explanation or a mark but never another payer, so unknown facts pass over it.
    """

    id: str
    says: str
    clause: str
    terms: tuple[Term, ...]
    effect: Effect
    needs: tuple[str, ...] = ()
    explains: bool = False

    def excluded(self, facts: Facts) -> bool:
        """Some known fact does not fit, whatever the unknown ones are."""
        known = ((getattr(facts, term.fact), term.among) for term in self.terms)
        return any(value is not None and value not in among for value, among in known)

    def unknown(self, facts: Facts) -> tuple[str, ...]:
        """The first fact without which this row cannot be read; the later ones may not matter once it is known."""
        return tuple(term.fact for term in self.terms if getattr(facts, term.fact) is None)[:1]

    def unproved(self, facts: Facts) -> tuple[str, ...]:
        """Facts that the row asks to be on file and are not."""
        return tuple(name for name in self.needs if getattr(facts, name) in (None, False))


class Section(msgspec.Struct, frozen=True):
    """All rows of one kind of cost, and how its amount is found unless a row says otherwise."""

    rows: tuple[Row, ...]
    amount: Amount
    to_third_party: bool = False


def when(**facts: object) -> tuple[Term, ...]:
    """when(producer=Producer.UNIT, outcome=(…, …)): a tuple lists alternatives."""
    return tuple(Term(name, value if isinstance(value, tuple) else (value,)) for name, value in facts.items())


def found(fact: str, *rows: Row) -> tuple[Row, ...]:
    """Rows that speak of somebody only once it stands on paper who that is, and who found it (gap q)."""
    return tuple(msgspec.structs.replace(row, needs=(*row.needs, fact)) for row in rows)
