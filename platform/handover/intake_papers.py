"""Papers of a case that came from another system: the receipt of what came, and what each petitioner is told of it."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from cases.models import Case
from cases.origins import CaseOrigin
from cases.papers import Group, PaperKind
from cases.register import RIGHTS
from cases.steps import STATE_NAMES, State
from foundation.language import N_
from handover.intake_judge import OutsideCase

NOT_CAME = N_("没有列明")
KINDS = (N_("身份信息"), N_("联系方式"), N_("陈述、诉求和随案材料"))
PURPOSE = N_("继续办理您的矛盾纠纷；处理个人信息的目的和方式不变，变更的须重新取得您的同意（个人信息保护法第23条）")
AGAIN = N_("原来作过的同意不当然适用于本机构：是否调解、是否向对方提供信息，由您重新表示，不同意无须说明理由")


class OriginReceipt(Struct, frozen=True, kw_only=True):
    """外部移交: by what earlier steps are documented. It waives no step that is still to come."""

    system: Annotated[str, Meta(title=N_("源系统"))]
    outside_no: Annotated[str, Meta(title=N_("原系统编号"))]
    sender: Annotated[str, Meta(title=N_("移交单位"))]
    sent_on: Annotated[date, Meta(title=N_("移交日期"))]
    receipt_no: Annotated[str | None, Meta(title=N_("移交清单号"))]
    filed_on: Annotated[date, Meta(title=N_("原登记日期"))]
    stood: Annotated[str, Meta(title=N_("移交时所处环节"))]
    accepted_on: Annotated[date | None, Meta(title=N_("原受理日期"))]
    came_with: Annotated[str, Meta(title=N_("随案移来的材料"))]
    petition_no: Annotated[str | None, Meta(title=N_("信访登记号（如有）"))]
    visited_unit: Annotated[str | None, Meta(title=N_("被访单位"))]
    statement: Annotated[str, Meta(title=N_("陈述"))]


class OriginNotice(Struct, frozen=True, kw_only=True):
    """个人信息保护法 23: who has the data now, why, which kinds, and what the person may do."""

    sender: Annotated[str, Meta(title=N_("移交单位"))]
    sent_on: Annotated[date, Meta(title=N_("移交日期"))]
    receiver: Annotated[str, Meta(title=N_("接收方名称"))]
    registration_no: Annotated[str, Meta(title=N_("登记号"))]
    outside_no: Annotated[str, Meta(title=N_("原系统编号"))]
    data_kinds: Annotated[tuple[str, ...], Meta(title=N_("接收的个人信息种类"))] = KINDS
    purpose: Annotated[str, Meta(title=N_("处理目的"))] = PURPOSE
    again: Annotated[str, Meta(title=N_("须由您重新表示的"))] = AGAIN
    rights: Annotated[tuple[str, ...], Meta(title=N_("您的权利"))] = tuple(RIGHTS)


ORIGIN = PaperKind("origin", N_("外部系统移交案件接收单"), Group.STATEMENT, dossier_item=1, form=OriginReceipt)
ORIGIN_NOTICE = PaperKind(
    "origin_notice", N_("接收案件和个人信息告知书"), Group.FINAL, dossier_item=2, form=OriginNotice
)


def receipt_for(origin: CaseOrigin, case: OutsideCase) -> OriginReceipt:
    return OriginReceipt(
        system=origin.system,
        outside_no=origin.outside_no,
        sender=origin.sender,
        sent_on=origin.sent_on,
        receipt_no=origin.receipt_no,
        filed_on=origin.filed_on,
        stood=STATE_NAMES[State(origin.state)],
        accepted_on=origin.accepted_on,
        came_with=case.came_with or NOT_CAME,
        petition_no=case.petition_no,
        visited_unit=case.visited_unit,
        statement=case.statement,
    )


def notice_for(origin: CaseOrigin, case: Case, receiver: str) -> OriginNotice:
    return OriginNotice(
        sender=origin.sender,
        sent_on=origin.sent_on,
        receiver=receiver,
        registration_no=case.registration_no,
        outside_no=origin.outside_no,
    )
