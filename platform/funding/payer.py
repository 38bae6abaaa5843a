"""Who pays, as a pure function of facts: reads the table top to bottom and gives one of three answers.

Plan 六(四); obligations 43–50, N5; every gap of the text is a question to the province, never a guess.
"""

import msgspec

from foundation.language import N_
from funding.amounts import NOTHING, Bounds, NoFacts, NoRate, find_bounds
from funding.answers import Answer, Decision, FactsMissing, Payer, bearer_of
from funding.budget import find_budget
from funding.facts import Facts
from funding.reading import NO_DEFAULT, NO_RATE, NO_ROW, Reading
from funding.rows import Ask, Follow, Nothing, Pay, Row, Step, Wait
from funding.rulebook import Rulebook, shipped
from funding.table import TABLE
from funding.table.finance import FINANCE
from funding.trace import yuan
from tenants.tiers import TIER_NAMES

PLAN = N_("方案六(四)")
PAYS = N_("付款人：%(payer)s（%(bearer)s），金额 %(minimum)s 至 %(maximum)s 元")
OWN_RATE = N_("在上级幅度之内，按本级规定的标准（%(clause)s，%(source)s）")
BUDGET_TIER = N_("财政层级：%(tier)s")
REFUSED = N_("拒绝：%(refusal)s")


def decide(facts: Facts, book: Rulebook | None = None) -> Answer:
    """Total: any combination of facts gets a decision, the facts that are missing, or the rule that is missing."""
    if facts.cost is None or facts.incurred_on is None:
        names = tuple(name for name in ("cost", "incurred_on") if getattr(facts, name) is None)
        return FactsMissing(row=facts.cost or "", facts=names)
    section = TABLE[facts.cost]
    reading = Reading(
        facts=facts,
        day=facts.incurred_on,
        book=book or shipped(),
        amount=section.amount,
        to_third_party=section.to_third_party,
    )
    return _answer(section.rows, reading)


def _answer(rows: tuple[Row, ...], reading: Reading) -> Answer:
    result = _read(rows, reading)
    if isinstance(result, Reading):
        return result.unruled(str(result.facts.cost), PLAN, NO_ROW)
    return result


def _read(rows: tuple[Row, ...], reading: Reading) -> Answer | Reading:
    """An answer, or how the reading stands after rows that gave none."""
    for row in rows:
        if row.excluded(reading.facts):
            continue
        result = _apply(row, reading)
        if not isinstance(result, Reading):
            return result
        reading = result
    return reading


def _apply(row: Row, reading: Reading) -> Answer | Reading:
    unknown = row.unknown(reading.facts)
    if unknown and row.explains:
        return reading
    missing = unknown or row.unproved(reading.facts)
    if missing:
        return reading.lacks(row.id, missing)
    reading = reading.note_row(row)
    match row.effect:
        case Step() as step:
            return reading.step(step)
        case Ask(options):
            return _ask(row, options, reading)
        case Follow(rows):
            return _answer(rows, reading)
        case Wait(fact):
            return reading.lacks(row.id, (fact,))
        case Nothing() as nothing:
            return _nothing(row, nothing, reading)
        case Pay() as pay:
            return _pay(row, pay, reading)


def _ask(row: Row, options: dict[str, tuple[Row, ...]], reading: Reading) -> Answer | Reading:
    """The first fitting row of the choice that the province has in force on the day; without one, a missing rule."""
    default = reading.book.defaults.on(row.id, reading.day)
    if default is None or default.choice not in options:
        return reading.unruled(row.id, row.clause, NO_DEFAULT)
    reading = reading.take_default(default)
    for inner in options[default.choice]:
        if not inner.excluded(reading.facts):
            return _apply(inner, reading)
    return reading.unruled(row.id, row.clause, NO_DEFAULT)


def _nothing(row: Row, nothing: Nothing, reading: Reading) -> Decision:
    if nothing.refusal is not None:
        reading = reading.note(row.id, REFUSED, {"refusal": nothing.refusal.label})
    decision = _decision(row, Pay(Payer.NOBODY), reading, NOTHING)
    return msgspec.structs.replace(decision, refusal=nothing.refusal, to_third_party=False)


def _pay(row: Row, pay: Pay, reading: Reading) -> Answer:
    bounds = find_bounds(pay.amount or reading.amount, reading.facts, reading.book.tariff, reading.day)
    if isinstance(bounds, NoFacts):
        return reading.lacks(row.id, bounds.facts)
    if isinstance(bounds, NoRate):
        return reading.unruled(row.id, row.clause, NO_RATE)
    reading = _note_own_rate(row, reading, bounds)
    if pay.payer is Payer.FINANCE:
        return _finance(row, pay, reading, bounds)
    return _decision(row, pay, reading, bounds)


def _note_own_rate(row: Row, reading: Reading, bounds: Bounds) -> Reading:
    """The trace says when a level has narrowed the range of the level above."""
    rate = bounds.rate
    if rate is None or rate == reading.book.tariff.on(rate.key, reading.day):
        return reading
    return reading.note(row.id, OWN_RATE, {"clause": rate.clause, "source": rate.source})


def _finance(row: Row, pay: Pay, reading: Reading, bounds: Bounds) -> Answer:
    result = _read(FINANCE, reading)
    if not isinstance(result, Reading):
        return result
    budget = find_budget(result)
    if isinstance(budget, FactsMissing):
        return budget
    noted = result.note("FIN", BUDGET_TIER, {"tier": TIER_NAMES[budget.tier]})
    return msgspec.structs.replace(
        _decision(row, pay, noted, bounds),
        budget_tier=budget.tier,
        budget_tenant=budget.tenant,
        place_tenant=budget.place,
    )


def _decision(row: Row, pay: Pay, reading: Reading, bounds: Bounds) -> Decision:
    bearer = bearer_of(pay.payer, reading.facts.producer, reading.facts.fault)
    words = {"payer": pay.payer.label, "bearer": bearer.label}
    noted = reading.note(row.id, PAYS, words, minimum=yuan(bounds.minimum_fen), maximum=yuan(bounds.maximum_fen))
    return Decision(
        payer=pay.payer,
        bearer=bearer,
        minimum_fen=bounds.minimum_fen,
        maximum_fen=bounds.maximum_fen,
        clause=row.clause,
        row=row.id,
        default_used=reading.defaults,
        arrears=pay.arrears,
        refundable=pay.refundable,
        flag_province=pay.flag_province,
        to_third_party=reading.to_third_party,
        trace=noted.trace,
    )
