"""Which offices every tenant has, and their names: a table by tier (decisions.md 1)."""

from tenants.tiers import OfficeKind, Tier

LEADING_GROUP_OFFICE = "{name}人民调解参与信访问题化解工作领导小组办公室"

DIVISION_OFFICES: dict[OfficeKind, str] = {
    OfficeKind.COMMITTEE: "驻{name}信访局人民调解委员会",
    OfficeKind.WORKROOM: "{name}人民调解工作室",
    OfficeKind.JUSTICE_BUREAU: "{name}司法局",
    OfficeKind.PETITION_BUREAU: "{name}信访局",
    OfficeKind.LEADING_GROUP: LEADING_GROUP_OFFICE,
}
TOWNSHIP_OFFICES: dict[OfficeKind, str] = {
    OfficeKind.COMMITTEE: "{name}人民调解委员会",
    OfficeKind.WINDOW: "{name}司法所信访接待窗口",
    OfficeKind.CONTACT_POINT: "{name}信访联系点",
}
OFFICES: dict[Tier, dict[OfficeKind, str]] = {
    Tier.PROVINCE: DIVISION_OFFICES | {OfficeKind.JUSTICE_BUREAU: "{name}司法厅"},
    Tier.PREFECTURE: DIVISION_OFFICES,
    Tier.COUNTY: DIVISION_OFFICES,
    Tier.TOWNSHIP: TOWNSHIP_OFFICES,
}
"""The committee stands first: the stations that it posts name it (obligation 18a)."""

STATIONS = frozenset({OfficeKind.WORKROOM, OfficeKind.WINDOW, OfficeKind.CONTACT_POINT})


def office_names(tier: Tier, tenant_name: str) -> dict[OfficeKind, str]:
    """Kind -> name of the offices that a tenant of this tier begins with."""
    return {kind: name.format(name=tenant_name) for kind, name in OFFICES[tier].items()}
