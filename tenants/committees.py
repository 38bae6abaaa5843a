"""Kinds of people's mediation committee (三; 人民调解法 8, 34): what the workrooms of a province coordinate."""

from foundation.choice import Choice
from foundation.language import N_


class CommitteeKind(Choice):
    COUNTY = "county", N_("县级人民调解委员会")
    TOWNSHIP = "township", N_("乡镇（街道）人民调解委员会")
    VILLAGE = "village", N_("村（社区）人民调解委员会")
    PROFESSIONAL = "professional", N_("专业性人民调解委员会")
    INDUSTRY = "industry", N_("行业性人民调解委员会")
    STATIONED = "stationed", N_("派驻信访部门的人民调解委员会")
