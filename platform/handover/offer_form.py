"""What an offer says: where to, to whom, why and what for; by when to answer, and by when the work is asked for."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.errors import FieldError, InvalidInput, invalid
from foundation.language import N_
from handover.green_lane import ANSWER_DAYS as LANE_DAYS
from handover.models import FITTING, Direction, Purpose, Reason

ANSWER_DAYS = 15
"""How long an offer stands when the sender asks for no other day (条例22, 23 by analogy); configurable later."""
MOST_DAYS = 60
"""A pending offer freezes the case: nobody asks for an answer later than this."""


class OfferForm(Struct, frozen=True, kw_only=True):
    to_office_id: Annotated[
        int,
        Meta(
            title=N_("移交给"),
            description=N_("拟退回原承办单位的，请用“报请共同上级指定承办单位”"),
            extra={"options": "handover_targets"},
        ),
    ]
    to_person_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("请何人办理"),
                description=N_("可以不填；须是接收单位有权答复的人员。该单位其他有权人员也可以答复"),
                extra={"options": "handover_receivers"},
            ),
        ]
        | None
    ) = None
    reason: Annotated[Reason, Meta(title=N_("移交理由"), description=N_("须与方向相符"))]
    purpose: Annotated[Purpose, Meta(title=N_("移交目的"), description=N_("请对方做什么；告知当事人"))] = Purpose.WHOLE
    answer_by: (
        Annotated[date, Meta(title=N_("请于此日前答复"), description=N_("不填为15日；逾期未答复，移交失效"))] | None
    ) = None
    done_by: (
        Annotated[
            date,
            Meta(
                title=N_("希望于此日前办结"),
                description=N_("可以不填；不改变法定期限，晚于法定期限的，预览中会提示对方"),
            ),
        ]
        | None
    ) = None


def answer_days(form: OfferForm, today: date) -> int:
    """How many days from today the offer stands. Raises InvalidInput that names every day that can't be."""
    if errors := list(_broken_days(form, today)):
        raise InvalidInput(*errors)
    if form.answer_by is not None:
        return (form.answer_by - today).days
    return LANE_DAYS if form.reason is Reason.GREEN_LANE else ANSWER_DAYS


def _broken_days(form: OfferForm, today: date) -> list[FieldError]:
    found = []
    if form.answer_by is not None and form.answer_by < today:
        found.append(FieldError("answer_by", "too_small", N_("日期已过")))
    if form.answer_by is not None and (form.answer_by - today).days > MOST_DAYS:
        found.append(FieldError("answer_by", "too_large", N_("移交期间案件暂停办理，答复期限最长60日")))
    if form.done_by is not None and form.done_by < today:
        found.append(FieldError("done_by", "too_small", N_("日期已过")))
    elif form.done_by is not None and form.answer_by is not None and form.done_by < form.answer_by:
        found.append(FieldError("done_by", "before_answer", N_("办结的日期不能早于答复的日期")))
    return found


def check_reason(reason: Reason, direction: Direction) -> None:
    """A reason that can't be true of the way the case goes proves nothing later. Raises InvalidInput."""
    if direction not in FITTING.get(reason, Direction):
        said = N_("此理由不适用于“%(direction)s”，请另选与方向相符的理由")
        raise invalid("reason", "unfit", said, direction=direction.label)
