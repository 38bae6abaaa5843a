"""The organ's travel standard as dated data (六(四)4): what a trip of these days may cost at the most."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from funding.tariff import RateKey, Tariff
from funding.tariff_rates import tariff
from funding.trace import yuan
from tenants.models import Tenant

OVER = N_("超过这几天的出差标准上限 %(maximum)s 元（伙食、市内交通、住宿、往返交通）")


def ceiling(rates: Tariff, starts_on: date, ends_on: date, line: tuple[int, ...]) -> int | None:
    """Fen for the whole trip by the rates of its first day; None while the standard is not set as a whole."""
    days = (ends_on - starts_on).days + 1
    times = {RateKey.MEALS: days, RateKey.TRANSPORT: days, RateKey.LODGING: days - 1, RateKey.INTERCITY: 1}
    total = 0
    for key, count in times.items():
        rate = rates.on(key.value, starts_on, line)
        if rate is None:
            return None
        total += rate.maximum_fen * count
    return total


async def check_standard(
    session: AsyncSession, holder: Tenant, starts_on: date, ends_on: date, standard_fen: int
) -> None:
    """Raises InvalidInput at `standard_fen` when it is over what the holder's standard of the day allows."""
    line = tuple(one for one in (holder.prefecture_id, holder.county_id) if one is not None)
    most = ceiling(await tariff(session), starts_on, ends_on, line)
    if most is not None and standard_fen > most:
        raise InvalidInput(FieldError("standard_fen", "over_standard", OVER, {"maximum": yuan(most)}))
