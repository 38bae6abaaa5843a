"""What must be true of everyone proposed for a team; each broken rule is named at its row."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.clock import SHANGHAI, local_date
from foundation.errors import FieldError
from foundation.language import N_
from teams.fields import NOT_A_CHOICE
from teams.roles import ACCEPTED_FIRST, NEEDED, PROFESSION, TeamRole
from teams.roster import Candidate, Roster
from teams.seats import Term

AUXILIARY = {"aux_staff"}
"""Whose only post is this one holds none of the nine functions (31a), by a seat neither."""


class MemberRow(Struct, frozen=True, kw_only=True):
    """One person in one part; the same person may stand in several rows."""

    person_id: Annotated[UUID, Meta(title=N_("人员"), extra={"options": "team_candidates"})]
    role: Annotated[TeamRole, Meta(title=N_("组内职责"))]
    no_conflict: Annotated[bool, Meta(title=N_("本人已声明：与双方当事人、涉事单位及纠纷无利害关系"))] = False
    since_on: Annotated[date, Meta(title=N_("任期自"), description=N_("不填为即日"))] | None = None
    until_on: (
        Annotated[date, Meta(title=N_("任期至"), description=N_("不填为至结案；到期次日起不能再看本案"))] | None
    ) = None

    def term(self, now: datetime) -> Term:
        """Whole days in Yunnan; what begins today begins at once."""
        begins = now if self.since_on is None or self.since_on == local_date(now) else _start(self.since_on)
        return Term(begins, _start(self.until_on + timedelta(days=1)) if self.until_on else None)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def broken_rules(row: MemberRow, roster: Roster, today: date, path: str = "") -> Iterator[FieldError]:
    """Rules of one row; `path` such as `members.0.`, empty where the row's fields are the form's own."""
    yield from _broken_term(row, today, path)
    candidate = roster.get(row.person_id)
    if candidate is None:
        yield FieldError(f"{path}person_id", "not_a_choice", NOT_A_CHOICE)
        return
    for field, rule, message in hindrances(row.role, candidate):
        yield FieldError(f"{path}{field}", rule, message)
    if not row.no_conflict:
        yield FieldError(f"{path}no_conflict", "conflict", N_("须先声明无利害关系；有利害关系的不得进入小组"))


def hindrances(role: TeamRole, candidate: Candidate) -> Iterator[tuple[str, str, str]]:
    """Why this person may not take this part: field, rule, message. What the lists offer has none."""
    if candidate.excluded:
        yield "person_id", "excluded", N_("此人因利害关系或者回避已退出本案")
    for tie in candidate.background.ties:
        yield "person_id", "related_to_party", tie.label
    if candidate.declined and role in ACCEPTED_FIRST:
        yield "person_id", "declined", N_("当事人未接受此人，请另选")
    if refusal := _unfit(role, candidate):
        yield "role", *refusal


def _broken_term(row: MemberRow, today: date, path: str) -> Iterator[FieldError]:
    if row.since_on is not None and row.since_on < today:
        yield FieldError(f"{path}since_on", "in_past", N_("任期不能早于今天"))
    if row.since_on is not None and row.since_on > today and row.role in NEEDED:
        yield FieldError(f"{path}since_on", "begins_later", N_("承办人、组长和调解员须即日到任"))
    if row.until_on is not None and row.until_on < max(today, row.since_on or today):
        yield FieldError(f"{path}until_on", "before_since", N_("任期不能在开始之前结束"))


def _unfit(role: TeamRole, candidate: Candidate) -> tuple[str, str] | None:
    if candidate.official and role is not TeamRole.OFFICIAL:
        return "official", N_("公职人员只能经当事人同意作为受邀人员参加")
    if role is TeamRole.OFFICIAL and not candidate.official:
        return "not_official", N_("此人没有公职身份记录")
    if role is TeamRole.MEDIATOR and not candidate.appointed:
        return "not_appointed", N_("人民调解员须由派驻本站点的人民调解委员会聘任")
    if role in PROFESSION and candidate.profession != PROFESSION[role] and role.value not in candidate.roles:
        return "not_qualified", N_("此人没有相应的执业身份")
    if candidate.roles == AUXILIARY:
        return "auxiliary", N_("辅助人员不承担接访、调解等职能，不得进入小组")
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
