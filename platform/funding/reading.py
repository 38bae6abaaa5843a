"""How far a reader of the table has come: what is known, what was noted on the way."""

from datetime import date

import msgspec

from foundation.language import N_
from funding.answers import FactsMissing, RuleMissing
from funding.defaults import Default
from funding.facts import FACT_NAMES, Facts, Found
from funding.rows import Amount, Row, Step
from funding.rulebook import Rulebook
from funding.trace import TraceLine

ROW = N_("%(says)s（%(clause)s）")
USED = N_("文本未定，采用省级默认规则：%(reason)s")
FOUND = N_("%(what)s：依据%(basis)s（%(reference)s），%(on)s 认定")
NEEDED = N_("缺少事实：%(fact)s")
NO_DEFAULT = N_("文本未定，省级也没有生效的默认规则，请省级明确")
NO_ROW = N_("付款表中没有适用的一行，请省级明确")
NO_RATE = N_("费用发生当日没有生效的标准，请省级明确")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    facts: Facts
    day: date
    book: Rulebook
    amount: Amount
    to_third_party: bool = False
    by_place: bool = False
    defaults: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = ()

    def note(self, row: str, text: str, terms: dict[str, str] | None = None, **values: str) -> "Reading":
        line = TraceLine(row, text, terms or {}, values)
        return msgspec.structs.replace(self, trace=(*self.trace, line))

    def note_row(self, row: Row) -> "Reading":
        """The row, and the finding that it rests on, which is told once."""
        reading = self.note(row.id, ROW, {"says": row.says, "clause": row.clause})
        for name in row.needs:
            found = getattr(self.facts, name)
            if isinstance(found, Found) and all(line.text != FOUND for line in self.trace):
                terms = {"what": FACT_NAMES[name.removesuffix("_found")], "basis": found.basis.label}
                reading = reading.note(row.id, FOUND, terms, reference=found.reference, on=found.on.isoformat())
        return reading

    def take_default(self, default: Default) -> "Reading":
        noted = self.note(default.row, USED, {"reason": default.reason})
        return msgspec.structs.replace(noted, defaults=(*self.defaults, default.row))

    def step(self, step: Step) -> "Reading":
        """Read on, with another way to find the amount, the successor as producer, or the place's budget."""
        facts = msgspec.structs.replace(self.facts, producer=self.facts.successor) if step.as_successor else self.facts
        return msgspec.structs.replace(
            self, facts=facts, amount=step.amount or self.amount, by_place=self.by_place or step.by_place
        )

    def lacks(self, row: str, names: tuple[str, ...]) -> FactsMissing:
        reading = self
        for name in names:
            reading = reading.note(row, NEEDED, {"fact": FACT_NAMES[name]})
        return FactsMissing(row=row, facts=names, trace=reading.trace)

    def unruled(self, row: str, clause: str, text: str) -> RuleMissing:
        return RuleMissing(row=row, clause=clause, trace=self.note(row, text).trace)
