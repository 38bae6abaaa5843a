"""What may go to mediation, claim by claim (2025 opinion 2; 人民调解法 17; domain.md 2 and 13.4).

Natures, grounds and lawful ways belong together: the tables at the end say which fits which.
"""

from collections.abc import Mapping

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
    SPECIAL_ORGAN = "special_organ", N_("只能由专门机关处理的事项")


class LandMatter(Choice):
    """The sub-question of 征地拆迁: what the claim is about decides its nature, nobody's habit (domain.md 13.4)."""

    COMPENSATION_STANDARD = "compensation_standard", N_("征收补偿标准（行政争议）")
    EXPROPRIATION_DECISION = "expropriation_decision", N_("征收决定（行政争议）")
    TEMPORARY_USE = "temporary_use", N_("临时用地（民事）")
    DAMAGE = "damage", N_("施工等造成的损害（民事）")
    CROPS = "crops", N_("青苗、地上附着物（民事）")
    LABOUR = "labour", N_("劳动报酬（民事）")
    CONTRACT = "contract", N_("合同（民事）")


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
    JUDICIAL_PETITION = "judicial_petition", N_("涉法涉诉渠道（由政法机关办理）")
    OTHER = "other", N_("其他法定途径")


UNFIT = frozenset(
    {Nature.EXPROPRIATION.value, Nature.ADMINISTRATIVE.value, Nature.LITIGATION.value, Nature.SPECIAL_ORGAN.value}
)
"""Natures that mediation may not take, whatever the parties wish."""

NATURE_OF: Mapping[LandMatter, Nature] = {
    LandMatter.COMPENSATION_STANDARD: Nature.EXPROPRIATION,
    LandMatter.EXPROPRIATION_DECISION: Nature.EXPROPRIATION,
    LandMatter.TEMPORARY_USE: Nature.LAND_USE,
    LandMatter.DAMAGE: Nature.INJURY,
    LandMatter.CROPS: Nature.LAND_USE,
    LandMatter.LABOUR: Nature.CONTRACT,
    LandMatter.CONTRACT: Nature.CONTRACT,
}

_CIVIL_GROUNDS = frozenset({Ground.PARTY_REFUSES, Ground.OTHER})
_GROUNDS: Mapping[Nature, frozenset[Ground]] = {
    Nature.EXPROPRIATION: frozenset({Ground.ADMINISTRATIVE}),
    Nature.ADMINISTRATIVE: frozenset({Ground.ADMINISTRATIVE}),
    Nature.LITIGATION: frozenset({Ground.LITIGATION}),
    Nature.SPECIAL_ORGAN: frozenset({Ground.SPECIAL_ORGAN}),
}
_CIVIL_WAYS = frozenset({Way.CIVIL_SUIT, Way.ARBITRATION, Way.PETITION, Way.OTHER})
_AGAINST_THE_STATE = frozenset({Way.RECONSIDERATION, Way.ADMINISTRATIVE_SUIT, Way.PETITION, Way.OTHER})
_WAYS: Mapping[Nature, frozenset[Way]] = {
    Nature.EXPROPRIATION: _AGAINST_THE_STATE,
    Nature.ADMINISTRATIVE: _AGAINST_THE_STATE,
    # 诉访分离 (信访工作条例28): what a court, procuratorate or the police has before it is no matter of petition
    Nature.LITIGATION: frozenset(Way) - {Way.PETITION},
    Nature.SPECIAL_ORGAN: frozenset({Way.ARBITRATION, Way.PETITION, Way.OTHER}),
}


def grounds_for(nature: Nature) -> frozenset[Ground]:
    """A civil claim is refused only because a party will not, or a law says so."""
    return _GROUNDS.get(nature, _CIVIL_GROUNDS)


def ways_for(nature: Nature) -> frozenset[Way]:
    """The channels that are lawfully open for a claim of this nature."""
    return _WAYS.get(nature, _CIVIL_WAYS)
