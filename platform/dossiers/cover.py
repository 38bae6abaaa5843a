"""Cover, inside list and back cover as one printable paper, without a person's name."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers.contents import Entry
from dossiers.items import item_numbered
from dossiers.volume import Dossier
from foundation.clock import local_date
from foundation.digests import digest, written
from foundation.language import N_
from foundation.store import instant
from tenants.models import Office

INSIDE_LIST = PaperKind("dossier_list", N_("卷宗封面与卷内目录"), Group.FINAL)


def list_hash(entries: list[Entry]) -> bytes:
    """Over item, source and content hash of every line, in order: a line added, cut, moved or changed shows."""
    lines = [[entry.item, entry.source, entry.sha256.hex() if entry.sha256 else ""] for entry in entries]
    return digest(msgspec.json.encode(lines))


async def cover(
    session: AsyncSession, case: Case, dossier: Dossier, entries: list[Entry], title: str, remark: str | None
) -> dict[str, Any]:
    owner = await session.get_one(Office, dossier.office_id)
    made_on = local_date(instant(session))
    return {
        "committee": owner.name,
        "title": title,
        "dossier_no": dossier.number,
        "case_no": case.case_no or case.registration_no,
        "began_on": str(local_date(case.filed_at)),
        "ended_on": str(local_date(case.closed_at) if case.closed_at else made_on),
        "made_on": str(made_on),
        "kept_until": str(dossier.kept_until or N_("永久")),
        "transfer_on": str(dossier.transfer_on),
        "volumes": dossier.volumes,
        "pages_on_paper": sum(entry.pages or 0 for entry in entries),
        "remark": remark or "",
        "lines": [_line(ordinal, entry) for ordinal, entry in enumerate(entries, start=1)],
        "list_sha256": written(dossier.list_sha256) if dossier.list_sha256 else "",
    }


def _line(ordinal: int, entry: Entry) -> dict[str, Any]:
    return {
        "ordinal": ordinal,
        "item": item_numbered(entry.item).title,
        "title": entry.title,
        "on": str(local_date(entry.at)),
        "pages": entry.pages or "",
        "sha256": written(entry.sha256) if entry.sha256 else "",
    }
