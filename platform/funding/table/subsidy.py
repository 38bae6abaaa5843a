"""A · case subsidy, 六(四)1. What bars a settlement comes first, then how much, then who pays."""

from foundation.language import N_
from funding.answers import Payer, Refusal
from funding.rows import Amount, Ask, Nothing, Pay, Row, Step, found, when
from funding.words import CaseClass, Earlier, Outcome, Producer, Recipient

CLAUSE = N_("方案六(四)1")
ONE_CASE = N_("方案六(四) 一案一结")
OFFICIALS = N_("方案六(四)6")
MEDIATION_LAW = N_("人民调解法 4；方案六(四)1")
SUCCESSION = N_("信访工作条例 24(2)（类推）；方案六(四)1")
ORAL_LAW = N_("人民调解法 28、30；方案六(四)1")

AGREED = (Outcome.AGREED, Outcome.ORAL)
OTHER_WAYS = (Outcome.LITIGATION, Outcome.ARBITRATION, Outcome.OTHER_CHANNEL)
BROKEN_OFF = (Outcome.WITHDRAWN, Outcome.UNSUITABLE, Outcome.MERGED, Outcome.SETTLED_PRIVATELY)

BARS = (
    Row("A16", N_("评析不予受理：没有化解工作，不产生补助"), CLAUSE, when(outcome=Outcome.NOT_ACCEPTED), Nothing()),
    Row(
        "A21",
        N_("同一纠纷拆成数案：只算一案，并案后结算"),
        ONE_CASE,
        when(split_dispute=True),
        Nothing(Refusal.SPLIT_DISPUTE),
    ),
    Row(
        "A18",
        N_("协议事后无效或者未履行：文本未写明是否追回"),
        CLAUSE,
        when(outcome=Outcome.AGREEMENT_FELL),
        Ask(
            {
                "no_clawback": (
                    Row(
                        "A18",
                        N_("专调小组没有过错：已付补助不追回，也不再付"),
                        CLAUSE,
                        when(team_at_fault=False),
                        Nothing(),
                    ),
                ),
            },
        ),
    ),
    Row("A19", N_("同一案件再次结算：拒绝"), ONE_CASE, when(earlier=Earlier.FULL), Nothing(Refusal.ALREADY_SETTLED)),
    Row(
        "A20",
        N_("先按未达成协议结算、后又化解：文本未写明如何补差"),
        ONE_CASE,
        when(earlier=Earlier.DISCRETIONARY, outcome=(*AGREED, Outcome.STRUCK_OFF)),
        Ask(
            {
                "difference": (Row("A20", N_("冲销原分录，补足与标准的差额"), ONE_CASE, (), Step(Amount.DIFFERENCE)),),
                "refuse": (Row("A20", N_("不补差额，不再结算"), ONE_CASE, (), Nothing(Refusal.ALREADY_SETTLED)),),
            },
        ),
    ),
    Row(
        "A19.1",
        N_("已酌定结算且仍未化解：不再结算"),
        ONE_CASE,
        when(earlier=Earlier.DISCRETIONARY, outcome=(*OTHER_WAYS, Outcome.FAILED, *BROKEN_OFF)),
        Nothing(Refusal.ALREADY_SETTLED),
    ),
    Row(
        "A22",
        N_("没有可以领取补助的人（均为公职人员）：不付"),
        OFFICIALS,
        when(recipient=Recipient.OFFICIAL),
        Nothing(),
    ),
)

SAME_FACTS = N_("付款人按责任主体的事实依 A1—A11 确定，金额酌定，不超过本类上限")

AMOUNTS = (
    Row("A17", N_("口头协议有记录：与书面协议相同"), ORAL_LAW, when(outcome=Outcome.ORAL), Step()),
    Row(
        "A2.1",
        N_("重大案件经督办核实销号：文本未写明须有协议"),
        CLAUSE,
        when(outcome=Outcome.STRUCK_OFF, case_class=CaseClass.MAJOR),
        Ask({"settled": (Row("A2.1", N_("督办销号视为化解，按本类标准"), CLAUSE, (), Step()),)}),
    ),
    Row(
        "A1.1",
        N_("一般案件以达成协议为要件，文本未规定销号如何补助"),
        CLAUSE,
        when(outcome=Outcome.STRUCK_OFF, case_class=CaseClass.GENERAL),
        Ask(),
    ),
    Row(
        "A13",
        N_("经教育疏导通过诉讼、仲裁等方式处置：金额适当，文本未写明付款人"),
        CLAUSE,
        when(outcome=OTHER_WAYS),
        Ask({"same_facts": (Row("A13", SAME_FACTS, CLAUSE, (), Step(Amount.DISCRETIONARY)),)}),
    ),
    Row(
        "A14",
        N_("调解不成功：金额适当，文本未写明付款人"),
        CLAUSE,
        when(outcome=Outcome.FAILED),
        Ask({"same_facts": (Row("A14", SAME_FACTS, CLAUSE, (), Step(Amount.DISCRETIONARY)),)}),
    ),
    Row(
        "A15",
        N_("受理后退出、不宜调解、并案或者自行和解：文本未规定"),
        CLAUSE,
        when(outcome=BROKEN_OFF),
        Ask(
            {
                "work_shown": (
                    Row(
                        "A15",
                        N_("已开展的工作有记录：比照调解不成功"),
                        CLAUSE,
                        when(work_shown=True),
                        Step(Amount.DISCRETIONARY),
                    ),
                    Row("A15", N_("没有工作记录：不付"), CLAUSE, when(work_shown=False), Nothing()),
                ),
            },
        ),
    ),
)

PAYERS = found(
    "producer_found",
    Row(
        "A11",
        N_("责任主体已撤销或者合并：由承继单位承接，按承继单位判断"),
        SUCCESSION,
        when(producer=Producer.ABOLISHED, has_successor=True),
        Step(as_successor=True),
        needs=("successor",),
    ),
    Row(
        "A11.1",
        N_("责任主体已撤销且无承继单位：视为责任主体不明确"),
        SUCCESSION,
        when(producer=Producer.ABOLISHED, has_successor=False),
        Pay(Payer.FINANCE),
    ),
    Row(
        "A7",
        N_("责任主体不明确，有书面认定：同级财政承担"),
        CLAUSE,
        when(producer=Producer.UNCLEAR),
        Pay(Payer.FINANCE),
    ),
    Row(
        "A8",
        N_("责任主体是个人、家庭户或者未登记群体：文本只写部门、企业和单位"),
        CLAUSE,
        when(producer=Producer.PERSON),
        Ask({"finance": (Row("A8", N_("不向个人收费，同级财政承担"), MEDIATION_LAW, (), Pay(Payer.FINANCE)),)}),
    ),
    Row(
        "A9",
        N_("责任主体是村集体或者村（居）委会：文本未规定"),
        CLAUSE,
        when(producer=Producer.COLLECTIVE),
        Ask(
            {
                "resolution": (
                    Row("A9", N_("有村集体决议：村集体承担"), CLAUSE, when(resolution=True), Pay(Payer.PRODUCER)),
                    Row("A9", N_("没有村集体决议：同级财政承担"), CLAUSE, when(resolution=False), Pay(Payer.FINANCE)),
                ),
            },
        ),
    ),
    Row(
        "A10",
        N_("有多个责任主体：文本未规定如何分担"),
        CLAUSE,
        when(producer=Producer.SEVERAL),
        Ask(
            {
                "shares": (
                    Row(
                        "A10",
                        N_("按协议或者认定写明的份额分别承担，各份额再逐一判断"),
                        CLAUSE,
                        (),
                        Pay(Payer.SHARES),
                        needs=("shares_recorded",),
                    ),
                ),
            },
        ),
    ),
    Row(
        "A4",
        N_("企业停产、停业且有证据证明无力承担：同级财政承担"),
        CLAUSE,
        when(producer=Producer.ENTERPRISE, stopped=True, unable=True),
        Pay(Payer.FINANCE),
        needs=("unable_evidence",),
    ),
    Row(
        "A3.1",
        N_("企业本身是当事人且没有书面承诺：不得向其收取，同级财政承担，报省级关注"),
        MEDIATION_LAW,
        when(producer=Producer.ENTERPRISE, producer_is_party=True, undertaking=False),
        Pay(Payer.FINANCE, flag_province=True),
    ),
    Row(
        "A5",
        N_("企业停产、停业但有能力承担：企业承担"),
        CLAUSE,
        when(producer=Producer.ENTERPRISE, stopped=True, unable=False),
        Pay(Payer.PRODUCER),
    ),
    Row(
        "A6",
        N_("企业正常经营但无力承担：例外不及于此，仍由企业承担，记为欠款"),
        CLAUSE,
        when(producer=Producer.ENTERPRISE, stopped=False, unable=True),
        Pay(Payer.PRODUCER, arrears=True),
        explains=True,
    ),
    Row(
        "A3",
        N_("责任主体是正常经营的企业：企业承担"),
        CLAUSE,
        when(producer=Producer.ENTERPRISE, stopped=False),
        Pay(Payer.PRODUCER),
    ),
    Row(
        "A12",
        N_("部门没有经费：对部门没有例外，仍由该部门承担"),
        CLAUSE,
        when(producer=Producer.DEPARTMENT, unable=True),
        Pay(Payer.PRODUCER),
        explains=True,
    ),
    Row(
        "A1",
        N_("一般案件，责任主体是部门或者单位：由其承担"),
        CLAUSE,
        when(case_class=CaseClass.GENERAL, producer=(Producer.DEPARTMENT, Producer.UNIT)),
        Pay(Payer.PRODUCER),
    ),
    Row(
        "A2",
        N_("重大案件，责任主体明确：由其承担"),
        CLAUSE,
        when(case_class=CaseClass.MAJOR, producer=(Producer.DEPARTMENT, Producer.UNIT)),
        Pay(Payer.PRODUCER),
    ),
)

SUBSIDY = BARS + AMOUNTS + PAYERS
