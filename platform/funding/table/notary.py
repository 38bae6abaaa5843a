"""B · notary and appraisal fees, 六(四)2. The exception of a stopped enterprise (A4) does not cross into here."""

from foundation.language import N_
from funding.answers import Payer
from funding.rows import Amount, Ask, Nothing, Pay, Row, Step, found, when
from funding.table.fault import fault_rows
from funding.words import Advancer, Fault

CLAUSE = N_("方案六(四)2")
LEGAL_AID = N_("法律援助法 53(2)")
ADVANCE = N_("方案五(四)、六(四)2")

ADVANCERS = (
    Row(
        "B11",
        N_("单位同意垫付：单位先付，定责后多退少补"),
        ADVANCE,
        when(advancer=Advancer.UNIT),
        Pay(Payer.ADVANCING_UNIT, refundable=True),
    ),
    Row(
        "B11",
        N_("经审批由财政垫付，定责后收回"),
        ADVANCE,
        when(advancer=Advancer.FINANCE),
        Pay(Payer.FINANCE, refundable=True),
        needs=("advance_approved",),
    ),
    Row(
        "B11",
        N_("困难群众不垫付：经审批由财政垫付"),
        ADVANCE,
        when(advancer=Advancer.PARTY, poor_on_date=True),
        Pay(Payer.FINANCE, refundable=True),
        needs=("advance_approved",),
    ),
    Row(
        "B11",
        N_("委托鉴定的当事人自愿垫付，直接付给机构，定责后退还"),
        ADVANCE,
        when(advancer=Advancer.PARTY, poor_on_date=False),
        Pay(Payer.COMMISSIONING_PARTY, refundable=True),
    ),
)

FIRST = (
    Row("B9", N_("没有产生费用"), CLAUSE, when(fee_arises=False), Nothing()),
    Row(
        "B8",
        N_("受援人的公证费、鉴定费先由机构减收或者免收"),
        LEGAL_AID,
        when(legal_aid=True),
        Step(Amount.REDUCED),
    ),
    Row("B10", N_("过错待定：先垫付，定责后重新判断"), CLAUSE, when(fault=Fault.LATER), Step()),
    Row("B11", N_("由谁垫付：文本未规定"), ADVANCE, when(fault=Fault.LATER), Ask({"by_approval": ADVANCERS})),
)

PAYERS = (
    *fault_rows("B", CLAUSE, stopped="B5"),
    *found(
        "fault_found",
        Row(
            "B6",
            N_("多方均有过错：文本未规定如何分担"),
            CLAUSE,
            when(fault=Fault.SEVERAL),
            Ask(
                {
                    "proportion": (
                        Row(
                            "B6",
                            N_("按协议或者裁判写明的比例分别承担，其中贫困户的份额由同级财政承担"),
                            CLAUSE,
                            (),
                            Pay(Payer.SHARES),
                            needs=("shares_recorded",),
                        ),
                    ),
                },
            ),
        ),
    ),
)

NOTARY = FIRST + PAYERS
