"""Forms of the office about the people who may sit on teams: what they can, where they served, who their kin are."""

import re
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from admin import finding
from foundation.forms import parse
from foundation.language import N_, translate
from organisation.backgrounds import (
    EmploymentForm,
    KinForm,
    SkillsForm,
    declare_kin,
    describe_person,
    record_employment,
)
from organisation.officials import (
    NO_OFFICIAL,
    OfficialEndForm,
    OfficialForm,
    OfficialKind,
    end_official_status,
    set_official_status,
)
from tenants.background import Kin
from tenants.subject import Subject

BETWEEN = re.compile(r"[、，,;；\s]+")
KIN = {kin: kin.label for kin in Kin}

PersonWords = Annotated[str, Meta(title=N_("人员"), description=N_("登录名、姓名或人员编号"), max_length=80)]


class Describing(Struct):
    person: PersonWords
    skills: Annotated[
        str, Meta(title=N_("专长"), description=N_("以顿号分开，如 山林土地、征地拆迁"), max_length=400)
    ] = ""
    languages: Annotated[
        str, Meta(title=N_("普通话以外的语言"), description=N_("以顿号分开，如 藏语、彝语"), max_length=200)
    ] = ""


class Serving(Struct):
    person: PersonWords
    unit: Annotated[str, Meta(title=N_("任职单位"), max_length=120)]
    since: Annotated[date, Meta(title=N_("自"))]
    until: Annotated[date, Meta(title=N_("至"), description=N_("在任则留空"))] | None = None


class Relating(Struct):
    person: PersonWords
    kin: Annotated[
        str, Meta(title=N_("关系"), description=N_("本人、配偶、父母、子女、兄弟姐妹或其他近亲属"), max_length=20)
    ]
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), description=N_("只用于回避核对，不再显示"), max_length=18)]


class Official(Struct):
    person: PersonWords
    kind: Annotated[str, Meta(title=N_("公职人员类别"), description=N_("监察法第十五条所列类别之一"), max_length=60)]
    since: Annotated[date, Meta(title=N_("自"), description=N_("可以是过去的日期，此后误付的补助列入追回"))]
    evidence: Annotated[str, Meta(title=N_("依据"), description=N_("如任职文件的文号"), max_length=200)]
    until: Annotated[date, Meta(title=N_("至"), description=N_("在任则留空"))] | None = None


class OfficialNoMore(Struct):
    person: PersonWords
    until: Annotated[date, Meta(title=N_("至"), description=NO_OFFICIAL)]
    evidence: Annotated[str, Meta(title=N_("依据"), description=N_("如免职文件的文号"), max_length=200)]


async def official(session: AsyncSession, subject: Subject, form: Official) -> str:
    person = await finding.person(session, "person", form.person)
    kind = OfficialKind(finding.chosen("kind", form.kind, {one: one.label for one in OfficialKind}))
    told = OfficialForm(person, kind, form.since, form.evidence, form.until)
    await set_official_status(session, subject, told)
    return translate(N_("已登记公职人员身份；不得再领取办案补助，已误付的列入追回"))


async def official_no_more(session: AsyncSession, subject: Subject, form: OfficialNoMore) -> str:
    person = await finding.person(session, "person", form.person)
    await end_official_status(session, subject, OfficialEndForm(person, form.until, form.evidence))
    return translate(N_("已登记公职人员身份终止"))


async def describing(session: AsyncSession, subject: Subject, form: Describing) -> str:
    person = await finding.person(session, "person", form.person)
    told = {"person_id": str(person), "skills": _listed(form.skills), "languages": _listed(form.languages)}
    await describe_person(session, subject, parse(SkillsForm, told, strict=False))
    return translate(N_("已登记专长和语言"))


async def serving(session: AsyncSession, subject: Subject, form: Serving) -> str:
    person = await finding.person(session, "person", form.person)
    await record_employment(session, subject, EmploymentForm(person, form.unit, form.since, form.until))
    return translate(N_("已登记任职经历"))


async def relating(session: AsyncSession, subject: Subject, form: Relating) -> str:
    person = await finding.person(session, "person", form.person)
    kin = Kin(finding.chosen("kin", form.kin, KIN))
    await declare_kin(session, subject, KinForm(person, kin, form.id_number))
    return translate(N_("已登记，选任专调小组时自动核对"))


def _listed(words: str) -> list[str]:
    return [word for word in BETWEEN.split(words) if word]


BACKGROUND = N_("人员情况")
ROWS = (
    ("describe-person", N_("专长和语言"), BACKGROUND, N_("选任专调小组时显示"), Describing, describing),
    ("record-employment", N_("任职经历"), BACKGROUND, N_("曾任职的单位涉案时，此人不得进入小组"), Serving, serving),
    (
        "official-status",
        N_("公职人员身份"),
        BACKGROUND,
        N_("有生效日期和依据；公职人员不领取任何办案补助"),
        Official,
        official,
    ),
    (
        "end-official-status",
        N_("公职人员身份终止"),
        BACKGROUND,
        N_("退休、离职的次日起不再是公职人员"),
        OfficialNoMore,
        official_no_more,
    ),
    ("declare-kin", N_("近亲属申报"), BACKGROUND, N_("当事人是本人或者近亲属时，此人不得进入小组"), Relating, relating),
)
