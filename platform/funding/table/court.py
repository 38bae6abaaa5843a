"""C · court, arbitration and agency fees, 六(四)3. What the law makes free or a court allocated comes first."""

from foundation.language import N_
from funding.answers import Payer
from funding.rows import Amount, Ask, Nothing, Pay, Row, Step, Wait, when
from funding.table.fault import fault_rows
from funding.words import Fault, Fee, FreeBy

CLAUSE = N_("方案六(四)3")
CONFIRMATION = N_("法释〔2011〕5号 11")
# From memory ([M] of the payer table): to be read again before production.
FREE_ARBITRATION = N_("劳动争议调解仲裁法 53；农村土地承包经营纠纷调解仲裁法 52；行政复议法 87")
ALLOCATION = N_("诉讼费用交纳办法 29")
LEGAL_AID = N_("法律援助法 2、20、53(1)")

FIRST = (
    Row("C6", N_("司法确认不收费"), CONFIRMATION, when(free_by=FreeBy.JUDICIAL_CONFIRMATION), Nothing()),
    Row(
        "C7",
        N_("劳动争议仲裁、农村土地承包仲裁、行政复议不收费"),
        FREE_ARBITRATION,
        when(free_by=(FreeBy.LABOUR_ARBITRATION, FreeBy.LAND_ARBITRATION, FreeBy.RECONSIDERATION)),
        Nothing(),
    ),
    Row(
        "C5",
        N_("判决或者裁决已分配费用：从其决定"),
        ALLOCATION,
        when(allocated=True),
        Pay(Payer.ALLOCATED, Amount.ALLOCATED),
    ),
    Row("C8", N_("获得法律援助：代理不收费"), LEGAL_AID, when(legal_aid=True, fee=Fee.AGENCY), Nothing()),
    Row(
        "C8.1",
        N_("获得法律援助：诉讼费先由法院缓收、减收或者免收"),
        LEGAL_AID,
        when(legal_aid=True, fee=Fee.COURT),
        Step(Amount.REDUCED),
    ),
    Row(
        "C9",
        N_("过错确定之前的代理费：文本未规定"),
        CLAUSE,
        when(fee=Fee.AGENCY, fault=Fault.LATER),
        Ask(
            {
                "wait": (
                    Row(
                        "C9", N_("等待责任（过错）方确定后再判断，金额不超过代理费标准上限"), CLAUSE, (), Wait("fault")
                    ),
                ),
            },
        ),
    ),
)

PAYERS = fault_rows("C", CLAUSE, stopped="C10")

COURT = FIRST + PAYERS
