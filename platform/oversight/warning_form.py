"""A warning as it is typed: who is asked for what help, until when; never a person."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from oversight.warning_words import watching_errors, word_errors

LONGEST_DAYS = 30


class WarningForm(Struct, frozen=True, kw_only=True):
    receiver_office_id: Annotated[int, Meta(title=N_("接收单位"), extra={"options": "warning_receivers"})] | None = None
    police: Annotated[
        bool, Meta(title=N_("向公安机关报告"), description=N_("仅限可能引起治安、刑事案件（人民调解法第25条）"))
    ] = False
    founding_fact: (
        Annotated[str, Meta(title=N_("报告公安机关所依据的事实"), max_length=1000, extra={"widget": "textarea"})] | None
    ) = None
    help_needed: Annotated[
        str,
        Meta(
            title=N_("需要的帮助"),
            description=N_("写纠纷和所需帮助，不写个人信息"),
            min_length=2,
            max_length=500,
            extra={"widget": "textarea"},
        ),
    ]
    ends_on: Annotated[date, Meta(title=N_("到期日"), description=N_("最长30日，到期自动失效"))]
    withheld_reason: (
        Annotated[
            str,
            Meta(
                title=N_("暂不告知当事人的理由"),
                description=N_("法律禁止告知的才填；由上一级审查，不同意或者逾期未审查的立即告知"),
                min_length=2,
                max_length=500,
                extra={"widget": "textarea"},
            ),
        ]
        | None
    ) = None


def check(form: WarningForm, today: date, names: list[str]) -> None:
    """Raises InvalidInput with all that is wrong; `names` of the parties, which no receiver may read."""
    errors = word_errors("help_needed", form.help_needed, names)
    errors += watching_errors("founding_fact", form.founding_fact)
    errors += watching_errors("withheld_reason", form.withheld_reason)
    if form.receiver_office_id is None and not form.police:
        errors.append(FieldError("receiver_office_id", "required", N_("请填写")))
    if form.police and not form.founding_fact:
        errors.append(FieldError("founding_fact", "required", N_("向公安机关报告须写明所依据的事实")))
    if not 0 <= (form.ends_on - today).days <= LONGEST_DAYS:
        errors.append(FieldError("ends_on", "out_of_range", N_("到期日须在今天起30日内")))
    if errors:
        raise InvalidInput(*errors)
