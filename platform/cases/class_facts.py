"""The facts that make a class, as they are typed: each names the paper or the register number that proves it."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from cases.classes import ClassFacts, ComplexFact
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_


class ClassFact(Choice):
    """The five of 疑难, and the two that only a register or an order proves. Persons are counted, not stated."""

    COMPLICATED = ComplexFact.COMPLICATED.value, ComplexFact.COMPLICATED.label
    LONG_SPAN = ComplexFact.LONG_SPAN.value, ComplexFact.LONG_SPAN.label
    VAGUE_POLICY = ComplexFact.VAGUE_POLICY.value, ComplexFact.VAGUE_POLICY.label
    HARD_EVIDENCE = ComplexFact.HARD_EVIDENCE.value, ComplexFact.HARD_EVIDENCE.label
    DEED_OR_SUIT = ComplexFact.DEED_OR_SUIT.value, ComplexFact.DEED_OR_SUIT.label
    BEIJING = "beijing", N_("进京上访（以信访部门登记为唯一依据）")
    PROVINCIAL = "provincial", N_("省级领导包案（以批示文号为依据）")


class FactRow(Struct, frozen=True, kw_only=True):
    fact: Annotated[ClassFact, Meta(title=N_("情形"))]
    proof: Annotated[
        str,
        Meta(title=N_("证明文书或登记号"), description=N_("写明文书名称、文号或登记号"), min_length=2, max_length=120),
    ]


def facts_from(rows: Sequence[FactRow], persons: int) -> ClassFacts:
    """Raises InvalidInput where a fact is stated twice or its proof names nothing."""
    errors = []
    proofs: dict[ClassFact, str] = {}
    for index, row in enumerate(rows):
        if row.fact in proofs:
            errors.append(FieldError(f"facts.{index}.fact", "repeated", N_("同一情形只填一次")))
        if not any(letter.isdigit() for letter in row.proof) and row.fact in (ClassFact.BEIJING, ClassFact.PROVINCIAL):
            errors.append(FieldError(f"facts.{index}.proof", "no_number", N_("须写明登记号或文号")))
        proofs[row.fact] = row.proof
    if errors:
        raise InvalidInput(*errors)
    return ClassFacts(
        persons=persons,
        complex_facts=tuple(one for one in ComplexFact if ClassFact(one.value) in proofs),
        beijing_register_no=proofs.get(ClassFact.BEIJING),
        provincial_order=proofs.get(ClassFact.PROVINCIAL),
    )
