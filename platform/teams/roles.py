"""What a member of a team is there for, and what the law asks of each part."""

from foundation.choice import Choice
from foundation.language import N_


class TeamRole(Choice):
    """The same codes and terms as the posts' (tenants.roles): the gate judges a member by this role."""

    HANDLER = "handler", N_("承办人")
    LEADER = "team_leader", N_("专调小组组长")
    MEDIATOR = "mediator", N_("人民调解员")
    LAWYER = "lawyer", N_("律师")
    GRASSROOTS = "grassroots_legal_worker", N_("基层法律服务工作者")
    NOTARY = "notary", N_("公证员")
    FORENSIC = "forensic_expert", N_("司法鉴定人员")
    LEGAL_AID = "legal_aid_worker", N_("法律援助工作者")
    OFFICIAL = "invited_official", N_("受邀公职人员")
    EXPERT = "panel_expert", N_("会诊专家")


NEEDED = (TeamRole.HANDLER, TeamRole.LEADER, TeamRole.MEDIATOR)
"""Seats that no team goes on without."""

ACCEPTED_FIRST = frozenset({TeamRole.MEDIATOR, TeamRole.OFFICIAL, TeamRole.EXPERT})
"""人民调解法 23(1): the parties accept their mediator; 20: whoever is invited comes with their consent."""

PROFESSION = {
    TeamRole.LAWYER: "lawyer",
    TeamRole.GRASSROOTS: "grassroots",
    TeamRole.NOTARY: "notary",
    TeamRole.FORENSIC: "forensic",
    TeamRole.LEGAL_AID: "legal_aid",
}
"""The profession that a part asks for, as tenants.models.Person has it."""

MEDIATOR_POSTS = frozenset({"mediator", "township_mediator"})
"""Posts at a committee that appoint a mediator (人民调解法 13)."""
