"""check-legal-aid: what the law's table says of a person's matter. The centre decides; anyone may ask it.

法律援助法 31 (with hardship), 32 (without that test), 42 (hardship is not checked), 38 (where), 43, 44, 49.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.remedies import aid_goes_first
from dossiers.parties import party_at
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.language import N_, translate
from policies.actions import Action
from tenants.subject import Subject

DATA = Path(__file__).parent / "data" / "legal_aid.json"
NOT_A_CHOICE = N_("请从所列项目中选择")


class AidMatter(Struct, frozen=True):
    """A row of articles 31 and 32; `title` is a msgid."""

    code: str
    article: str
    title: str
    hardship: bool


class Unchecked(Struct, frozen=True):
    """A row of article 42."""

    code: str
    article: str
    title: str


class AidTable(Struct, frozen=True):
    """Dated data: `valid_from` is the day from which the law has it so."""

    source: str
    valid_from: date
    matters: tuple[AidMatter, ...]
    unchecked: tuple[Unchecked, ...]


class Eligibility(Choice):
    NO_TEST = "no_test", N_("在法律援助范围内，不受经济困难条件限制")
    NO_CHECK = "no_check", N_("在法律援助范围内，免予核查经济困难状况")
    HARDSHIP = "hardship", N_("在法律援助范围内，须说明经济困难状况并由法律援助机构核查")
    NOT_SHOWN = "not_shown", N_("本人未说明经济困难；仍可以申请，由法律援助机构决定")
    OUTSIDE = "outside", N_("不在所列范围内；仍可以申请，由法律援助机构决定")


class AidForm(Struct, frozen=True, kw_only=True):
    party: Annotated[UUID, Meta(title=N_("当事人"), extra={"options": "petitioners"})]
    matter: (
        Annotated[
            str,
            Meta(title=N_("请求的事项"), description=N_("都不符合的不选"), extra={"options": "legal_aid_matters"}),
        ]
        | None
    ) = None
    unchecked: Annotated[str, Meta(title=N_("免予核查的情形"), extra={"options": "legal_aid_unchecked"})] | None = None
    hardship: Annotated[bool, Meta(title=N_("本人说明经济困难"), description=N_("可以由本人作出诚信承诺"))] = False
    centre: Annotated[str, Meta(title=N_("法律援助机构"), min_length=2, max_length=120)]


class AidResult(Struct, frozen=True, kw_only=True):
    """What the person takes home."""

    eligibility: Annotated[Eligibility, Meta(title=N_("对照结果"))]
    basis: Annotated[str, Meta(title=N_("依据"))]
    centre: Annotated[str, Meta(title=N_("法律援助机构"))]
    where: Annotated[str, Meta(title=N_("申请地点"))] = N_("争议处理机关所在地或者事由发生地的法律援助机构（第38条）")
    days: Annotated[str, Meta(title=N_("办理期限"))] = N_(
        "收到申请七日内决定，决定后三日内指派（第43条）；对不予援助的决定可以提出异议，五日内审查（第49条）"
    )
    first: Annotated[str, Meta(title=N_("先行援助"))] | None = None
    free: Annotated[str, Meta(title=N_("费用"))] = N_("法律援助不收取任何费用；是否申请由您自行决定")


AID_FIRST = N_("距法定时效或者期限届满不足七日，可以请求先行提供法律援助（第44条）")
AID_CHECK = PaperKind("legal_aid_check", N_("法律援助条件对照告知书"), Group.STATEMENT, form=AidResult)


@cache
def table() -> AidTable:
    return msgspec.json.decode(DATA.read_bytes(), type=AidTable)


async def check_legal_aid(session: AsyncSession, subject: Subject, case: Case, form: AidForm) -> Done:
    """Result and reason in writing; nothing is refused here, and the application stays the person's own."""
    party = await party_at(session, case, "party", form.party)
    if party.kind != "person":
        raise invalid("party", "one_person", N_("法律援助由自然人申请"))
    matter = _row("matter", form.matter, table().matters)
    unchecked = _row("unchecked", form.unchecked, table().unchecked)
    found = _judged(matter, unchecked, hardship=form.hardship)
    result = AidResult(
        eligibility=found,
        basis="；".join(f"{table().source}{row.article} {row.title}" for row in (matter, unchecked) if row)
        or table().source,
        centre=form.centre,
        first=AID_FIRST if await aid_goes_first(session, case) else None,
    )
    await issue(session, subject, case, AID_CHECK, result, party_id=party.id)
    return Done(data={"eligibility": found.value, "first": result.first is not None})


def _row(
    field: str, code: str | None, rows: tuple[AidMatter, ...] | tuple[Unchecked, ...]
) -> AidMatter | Unchecked | None:
    if code is None:
        return None
    row = next((row for row in rows if row.code == code), None)
    if row is None:
        raise invalid(field, "not_a_choice", NOT_A_CHOICE)
    return row


def _judged(matter: AidMatter | Unchecked | None, unchecked: object | None, *, hardship: bool) -> Eligibility:
    if not isinstance(matter, AidMatter):
        return Eligibility.OUTSIDE
    if not matter.hardship:
        return Eligibility.NO_TEST
    if unchecked is not None:
        return Eligibility.NO_CHECK
    return Eligibility.HARDSHIP if hardship else Eligibility.NOT_SHOWN


async def matter_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(row.code, f"{row.article} {translate(row.title)}") for row in table().matters]


async def unchecked_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(row.code, f"{row.article} {translate(row.title)}") for row in table().unchecked]


ACTS = (Act("check-legal-aid", N_("对照法律援助条件"), Action.REFERRAL_RECORD, AidForm, check_legal_aid, step=6),)
OPTIONS = {"legal_aid_matters": matter_options, "legal_aid_unchecked": unchecked_options}
PAPERS = (AID_CHECK,)
