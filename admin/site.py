"""Piccolo Admin with our tables and forms; its own way in is closed by `admin.office`, its words by `admin.wording`."""

from typing import Any
from urllib.parse import urlsplit

from piccolo.columns import Column
from piccolo.table import Table
from piccolo_admin.endpoints import TableConfig, create_admin
from piccolo_api.crud.endpoints import OrderBy

from admin.deeds import office_forms
from admin.identity import Administrators, Sessions
from admin.rights import CALENDAR, DICTIONARY, READ_ONLY
from admin.tables import (
    CalendarDay,
    Campaign,
    CommitteeSponsor,
    DisputeType,
    HandoverSetting,
    OwnStep,
    Statute,
    TariffRate,
    TermSetting,
)
from admin.tree import Account, Office, Person, Post, Tenant
from foundation.language import N_
from foundation.store import Store

BASICS = N_("基础数据")
TREE = N_("组织与人员")
TOKENS = N_("本单位及下级的程序令牌")
BACK = N_("返回工作平台")
NAME = N_("调解平台 · 运维室")


def site(store: Store, public_url: str) -> Any:
    """The ASGI application; `public_url` is where the platform is reached, for Piccolo's check of the origin too."""
    return create_admin(
        [*_own(), *_shared(), *_tree()],
        forms=list(office_forms(store, public_url)),
        auth_table=Administrators,
        session_table=Sessions,
        increase_expiry=None,
        production=True,
        site_name=NAME,
        default_language_code="zh-CN",
        auto_include_related=False,
        allowed_hosts=[urlsplit(public_url).hostname or "localhost"],
        sidebar_links={TOKENS: "/tokens/below", BACK: "/desk"},
    )


def _own() -> list[TableConfig]:
    """Each tenant keeps its own rows, the province those of all."""
    day, term, step, campaign = CalendarDay, TermSetting, OwnStep, Campaign
    return [
        TableConfig(
            day,
            menu_group=BASICS,
            visible_columns=[day.date, day.is_workday, day.name, day.tenant_id],
            visible_filters=[day.date, day.is_workday, day.name, day.tenant_id],
            link_column=day.date,
            order_by=[OrderBy(day.date, ascending=False)],
            validators=CALENDAR,
        ),
        TableConfig(
            term,
            menu_group=BASICS,
            visible_columns=[term.kind, term.lead_days, term.length, term.valid_from, term.tenant_id],
            visible_filters=[term.kind, term.valid_from, term.tenant_id],
            link_column=term.kind,
            order_by=[OrderBy(term.kind), OrderBy(term.valid_from)],
            validators=CALENDAR,
        ),
        TableConfig(
            step,
            menu_group=BASICS,
            visible_columns=[step.name, step.before_act, step.valid_from, step.valid_to, step.tenant_id],
            visible_filters=[step.before_act, step.valid_from, step.tenant_id],
            link_column=step.name,
            order_by=[OrderBy(step.tenant_id), OrderBy(step.valid_from)],
            validators=CALENDAR,
        ),
        *_of_handovers(),
        TableConfig(
            campaign,
            menu_group=BASICS,
            visible_columns=[campaign.name, campaign.valid_from, campaign.valid_to, campaign.tenant_id],
            visible_filters=[campaign.name, campaign.valid_from, campaign.tenant_id],
            link_column=campaign.name,
            order_by=[OrderBy(campaign.valid_from, ascending=False)],
            validators=CALENDAR,
        ),
    ]


def _of_handovers() -> list[TableConfig]:
    limit, sponsor = HandoverSetting, CommitteeSponsor
    return [
        TableConfig(
            limit,
            menu_group=BASICS,
            visible_columns=[limit.valid_from, limit.naming_days, limit.most_handovers, limit.tenant_id],
            visible_filters=[limit.valid_from, limit.tenant_id],
            link_column=limit.valid_from,
            order_by=[OrderBy(limit.valid_from, ascending=False)],
            validators=CALENDAR,
        ),
        TableConfig(
            sponsor,
            menu_group=BASICS,
            visible_columns=[sponsor.name, sponsor.uscc, sponsor.office_id, sponsor.tenant_id],
            visible_filters=[sponsor.name, sponsor.office_id, sponsor.tenant_id],
            link_column=sponsor.name,
            order_by=[OrderBy(sponsor.tenant_id), OrderBy(sponsor.office_id)],
            validators=CALENDAR,
        ),
    ]


def _shared() -> list[TableConfig]:
    """One for the whole province."""
    kind, rate = DisputeType, TariffRate
    return [
        TableConfig(
            kind,
            menu_group=BASICS,
            visible_columns=[kind.code, kind.name_zh, kind.name_en, kind.valid_to],
            link_column=kind.code,
            validators=DICTIONARY,
        ),
        TableConfig(
            rate,
            menu_group=BASICS,
            visible_columns=[rate.valid_from, rate.valid_to, rate.key, rate.minimum_fen, rate.maximum_fen, rate.unit],
            link_column=rate.valid_from,
            order_by=[OrderBy(rate.key), OrderBy(rate.valid_from)],
            validators=READ_ONLY,
        ),
        TableConfig(
            Statute,
            menu_group=BASICS,
            visible_columns=[Statute.name, Statute.valid_from, Statute.valid_to, Statute.last_article, Statute.checked],
            visible_filters=[Statute.name, Statute.valid_from, Statute.valid_to],
            link_column=Statute.name,
            order_by=[OrderBy(Statute.name), OrderBy(Statute.valid_from)],
            validators=DICTIONARY,
        ),
    ]


def _tree() -> list[TableConfig]:
    """Read here, changed by the forms."""
    order = {Post: [OrderBy(Post.since, ascending=False)], Account: [OrderBy(Account.login)]}
    links: dict[type[Table], Column] = {Post: Post.since, Account: Account.login}
    hidden: dict[type[Table], list[Column]] = {Post: [Post.id], Account: [Account.id]}
    return [
        TableConfig(
            table,
            menu_group=TREE,
            exclude_visible_columns=hidden.get(table),
            exclude_visible_filters=[table._meta.primary_key],
            link_column=links.get(table),
            order_by=order.get(table),
            validators=READ_ONLY,
        )
        for table in (Tenant, Office, Person, Post, Account)
    ]
