"""E · duty, 六(四)5: 200 yuan a person-day, always from the finance of the station's tier."""

from foundation.language import N_
from funding.answers import Payer, Refusal
from funding.rows import Amount, Ask, Nothing, Pay, Row, Step, when
from funding.words import DutyDay, Recipient

CLAUSE = N_("方案六(四)5")
OFFICIALS = N_("方案六(四)5、6")

DUTY = (
    Row(
        "E2",
        N_("值班人是公职人员：值班补助是否属于办案补助，文本未写明"),
        OFFICIALS,
        when(recipient=Recipient.OFFICIAL),
        Ask(
            {
                "refuse": (Row("E2", N_("从严理解，不予支付"), OFFICIALS, (), Nothing(Refusal.RECIPIENT_OFFICIAL)),),
                "pay": (Row("E2", N_("省级已明确可以支付"), OFFICIALS, (), Step()),),
            },
        ),
    ),
    Row(
        "E3",
        N_("半天值班或者一天两处值班：每天只算一人天"),
        CLAUSE,
        when(duty_day=(DutyDay.HALF, DutyDay.TWO_STATIONS)),
        Step(Amount.ONE_PERSON_DAY),
    ),
    Row(
        "E3.1",
        N_("同一天既值班又出差：文本未规定"),
        CLAUSE,
        when(duty_day=DutyDay.TRAVEL),
        Ask(
            {
                "not_both": (
                    Row(
                        "E3.1",
                        N_("出差补助与值班补助不重复领取：已领出差补助，不付"),
                        CLAUSE,
                        when(travel_paid=True),
                        Nothing(Refusal.TRAVEL_ALREADY_PAID),
                    ),
                    Row(
                        "E3.1",
                        N_("出差补助与值班补助不重复领取：未领出差补助，按一人天"),
                        CLAUSE,
                        when(travel_paid=False),
                        Step(Amount.ONE_PERSON_DAY),
                    ),
                ),
            },
        ),
    ),
    Row(
        "E1",
        N_("有资格领取且已签到：值班站点的同级财政承担"),
        CLAUSE,
        (),
        Pay(Payer.FINANCE),
        needs=("checked_in",),
    ),
)
