"""Whether a change may be made at all: inside the bounds of the level above, dated, about something that exists."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from foundation.errors import FieldError
from foundation.language import N_
from funding.rulebook import Rulebook, offered
from funding.tariff import UNDER, Rate, in_force
from funding.tariff_changes import Content, RateItem
from funding.trace import yuan
from tenants.models import Tenant
from tenants.tiers import Tier

DAY = timedelta(days=1)


def line_of(tenant: Tenant) -> tuple[int, ...]:
    """The tenants below the province down to this one that may have rates of their own, from the top down."""
    return tuple(one for one in (tenant.prefecture_id, tenant.county_id) if one is not None)


def faults(content: Content, effective_on: date, today: date, book: Rulebook, tenant: Tenant) -> Iterator[FieldError]:
    """Every place where the change can't stand."""
    if effective_on <= today:
        yield FieldError("effective_on", "not_ahead", N_("生效日期须在今天以后：已发生的费用按当日的标准"))
    if not content.rates and not content.choices:
        yield FieldError("rates", "required", N_("请至少填写一项标准或者一条规则"))
    yield from _twice("rates", "key", [item.key for item in content.rates])
    yield from _twice("choices", "choice", [item.row for item in content.choices])
    for index, item in enumerate(content.rates):
        at = f"rates.{index}"
        if item.ends:
            yield from _ending(at, item, effective_on, book, tenant)
        else:
            yield from _worded(at, item)
            yield from _bounded(at, item, content, effective_on, book, tenant)
    yield from _choices(content, tenant)


def _twice(field: str, part: str, keys: Sequence[str]) -> Iterator[FieldError]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield FieldError(f"{field}.{index}.{part}", "repeated", N_("同一项只能写一次"))


def _worded(at: str, item: RateItem) -> Iterator[FieldError]:
    for name in ("unit", "clause", "source"):
        if not getattr(item, name).strip():
            yield FieldError(f"{at}.{name}", "required", N_("请填写"))
    if item.minimum_fen > item.maximum_fen:
        yield FieldError(f"{at}.maximum_fen", "wrong_order", N_("上限不得小于下限"))


def _ending(at: str, item: RateItem, effective_on: date, book: Rulebook, tenant: Tenant) -> Iterator[FieldError]:
    own = book.tariff.rates if tenant.tier == Tier.PROVINCE else book.tariff.own.get(tenant.id, ())
    if in_force(own, item.key, effective_on - DAY) is None:
        yield FieldError(f"{at}.key", "nothing_to_end", N_("本级没有这一项现行标准"))


def _bounded(
    at: str, item: RateItem, content: Content, effective_on: date, book: Rulebook, tenant: Tenant
) -> Iterator[FieldError]:
    """A level below the province only narrows; the discretionary amount never passes the ceiling of its class."""
    line = line_of(tenant)
    above = book.tariff.on(item.key, effective_on, line[:-1]) if line else None
    if line and above is None and item.key not in UNDER:
        yield FieldError(f"{at}.key", "no_rate_above", N_("上级没有这一项标准，不得自行增设"))
    if above is not None and not above.minimum_fen <= item.minimum_fen <= item.maximum_fen <= above.maximum_fen:
        yield FieldError(f"{at}.maximum_fen", "outside", OUTSIDE, _bounds(above))
    ceiling = _ceiling(UNDER[item.key], content, effective_on, book, line) if item.key in UNDER else None
    if ceiling is not None and item.maximum_fen > ceiling:
        yield FieldError(f"{at}.maximum_fen", "over_class", OVER_CLASS, {"maximum": yuan(ceiling)})


OUTSIDE = N_("须在上级标准 %(minimum)s 至 %(maximum)s 元之内")
OVER_CLASS = N_("不得超过本类案件的上限 %(maximum)s 元")


def _bounds(rate: Rate) -> dict[str, object]:
    return {"minimum": yuan(rate.minimum_fen), "maximum": yuan(rate.maximum_fen)}


def _ceiling(key: str, content: Content, day: date, book: Rulebook, line: Sequence[int]) -> int | None:
    """Of the class from that day on, by this very change if it sets one."""
    changed = [item.maximum_fen for item in content.rates if item.key == key and not item.ends]
    rate = book.tariff.on(key, day, line)
    return changed[0] if changed else None if rate is None else rate.maximum_fen


def _choices(content: Content, tenant: Tenant) -> Iterator[FieldError]:
    open_rows = offered()
    for index, item in enumerate(content.choices):
        if tenant.tier != Tier.PROVINCE:
            yield FieldError(f"choices.{index}.choice", "province_only", N_("文本未定之处只有省级可以明确"))
        elif item.row not in open_rows or (item.choice and item.choice not in open_rows[item.row]):
            yield FieldError(f"choices.{index}.choice", "not_a_choice", N_("请从所列项目中选择"))
