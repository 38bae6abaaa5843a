"""预警接收规则: who is warned by rule and for what help, as data of each tenant; and what came with the program."""

from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_
from organisation.dispute_types import dispute_types
from oversight.warning_receivers import shipped
from oversight.warning_rules import RuleEnd, RuleForm, add_rule, end_rule, offices_below, rules_for
from tenants.subject import Subject
from web import once
from web.case_list import type_names
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/warning-rules"


@get(HERE)
async def rules_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _show(request, session, subject, fresh(RuleForm, {}, await _options(session, subject)))


@post(HERE)
async def rule_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(RuleForm), data)
    try:
        if not await once.already(session, subject, HERE, data):
            async with session.begin_nested():
                form: Any = fill(RuleForm, typed)
                await add_rule(session, subject, form)
            await once.led_to(session, subject, data, HERE)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        fields = error.fields if isinstance(error, InvalidInput) else ()
        again = refused(RuleForm, typed, fields, await _options(session, subject))
        return await _show(request, session, subject, again, status=error.status)
    return go(HERE)


@post("/warning-rules/{rule_id:uuid}/end")
async def rule_end_post(request: AnyRequest, subject: TheSubject, session: TheSession, rule_id: PathId) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(RuleEnd), data)
    try:
        async with session.begin_nested():
            form: Any = fill(RuleEnd, typed)
            await end_rule(session, subject, rule_id, form)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        fields = error.fields if isinstance(error, InvalidInput) else ()
        again, form_new = refused(RuleEnd, typed, fields, {}), await _options(session, subject)
        return await _show(
            request, session, subject, fresh(RuleForm, {}, form_new), ending=(rule_id, again), status=error.status
        )
    return go(HERE)


async def _options(session: AsyncSession, subject: Subject) -> dict[str, Any]:
    types = [Option(str(code), name) for code, name in (await type_names(session)).items()]
    in_force = {str(one.code) for one in await dispute_types(session)}
    return {
        "dispute_types": [one for one in types if one.value in in_force],
        "offices_below": await offices_below(session, subject),
    }


async def _show(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    form: BoundForm,
    ending: tuple[UUID, BoundForm] | None = None,
    status: int = 200,
) -> PageResponse:
    """`ending`: the row whose end was refused, with its form."""
    return page(
        request,
        "oversight/warning_rules.html",
        title=N_("预警接收规则"),
        subject=subject,
        status=status,
        rules=await rules_for(session, subject),
        shipped=shipped(),
        types=await type_names(session),
        form=form,
        end_form=fresh(RuleEnd, {}, {}),
        ending=ending,
        key=once.new_key(),
    )


ROUTES = [rules_page, rule_post, rule_end_post]
