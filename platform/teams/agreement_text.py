"""调解协议书 as it is sealed (人民调解法 29). Parties stand in it by id; the page words them as the gate allows."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.language import N_
from teams.agreement import Agreement, AgreementTerm, Capacity, Manner, Medium, Performance, Signature
from teams.draft import TermRow


class SignatureRow(Struct, frozen=True, kw_only=True):
    """`signer_id` is a party's or the mediator's."""

    signer_id: Annotated[UUID, Meta(title=N_("签名人"))]
    capacity: Annotated[Capacity, Meta(title=N_("签名身份"))]
    signed_on: Annotated[date, Meta(title=N_("签名日期"))]


class AgreementText(Struct, frozen=True, kw_only=True):
    number: Annotated[str, Meta(title=N_("协议编号"))]
    manner: Annotated[Manner, Meta(title=N_("协议形式"))]
    medium: Annotated[Medium, Meta(title=N_("签署形式"))]
    effective_on: Annotated[date, Meta(title=N_("生效日期"))]
    facts: Annotated[str, Meta(title=N_("纠纷主要事实"))]
    matters: Annotated[str, Meta(title=N_("争议事项"))]
    legal_basis: Annotated[str, Meta(title=N_("政策法律依据"))] | None
    terms: Annotated[list[TermRow], Meta(title=N_("协议内容（逐人逐项）"))]
    responsible_id: Annotated[UUID, Meta(title=N_("责任条款：责任单位"))] | None
    responsibility: Annotated[str, Meta(title=N_("各方责任"))] | None
    undertakes_cost: Annotated[bool, Meta(title=N_("责任单位已书面承诺承担办案成本补助"))]
    accepts_enforcement: Annotated[bool, Meta(title=N_("写明不履行给付即愿意接受强制执行"))]
    signatures: Annotated[list[SignatureRow], Meta(title=N_("签名"))]
    copies: Annotated[int, Meta(title=N_("份数"))]


AGREEMENT_PAPER = PaperKind("agreement", N_("人民调解协议书"), Group.FINAL, dossier_item=8, form=AgreementText)


def agreement_text(
    agreement: Agreement, terms: Sequence[AgreementTerm], signatures: Sequence[Signature], copies: int
) -> AgreementText:
    """The whole document of an agreement that has its number and takes effect."""
    assert agreement.number is not None and agreement.effective_at is not None  # sealing gave both
    return AgreementText(
        number=agreement.number,
        manner=Manner(agreement.manner),
        medium=Medium(agreement.medium or Medium.PAPER),
        effective_on=local_date(agreement.effective_at),
        facts=agreement.content["facts"],
        matters=agreement.content["matters"],
        legal_basis=agreement.content.get("legal_basis"),
        terms=[_row(term) for term in terms],
        responsible_id=agreement.responsible_id,
        responsibility=agreement.content["responsibility"],
        undertakes_cost=agreement.undertakes_cost,
        accepts_enforcement=agreement.accepts_enforcement,
        signatures=[_signed(one) for one in signatures],
        copies=copies,
    )


def _row(term: AgreementTerm) -> TermRow:
    return TermRow(
        party_id=term.party_id,
        obligor_id=term.obligor_id,
        kind=Performance(term.kind),
        amount_fen=term.amount_fen,
        text=term.text,
        due_on=term.due_on,
    )


def _signed(signature: Signature) -> SignatureRow:
    signer = signature.party_id or signature.person_id
    assert signer is not None  # a signature is a party's or a mediator's
    return SignatureRow(
        signer_id=signer, capacity=Capacity(signature.capacity), signed_on=local_date(signature.signed_at)
    )
