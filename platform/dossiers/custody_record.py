"""物证保管登记: the chain of one object as a paper, issued when the last link stands."""

from typing import Annotated

from msgspec import Meta, Struct

from cases.papers import Group, PaperKind
from dossiers.custody_reads import ObjectView
from dossiers.objects import Change
from foundation.clock import SHANGHAI
from foundation.language import N_


class LinkRow(Struct, frozen=True, kw_only=True):
    change: Annotated[Change, Meta(title=N_("交接"))]
    moved_at: Annotated[str, Meta(title=N_("交接时间"))]
    giver: Annotated[str, Meta(title=N_("交出人"))]
    receiver: Annotated[str, Meta(title=N_("接收人"))]
    kept_at: Annotated[str | None, Meta(title=N_("保管地点"))] = None
    reason: Annotated[str | None, Meta(title=N_("事由"))] = None


class CustodyRecord(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(title=N_("物证名称和数量"))]
    marks: Annotated[str | None, Meta(title=N_("特征和完好程度"))]
    links: Annotated[list[LinkRow], Meta(title=N_("保管链"))]


CUSTODY = PaperKind("custody_record", N_("物证保管登记"), Group.STATEMENT, dossier_item=6, form=CustodyRecord)


def custody_record(chain: ObjectView) -> CustodyRecord:
    rows = [
        LinkRow(
            change=Change(link.change),
            moved_at=f"{link.moved_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            giver=link.giver,
            receiver=link.receiver,
            kept_at=link.kept_at,
            reason=link.reason,
        )
        for link in chain.links
    ]
    return CustodyRecord(name=chain.name, marks=chain.marks, links=rows)
