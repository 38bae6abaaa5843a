"""G · the earmarked budget of a year, 六(四)7."""

from foundation.language import N_
from funding.answers import Payer
from funding.rows import Amount, Pay, Row, Step, when

CLAUSE = N_("方案六(四)7")

BUDGET = (
    Row(
        "G",
        N_("第一年由同级财政拨入一定数额的专项经费"),
        CLAUSE,
        when(first_year=True),
        Step(Amount.YEARLY_ALLOCATION),
    ),
    Row(
        "G.1",
        N_("以后各年按上一年的实际支出金额列入预算"),
        CLAUSE,
        when(first_year=False),
        Step(Amount.LAST_YEAR),
    ),
    Row("G.2", N_("由同级财政承担"), CLAUSE, (), Pay(Payer.FINANCE)),
)
