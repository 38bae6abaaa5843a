"""The letters by which a rule names field groups (rules.md, Notation), each with the actions it stands for."""

from policies.actions import Action as A

FIELDS: dict[str, tuple[A, ...]] = {
    "T": (A.CASE_READ_TIMELINE,),
    "I": (A.CASE_READ_IDENTITY,),
    "I~": (A.CASE_READ_IDENTITY_MASKED,),
    "I~?": (A.CASE_READ_IDENTITY_MASKED, A.PARTY_REVEAL),
    "C": (A.CASE_READ_CONTACT,),
    "C~?": (A.CASE_READ_CONTACT_MASKED, A.PARTY_REVEAL),
    "S": (A.CASE_READ_STATEMENT,),
    "O": (A.CASE_READ_OPINION, A.CASE_READ_FINAL),
    "O#": (A.CASE_READ_FINAL,),
    "M": (A.CASE_READ_MONEY, A.CASE_READ_TOTALS),
    "M#": (A.CASE_READ_TOTALS,),
    "M=": (A.CASE_READ_OWN_COSTS,),
    "N": (A.CASE_READ_NOTES,),
    "+sens": (A.CASE_READ_SENSITIVE,),
}
