"""The tiers of the tree, and the kinds of office and role that stand in it."""

from enum import StrEnum

from foundation.language import N_


class Tier(StrEnum):
    """A tenant's tier; villages are contact points, not tenants."""

    PROVINCE = "P"
    PREFECTURE = "F"
    COUNTY = "C"
    TOWNSHIP = "T"


TIER_NAMES = {
    Tier.PROVINCE: N_("省"),
    Tier.PREFECTURE: N_("州市"),
    Tier.COUNTY: N_("县市区"),
    Tier.TOWNSHIP: N_("乡镇街道"),
}

DEPTH = {Tier.PROVINCE: 0, Tier.PREFECTURE: 1, Tier.COUNTY: 2, Tier.TOWNSHIP: 3}


class OfficeKind(StrEnum):
    """The offices of a tenant (decisions.md 1)."""

    WORKROOM = "workroom"
    WINDOW = "window"
    CONTACT_POINT = "contact_point"
    JUSTICE_BUREAU = "justice_bureau"
    PETITION_BUREAU = "petition_bureau"
    LEADING_GROUP = "leading_group"
    COMMITTEE = "committee"


OFFICE_NAMES = {
    OfficeKind.WORKROOM: N_("人民调解工作室"),
    OfficeKind.WINDOW: N_("信访接待窗口"),
    OfficeKind.CONTACT_POINT: N_("信访联系点"),
    OfficeKind.JUSTICE_BUREAU: N_("司法行政机关"),
    OfficeKind.PETITION_BUREAU: N_("信访部门"),
    OfficeKind.LEADING_GROUP: N_("领导小组办公室"),
    OfficeKind.COMMITTEE: N_("人民调解委员会"),
}
