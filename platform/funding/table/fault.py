"""The rows that 六(四)2 and 3 share word for word: the party at fault pays, except when poor or unclear."""

from foundation.language import N_
from funding.answers import Payer
from funding.rows import Ask, Pay, Row, Step, found, when
from funding.words import Fault, PoorCategory

SUCCESSORS = (PoorCategory.MONITORED, PoorCategory.LOW_INCOME, PoorCategory.DESTITUTE)
UNITS = (Fault.DEPARTMENT, Fault.ENTERPRISE, Fault.UNIT)


def fault_rows(section: str, clause: str, stopped: str) -> tuple[Row, ...]:
    """Rows 1–4 of B or C, with `stopped` as the id of the row on a stopped enterprise."""
    return found(
        "fault_found",
        Row(
            f"{section}7" if section == "B" else f"{section}1.1",
            N_("过错方就是信访人：同样按过错方判断"),
            clause,
            when(fault_is_petitioner=True),
            Step(),
            explains=True,
        ),
        Row(
            stopped,
            N_("过错企业停产、停业且无力承担：A4 的例外不及于此，仍由企业承担，记为欠款"),
            clause,
            when(fault=Fault.ENTERPRISE, stopped=True, unable=True),
            Pay(Payer.FAULT_PARTY, arrears=True),
            explains=True,
        ),
        Row(
            f"{section}1",
            N_("过错方是部门、企业或者单位：由其承担"),
            clause,
            when(fault=UNITS),
            Pay(Payer.FAULT_PARTY),
        ),
        Row(
            f"{section}3",
            N_("过错方是费用发生当日有效的建档立卡贫困户：同级财政承担"),
            clause,
            when(fault=Fault.PERSON, poor_category=PoorCategory.REGISTERED, poor_on_date=True),
            Pay(Payer.FINANCE),
        ),
        *(_successor_row(f"{section}3.{i}", clause, category) for i, category in enumerate(SUCCESSORS, start=1)),
        Row(
            f"{section}2",
            N_("过错方是个人且当日不属于困难群体：由其本人直接付给收费机构，不经我方"),
            clause,
            when(fault=Fault.PERSON, poor_on_date=False),
            Pay(Payer.FAULT_PARTY),
        ),
        Row(
            f"{section}4",
            N_("责任（过错）方不明确，有书面认定：同级财政承担"),
            clause,
            when(fault=Fault.UNCLEAR),
            Pay(Payer.FINANCE),
        ),
    )


def _successor_row(row: str, clause: str, category: PoorCategory) -> Row:
    """建档立卡 ended with 2020; a successor group counts only where the province has said so (decision g)."""
    return Row(
        row,
        N_("过错方属于建档立卡之后的困难群体：文本未写明是否视同"),
        clause,
        when(fault=Fault.PERSON, poor_category=category, poor_on_date=True),
        Ask(
            {
                "as_registered": (Row(row, N_("视同建档立卡贫困户，同级财政承担"), clause, (), Pay(Payer.FINANCE)),),
                "not_registered": (
                    Row(row, N_("不视同建档立卡贫困户，由其本人承担"), clause, (), Pay(Payer.FAULT_PARTY)),
                ),
            },
        ),
    )
