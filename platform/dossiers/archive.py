"""归档 (五(八)): the volume is checked, numbered, listed with a hash of every line, and given its terms."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.numbers import next_number
from cases.reckoning import LastDay
from cases.steps import State
from cases.timeline import holder_tenant
from dossiers.contents import Entry, contents, missing
from dossiers.cover import INSIDE_LIST, cover, list_hash
from dossiers.items import BACK_COVER, items
from dossiers.retention import holder_tier, result_of, term_for, transfer_day, years_later
from dossiers.transfer import TERM as TRANSFER
from dossiers.volume import ON_PAPER, Dossier, DossierItem, lines_of, opened
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject


class DossierIncomplete(Conflict):
    code = "dossier_incomplete"
    message = N_("卷宗缺少必须材料：%(missing)s")

    def __init__(self, *titles: str) -> None:
        super().__init__(missing=list(titles))
        self.titles = titles

    def text(self, language: str) -> str:
        names = [translate(title, language) for title in self.titles]
        return translate(self.message, language, missing=("；" if language == "zh" else "; ").join(names))


class PaperRow(Struct, frozen=True, kw_only=True):
    item: Annotated[int, Meta(title=N_("卷内材料"), extra={"options": "dossier_items"})]
    pages: Annotated[int, Meta(title=N_("页数"), ge=1, le=2000)]
    note: Annotated[str, Meta(title=N_("备注"), max_length=200)] | None = None


class CheckForm(Struct, frozen=True, kw_only=True):
    on_paper: Annotated[
        list[PaperRow], Meta(title=N_("只有纸质的材料"), description=N_("平台内的文书和证据自动列入"), max_length=100)
    ] = []


class ArchiveForm(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(title=N_("卷名"), description=N_("不写姓名、证件号"), min_length=2, max_length=120)]
    volumes: Annotated[int, Meta(title=N_("册数"), ge=1, le=99)] = 1
    remark: Annotated[str, Meta(title=N_("备考说明"), max_length=400, extra={"widget": "textarea"})] | None = None


async def check_dossier(session: AsyncSession, subject: Subject, case: Case, form: CheckForm) -> Done:
    """Notes what lies on paper only, and reports by number what is still missing."""
    now = instant(session)
    dossier = await opened(session, subject, case, await _owner(session, case))
    for index, row in enumerate(form.on_paper):
        if row.item not in {item.number for item in items()} - {BACK_COVER}:
            raise invalid(f"on_paper.{index}.item", "not_a_choice", N_("请从所列项目中选择"))
        session.add(
            DossierItem(
                id=new_id(now),
                case_id=case.id,
                dossier_id=dossier.id,
                item=row.item,
                source=ON_PAPER,
                pages=row.pages,
                note=row.note,
                recorded_at=now,
                recorded_by=subject.person_id,
            )
        )
    await session.flush()
    lacking = await missing(session, case, await contents(session, case))
    return Done(data={"missing": [item.number for item in lacking]})


async def dossier_complete(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    lacking = await missing(session, case, await contents(session, case))
    return DossierIncomplete(*(item.title for item in lacking)) if lacking else None


async def archive_dossier(session: AsyncSession, subject: Subject, case: Case, form: ArchiveForm) -> Done:
    """A case that was reopened gets a further volume: what is bound stays as it is, under the same 卷号."""
    now = instant(session)
    made_on = local_date(now)
    dossier = await opened(session, subject, case, await _owner(session, case))
    bound = {_source(line) for line in await lines_of(session, dossier.id) if line.ordinal is not None}
    entries = [entry for entry in await contents(session, case) if entry.source not in bound]
    await _bind(session, subject, case, dossier, entries, after=len(bound))
    term = await term_for(session, case, await result_of(session, case), made_on)
    dossier.volumes = form.volumes + (dossier.volumes if bound else 0)
    dossier.number = case.dossier_no = dossier.number or await _number(session, case, dossier.office_id)
    dossier.retention_term_id = term.id
    dossier.kept_until = None if term.years is None else years_later(made_on, term.years)
    dossier.transfer_on = transfer_day(made_on, holder_tier(case))
    dossier.transferred_on = dossier.archives = None  # of a further volume the earlier ones tell nothing
    await timers.finish(session, case, TRANSFER)
    await timers.start(session, case, TRANSFER, due=LastDay(dossier.transfer_on).moment)
    dossier.list_sha256 = list_hash(entries)
    dossier.archived_at = case.archived_at = now
    await issue(
        session, subject, case, INSIDE_LIST, await cover(session, case, dossier, entries, form.title, form.remark)
    )
    return Done(to=State.ARCHIVED, data={"dossier_no": dossier.number, "items": len(entries)})


def _source(line: DossierItem) -> str:
    """As an entry names it."""
    return f"{ON_PAPER}:{line.id}" if line.source == ON_PAPER else line.source


async def _bind(
    session: AsyncSession, subject: Subject, case: Case, dossier: Dossier, entries: list[Entry], *, after: int
) -> None:
    """One row for each line, numbered on from those of earlier volumes; those noted at the check get their place."""
    now = instant(session)
    noted = {f"{ON_PAPER}:{line.id}": line for line in await lines_of(session, dossier.id)}
    for ordinal, entry in enumerate(entries, start=after + 1):
        if entry.source in noted:
            noted[entry.source].ordinal = ordinal
            continue
        session.add(
            DossierItem(
                id=new_id(now),
                case_id=case.id,
                dossier_id=dossier.id,
                ordinal=ordinal,
                item=entry.item,
                source=entry.source,
                pages=entry.pages,
                sha256=entry.sha256,
                recorded_at=now,
                recorded_by=subject.person_id,
            )
        )


async def _owner(session: AsyncSession, case: Case) -> int:
    """The committee that posts the holder's station owns the dossier (18a); a holder without one keeps its own."""
    office = await session.get_one(Office, case.holder_office_id)
    return office.committee_id or office.id


async def _number(session: AsyncSession, case: Case, office_id: int) -> str:
    tenant = await session.get_one(Tenant, holder_tenant(case))
    place = await session.get_one(Place, tenant.place_id)
    year, number = await next_number(session, "dossier", office_id)
    return f"云{tenant.county_code or place.code_mca or tenant.id}调卷〔{year}〕{number:05d}号"


ACTS = (
    Act("check-dossier", N_("检查卷宗"), Action.DOSSIER_CHECK, CheckForm, check_dossier, step=8),
    Act("archive-dossier", N_("归档"), Action.DOSSIER_ARCHIVE, ArchiveForm, archive_dossier, step=8),
)
GUARDS = {"dossier_complete": dossier_complete}
