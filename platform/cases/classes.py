"""The class of a case (六(四)1), computed from facts with their proof. The number of persons is fixed at 受理."""

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_

MASS = 10
"""“10人以上”包含本数 (obligation 42)."""


class CaseClass(Choice):
    GENERAL = "general", N_("一般")
    MASS = "mass", N_("群体性")
    COMPLEX = "complex", N_("重大疑难复杂")
    BEIJING = "beijing", N_("进京上访突出问题")
    PROVINCIAL = "provincial", N_("省级领导包案")


class ComplexFact(Choice):
    """The five facts of 疑难; the last weighs as payer-table.md gap j says."""

    COMPLICATED = "complicated", N_("案情复杂")
    LONG_SPAN = "long_span", N_("时间跨度大")
    VAGUE_POLICY = "vague_policy", N_("政策界线模糊")
    HARD_EVIDENCE = "hard_evidence", N_("调查取证难度大")
    DEED_OR_SUIT = "deed_or_suit", N_("需强制执行公证或诉讼仲裁")


class ClassFacts(Struct, frozen=True):
    """What is proved; the two numbers are those of the papers that prove it."""

    persons: int
    complex_facts: tuple[ComplexFact, ...] = ()
    beijing_register_no: str | None = None
    provincial_order: str | None = None


class Classified(Struct, frozen=True):
    case_class: CaseClass
    clause: str


def classify(facts: ClassFacts) -> Classified:
    """The highest class that the facts prove, with the clause that says so."""
    if facts.provincial_order:
        return Classified(CaseClass.PROVINCIAL, N_("六(四)1：省级领导包案化解信访矛盾纠纷"))
    if facts.beijing_register_no:
        return Classified(CaseClass.BEIJING, N_("六(四)1：进京上访突出问题（以信访部门登记为准）"))
    if len(set(facts.complex_facts)) >= 2:
        return Classified(CaseClass.COMPLEX, N_("六(四)1：疑难复杂案件（两项以上情形）"))
    if facts.persons >= MASS:
        return Classified(CaseClass.MASS, N_("六(四)1：10人以上的群众性信访案件"))
    return Classified(CaseClass.GENERAL, N_("六(四)1：一般案件"))


MAJOR = frozenset(one.value for one in CaseClass if one is not CaseClass.GENERAL)
"""Classes that need 会商 before an opinion (五(五)) and draw the higher subsidy (六(四)1)."""
