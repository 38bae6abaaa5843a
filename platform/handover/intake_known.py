"""What a line is judged against: lists in force, numbers taken in before, what the office may accept."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.options import places
from cases.origins import numbers_taken
from cases.own_steps import Before, OwnStep
from cases.registration_form import SideKind, Source
from cases.steps import STATE_NAMES, State
from cases.suitability import Nature
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.language import N_, current_language, translate
from foundation.store import instant
from handover.intake_mapping import plain
from handover.models import CommitteeSponsor
from organisation.dispute_types import DisputeType, dispute_types
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind


class Standing(Choice):
    """Where a case may stand when it comes in. What follows 受理 names a committee of ours: it is done here."""

    REGISTERED = State.REGISTERED.value, STATE_NAMES[State.REGISTERED]
    ASSESSING = State.ASSESSING.value, STATE_NAMES[State.ASSESSING]
    ACCEPTED = State.ACCEPTED.value, STATE_NAMES[State.ACCEPTED]


class YesNo(Choice):
    YES = "true", N_("是")
    NO = "false", N_("否")


CHOICES: Mapping[str, type[Choice]] = {
    "state": Standing,
    "source": Source,
    "petitioner.kind": SideKind,
    "other.kind": SideKind,
    "claim.nature": Nature,
    "first_visit": YesNo,
}
ALSO: Mapping[str, Mapping[str, str]] = {
    "state": {
        **dict.fromkeys(("已登记", "登记", "待受理", "待审批", "待审核"), Standing.REGISTERED.value),
        **dict.fromkeys(("评析", "审查中", "已审批", "待评析"), Standing.ASSESSING.value),
        **dict.fromkeys(("受理", "已受理", "调解中", "办理中", "在办", "待调解"), Standing.ACCEPTED.value),
    },
    **dict.fromkeys(
        ("petitioner.kind", "other.kind"),
        {
            **dict.fromkeys(("个人", "公民", "群众", "自然人"), SideKind.PERSON.value),
            **dict.fromkeys(("法人", "企业", "公司", "机关", "组织", "事业单位"), SideKind.UNIT.value),
        },
    ),
    "source": {
        "申请": Source.APPLICATION.value,
        "信访移交": Source.PETITION_OFFICE.value,
        "信访局移交": Source.PETITION_OFFICE.value,
        "排查": Source.SCREENING.value,
    },
    "first_visit": {
        **dict.fromkeys(("1", "y", "yes", "初访", "√"), "true"),
        **dict.fromkeys(("0", "n", "no", "重访", "×"), "false"),
    },
}
"""Words that other systems use for the same; a mapping's own come first."""


class Known(Struct, frozen=True):
    now: datetime
    today: date
    words: Mapping[str, Mapping[str, str]]
    """Field -> word, made plain -> code; a word that means several has the code `` (none)."""
    options: Mapping[str, Sequence[Option]]
    places: frozenset[int]
    types: frozenset[int]
    taken: frozenset[str]
    asking: frozenset[int]
    """Dispute types whose claims pass the gate on an answer only."""
    committee: bool
    """Whether one stands behind the office: without it nothing is accepted."""
    own_steps: Sequence[tuple[date, date | None]]
    """When the tenants of this line ask for a step of their own before 受理."""
    sponsors: frozenset[str]
    """Names and codes of the units that have set up the committee which takes the cases in."""


async def known_to(session: AsyncSession, subject: Subject, system: str, numbers: Sequence[str] = ()) -> Known:
    """Read once for a whole file; `numbers`: those that its cases bear in that system."""
    now = instant(session)
    types, area = await dispute_types(session), await places(session, subject, None)
    words = {field: _words(field, choices) for field, choices in CHOICES.items()}
    options = {field: [Option(one.value, translate(one.label)) for one in kind] for field, kind in CHOICES.items()}
    english = current_language.get() == "en"
    named = [Option(str(one.code), one.name_en if english else one.name_zh) for one in types]
    return Known(
        now=now,
        today=local_date(now),
        words={**words, "dispute_type": _type_words(types), "place": await _place_words(session, area)},
        options={**options, "dispute_type": named, "place": area},
        places=frozenset(int(one.value) for one in area),
        types=frozenset(one.code for one in types),
        taken=await numbers_taken(session, system, numbers),
        asking=frozenset(one.code for one in types if one.asks_gate),
        committee=await _committee(session, subject),
        own_steps=await _own_steps(session, subject),
        sponsors=await _sponsors(session, subject),
    )


def _words(field: str, choices: type[Choice]) -> dict[str, str]:
    """Codes, labels, and the parts of a label that names several things."""
    pairs = [(word, one.value) for one in choices for word in (one.value, one.label, *one.label.split("、"))]
    return unambiguous([*pairs, *((word, code) for word, code in ALSO.get(field, {}).items())])


def _type_words(types: Sequence[DisputeType]) -> dict[str, str]:
    names = ((word, str(one.code)) for one in types for word in (str(one.code), one.name_zh, one.name_en))
    return unambiguous(names)


async def _place_words(session: AsyncSession, area: Sequence[Option]) -> dict[str, str]:
    """By code and by name, also with the name of what it lies in before it."""
    ids = [int(one.value) for one in area]
    upper = select(Place.id, Place.name).subquery()
    query = select(Place.id, Place.name, Place.code_mca, upper.c.name).outerjoin(upper, upper.c.id == Place.parent_id)
    pairs = []
    for place, name, code, above in (await session.execute(query.where(Place.id.in_(ids)))).all():
        spelt = [name, f"{above or ''}{name}", *([code, code.rstrip("0"), code.ljust(12, "0")] if code else [])]
        pairs += [(word, str(place)) for word in spelt]
    return unambiguous(pairs)


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, code in pairs:
        key = plain(word)
        found[key] = code if found.get(key, code) == code else ""
    return found


async def _committee(session: AsyncSession, subject: Subject) -> bool:
    office = await session.get(Office, subject.office_id)
    return office is not None and (office.kind == OfficeKind.COMMITTEE or office.committee_id is not None)


async def _own_steps(session: AsyncSession, subject: Subject) -> list[tuple[date, date | None]]:
    tenant = await session.get_one(Tenant, subject.tenant_id)
    line = [tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id]
    query = select(OwnStep.valid_from, OwnStep.valid_to).where(
        OwnStep.before_act == Before.ACCEPTANCE.value, or_(*(OwnStep.tenant_id == one for one in line if one))
    )
    return [(begins, ends) for begins, ends in (await session.execute(query)).all()]


async def _sponsors(session: AsyncSession, subject: Subject) -> frozenset[str]:
    query = select(CommitteeSponsor.name, CommitteeSponsor.uscc).where(CommitteeSponsor.office_id == subject.office_id)
    return frozenset(as_written(word) for row in await session.execute(query) for word in row if word)


def as_written(unit: str) -> str:
    """A name or code as two people write it: as `unit_as_written` of the database has it."""
    return "".join(unicodedata.normalize("NFKC", unit).split()).upper()
