"""Every word of the rules as a person reads it, in the reader's language: for pages, spreadsheets and documents."""

from collections.abc import Callable, Iterable, Mapping

from foundation.language import N_, in_a_row, in_brackets, translate
from policies.actions import Action
from policies.fields import FIELDS
from policies.relations import NEGATIVE, RELATION_NAMES, Relation
from policies.rules import ANY_STAFF, ANY_TIER, NO_TIER, WITHOUT_POST
from policies.words import ACTION_NAMES, GROUP_NAMES
from tenants.roles import ROLE_NAMES
from tenants.tiers import TIER_NAMES

NAMES_WITHOUT_POST = {
    "petitioner": N_("信访当事人"),
    "representative": N_("推选代表"),
    "agent_guardian": N_("代理人、监护人"),
    "unit_agent": N_("被访单位经办人"),
    "unit_finance": N_("责任单位财务"),
    "assist_member": N_("协办人员"),
    "borrower": N_("受托人"),
    "system.deadlines": N_("系统任务：期限"),
    "system.handover": N_("系统任务：移交"),
}
ROLES_NAMED: Mapping[str, str] = {
    **ROLE_NAMES,
    **{role: NAMES_WITHOUT_POST.get(role, role) for role in sorted(WITHOUT_POST)},
}
"""In the order in which matrix, pages and documents show them."""
TIERS_NAMED: Mapping[str, str] = {**{str(tier): name for tier, name in TIER_NAMES.items()}, NO_TIER: N_("当事方")}
RELATIONS_NAMED: Mapping[str, str] = {
    str(relation): RELATION_NAMES[relation] for relation in Relation if relation not in NEGATIVE
}
ACTIONS_NAMED: Mapping[str, str] = {str(action): ACTION_NAMES[action] for action in Action}
EVERY_STAFF = N_("所有办案岗位")
EVERY_TIER_NAMED = N_("各级")
WITH_REASON = N_("凭理由可看明文")


def role_named(role: str, language: str | None = None) -> str:
    return translate(EVERY_STAFF if role == ANY_STAFF else ROLES_NAMED.get(role, role), language)


def tier_named(tier: str, language: str | None = None) -> str:
    return translate(TIERS_NAMED.get(tier, tier), language)


def relation_named(relation: str, language: str | None = None) -> str:
    return translate(RELATIONS_NAMED.get(relation, relation), language)


def action_named(action: str, language: str | None = None) -> str:
    return translate(ACTIONS_NAMED.get(action, action), language)


def letters_named(letters: str) -> str:
    """What the letters of a row's `fields` stand for."""
    groups = [action for action in FIELDS[letters] if action in GROUP_NAMES]
    names = in_a_row(translate(GROUP_NAMES[action]) for action in groups)
    return names + in_brackets(translate(WITH_REASON)) if Action.PARTY_REVEAL in FIELDS[letters] else names


def words_named(column: str, words: Iterable[str]) -> str:
    """The words of one column of a row, as a list."""
    return in_a_row(BY_COLUMN[column](word) for word in words)


def tier_or_all(tier: str) -> str:
    return translate(EVERY_TIER_NAMED if tier == ANY_TIER else TIERS_NAMED.get(tier, tier))


BY_COLUMN: Mapping[str, Callable[[str], str]] = {
    "roles": role_named,
    "tiers": tier_or_all,
    "relations": relation_named,
    "actions": action_named,
    "fields": letters_named,
}
