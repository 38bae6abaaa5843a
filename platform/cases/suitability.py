"""What may go to mediation, claim by claim (2025 opinion 2; 人民调解法; domain.md 13.4)."""

from foundation.choice import Choice
from foundation.language import N_


class Nature(Choice):
    """What a claim is about."""

    INJURY = "injury", N_("人身、财产损害")
    PROPERTY = "property", N_("物权、相邻关系、宅基地")
    CONTRACT = "contract", N_("合同、劳动报酬")
    FAMILY = "family", N_("婚姻家庭、继承")
    LAND_USE = "land_use", N_("临时用地、青苗、地上附着物")
    OTHER_CIVIL = "other_civil", N_("其他民事权益")
    EXPROPRIATION = "expropriation", N_("征收决定或补偿标准")
    ADMINISTRATIVE = "administrative", N_("其他行政争议")
    LITIGATION = "litigation", N_("涉法涉诉，程序未终结")


class Ground(Choice):
    """Why a claim may not be mediated."""

    SPECIAL_ORGAN = "special_organ", N_("只能由专门机关处理")
    LITIGATION = "litigation", N_("应经诉讼、复议、检察、公安程序且未依法终结")
    ADMINISTRATIVE = "administrative", N_("与行政机关之间的行政争议")
    PARTY_REFUSES = "party_refuses", N_("一方当事人明确拒绝调解")
    OTHER = "other", N_("法律规定不适用人民调解的其他情形")


class Way(Choice):
    """The lawful channel named instead."""

    RECONSIDERATION = "reconsideration", N_("行政复议")
    ADMINISTRATIVE_SUIT = "administrative_suit", N_("行政诉讼")
    CIVIL_SUIT = "civil_suit", N_("民事诉讼")
    ARBITRATION = "arbitration", N_("仲裁")
    PETITION = "petition", N_("信访程序（由有权处理机关办理）")
    OTHER = "other", N_("其他法定途径")


UNFIT = frozenset({Nature.EXPROPRIATION.value, Nature.ADMINISTRATIVE.value, Nature.LITIGATION.value})
"""Natures that mediation may not take, whatever the parties wish."""
