"""What an order or an inspection opens at most to the office that has it, whatever the rules give in that relation.

Never internal notes and no complaint: those come with a complaint alone (rule 58b), though its officer sits in the
same office.
"""

from policies.actions import Action

OPENED = frozenset(
    {
        Action.CASE_STATUS,
        Action.CASE_READ,
        Action.CASE_READ_TIMELINE,
        Action.CASE_READ_IDENTITY_MASKED,
        Action.CASE_READ_STATEMENT,
        Action.CASE_READ_OPINION,
        Action.CASE_READ_FINAL,
        Action.CASE_READ_MONEY,
        Action.CASE_READ_TOTALS,
        Action.PARTY_REVEAL,
        Action.ORDER_ISSUE,
        Action.ORDER_URGE,
        Action.ORDER_EXTEND,
        Action.ORDER_STRIKE_OFF,
        Action.QUALITY_INSPECT,
        Action.RECUSAL_DECLARE,
        Action.JURISDICTION_COORDINATE,
    }
)
