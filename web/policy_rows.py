"""One rule of a draft as a form: the known words to tick, with their names; what is wrong stands at its field."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, FieldError, Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from foundation.language import N_, current_language, translate
from policies import draft_edits, named
from policies.draft_edits import DraftChange
from policies.drafts import draft_seen, require_pen
from policies.fields import FIELDS
from policies.rows import LISTS, RuleRow, read
from policies.rules import ANY_STAFF, ANY_TIER, EVERY_TIER
from tenants.subject import Subject
from web.acts import version_in
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

EMPTY: dict[str, Any] = {name: [] if name in LISTS else "" for name in RuleRow.__struct_fields__}
FOUR = [str(tier) for tier in EVERY_TIER]
TITLES = {
    "no": N_("编号"), "roles": N_("岗位"), "tiers": N_("层级"), "relations": N_("与案件的关系"), "actions": N_("行为"),
    "fields": N_("可看内容"), "condition": N_("条件"), "basis": N_("依据"), "zh": N_("规则一句话（中文）"),
    "en": N_("规则一句话（英文）"),
}  # fmt: skip
Data = Mapping[str, Sequence[str]]


@get("/policy/drafts/{draft_id:uuid}/row")
async def row_page(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    """The rule whose number the address names, or an empty one."""
    require_pen(subject)
    no = request.query_params.get("no", "")
    row = await _row(session, subject, draft_id, no) if no else None
    if no and row is None:
        raise NotFound
    return await _form(request, subject, session, draft_id, _typed(row) if row else EMPTY, replaces=no)


@post("/policy/drafts/{draft_id:uuid}/row")
async def row_post(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    data = await fields_in(request)
    typed = {
        name: list(data.get(name, ())) if name in LISTS else _last(data, name) for name in RuleRow.__struct_fields__
    }
    replaces = _last(data, "replaces")
    try:
        row = parse(RuleRow, _canonical(typed), strict=False)
        change = DraftChange(remove=[replaces] if replaces not in ("", row.no) else [], put=[row])
        async with session.begin_nested():
            await _require_free(session, subject, draft_id, row.no, replaces)
            await draft_edits.edit(session, subject, draft_id, version_in(data), change)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        return await _form(request, subject, session, draft_id, typed, replaces=replaces, error=error)
    return go(f"/policy/drafts/{draft_id}")


@post("/policy/drafts/{draft_id:uuid}/remove")
async def remove_post(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    data = await fields_in(request)
    no = _last(data, "replaces")
    try:
        async with session.begin_nested():
            await draft_edits.edit(session, subject, draft_id, version_in(data), DraftChange(remove=[no]))
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        row = await _row(session, subject, draft_id, no)
        return await _form(request, subject, session, draft_id, _typed(row) if row else EMPTY, replaces=no, error=error)
    return go(f"/policy/drafts/{draft_id}")


async def _form(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    draft_id: UUID,
    typed: Mapping[str, Any],
    *,
    replaces: str,
    error: DomainError | None = None,
) -> PageResponse:
    """What was typed stays; a stale version also shows the rule as it is by now."""
    draft = await draft_seen(session, subject, draft_id)
    fields = error.fields if isinstance(error, InvalidInput) else ()
    return page(
        request,
        "policy/row.html",
        title=N_("修改规则") if replaces else N_("增加规则"),
        subject=subject,
        status=error.status if error else 200,
        draft=draft,
        typed=typed,
        replaces=replaces,
        errors={_field(one): one for one in reversed(fields)},
        refusal=error.text(current_language.get()) if error and not fields else "",
        now=await _row(session, subject, draft_id, replaces) if error and not fields and replaces else None,
        titles=TITLES,
        choices=choices(),
    )


def choices() -> dict[str, list[tuple[str, str]]]:
    """(word, name) of what may be ticked in each column."""
    return {
        "roles": [
            (ANY_STAFF, translate(named.EVERY_STAFF)),
            *((one, named.role_named(one)) for one in named.ROLES_NAMED),
        ],
        "tiers": [(one, named.tier_named(one)) for one in named.TIERS_NAMED],
        "relations": [(one, named.relation_named(one)) for one in named.RELATIONS_NAMED],
        "fields": [(letters, named.letters_named(letters)) for letters in FIELDS],
        "actions": [(one, named.action_named(one)) for one in named.ACTIONS_NAMED],
    }


async def _row(session: AsyncSession, subject: Subject, draft_id: UUID, no: str) -> RuleRow | None:
    draft = await draft_seen(session, subject, draft_id)
    return next((row for _, row in read(draft.content) if row.no == no), None)


async def _require_free(session: AsyncSession, subject: Subject, draft_id: UUID, no: str, replaces: str) -> None:
    """A new rule never takes the place of another one unseen."""
    if no != replaces and await _row(session, subject, draft_id, no) is not None:
        raise InvalidInput(FieldError("no", "number_twice", N_("编号 %(no)s 的规则出现两次"), {"no": no}))


def _typed(row: RuleRow) -> dict[str, Any]:
    """For the boxes: all four tiers instead of the word for them."""
    found = structs.asdict(row)
    return found | {"tiers": FOUR if row.tiers == [ANY_TIER] else row.tiers}


def _canonical(typed: Mapping[str, Any]) -> dict[str, Any]:
    every = sorted(typed["tiers"]) == sorted(FOUR)
    texts = {name: value.replace("\r\n", " ") for name, value in typed.items() if isinstance(value, str)}
    return {**typed, **texts, "tiers": [ANY_TIER] if every else typed["tiers"]}


def _field(error: FieldError) -> str:
    """The column: the draft knows it as a part of a change."""
    return error.field.removeprefix("put.0.")


def _last(data: Data, name: str) -> str:
    return (data.get(name) or [""])[-1]


ROUTES = [row_page, row_post, remove_post]
