"""What must be true of everyone proposed for a team; each broken rule is named at its row."""

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.errors import FieldError
from foundation.language import N_
from teams.fields import NOT_A_CHOICE
from teams.roles import PROFESSION, TeamRole
from teams.roster import Candidate, Roster


class MemberRow(Struct, frozen=True, kw_only=True):
    """One person in one part; the same person may stand in several rows."""

    person_id: Annotated[UUID, Meta(title=N_("人员"), extra={"options": "team_candidates"})]
    role: Annotated[TeamRole, Meta(title=N_("组内职责"))]
    no_conflict: Annotated[bool, Meta(title=N_("本人已声明：与双方当事人、涉事单位及纠纷无利害关系"))] = False


def broken_rules(row: MemberRow, roster: Roster, path: str = "") -> Iterator[FieldError]:
    """Rules of one row; `path` such as `members.0.`, empty where the row's fields are the form's own."""
    candidate = roster.get(row.person_id)
    if candidate is None:
        yield FieldError(f"{path}person_id", "not_a_choice", NOT_A_CHOICE)
        return
    if candidate.excluded:
        yield FieldError(f"{path}person_id", "excluded", N_("此人因利害关系或者回避已退出本案"))
    if not row.no_conflict:
        yield FieldError(f"{path}no_conflict", "conflict", N_("须先声明无利害关系；有利害关系的不得进入小组"))
    if refusal := _unfit(row.role, candidate):
        yield FieldError(f"{path}role", *refusal)


def _unfit(role: TeamRole, candidate: Candidate) -> tuple[str, str] | None:
    if candidate.official and role is not TeamRole.OFFICIAL:
        return "official", N_("公职人员只能经当事人同意作为受邀人员参加")
    if role is TeamRole.OFFICIAL and not candidate.official:
        return "not_official", N_("此人没有公职身份记录")
    if role is TeamRole.MEDIATOR and not candidate.appointed:
        return "not_appointed", N_("人民调解员须由派驻本站点的人民调解委员会聘任")
    if role in PROFESSION and candidate.profession != PROFESSION[role] and role.value not in candidate.roles:
        return "not_qualified", N_("此人没有相应的执业身份")
    return None


def broken_composition(rows: Sequence[MemberRow]) -> Iterator[FieldError]:
    """Rules of the whole: one handler, at most one leader, at least one mediator, nobody twice in one part."""
    roles = [row.role for row in rows]
    if roles.count(TeamRole.HANDLER) != 1:
        yield FieldError("members", "one_handler", N_("须有且只有一名承办人"))
    if roles.count(TeamRole.LEADER) > 1:
        yield FieldError("members", "one_leader", N_("组长最多一名"))
    if TeamRole.MEDIATOR not in roles:
        yield FieldError("members", "no_mediator", N_("至少要有一名人民调解员"))
    if len({(row.person_id, row.role) for row in rows}) < len(rows):
        yield FieldError("members", "twice", N_("同一人的同一职责只填一行"))
