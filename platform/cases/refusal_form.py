"""What a refusal is made of: ground, basis, advice, the channel with its last day, and who is told (5a, 22, N6)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from cases.classes import MASS
from cases.suitability import Ground, Way
from foundation.errors import FieldError
from foundation.language import N_


class TellingForm(Struct, frozen=True, kw_only=True):
    """五(二): who else is told of a refusal. The warning names dispute, place and help, nobody's name (N6)."""

    warn_office_ids: Annotated[
        list[int],
        Meta(
            title=N_("预警、通报的属地和部门机构"),
            description=N_("十人以上的必选；写纠纷和所需帮助，不写个人信息"),
            max_length=10,
            extra={"options": "warning_receivers"},
        ),
    ] = []
    help_needed: Annotated[str, Meta(title=N_("需要的帮助"), max_length=500, extra={"widget": "textarea"})] | None = (
        None
    )
    departments: Annotated[str, Meta(title=N_("另行书面通报的部门"), max_length=300)] | None = None


class SplitForm(TellingForm, frozen=True, kw_only=True):
    claim_id: Annotated[UUID, Meta(title=N_("拆分的诉求"), extra={"options": "refused_claims"})]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("提出该诉求的信访人"), min_length=1, extra={"options": "petitioners"})
    ]
    organ: Annotated[str, Meta(title=N_("法定途径的受理机关"), min_length=2, max_length=120)]
    advice: Annotated[str, Meta(title=N_("建议"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


class RefusalForm(TellingForm, frozen=True, kw_only=True):
    ground: Annotated[Ground, Meta(title=N_("不予受理的理由"))]
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), min_length=2, max_length=300)]
    advice: Annotated[str, Meta(title=N_("建议"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    way: Annotated[Way, Meta(title=N_("法定途径"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]
    last_day: Annotated[date, Meta(title=N_("该途径的最后一日"), description=N_("已知时必填"))] | None = None
    last_day_unknown: Annotated[bool, Meta(title=N_("最后一日不明"), description=N_("不知道的须注明"))] = False


def telling_errors(form: TellingForm, persons: int) -> list[FieldError]:
    """Ten and more, and whatever else may escalate in the officer's judgement: areas and departments are told (5)."""
    if persons >= MASS and not form.warn_office_ids:
        return [FieldError("warn_office_ids", "required", N_("十人以上的纠纷不予受理，须向属地和部门预警、通报"))]
    if form.warn_office_ids and not form.help_needed:
        return [FieldError("help_needed", "required", N_("预警须写明需要的帮助"))]
    return []
