"""What a change of the tariff says: rates and, for the province, choices where the text is silent."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from foundation.language import N_
from funding.tariff import RateKey
from funding.tariff_changes import ChoiceItem, Content, RateItem

OPEN_CHOICES = "open_choices"
"""Name of the list of options: `row:choice`, or `row:` for "ask the province again"."""


class RateRow(Struct, frozen=True, kw_only=True):
    """One rate from the effective day on."""

    key: Annotated[RateKey, Meta(title=N_("项目"))]
    minimum_fen: Annotated[int, Meta(title=N_("下限"), ge=0, le=10_000_000_00, extra={"widget": "money"})] = 0
    maximum_fen: Annotated[int, Meta(title=N_("上限"), ge=0, le=10_000_000_00, extra={"widget": "money"})] = 0
    unit: Annotated[str, Meta(title=N_("计量"), description=N_("如 每案、每人每天"), max_length=20)] = ""
    clause: Annotated[str, Meta(title=N_("依据的条款"), max_length=120)] = ""
    source: Annotated[str, Meta(title=N_("依据文件的名称和日期"), max_length=200)] = ""
    ends: Annotated[bool, Meta(title=N_("只终止现行标准，不设新的"))] = False


class ChoiceRow(Struct, frozen=True, kw_only=True):
    """One choice of the province from the effective day on."""

    choice: Annotated[str, Meta(title=N_("文本未定的一行和所选的规则"), extra={"options": OPEN_CHOICES}, max_length=60)]
    reason: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=300)]
    source: Annotated[str, Meta(title=N_("依据文件的名称和日期"), min_length=2, max_length=200)]


class ChangeForm(Struct, frozen=True, kw_only=True):
    title: Annotated[
        str, Meta(title=N_("改什么、为什么"), description=N_("写给批准人看"), min_length=2, max_length=200)
    ]
    effective_on: Annotated[date, Meta(title=N_("生效日期"), description=N_("须在批准之日以后"))]
    rates: Annotated[list[RateRow], Meta(title=N_("费用标准"), max_length=20)] = []
    choices: Annotated[
        list[ChoiceRow], Meta(title=N_("文本未定之处的规则"), description=N_("只有省级可以明确"), max_length=20)
    ] = []

    @property
    def content(self) -> Content:
        return Content(rates=tuple(map(_rate, self.rates)), choices=tuple(map(_choice, self.choices)))


def form_of(title: str, effective_on: date, content: Content) -> ChangeForm:
    """What was written, to be written on."""
    return ChangeForm(
        title=title,
        effective_on=effective_on,
        rates=[
            RateRow(
                key=RateKey(item.key),
                minimum_fen=item.minimum_fen,
                maximum_fen=item.maximum_fen,
                unit=item.unit,
                clause=item.clause,
                source=item.source,
                ends=item.ends,
            )
            for item in content.rates
        ],
        choices=[
            ChoiceRow(choice=f"{item.row}:{item.choice}", reason=item.reason, source=item.source)
            for item in content.choices
        ],
    )


def _rate(row: RateRow) -> RateItem:
    return RateItem(
        key=row.key.value,
        minimum_fen=row.minimum_fen,
        maximum_fen=row.maximum_fen,
        unit=row.unit,
        clause=row.clause,
        source=row.source,
        ends=row.ends,
    )


def _choice(row: ChoiceRow) -> ChoiceItem:
    line, _, choice = row.choice.partition(":")
    return ChoiceItem(row=line, choice=choice, reason=row.reason, source=row.source)
