"""What the upper rooms keep of a case: team, plans, agreement, evidence, referrals, money, orders, travels."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, structs

from api.case_part import Reader, part
from api.row_view import row_view, shown
from dossiers import reads as dossiers
from dossiers.evidence import Evidence
from dossiers.performance import PerformanceRow
from dossiers.referrals import Referral
from dossiers.relief import ReliefReferral
from dossiers.visits import ReturnVisit
from foundation.language import N_, current_language, translate
from funding.matter_marks import marks_of
from funding.reads import Money, money_of
from funding.trace import TraceLine
from funding.unit_parts import PartView, unit_parts
from handover.models import HandoverOffer
from handover.reading import offers_of
from oversight.models import Order
from oversight.orders import orders_for, reads_words
from policies.actions import Action
from teams.reads import AgreementView, PlanView, TeamView, agreement_of, plans_of, team_of

EvidenceView = row_view("EvidenceView", Evidence)
ReferralView = row_view("ReferralView", Referral)
PerformanceView = row_view("PerformanceView", PerformanceRow)
VisitView = row_view("VisitView", ReturnVisit)
ReliefView = row_view("ReliefView", ReliefReferral)
OrderView = row_view("OrderView", Order, "province_id", "prefecture_id", "county_id", "township_id")
OfferView = row_view("OfferView", HandoverOffer)


async def _team(reader: Reader) -> TeamView | None:
    reader.require(Action.CASE_READ)
    return await team_of(reader.session, reader.case.id)


async def _units(reader: Reader) -> list[PartView]:
    reader.require(Action.CASE_READ)
    found = await unit_parts(reader.session, reader.case, reader.may)
    worded = ("kind", "decided_by", "found_by")
    return [
        structs.replace(one, **{name: translate(getattr(one, name) or "") or None for name in worded}) for one in found
    ]


async def _plans(reader: Reader) -> list[PlanView]:
    return list(await plans_of(reader.session, reader.case.id, reader.may))


async def _agreement(reader: Reader) -> AgreementView | None:
    return await agreement_of(reader.session, reader.case.id, reader.may)


async def _evidence(reader: Reader) -> list[Struct]:
    found = await dossiers.evidence_of(reader.session, reader.case.id, reader.may)
    return [shown(EvidenceView, row) for row in found]


async def _referrals(reader: Reader) -> list[Struct]:
    found = await dossiers.referrals_of(reader.session, reader.case, reader.may)
    return [shown(ReferralView, row) for row in found]


async def _performances(reader: Reader) -> list[Struct]:
    found = await dossiers.performances_of(reader.session, reader.case, reader.may)
    return [shown(PerformanceView, row) for row in found]


async def _visits(reader: Reader) -> list[Struct]:
    found = await dossiers.visits_of(reader.session, reader.case.id, reader.may)
    return [shown(VisitView, row) for row in found]


async def _relief(reader: Reader) -> list[Struct]:
    found = await dossiers.relief_of(reader.session, reader.case, reader.may)
    return [shown(ReliefView, row) for row in found]


async def _money(reader: Reader) -> Money | None:
    found = await money_of(reader.session, reader.case.id, reader.may, reader.subject.tenant_id)
    if found is not None:
        marks = await marks_of(reader.session, reader.subject, reader.case, reader.may)
        found = structs.replace(found, matters=marks)
    spoken: Money | None = _spoken(found)
    return spoken


async def _orders(reader: Reader) -> list[Struct]:
    return [_order(reader, row) for row in await readable_orders(reader)]


async def readable_orders(reader: Reader) -> Sequence[Order]:
    """Raises Forbidden for who neither follows the case nor has an order of the own office in it."""
    found = await orders_for(reader.session, reader.subject, reader.case.id, reader.may)
    if not found:
        reader.require(Action.CASE_READ_TIMELINE)
    return found


def _order(reader: Reader, order: Order) -> Struct:
    """Its words are empty for those who see only that it stands."""
    row = shown(OrderView, order)
    if reads_words(reader.subject, reader.may, order):
        return row
    return structs.replace(row, requirements="", strike_off_proof=None)


async def _offers(reader: Reader) -> list[Struct]:
    reader.require(Action.CASE_READ_TIMELINE)
    return [shown(OfferView, row) for row in await offers_of(reader.session, reader.case.id)]


def _spoken(value: Any) -> Any:
    """Labels and the lines of a decision's trace in the reader's language."""
    if isinstance(value, TraceLine):
        row, _, text = value.render(current_language.get()).partition(" · ")
        return TraceLine(row, text)
    if isinstance(value, Struct):
        return structs.replace(value, **{name: _spoken(getattr(value, name)) for name in value.__struct_fields__})
    if isinstance(value, list | tuple):
        return type(value)(_spoken(item) for item in value)
    return translate(value) if isinstance(value, str) else value


ENDPOINTS = (
    part("units", N_("涉事单位：各自由谁、依据什么认定"), list[PartView], _units),
    part("team", N_("专调小组"), TeamView | None, _team),
    part("plans", N_("调解方案"), list[PlanView], _plans),
    part("agreement", N_("调解协议"), AgreementView | None, _agreement),
    part("evidence", N_("证据"), list[EvidenceView], _evidence),  # type: ignore[valid-type]  # made from the table's columns
    part("referrals", N_("引导的其他途径"), list[ReferralView], _referrals),  # type: ignore[valid-type]  # as above
    part("performances", N_("履行"), list[PerformanceView], _performances),  # type: ignore[valid-type]  # as above
    part("visits", N_("回访"), list[VisitView], _visits),  # type: ignore[valid-type]  # as above
    part("relief", N_("救助"), list[ReliefView], _relief),  # type: ignore[valid-type]  # as above
    part("money", N_("经费：谁付、依据、明细"), Money | None, _money),
    part("orders", N_("督办"), list[OrderView], _orders),  # type: ignore[valid-type]  # as above
    part("handovers", N_("移交经过"), list[OfferView], _offers),  # type: ignore[valid-type]  # as above
)
