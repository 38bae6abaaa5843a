"""What may be lent for 协办: at most what rule 29 says, and nothing that the holder's people do not hold themselves."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.language import N_, translate
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from policies.words import ACTION_NAMES
from tenants.subject import Subject


class AssistRole(Choice):
    PANEL = "panel_expert", N_("会诊专家（材料去标识）")
    MEMBER = "assist_member", N_("协办人员")


ALWAYS = frozenset({Action.CASE_STATUS.value, Action.CASE_READ.value, Action.RECUSAL_DECLARE.value})
"""Whoever assists sees the case's header, and leaves it when there is an interest."""


async def lent_actions(
    session: AsyncSession, subject: Subject, case: Case, role: AssistRole, named: Collection[str]
) -> list[str] | None:
    """Sorted. None = as the role has it: a panel's expert gets what rule 25 gives."""
    if role is AssistRole.PANEL:
        if named:
            raise invalid("actions", "fixed", N_("会诊专家只看去标识的材料、提出会诊意见，不另选权限"))
        return None
    allowed = await _lendable(session, subject, case)
    chosen = frozenset(named)
    if not chosen:
        raise invalid("actions", "required", N_("请选择借出的权限"))
    if beyond := sorted(chosen - allowed):
        raise InvalidInput(*(_beyond(action) for action in beyond))
    return sorted(chosen | (_ruled(subject) & ALWAYS))


def _beyond(action: str) -> FieldError:
    name = ACTION_NAMES.get(Action(action)) if action in set(Action) else None
    if name is None:
        return FieldError("actions", "not_a_choice", N_("没有这项权限"))
    return FieldError("actions", "not_lendable", N_("“%(action)s”不能用于协办"), {"action": name})


async def _lendable(session: AsyncSession, subject: Subject, case: Case) -> frozenset[str]:
    """The director lends for the office, so what its handler may do counts as held (rule 12)."""
    may = await gate.permissions(session, subject, case)
    handler = gate.opened().table.actions("handler", subject.tier, Relation.HANDLER)
    return (_ruled(subject) - ALWAYS) & (may.actions | handler)


def _ruled(subject: Subject) -> frozenset[str]:
    return gate.opened().table.actions(AssistRole.MEMBER, subject.tier, Relation.ASSISTS)


async def lent_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    actions = sorted(await _lendable(session, subject, case))
    return [Option(action, translate(ACTION_NAMES[Action(action)])) for action in actions]


OPTIONS = {"assisting_actions": lent_options}
