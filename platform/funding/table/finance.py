"""FIN(t) · whose finance: 分级 points to the holder, 属地 to the place of the dispute."""

from foundation.language import N_
from funding.rows import Ask, Row, Step, when
from tenants.tiers import Tier

CLAUSE = N_("方案六(四) 分级负责、费随案走")
COUNTY_FUND = N_("方案六(四)7")

FINANCE = (
    Row(
        "FIN.1",
        N_("持有单位在乡镇：乡镇没有专项经费，由县级财政承担"),
        COUNTY_FUND,
        when(tier=Tier.TOWNSHIP, zone=False),
        Step(),
    ),
    Row(
        "FIN.2",
        N_("持有单位在功能区：文本未规定由谁的财政承担"),
        COUNTY_FUND,
        when(tier=Tier.TOWNSHIP, zone=True),
        Ask({"host_county": (Row("FIN.2", N_("由功能区所在县级财政承担"), COUNTY_FUND, (), Step()),)}),
    ),
    Row(
        "FIN.3",
        N_("分级与属地指向不同的财政：文本未作选择"),
        CLAUSE,
        when(place_differs=True),
        Ask(
            {
                "holder": (Row("FIN.3", N_("由费用发生时持有案件一级的财政承担，同时列明属地"), CLAUSE, (), Step()),),
                "place": (Row("FIN.3", N_("由纠纷所在县级财政承担"), CLAUSE, (), Step(by_place=True)),),
            },
        ),
        explains=True,
    ),
)
