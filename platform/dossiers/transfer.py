"""移交档案馆: the bound dossier goes to the archives of its tier after ten or twenty years (档案法实施条例 20(2)).

The term begins with the dossier's making and ends with the handing over. The case itself changes no more.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from dossiers.volume import dossier_of
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, NotFound, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

TERM = "archives_transfer"
GONE = Fact("(select transferred_on is not null from dossiers where case_id = :case)")


class DossierTransferred(Conflict):
    code = "dossier_transferred"
    message = N_("卷宗已移交档案馆")


class TransferForm(Struct, frozen=True, kw_only=True):
    archives: Annotated[str, Meta(title=N_("接收的档案馆"), min_length=2, max_length=120)]
    transferred_on: Annotated[date, Meta(title=N_("移交日期"))]
    list_no: Annotated[
        str, Meta(title=N_("移交清册编号"), description=N_("双方签字盖章的清册"), min_length=1, max_length=80)
    ]


async def transfer_dossier(session: AsyncSession, subject: Subject, case: Case, form: TransferForm) -> Done:
    dossier = await dossier_of(session, case.id)
    if dossier is None or dossier.archived_at is None:
        raise NotFound
    if form.transferred_on > local_date(instant(session)):
        raise invalid("transferred_on", "in_future", N_("日期不得晚于今天"))
    if form.transferred_on < local_date(dossier.archived_at):
        raise invalid("transferred_on", "before_archiving", N_("移交日期不得早于归档"))
    dossier.transferred_on, dossier.archives = form.transferred_on, form.archives
    await timers.finish(session, case, TERM)
    return Done(data={"archives": form.archives, "on": str(form.transferred_on), "list_no": form.list_no})


@by_facts(GONE)
def dossier_not_transferred(subject: Subject, case: Case, gone: bool | None) -> DomainError | None:
    return DossierTransferred() if gone else None


ACTS = (
    Act(
        "transfer-dossier",
        N_("移交档案馆"),
        Action.DOSSIER_ARCHIVE,
        TransferForm,
        transfer_dossier,
        step=8,
        writes=False,
    ),
)
GUARDS = {"dossier_not_transferred": dossier_not_transferred}
