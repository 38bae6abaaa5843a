"""The payer table in words, row by row, with the province's choices of a day: to be read, printed and checked."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_
from funding.answers import Payer
from funding.facts import FACT_NAMES
from funding.rows import Amount, Ask, Follow, Nothing, Pay, Row, Section, Step, Term, Wait
from funding.rulebook import Rulebook
from funding.table import TABLE
from funding.table.finance import FINANCE
from tenants.tiers import TIER_NAMES, Tier

AMOUNT_NAMES = {
    Amount.BY_CLASS: N_("按本类标准"),
    Amount.DISCRETIONARY: N_("酌定，不超过本类上限"),
    Amount.DIFFERENCE: N_("与本类标准的差额"),
    Amount.ACTUAL: N_("实际金额"),
    Amount.REDUCED: N_("减免后的金额"),
    Amount.ALLOCATED: N_("裁判文书分配的金额"),
    Amount.STANDARD: N_("行政机关出差标准"),
    Amount.PERSON_DAYS: N_("按人天"),
    Amount.ONE_PERSON_DAY: N_("一人天"),
    Amount.YEARLY_ALLOCATION: N_("第一年拨入的金额"),
    Amount.LAST_YEAR: N_("上一年实际支出"),
}
YES, NO = N_("是"), N_("否")
READ_ON = N_("继续往下读")
NOBODY = N_("不付")
OPEN = N_("文本未定")
FINANCE_SECTION = N_("同级财政是哪一级")


class Condition(Struct, frozen=True):
    """A fact and the values that fit; msgids."""

    fact: str
    values: tuple[str, ...]


class TableLine(Struct, frozen=True):
    """A row; all words are msgids. `depth` 1: one of a row's options, `chosen` when the province has taken it.

    `answer`: what the row says; `marks`: arrears, refundable, for the province's attention. `open`: the text is silent.
    """

    row: str
    depth: int
    says: str
    when: tuple[Condition, ...]
    needs: tuple[str, ...]
    answer: str
    amount: str
    marks: tuple[str, ...]
    clause: str
    open: bool = False
    option: str = ""
    chosen: bool = False
    reason: str = ""


class TableSection(Struct, frozen=True):
    """`code` A–G or FIN; `title` is a msgid."""

    code: str
    title: str
    lines: list[TableLine]


def table_view(book: Rulebook, day: date) -> list[TableSection]:
    """In reading order; a row is read only when none above it has answered."""
    found = [
        TableSection(kind.value, kind.label, list(_section(section, book, day))) for kind, section in TABLE.items()
    ]
    finance = [line for row in FINANCE for line in _lines(row, "", book, day)]
    return [*found, TableSection("FIN", FINANCE_SECTION, finance)]


def _section(section: Section, book: Rulebook, day: date) -> Iterator[TableLine]:
    for row in section.rows:
        yield from _lines(row, AMOUNT_NAMES[section.amount], book, day)


def _lines(row: Row, amount: str, book: Rulebook, day: date) -> Iterator[TableLine]:
    """The row, and under it what the province may choose where the text is silent."""
    yield _line(row, amount)
    if not isinstance(row.effect, Ask):
        return
    taken = book.defaults.on(row.id, day)
    for option, inner in row.effect.options.items():
        chosen = taken is not None and taken.choice == option
        reason = taken.reason if taken is not None and chosen else ""
        for one in inner:
            yield _line(one, amount, option=option, chosen=chosen, reason=reason)


def _line(row: Row, amount: str, *, option: str = "", chosen: bool = False, reason: str = "") -> TableLine:
    answer, own, marks = _effect(row)
    pays = isinstance(row.effect, Pay) and row.effect.payer is not Payer.NOBODY
    return TableLine(
        row=row.id,
        depth=1 if option else 0,
        says=row.says,
        when=tuple(map(_condition, row.terms)),
        needs=tuple(FACT_NAMES[name] for name in row.needs),
        answer=answer,
        amount=own or (amount if pays else ""),
        marks=marks,
        clause=row.clause,
        open=isinstance(row.effect, Ask),
        option=option,
        chosen=chosen,
        reason=reason,
    )


def _effect(row: Row) -> tuple[str, str, tuple[str, ...]]:
    """(answer, its own amount, marks)."""
    match row.effect:
        case Pay() as pay:
            marks = {N_("记为欠款"): pay.arrears, N_("先付，定责后退补"): pay.refundable,
                     N_("报省级关注"): pay.flag_province}  # fmt: skip
            own = AMOUNT_NAMES[pay.amount] if pay.amount else ""
            return pay.payer.label, own, tuple(name for name, set_ in marks.items() if set_)
        case Nothing(refusal):
            return (refusal.label if refusal else NOBODY), "", ()
        case Step(amount):
            return READ_ON, AMOUNT_NAMES[amount] if amount else "", ()
        case Wait(fact):
            return FACT_NAMES[fact], "", (N_("等待"),)
        case Follow():
            return READ_ON, "", ()
        case Ask():
            return OPEN, "", ()


def _condition(term: Term) -> Condition:
    return Condition(FACT_NAMES[term.fact], tuple(map(_value, term.among)))


def _value(value: object) -> str:
    match value:
        case bool():
            return YES if value else NO
        case Tier():
            return TIER_NAMES[value]
        case Choice():
            return value.label
        case _:
            return str(value)
