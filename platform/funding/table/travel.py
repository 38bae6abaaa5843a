"""D · travel, 六(四)4: approved before, at the organ standard; 「前款」 can be read in two ways."""

from foundation.language import N_
from funding.answers import Payer, Refusal
from funding.rows import Ask, Follow, Nothing, Pay, Row, found, when
from funding.table import court, notary, subsidy
from funding.words import CostKind, Fault, Recipient

CLAUSE = N_("方案六(四)4")
MEDIATION_LAW = N_("人民调解法 4；方案六(四)4")
OFFICIALS = N_("方案六(四)4、6")

BY_PURPOSE = (
    *found(
        "fault_found",
        Row(
            "D4",
            N_("按前款将由个人承担的：改由同级财政承担"),
            MEDIATION_LAW,
            when(trip_serves=(CostKind.NOTARY, CostKind.COURT), fault=Fault.PERSON),
            Pay(Payer.FINANCE),
        ),
    ),
    Row("D2", N_("出差为办案：按第 1 项"), CLAUSE, when(trip_serves=CostKind.SUBSIDY), Follow(subsidy.PAYERS)),
    Row("D2", N_("出差为公证、鉴定：按第 2 项"), CLAUSE, when(trip_serves=CostKind.NOTARY), Follow(notary.PAYERS)),
    Row("D2", N_("出差为诉讼、仲裁、代理：按第 3 项"), CLAUSE, when(trip_serves=CostKind.COURT), Follow(court.PAYERS)),
)

LITERALLY = (
    *found(
        "fault_found",
        Row(
            "D4",
            N_("按前款将由个人承担的：改由同级财政承担"),
            MEDIATION_LAW,
            when(fault=Fault.PERSON),
            Pay(Payer.FINANCE),
        ),
    ),
    Row("D2", N_("“前款”按字面指第 3 项"), CLAUSE, (), Follow(court.PAYERS)),
)

TRAVEL = (
    Row(
        "D1",
        N_("未经主管部门事前审核同意：拒绝"),
        CLAUSE,
        when(approved_before=False),
        Nothing(Refusal.NOT_APPROVED_BEFORE),
    ),
    Row(
        "D3",
        N_("出差人是公职人员：出差补助是否属于办案补助，文本未写明"),
        OFFICIALS,
        when(recipient=Recipient.OFFICIAL),
        Ask(
            {
                "own_organ": (
                    Row(
                        "D3",
                        N_("不从本经费支付，按其所在机关的差旅规定办理"),
                        OFFICIALS,
                        (),
                        Nothing(Refusal.RECIPIENT_OFFICIAL),
                    ),
                ),
            },
        ),
    ),
    Row(
        "D2",
        N_("已经审核同意：“前款”指哪一款，文本有两种读法"),
        CLAUSE,
        when(approved_before=True),
        Ask({"purpose": BY_PURPOSE, "literal": LITERALLY}),
    ),
)
