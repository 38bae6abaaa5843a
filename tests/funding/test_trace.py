"""A lawyer reads the trace in either language."""

import re

from foundation.language import translate
from funding.answers import Bearer, Payer, Refusal
from funding.facts import FACT_NAMES
from funding.payer import decide
from funding.rulebook import every_row, shipped
from funding.trace import yuan
from funding.words import CaseClass, CostKind, Fault, Outcome, PoorCategory, Producer
from tests.funding.lines import FIRM, subsidy

CHINESE = re.compile("[\u4e00-\u9fff]")
WORDS = (Bearer, Payer, Refusal, CaseClass, CostKind, Fault, Outcome, PoorCategory, Producer)


def test_every_text_of_the_table_has_its_english() -> None:
    texts = {text for row in every_row() for text in (row.says, row.clause)}
    texts |= {entry.reason for entry in shipped().defaults.entries}
    texts |= {text for rate in shipped().tariff.rates for text in (rate.clause, rate.unit, rate.source)}
    texts |= set(FACT_NAMES.values()) | {member.label for words in WORDS for member in words}
    assert [text for text in sorted(texts) if CHINESE.search(translate(text, "en"))] == []


def test_the_trace_names_row_clause_payer_and_amount_in_both_languages() -> None:
    trace = decide(subsidy(**FIRM | {"case_class": CaseClass.MAJOR})).trace
    assert [line.render("zh") for line in trace] == [
        "A3 · 责任主体是正常经营的企业：企业承担（方案六(四)1）",
        "A3 · 责任主体：依据调解协议中的责任条款（协议第三条），2026-03-02 认定",
        "A3 · 付款人：责任主体（企业），金额 10,000 至 30,000 元",
    ]
    assert [line.render("en") for line in trace] == [
        "A3 · The responsible subject is an enterprise in operation: it pays (Plan VI(4)1)",
        "A3 · Responsible subject: found on 2026-03-02, basis: Clause on responsibility in the agreement (协议第三条)",
        "A3 · Payer: Responsible subject (Enterprise), from 10,000 to 30,000 yuan",
    ]


def test_yuan_is_written_with_thousands_and_fen_only_when_there_are_any() -> None:
    assert (yuan(300_000), yuan(150), yuan(0)) == ("3,000", "1.50", "0")
