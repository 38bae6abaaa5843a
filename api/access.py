"""Why may somebody, or why not: the rule, the relation, until when; and who can see a case now."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from access.explaining import explained
from access.sight import Ground, Seer, sight_for
from api.answers import AnyRequest, answer, respond
from api.case_part import TAG as PARTS
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import query
from cases.models import Case
from foundation.errors import invalid
from foundation.language import N_, current_language, translate
from policies import gate
from policies.actions import Action
from policies.relations import RELATION_NAMES, Relation
from policies.words import GROUP_NAMES
from tenants.roles import ROLE_NAMES


class ExplainQuery(Struct, frozen=True, kw_only=True):
    case_id: Annotated[UUID, Meta(title=N_("案件"))]
    action: Annotated[str, Meta(title=N_("权限"), max_length=60, examples=["case:read"])]
    post_id: (
        Annotated[UUID, Meta(title=N_("岗位"), description=N_("不填为本人；问他人须有权查看谁看过本案"))] | None
    ) = None


class FieldGroup(Struct, frozen=True):
    code: str
    name: str


class Reason(Struct, frozen=True):
    """`rule` is a row of the table of rules, `groups` what the same relation shows, `elsewhere` rules by which the
    same role may do it in another relation; `until` null = as long as custody lasts."""

    allowed: bool
    action: str
    rule: str | None
    relation: str | None
    until: datetime | None
    groups: list[FieldGroup]
    elsewhere: list[str]
    sentence: str


class GroundView(Struct, frozen=True):
    relation: str
    relation_name: str
    role: str
    rule: str
    sentence: str
    groups: list[FieldGroup]
    until: datetime | None


class SeerView(Struct, frozen=True):
    """A person in one post, and everything by which it sees the case."""

    name: str
    role: str
    role_name: str
    office: str
    post_id: UUID | None
    grounds: list[GroundView]


class SightView(Struct, frozen=True):
    """`parties` counts those who read their own page; `removed`, records that keep somebody out."""

    seers: list[SeerView]
    parties: int
    removed: int


async def explain(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    """A case that the asker can't see is a 404 here too."""
    given = query(request, ExplainQuery)
    if given.action not in set(Action):
        raise invalid("action", "not_a_choice", N_("没有这项权限"))
    action = Action(given.action)
    found = await explained(session, subject, action, given.case_id, given.post_id)
    sentence = found.en if current_language.get() == "en" else found.zh
    reason = Reason(
        found.allowed,
        action,
        found.rule,
        found.relation,
        found.until,
        named_groups(found.groups),
        list(found.elsewhere),
        sentence,
    )
    return respond(answer(reason))


async def sight(session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    found = await sight_for(session, subject, case)
    view = SightView([_seer(one) for one in found.seers], len(found.parties), len(found.removed))
    return respond(answer(view))


def _seer(one: Seer) -> SeerView:
    grounds = [_ground(ground) for ground in one.grounds]
    return SeerView(one.name, one.role, translate(ROLE_NAMES[one.role]), one.office, one.post_id, grounds)


def _ground(one: Ground) -> GroundView:
    sentence = one.en if current_language.get() == "en" else one.zh
    name = translate(RELATION_NAMES[Relation(one.relation)])
    return GroundView(one.relation, name, one.role, one.rule, sentence, named_groups(one.groups), one.until)


def named_groups(groups: Iterable[str]) -> list[FieldGroup]:
    return [FieldGroup(group, translate(GROUP_NAMES[Action(group)])) for group in groups]


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/access/explain",
        name="explainAccess",
        tag="access",
        title=N_("为什么可以（不可以）"),
        handler=explain,
        query=ExplainQuery,
        answer=Reason,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/sight",
        name="whoCanSee",
        tag=PARTS,
        title=N_("谁能看到本案"),
        handler=sight,
        answer=SightView,
    ),
)
