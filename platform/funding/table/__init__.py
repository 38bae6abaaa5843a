"""The payer table, section by section; inside a section the rows are read top to bottom."""

from funding.rows import Amount, Section
from funding.table.budget import BUDGET
from funding.table.court import COURT
from funding.table.duty import DUTY
from funding.table.notary import NOTARY
from funding.table.other import OTHER
from funding.table.subsidy import SUBSIDY
from funding.table.travel import TRAVEL
from funding.words import CostKind

TABLE = {
    CostKind.SUBSIDY: Section(SUBSIDY, Amount.BY_CLASS),
    CostKind.NOTARY: Section(NOTARY, Amount.ACTUAL, to_third_party=True),
    CostKind.COURT: Section(COURT, Amount.ACTUAL, to_third_party=True),
    CostKind.TRAVEL: Section(TRAVEL, Amount.STANDARD),
    CostKind.DUTY: Section(DUTY, Amount.PERSON_DAYS),
    CostKind.OTHER: Section(OTHER, Amount.ACTUAL),
    CostKind.BUDGET: Section(BUDGET, Amount.LAST_YEAR),
}
