"""The figures of a signal in words: each line says what was compared and how much there was of it."""

from typing import Any

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_
from funding.signals import Ground, Signal
from funding.trace import yuan


class Line(Struct, frozen=True):
    """`label` and each of `what` are msgids; `value` is a figure."""

    label: str
    value: str = ""
    what: list[str] = []


class Source(Choice):
    """What a print was made of: codes of papers, and evidence."""

    INVESTIGATION = "investigation", N_("人民调解调查记录")
    SESSION = "session", N_("人民调解记录")
    OPINION = "opinion", N_("处理意见（调解建议）")
    AGREEMENT = "agreement", N_("人民调解协议书")
    EVIDENCE = "evidence", N_("工作室收集的证据材料")


PART = {
    "reviewed_by": N_("结算审核人"),
    "justice_by": N_("司法行政一方批准人"),
    "petition_by": N_("信访一方批准人"),
}


def lines_of(signal: Signal) -> list[Line]:
    return LINES[Ground(signal.ground)](signal.figures)


def _texts(known: dict[str, Any]) -> list[Line]:
    return [
        Line(N_("近似的材料"), what=[Source(source).label for source in known["what"]]),
        Line(N_("近似程度"), f"{known['percent']}%"),
    ]


def _travel(known: dict[str, Any]) -> list[Line]:
    day, since, until = known["day"], known["from"], known["to"]
    return [Line(N_("值班日"), day), Line(N_("出差起止"), f"{since} – {until}")]


def _ceiling(known: dict[str, Any]) -> list[Line]:
    return [
        Line(N_("本笔金额（元）"), yuan(known["amount_fen"])),
        Line(N_("本笔上限（元）"), yuan(known["most_fen"])),
        Line(N_("同一工作室本年度申报笔数，均按上限"), str(known["claims"])),
    ]


def _one_signer(known: dict[str, Any]) -> list[Line]:
    return [
        Line(N_("环节"), what=[PART[known["part"]]]),
        Line(N_("由同一人审签的笔数"), str(known["claims"])),
        Line(N_("同年由他人审签的笔数"), str(known["others"])),
    ]


def _at_the_line(known: dict[str, Any]) -> list[Line]:
    return [
        Line(N_("受理时核定人数"), str(known["persons"])),
        Line(N_("群体性案件的人数标准"), str(known["line"])),
        Line(N_("在册信访人人数"), str(known["on_file"])),
    ]


def _paid_twice(known: dict[str, Any]) -> list[Line]:
    return [
        Line(N_("本笔金额（元）"), yuan(known["amount_fen"])),
        Line(N_("同一纠纷另一结算的金额（元）"), yuan(known["other_fen"])),
    ]


LINES = {
    Ground.SAME: _texts,
    Ground.ALIKE: _texts,
    Ground.TRAVEL: _travel,
    Ground.CEILING: _ceiling,
    Ground.ONE_SIGNER: _one_signer,
    Ground.AT_THE_LINE: _at_the_line,
    Ground.PAID_TWICE: _paid_twice,
}
